"""The list of all cases: who sees which, pages that stay put, and its file."""

from __future__ import annotations

import csv
import io
import re
from uuid import UUID

import asyncpg
import pytest

from cases.lists.listing import Narrowing, Order, Page, Place, list_cases
from portal import clock
from portal.identity import new_id
from portal.people.actor import Actor
from portal.tenancy.database import transaction
from tests.cases.casework import MONDAY, placed_case
from tests.people import Cast, Visit


async def page_of(actor: Actor, order: Order, *, after: Place | None = None, before: Place | None = None) -> Page:
    async with transaction(actor.scope, read_only=True):
        return await list_cases(actor, Narrowing(), order, after=after, before=before, limit=2)


def shown(page: str) -> list[str]:
    """The case numbers of a page, from above."""
    return re.findall(r"2026-\d{5}", re.sub(r"(?s)<header class=\"l-top\">.*?</header>", "", page))


@pytest.mark.parametrize("order", list(Order))
async def test_every_order_shows_each_case_once_forwards_and_backwards(cast: Cast, order: Order) -> None:
    made = {
        await placed_case(cast.nordkai, cast.brandt, amount_minor=amount, currency=currency)
        for amount, currency in ((100, "EUR"), (300, "EUR"), (300, "USD"), (200, "CNY"), (100, "EUR"))
    }
    actor = cast.auditor.actor
    page = await page_of(actor, order)
    pages = [page]
    while page.following:
        page = await page_of(actor, order, after=page.following)
        pages.append(page)
    forwards = [line.id for each in pages for line in each.lines]
    assert len(forwards) == 5
    assert set(forwards) == made
    back = await page_of(actor, order, before=pages[-1].previous)
    assert [line.id for line in back.lines] == [line.id for line in pages[-2].lines]
    assert pages[0].previous is None


async def test_a_page_keeps_its_cases_when_others_are_placed_meanwhile(cast: Cast) -> None:
    for _ in range(4):
        await placed_case(cast.nordkai, cast.brandt)
    first = await page_of(cast.brandt_viewer.actor, Order.NEWEST)
    second = await page_of(cast.brandt_viewer.actor, Order.NEWEST, after=first.following)
    await placed_case(cast.nordkai, cast.brandt)
    again = await page_of(cast.brandt_viewer.actor, Order.NEWEST, after=first.following)
    assert [line.id for line in again.lines] == [line.id for line in second.lines]
    assert {line.id for line in first.lines}.isdisjoint(line.id for line in again.lines)


async def test_the_largest_amount_comes_first_within_its_currency(cast: Cast) -> None:
    for amount, currency in ((100, "EUR"), (900, "CNY"), (500, "EUR")):
        await placed_case(cast.nordkai, cast.brandt, amount_minor=amount, currency=currency)
    first = await page_of(cast.owner.actor, Order.AMOUNT)
    assert [(line.currency, line.balance_minor) for line in first.lines] == [("EUR", 500), ("EUR", 100)]


async def test_a_client_lists_its_own_cases_and_asking_for_a_sibling_changes_nothing(cast: Cast, visit: Visit) -> None:
    with clock.at(MONDAY):
        await placed_case(cast.nordkai, cast.brandt, debtor="Ours KG")
        await placed_case(cast.nordkai, cast.lanting, debtor="Theirs AG")
        client = await visit(cast.brandt_viewer)
        for url in ("/cases", f"/cases?client={cast.lanting.id}", "/cases?sort=amount", "/cases.csv"):
            answer = await client.get(url)
            assert answer.status_code == 200, url
            assert "Ours KG" in answer.text
            assert "Theirs AG" not in answer.text
            assert cast.lanting.name not in answer.text


async def test_another_agency_lists_none_of_our_cases(cast: Cast, visit: Visit) -> None:
    with clock.at(MONDAY):
        await placed_case(cast.nordkai, cast.brandt, debtor="Ours KG")
        answer = await (await visit(cast.huadong_owner)).get("/cases")
    assert answer.status_code == 200
    assert "Ours KG" not in answer.text
    assert "No cases yet" in answer.text


async def test_filters_narrow_the_list_and_stay_in_the_links(cast: Cast, visit: Visit) -> None:
    with clock.at(MONDAY):
        await placed_case(cast.nordkai, cast.brandt, debtor="Euro KG")
        await placed_case(cast.nordkai, cast.brandt, debtor="Dollar Inc.", currency="USD")
        negotiator = await visit(cast.negotiator)
        page = (await negotiator.get("/cases?currency=USD&status=open")).text
        assert "Dollar Inc." in page
        assert "Euro KG" not in page
        assert "currency=USD&amp;status=open&amp;sort=amount" in page
        assert "/cases.csv?currency=USD&amp;status=open" in page
        nothing = (await negotiator.get("/cases?situation=paid")).text
        assert "No case fits" in nothing
        assert "Euro KG" not in (await negotiator.get("/cases?mine=1")).text


async def test_the_auditor_reads_the_list_and_is_offered_nothing_to_do(cast: Cast, visit: Visit) -> None:
    with clock.at(MONDAY):
        case_id = await placed_case(cast.nordkai, cast.brandt)
        auditor = await visit(cast.auditor)
        page = await auditor.get("/cases")
        assert page.status_code == 200
        assert f"/cases/{case_id}" in page.text
        assert "Place cases" not in page.text
        assert "Mine" not in page.text
        assert "<form" not in page.text.split("<main")[1].split("</main>")[0]


@pytest.mark.parametrize(
    "bad", ["after=x", "after=1_2", "before=é", "client=1", "debtor=;", "sort=number&after=%00", "sort=days&after=x_y"]
)
async def test_a_mangled_address_is_a_page_that_does_not_exist(cast: Cast, visit: Visit, bad: str) -> None:
    assert (await (await visit(cast.negotiator)).get(f"/cases?{bad}")).status_code == 404


async def test_an_unknown_filter_or_order_is_left_out(cast: Cast, visit: Visit) -> None:
    client = await visit(cast.brandt_viewer)
    assert (await client.get("/cases?situation=x%00&sort=y&status=z&currency=%00")).status_code == 200


async def test_the_file_has_every_case_of_the_list_and_no_live_formula(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    with clock.at(MONDAY):
        await placed_case(cast.nordkai, cast.brandt, debtor='=HYPERLINK("http://x")', amount_minor=123_456)
        await placed_case(cast.nordkai, cast.brandt, debtor="+49 Telefon, GmbH", currency="USD")
        answer = await (await visit(cast.brandt_admin)).get("/cases.csv")
        assert answer.headers["content-type"].startswith("text/csv")
        assert "attachment" in answer.headers["content-disposition"]
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert [row["Debtor"] for row in rows] == ["'+49 Telefon, GmbH", '\'=HYPERLINK("http://x")']
        assert rows[1]["Balance"] == "1234.56"
        assert rows[1]["Placed on"] == "2026-11-03"
        narrowed = await (await visit(cast.brandt_admin)).get("/cases.csv?currency=USD")
        assert len(narrowed.content.splitlines()) == 2
    exported = await owner.fetchval(
        "select count(*) from audit_events where agency_id = $1 and action = 'cases.exported'", cast.nordkai.id
    )
    assert exported == 2


async def test_a_client_opens_its_own_case_and_a_siblings_is_one_that_never_existed(cast: Cast, visit: Visit) -> None:
    with clock.at(MONDAY):
        ours = await placed_case(cast.nordkai, cast.brandt, debtor="Ours KG")
        theirs = await placed_case(cast.nordkai, cast.lanting, debtor="Theirs AG")
        client = await visit(cast.brandt_viewer)
        page = await client.get(f"/cases/{ours}")
        assert page.status_code == 200
        assert "Ours KG" in page.text
        assert "We call the debtor for the first time" in page.text
        answers = [await client.get(f"/cases/{case_id}") for case_id in (theirs, new_id())]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert "Theirs AG" not in answers[0].text


async def test_a_client_is_not_told_who_is_reached_nor_what_staff_write_for_staff(cast: Cast, visit: Visit) -> None:
    with clock.at(MONDAY):
        case_id: UUID = await placed_case(cast.nordkai, cast.brandt, debtor="Ours KG", person="Frau Geheim")
        negotiator = await visit(cast.negotiator)
        call = {
            "outcome": "right_party", "direction": "out", "note": "Will pay on Friday.", "next_action": "call",
            "next_at": "2026-11-25T10:00", "next_who": "me", "then": "stay",
        }  # fmt: skip
        assert (await negotiator.post(f"/cases/{case_id}/calls", data=call)).status_code == 303
        await negotiator.post(f"/cases/{case_id}/calls", data={**call, "override_reason": "My own affair"})
        await negotiator.post(f"/cases/{case_id}/notes", data={"note": "Only for us"})
        await negotiator.post(f"/cases/{case_id}/notes", data={"note": "For them too", "client_sees": "on"})
        page = (await (await visit(cast.brandt_viewer)).get(f"/cases/{case_id}")).text
    assert "Call, spoke to Ours KG" in page
    assert "Will pay on Friday." in page
    assert "For them too" in page
    for secret in ("Frau Geheim", "My own affair", "Only for us", "+4930"):
        assert secret not in page
