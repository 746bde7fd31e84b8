"""Taking a placement back that was handed over in error: whole, once, and only while nobody has worked a case of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from cases.casework import Next, NextAction, load_case, set_next
from cases.intake.handing_over import hand_over
from cases.intake.placement import PlacementFile
from cases.intake.rolling_back import roll_back, take_back
from cases.pauses import note
from cases.queues.claim import claim
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.jobs import work_off
from portal.ledger.journal import JournalDraft, owe_less, post
from portal.ledger.prove import prove
from portal.ledger.tables import Component
from portal.people.actor import Actor
from portal.tenancy.database import as_job, sql, transaction
from tests.cases.intake.handing import checked, look, placed
from tests.cases.intake.placements import csv_text, row
from tests.people import Cast, Visit


async def ask(actor: Actor, placement: PlacementFile, reason: str = "the wrong month") -> PlacementFile:
    async with transaction(actor.scope):
        return await roll_back(actor, placement.id, reason)


async def taken_back(actor: Actor, placement: PlacementFile) -> PlacementFile:
    await ask(actor, placement)
    await work_off(agency_id=actor.agency_id)
    return await look(actor, placement)


async def cases_of(owner: asyncpg.Connection, placement: PlacementFile) -> list[asyncpg.Record]:
    found = await owner.fetch("select * from cases where placement_id = $1 order by id", placement.id)
    return list(found)


async def test_all_of_its_cases_close_and_nothing_is_owed_on_them(cast: Cast, owner: asyncpg.Connection) -> None:
    actor = cast.brandt_submitter.actor
    placement = await placed(actor, [row(number) for number in range(3)])
    after = await taken_back(actor, placement)
    assert (after.status, after.step) == ("rolled_back", "rolled_back")
    assert (after.rolled_back_by_name, after.roll_back_reason) == (actor.name, "the wrong month")
    for case in await cases_of(owner, placement):
        assert (case["status"], case["close_code"], case["situation"]) == ("closed", "placed_in_error", "closed")
        assert case["principal_minor"] + case["interest_minor"] + case["costs_minor"] == 0
    journals = await owner.fetch(
        "select source, reverses from journals where agency_id = $1 order by id", cast.nordkai.id
    )
    assert len(journals) == 6 and sum(journal["reverses"] is not None for journal in journals) == 3
    async with transaction(as_job(cast.nordkai.id), read_only=True):
        assert [check for check in await prove(cast.nordkai.id) if not check.ok] == []
    told = await owner.fetch(
        "select kind, actor_name, facts from case_events where client_id = $1 and kind = 'case.closed'", actor.client_id
    )
    assert [(event["actor_name"], json.loads(event["facts"])) for event in told] == [
        (actor.name, {"close_code": "placed_in_error"})
    ] * 3


async def test_its_references_may_be_placed_again_and_the_same_file_too(cast: Cast) -> None:
    actor = cast.brandt_submitter.actor
    rows = [row(number) for number in range(3)]
    placement = await placed(actor, rows)
    again = await checked(actor, csv_text(rows))
    assert (again.step, again.summary["duplicates"]) == ("rejected", 3)
    await taken_back(actor, placement)
    anew = await placed(actor, rows)
    assert (anew.step, anew.summary["accepted"]["cases"]) == ("acknowledged", 3)


async def test_the_reference_of_the_placement_itself_is_free_again(cast: Cast) -> None:
    actor = cast.brandt_submitter.actor
    placement = await checked(actor, csv_text([row()]), reference="october")
    async with transaction(actor.scope):
        await hand_over(actor, placement.id)
    await work_off(agency_id=actor.agency_id)
    await taken_back(actor, placement)
    second = await checked(actor, csv_text([row(7)]), reference="october")
    assert (second.id != placement.id, second.step) == (True, "checked")


async def test_asked_twice_and_run_twice_it_is_taken_back_once(cast: Cast, owner: asyncpg.Connection) -> None:
    actor = cast.brandt_submitter.actor
    placement = await placed(actor, [row(number) for number in range(3)])
    await asyncio.gather(*(ask(actor, placement) for _ in range(3)))
    payload = {"agency_id": str(actor.agency_id), "placement_id": str(placement.id)}
    await asyncio.gather(*(take_back(payload) for _ in range(3)))
    await work_off(agency_id=actor.agency_id)
    assert (await ask(actor, placement)).step == "rolled_back"
    assert await owner.fetchval("select count(*) from journals where agency_id = $1", actor.agency_id) == 6
    actions = await owner.fetch(
        "select action from audit_events where agency_id = $1 and action like 'placement.roll%' order by id",
        actor.agency_id,
    )
    assert [event["action"] for event in actions] == ["placement.roll_back_asked", "placement.rolled_back"]


async def a_note(cast: Cast, case_id: UUID) -> None:
    await note(cast.negotiator.actor, case_id, "Rang the creditor about it.")


async def a_next_step(cast: Cast, case_id: UUID) -> None:
    actor = cast.negotiator.actor
    case = await load_case(actor, case_id, lock=True)
    await set_next(actor, case, Next(NextAction.SEND_LETTER, clock.now() + timedelta(days=1), actor.user_id))


async def a_claim(cast: Cast, case_id: UUID) -> None:
    await claim(cast.negotiator.actor, case_id)


async def a_correction_of_the_claim(cast: Cast, case_id: UUID) -> None:
    lines = owe_less(case_id, Component.PRINCIPAL, 100, "EUR", client=cast.brandt.id)
    placed_on = (await load_case(cast.finance.actor, case_id)).placed_on
    await post(cast.finance.actor, [JournalDraft("test", str(case_id), "correction", placed_on, lines)])


@pytest.mark.parametrize("work", [a_note, a_next_step, a_claim, a_correction_of_the_claim])
async def test_once_a_case_was_worked_it_is_too_late(
    cast: Cast, owner: asyncpg.Connection, work: Callable[[Cast, UUID], Awaitable[None]]
) -> None:
    actor = cast.brandt_submitter.actor
    placement = await placed(actor, [row(number) for number in range(3)])
    worked = (await cases_of(owner, placement))[1]
    async with transaction(cast.finance.actor.scope):
        await work(cast, worked["id"])
    for who in (cast.brandt_submitter.actor, cast.manager.actor):
        with pytest.raises(Refused) as refused:
            await ask(who, placement)
        assert (refused.value.code, refused.value.params["number"]) == ("worked", worked["number"])


async def test_work_that_begins_after_it_was_asked_for_wins(cast: Cast, owner: asyncpg.Connection) -> None:
    actor = cast.brandt_submitter.actor
    placement = await placed(actor, [row(number) for number in range(3)])
    await ask(actor, placement)
    worked = (await cases_of(owner, placement))[0]
    async with transaction(cast.negotiator.actor.scope):
        await a_note(cast, worked["id"])
    await work_off(agency_id=actor.agency_id)
    after = await look(actor, placement)
    assert after.step == "acknowledged"
    assert after.problem == {"code": "worked", "params": {"number": worked["number"]}}
    assert {case["status"] for case in await cases_of(owner, placement)} == {"active"}
    assert await owner.fetchval("select count(*) from journals where agency_id = $1", actor.agency_id) == 3


async def test_a_reason_is_asked_for_and_only_what_was_handed_over_can_be_taken_back(cast: Cast) -> None:
    actor = cast.brandt_submitter.actor
    waiting = await checked(actor, csv_text([row()]))
    with pytest.raises(Refused) as refused:
        await ask(actor, waiting)
    assert refused.value.code == "not_acknowledged"
    placement = await placed(actor, [row(1)])
    with pytest.raises(Refused) as refused:
        await ask(actor, placement, "  ")
    assert (refused.value.field, refused.value.code) == ("reason", "missing")


async def test_who_may_take_a_placement_back(cast: Cast) -> None:
    placement = await placed(cast.brandt_submitter.actor, [row()])
    for person in (cast.brandt_viewer, cast.negotiator, cast.finance, cast.auditor):
        with pytest.raises(Forbidden):
            await ask(person.actor, placement)
    for person in (cast.lanting_submitter, cast.huadong_owner, cast.mingda_submitter):
        with pytest.raises(NotFound):
            await ask(person.actor, placement)
    assert (await ask(cast.owner.actor, placement)).step == "rolling_back"


async def test_the_page_asks_why_takes_it_back_and_says_so(cast: Cast, visit: Visit) -> None:
    actor = cast.brandt_submitter.actor
    placement = await placed(actor, [row(number) for number in range(2)])
    client = await visit(cast.brandt_submitter)
    url = f"/placements/{placement.id}"
    assert "Take the placement back" in (await client.get(url)).text
    empty = await client.post(url + "/roll-back", data={"reason": ""})
    assert empty.status_code == 422 and "f-reason-error" in empty.text
    answer = await client.post(url + "/roll-back", data={"reason": "September again"})
    assert (answer.status_code, answer.headers["location"]) == (303, url)
    assert "Taking it back" in (await client.get(url)).text
    await work_off(agency_id=actor.agency_id)
    page = (await client.get(url)).text
    assert "September again" in page and "Take the placement back" not in page
    listed = (await client.get("/placements")).text
    assert "Taken back" in listed
    case_id = await _first_case(actor, placement)
    assert "Placed in error" in (await client.get(f"/cases/{case_id}")).text


async def _first_case(actor: Actor, placement: PlacementFile) -> Any:
    async with transaction(actor.scope, read_only=True):
        found = await sql("select id from cases where placement_id = $1 order by id limit 1", placement.id)
    return found[0]["id"]


async def test_a_placement_that_was_taken_back_counts_in_no_figure(cast: Cast, visit: Visit) -> None:
    actor = cast.brandt_submitter.actor
    placement = await placed(actor, [row(PrincipalAmount="7777.77")])
    client = await visit(cast.brandt_submitter)
    assert "7,777.77" in (await client.get("/home")).text
    await taken_back(actor, placement)
    assert "7,777.77" not in (await client.get("/home")).text
