"""A row is corrected where it stands: checked by the rules of the file, never over somebody else's correction."""

from __future__ import annotations

import io
import json
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import xlsxwriter

from cases.intake.corrections.amend import correct_row, leave_out, load_row, take_in, use_proposals
from cases.intake.corrections.proposals import use_all_proposals
from cases.intake.handing_over import hand_over
from cases.intake.placement import PlacementFile, load_placement
from portal.editing import ChangedMeanwhile
from portal.errors import Forbidden, NotFound, Refused
from portal.jobs import work_off
from portal.people.actor import Actor
from portal.tenancy.database import transaction
from tests.cases.intake.handing import checked, look, placed
from tests.cases.intake.placements import csv_text, row
from tests.cases.intake.test_columns import confirmed
from tests.cases.intake.test_placing_pages import hand_in
from tests.people import Cast, Visit
from tests.spreadsheets import read_xlsx


async def row_of(actor: Actor, placement: PlacementFile, number: int) -> Any:
    async with transaction(actor.scope, read_only=True):
        return await load_row(actor, placement, number)


async def correct(actor: Actor, placement: PlacementFile, number: int, **texts: str) -> Any:
    """Correct fields by their spots, with __ for the point."""
    seen = (await row_of(actor, placement, number)).written.texts()
    changed = {name.replace("__", "."): text for name, text in texts.items()}
    async with transaction(actor.scope):
        return await correct_row(actor, placement.id, number, changed, seen)


def states(placement: PlacementFile) -> tuple[int, int, int]:
    return tuple(placement.summary[name] for name in ("ready", "errors", "duplicates"))  # type: ignore[return-value]


async def test_a_corrected_row_is_checked_again_and_the_figures_follow(cast: Cast, owner: asyncpg.Connection) -> None:
    actor = cast.brandt_submitter.actor
    bad = row(1, Country="Italien", InvoiceDate="31.02.2026", DueDate="2026-07-02")
    placement = await checked(actor, csv_text([row(0), bad]))
    assert states(placement) == (1, 1, 0)
    still = await correct(actor, placement, 3, country="IT")
    assert (still.state, still.cells[6], still.given["Country"]) == ("error", "IT", "IT")
    fine = await correct(actor, placement, 3, invoices__0__issued_on="2026-02-28", invoices__0__amount="100.00")
    assert fine.state == "ready"
    after = await look(actor, placement)
    assert states(after) == (2, 0, 0) and after.summary["corrected"] == 1
    assert after.summary["totals"] == after.summary["read_totals"] == {"EUR": {"cases": 2, "amount_minor": 851200}}
    assert [note["by"] for note in fine.corrections] == [actor.name, actor.name]
    assert fine.corrections[0]["before"] == {"country": "Italien"} and fine.corrections[0]["after"] == {"country": "IT"}
    events = await owner.fetch(
        "select id, facts from audit_events where agency_id = $1 and action = 'placement.row_corrected' order by id",
        cast.nordkai.id,
    )
    assert json.loads(events[0]["facts"])["fields"] == ["country"]
    personal = await owner.fetch("select name, value from audit_personal where event_id = $1", events[0]["id"])
    assert dict(map(tuple, personal)) == {
        "values_before": '{"country": "Italien"}',
        "values_after": '{"country": "IT"}',
    }
    async with transaction(actor.scope):
        await hand_over(actor, placement.id)
    await work_off(agency_id=actor.agency_id)
    assert (await look(actor, placement)).summary["accepted"]["totals"]["EUR"]["amount_minor"] == 851200
    with pytest.raises(NotFound):
        await row_of(actor, placement, 3)


async def test_of_rows_with_one_reference_the_first_may_be_placed(cast: Cast) -> None:
    actor = cast.brandt_submitter.actor
    await placed(actor, [row(8)])
    several = [row(number, PrincipalAmount=amount) for number, amount in ((0, "1"), (0, "2"), (0, "3"), (3, "4"))]
    placement = await checked(actor, csv_text(several))
    assert states(placement) == (2, 2, 0)
    first = await correct(actor, placement, 2, invoices__0__number="RE-9")
    assert (first.state, first.reference) == ("ready", "RE-9")
    assert [(await row_of(actor, placement, number)).state for number in (3, 4)] == ["ready", "error"]
    again = await correct(actor, placement, 5, invoices__0__number="RE-9")
    assert again.state == "error" and again.issues[0].params["other_row"] == 2
    known = await correct(actor, placement, 5, invoices__0__number="RE-24196")
    assert known.state == "duplicate" and states(await look(actor, placement)) == (2, 1, 1)
    async with transaction(actor.scope):
        await leave_out(actor, placement.id, 3, "paid meanwhile")
    assert (await row_of(actor, placement, 4)).state == "ready"
    after = await look(actor, placement)
    assert (after.summary["rows"], after.summary["left_out"]["by_hand"]) == (3, 1)
    async with transaction(actor.scope):
        taken = await take_in(actor, placement.id, 3)
    assert taken.state == "ready" and (await row_of(actor, placement, 4)).state == "error"


async def test_a_later_editor_sees_that_the_row_changed_and_nobody_else_reaches_it(cast: Cast) -> None:
    actor = cast.brandt_submitter.actor
    placement = await checked(actor, csv_text([row(0), row(1, CurrencyCode="Euro", PrincipalAmount="1")]))
    seen = (await row_of(actor, placement, 3)).written.texts()
    async with transaction(actor.scope):
        assert (await use_proposals(actor, placement.id, 3)).state == "ready"
    with pytest.raises(ChangedMeanwhile) as meanwhile:
        async with transaction(actor.scope):
            await correct_row(actor, placement.id, 3, {"currency": "USD"}, seen)
    assert meanwhile.value.change and meanwhile.value.change.by == actor.name
    for person, refusal in (
        (cast.negotiator, Forbidden),
        (cast.lanting_submitter, NotFound),
        (cast.mingda_submitter, NotFound),
    ):
        with pytest.raises(refusal):
            async with transaction(person.actor.scope):
                await use_proposals(person.actor, placement.id, 3)
    async with transaction(actor.scope):
        await hand_over(actor, placement.id)
    with pytest.raises(Refused, match="cannot be corrected"):
        async with transaction(actor.scope):
            await use_proposals(actor, placement.id, 3)


async def test_what_is_proposed_is_taken_up_in_all_rows_at_once(cast: Cast) -> None:
    actor = cast.brandt_submitter.actor
    rows = [row(number, InvoiceDate="02.06.2026", Country="Italien" if number == 1 else "IT") for number in range(5)]
    placement = await checked(actor, csv_text(rows))
    assert (placement.step, placement.summary["proposals"]) == ("rejected", {"bad_date": 5, "unknown_country": 1})
    async with transaction(actor.scope):
        await use_all_proposals(actor, placement.id, "bad_date")
    assert (await look(actor, placement)).step == "amending"
    await work_off(agency_id=actor.agency_id)
    after = await look(actor, placement)
    assert (after.step, states(after)) == ("checked", (4, 1, 0))
    assert after.summary["proposals"] == {"unknown_country": 1}
    still = await row_of(actor, placement, 3)
    assert still.written.values["country"] == "Italien" and still.corrections[0]["by"] == actor.name


async def test_a_row_is_corrected_on_its_page_and_in_the_grid(cast: Cast, visit: Visit) -> None:
    actor = cast.brandt_submitter.actor
    placement = await checked(actor, csv_text([row(0), row(1, Country="Italien", PrincipalAmount="1.280,00")]))
    page = f"/placements/{placement.id}"
    client = await visit(cast.brandt_submitter)
    grid = (await client.get(page)).text
    assert f'href="{page}/rows/3?back=' in grid and "Names of countries" in grid
    shown = (await client.get(f"{page}/rows/3")).text
    assert "Use IT" in shown and "Use 1280.00" in shown
    seen = json.dumps((await row_of(actor, placement, 3)).written.texts())
    values = {"seen": seen, "country": "Italien", "invoices.0.amount": "1.280,00", "use": "country", "back": page}
    half = await client.post(f"{page}/rows/3", data=values)
    assert half.status_code == 200 and "Saved. Something is still wrong in it." in half.text
    old = await client.post(f"{page}/rows/3", data={**values, "use": "", "country": "AT"})
    assert old.status_code == 422 and "while you had this page open" in old.text
    done = await client.post(f"{page}/rows/3/proposals", data={"back": page})
    assert (done.status_code, done.headers["location"]) == (303, page)
    refused = await client.post(f"{page}/rows/3/leave-out", data={"reason": ""})
    assert refused.status_code == 422 and "Say why it is left out." in refused.text
    left = await client.post(f"{page}/rows/3/leave-out", data={"reason": "paid", "back": "https://evil.example"})
    assert left.headers["location"] == page
    assert "Left out: paid" in (await client.get(f"{page}?show=left_out")).text
    assert (await client.get(f"{page}/rows/99")).status_code == 404


async def test_a_clients_own_spreadsheet_is_corrected_too_and_goes_back_as_one(cast: Cast, visit: Visit) -> None:
    actor = cast.brandt_submitter.actor
    client = await visit(cast.brandt_submitter)
    lines = [
        ("Customer", "Invoice no", "Invoice date", "Due date", "Amount due", "Currency", "Country"),
        ("Ferretti Pompe", "00042", "2026-06-02", "2026-07-02", "100.00", "EUR", "IT"),
        ("Ferretti Pompe", "00043", "2026-06-02", "soon", "200.00", "EUR", "IT"),
        ("=1+1", "00044", "2026-06-02", "2026-07-02", "", "EUR", "IT"),
    ]
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"strings_to_formulas": False}) as workbook:
        sheet = workbook.add_worksheet()
        for place, line in enumerate(lines):
            sheet.write_row(place, 0, line)
    url = await hand_in(client, actor, book.getvalue(), name="open.xlsx")
    page = await confirmed(client, actor, url)
    assert "Bad rows, XLSX" in page
    back = read_xlsx((await client.get(f"{url}/bad-rows.xlsx")).content)
    assert [(line["Invoice no"].text, line["Customer"].text) for line in back] == [
        ("00043", "Ferretti Pompe"),
        ("00044", "=1+1"),
    ]
    assert not back[0]["Invoice no"].is_number and "soon" in back[0]["Error"].text
    placement_id = UUID(url.rpartition("/")[2])
    async with transaction(actor.scope, read_only=True):
        placement = await load_placement(actor, placement_id)
    fine = await correct(actor, placement, 3, invoices__0__due_on="2026-07-02", invoices__0__number="00045")
    assert (fine.state, fine.reference, fine.draft["total_minor"]) == ("warning", "00045", 200_00)
