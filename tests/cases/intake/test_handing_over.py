"""Handing over: one result whatever happens on the way, and what it leaves in the books."""

import asyncio
import io
import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import pytest
from pypdf import PdfReader

from cases.intake import checking, handing_over, mail, placed_rows
from cases.intake.checking import check
from cases.intake.handing_over import cancel, hand_over, make_cases
from cases.intake.placement import PlacementFile
from cases.opening import next_working_morning
from portal import clock
from portal.errors import Refused
from portal.jobs import work_off
from portal.ledger.prove import prove
from portal.mail.postbox import rendered
from portal.people.actor import Actor
from portal.tenancy.database import as_job, sql, transaction
from tests.cases.intake.handing import checked, look, placed, submit
from tests.cases.intake.placements import csv_text, row
from tests.people import Cast


def payload(placement: PlacementFile) -> dict[str, str]:
    return {"agency_id": str(placement.agency_id), "placement_id": str(placement.id)}


async def give(actor: Actor, placement: PlacementFile, **choice: bool) -> PlacementFile:
    async with transaction(actor.scope):
        return await hand_over(actor, placement.id, **choice)


async def count(owner: asyncpg.Connection, table: str, actor: Actor) -> int:
    number: int = await owner.fetchval(f"select count(*) from {table} where agency_id = $1", actor.agency_id)
    return number


async def test_two_tabs_that_hand_over_at_the_same_moment_make_one_set_of_cases(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    actor = cast.brandt_submitter.actor
    placement = await checked(actor, csv_text(row(number) for number in range(5)))
    await asyncio.gather(*(give(actor, placement) for _ in range(3)))
    await asyncio.gather(*(make_cases(payload(placement)) for _ in range(3)))
    await work_off(agency_id=actor.agency_id)
    after = await look(actor, placement)
    assert (after.status, after.summary["accepted"]["cases"]) == ("accepted", 5)
    assert await count(owner, "cases", actor) == 5
    assert await count(owner, "journals", actor) == 5
    assert (await give(actor, placement)).acknowledgement_number == after.acknowledgement_number
    assert await owner.fetchval("select last from number_series where agency_id = $1", actor.agency_id) == 1


async def test_a_check_killed_in_the_middle_begins_again_and_leaves_each_row_once(
    cast: Cast, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = cast.brandt_submitter.actor
    monkeypatch.setattr(checking, "BATCH", 10)
    placement = await submit(actor, csv_text(row(number) for number in range(45)))
    whole, calls = checking.as_columns, iter(range(100))

    def killed(rows: Any) -> Any:
        if next(calls) == 2:
            raise asyncio.CancelledError
        return whole(rows)

    monkeypatch.setattr(checking, "as_columns", killed)
    with pytest.raises(asyncio.CancelledError):
        await check(payload(placement))
    assert await count(owner, "placement_rows", actor) == 20
    assert (await look(actor, placement)).step == "reading"
    monkeypatch.setattr(checking, "as_columns", whole)
    await check(payload(placement))
    assert await count(owner, "placement_rows", actor) == 45
    after = await look(actor, placement)
    assert (after.step, after.ready) == ("checked", 45)


async def test_a_check_that_comes_back_late_finds_another_in_its_place(
    cast: Cast, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = cast.brandt_submitter.actor
    monkeypatch.setattr(checking, "BATCH", 10)
    placement = await submit(actor, csv_text(row(number) for number in range(25)))
    original, paused, go_on = checking._make_sure, asyncio.Event(), asyncio.Event()

    async def slow(run: Any, progress: Any = None) -> None:
        await original(run, progress)
        if not paused.is_set():
            paused.set()

    async def late(run: Any, progress: Any = None) -> None:
        await go_on.wait()
        await original(run, progress)

    monkeypatch.setattr(checking, "_make_sure", late)
    first = asyncio.create_task(check(payload(placement)))
    await asyncio.sleep(0.3)
    monkeypatch.setattr(checking, "_make_sure", slow)
    await check(payload(placement))
    go_on.set()
    await first
    assert await count(owner, "placement_rows", actor) == 25
    assert (await look(actor, placement)).ready == 25


async def test_a_hand_over_killed_in_the_middle_leaves_nothing_and_is_done_once_afterwards(
    cast: Cast, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = cast.brandt_submitter.actor
    placement = await checked(actor, csv_text([row(0), row(1)]))
    await give(actor, placement)
    whole = handing_over._acknowledge

    async def killed(*_: Any) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(handing_over, "_acknowledge", killed)
    with pytest.raises(asyncio.CancelledError):
        await make_cases(payload(placement))
    for table in ("cases", "journals", "debtors", "invoices", "case_events"):
        assert await count(owner, table, actor) == 0, table
    monkeypatch.setattr(handing_over, "_acknowledge", whole)
    await make_cases(payload(placement))
    after = await look(actor, placement)
    year = clock.now().astimezone(ZoneInfo("Europe/Berlin")).year
    assert after.acknowledgement_number == f"{year}-A00001"
    assert after.summary["accepted"]["first_number"] == f"{year}-00003"  # the first block of numbers is lost: a gap


async def test_the_same_cases_in_two_placements_are_placed_by_the_first_alone(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    actor = cast.brandt_submitter.actor
    first = await checked(actor, csv_text([row(0), row(1)]))
    second = await checked(actor, csv_text([row(0), row(1)]))
    third = await checked(actor, csv_text([row(1), row(2)]))
    for placement in (first, second):
        await give(actor, placement)
    await give(actor, third, only_all=True)
    await asyncio.gather(*(make_cases(payload(placement)) for placement in (first, second)))
    await make_cases(payload(third))
    statuses = sorted([(await look(actor, placement)).status for placement in (first, second)])
    assert statuses == ["accepted", "rejected"]
    turned_down = await look(actor, third)
    assert (turned_down.status, turned_down.problem) == ("rejected", {"code": "not_all", "params": {}})
    assert await count(owner, "cases", actor) == 2


async def test_every_case_owes_what_was_placed_and_the_books_hold(cast: Cast, owner: asyncpg.Connection) -> None:
    actor = cast.brandt_submitter.actor
    with clock.at(datetime(2026, 11, 24, 12, tzinfo=UTC)):  # a Tuesday at noon: the first call is for tomorrow
        await placed(actor, [row(0), row(1, CurrencyCode="JPY", PrincipalAmount="500"), row(2, Country="")])
    rows = await owner.fetch(
        "select placed_minor, principal_minor, situation, status, band from cases where agency_id = $1", actor.agency_id
    )
    assert sorted(tuple(case) for case in rows) == [
        (500, 500, "new", "active", 6),
        (841200, 841200, "new", "active", 6),
    ]
    kinds = await owner.fetch("select distinct source, kind from journals where agency_id = $1", actor.agency_id)
    assert [tuple(journal) for journal in kinds] == [("placement", "placement")]
    async with transaction(as_job(actor.agency_id), read_only=True):
        assert [proof.name for proof in await prove(actor.agency_id) if not proof.ok] == []
    orphans = await owner.fetchval(
        "select count(*) from cases where agency_id = $1 and next_action_queue_id is distinct from $2",
        *(actor.agency_id, cast.nordkai.queue_id),
    )
    assert orphans == 0


async def test_situation_and_order_are_those_that_a_recomputation_would_give(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    from cases.situation import refresh
    from portal.people.actor import system

    actor = cast.brandt_submitter.actor
    stored = "select id, situation, band, rank, score, score_terms from cases where agency_id = $1 order by id"
    with clock.at(datetime(2026, 11, 24, 12, tzinfo=UTC)):
        await placed(actor, [row(0), row(1, CurrencyCode="USD"), row(2, DueDate="2027-01-31")])
        before = await owner.fetch(stored, actor.agency_id)
        async with transaction(as_job(actor.agency_id)):
            await refresh(system(actor.agency_id), *(case["id"] for case in before))
    assert await owner.fetch(stored, actor.agency_id) == before


async def test_one_debtor_of_two_clients_is_one_debtor_with_each_clients_own_contacts(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    await placed(cast.brandt_submitter.actor, [row(0), row(1, DebtorName="FERRETTI POMPE SPA", Email="")])
    sibling = row(0, PhoneNumber="", Email="new@ferretti.example", DebtorContactPerson="Bruno")
    await placed(cast.lanting_submitter.actor, [sibling])
    agency = cast.nordkai.id
    debtors = await owner.fetch("select id, name from debtors where agency_id = $1", agency)
    assert [debtor["name"] for debtor in debtors] == ["Ferretti Pompe S.p.A."]
    points = await owner.fetch("select client_id, kind, value from contact_points where agency_id = $1", agency)
    assert sorted((point["client_id"] == cast.brandt.id, point["kind"], point["value"]) for point in points) == [
        (False, "email", "new@ferretti.example"),
        (True, "email", "conti@ferretti.example"),
        (True, "phone", "+390302423400"),
    ]
    people = await owner.fetch("select name, client_id from debtor_people where agency_id = $1 order by name", agency)
    assert [tuple(person) for person in people] == [("Anna Ferretti", cast.brandt.id), ("Bruno", cast.lanting.id)]
    await placed(cast.brandt_submitter.actor, [row(9)])
    assert await count(owner, "contact_points", cast.brandt_submitter.actor) == 3


async def test_a_client_does_not_learn_that_a_sibling_placed_the_same_debtor(cast: Cast) -> None:
    first, second = cast.brandt_submitter.actor, cast.lanting_submitter.actor
    told = []
    for client in (first, second):
        made = await placed(client, [row(0)])
        async with transaction(client.scope, read_only=True):
            events = await sql("select action, facts from audit_events where subject_id = $1 order by id", made.id)
        assert "placement.acknowledged" in {event["action"] for event in events}
        every_word = json.dumps(made.summary["accepted"], sort_keys=True) + "".join(event["facts"] for event in events)
        told.append(re.sub(r"2026-A?[0-9]{5}|sha256:[0-9a-f]{64}", "·", every_word))
    assert told[0] == told[1]


async def test_a_debtor_of_another_agency_is_another_debtor(cast: Cast, owner: asyncpg.Connection) -> None:
    await placed(cast.brandt_submitter.actor, [row(0)])
    await placed(cast.mingda_submitter.actor, [row(0)])
    assert await count(owner, "debtors", cast.brandt_submitter.actor) == 1
    assert await count(owner, "debtors", cast.mingda_submitter.actor) == 1


async def test_a_large_placement_has_the_tables_it_fills_sampled_and_nobody_else_may(
    cast: Cast, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placed_rows, "MANY", 2)
    after = await placed(cast.brandt_submitter.actor, [row(0), row(1)])
    assert after.status == "accepted"
    assert await owner.fetchval("select reltuples from pg_class where relname = 'cases'") > 0
    for scope in (cast.brandt_submitter.actor.scope, cast.owner.actor.scope):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with transaction(scope):
                await sql("select sample_for_placing('cases')")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with transaction(cast.brandt_submitter.actor.scope):
                await sql("select take_case_numbers(1)")


async def test_case_numbers_grow_past_five_digits(cast: Cast, owner: asyncpg.Connection) -> None:
    await owner.execute("update agencies set next_case_number = 99999 where id = $1", cast.nordkai.id)
    with clock.at(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)):
        after = await placed(cast.brandt_submitter.actor, [row(0), row(1)])
    accepted = after.summary["accepted"]  # in Berlin the next year has begun
    assert (accepted["first_number"], accepted["last_number"]) == ("2027-99999", "2027-100000")
    numbers = await owner.fetch("select number from cases where agency_id = $1 order by id", cast.nordkai.id)
    assert [case["number"] for case in numbers] == ["2027-99999", "2027-100000"]


async def test_a_cancelled_placement_is_not_handed_over_and_a_handed_over_one_not_cancelled(cast: Cast) -> None:
    actor = cast.brandt_submitter.actor
    dropped = await checked(actor, csv_text([row(0)]))
    async with transaction(actor.scope):
        await cancel(actor, dropped.id)
    with pytest.raises(Refused):
        await give(actor, dropped)
    given = await checked(actor, csv_text([row(0)]))
    await give(actor, given)
    with pytest.raises(Refused):
        async with transaction(actor.scope):
            await cancel(actor, given.id)


async def test_who_handed_over_gets_the_acknowledgement_by_mail_in_their_language(
    cast: Cast, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, str, dict[str, Any]]] = []

    async def post(to: str, template: str, **context: Any) -> None:
        sent.append((to, template, context))

    monkeypatch.setattr(mail, "send_mail", post)
    after = await placed(cast.brandt_submitter.actor, [row(0), row(1, Country="")])
    [(to, template, context)] = sent
    assert to == cast.brandt_submitter.email
    subject, body = rendered(template, {**context, "base_url": "https://portal.example"})
    assert after.acknowledgement_number is not None and after.acknowledgement_number in subject
    assert "1 case, EUR 8,412.00" in body.replace("\xa0", " ")
    assert "1 row was not placed" in body
    assert f"https://portal.example/placements/{after.id}" in body


async def test_what_a_submitter_does_is_in_the_audit_trail(cast: Cast, owner: asyncpg.Connection) -> None:
    after = await placed(cast.brandt_submitter.actor, [row(0)])
    events = await owner.fetch(
        "select action, actor_kind from audit_events where subject_id = $1 order by id", after.id
    )
    assert [tuple(event) for event in events] == [
        ("placement.received", "user"),
        ("placement.checked", "system"),
        ("placement.handed_over", "user"),
        ("placement.acknowledged", "system"),
    ]


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        (datetime(2026, 11, 23, 6, 59, tzinfo=BERLIN), datetime(2026, 11, 23, 8, tzinfo=BERLIN)),
        (datetime(2026, 11, 23, 8, 0, tzinfo=BERLIN), datetime(2026, 11, 24, 8, tzinfo=BERLIN)),
        (datetime(2026, 11, 27, 17, 0, tzinfo=BERLIN), datetime(2026, 11, 30, 8, tzinfo=BERLIN)),
        (datetime(2026, 10, 24, 12, 0, tzinfo=BERLIN), datetime(2026, 10, 26, 8, tzinfo=BERLIN)),
    ],
)
def test_the_first_call_is_due_when_the_agency_opens_next(now: datetime, morning: datetime) -> None:
    found = next_working_morning(now.astimezone(UTC), BERLIN)
    assert found == morning
    assert found - now < timedelta(days=5)


def said_in(document: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages).split())


async def test_the_acknowledgement_is_a_document_in_either_language_and_always_the_same_bytes(
    cast: Cast, visit: Callable[..., Awaitable[httpx.AsyncClient]]
) -> None:
    actor = cast.brandt_submitter.actor
    placement = await placed(actor, [row(0), row(1, DebtorName="青岛远洲机械有限公司", Country="CN"), row(2, City="")])
    client = await visit(cast.brandt_submitter)
    url = f"/placements/{placement.id}/acknowledgement.pdf"
    english = await client.get(url)
    assert english.headers["content-type"] == "application/pdf"
    assert f'filename="{placement.acknowledgement_number}.pdf"' in english.headers["content-disposition"]
    text = said_in(english.content)
    for part in (placement.acknowledgement_number, "Nordkai Inkasso", "RE-24189", "25,236.00", "Ferretti", "青岛远洲"):
        assert str(part) in text, part
    assert (await client.get(url)).content == english.content
    assert "收案回执" in said_in((await client.get(url + "?language=zh-Hans")).content)
    waiting = await checked(actor, csv_text([row(9)]))
    assert (await client.get(f"/placements/{waiting.id}/acknowledgement.pdf")).status_code == 404
    sibling = await visit(cast.lanting_submitter)
    assert (await sibling.get(url)).status_code == 404
