"""Limitation, the lawyers, settlements, papers asked for, people who become known, stops, and queues."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from uuid import UUID

import asyncpg
import pytest

from cases.casework import Next, NextAction
from cases.contact.log import CallReport, ContactRefused, log_call
from cases.contact.people import add_person, add_representative
from cases.contact.question import Channel, Outcome
from cases.contact.stops import stop_contact
from cases.limitation import set_limitation
from cases.papers import ask_for_papers, go_on
from cases.queues.setup import open_queue
from cases.stages import to_legal
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_value, transaction
from tests.cases.acceptance.given import STRICT, accept, cases_of, three_cases
from tests.cases.casework import MONDAY, placed_case
from tests.people import Cast, Person

LATER = Next(NextAction.LEGAL_CHECK, MONDAY + timedelta(days=3))
CALLED = CallReport(outcome=Outcome.NO_ANSWER)

STEPS: dict[str, Callable[[Actor, UUID], Awaitable[object]]] = {
    "limitation": lambda actor, case: set_limitation(actor, case, date(2029, 12, 31), "three years"),
    "lawyers": lambda actor, case: to_legal(actor, case, "last deadline passed", LATER),
    "papers": lambda actor, case: ask_for_papers(actor, case, "the delivery note", MONDAY + timedelta(days=7)),
    "person": lambda actor, case: add_person(actor, case, "Jürgen Müller", "owner", authorised=True),
    "representative": lambda actor, case: add_representative(actor, case, "Kanzlei Hofer", phone="030 23125999"),
    "stop": lambda actor, case: stop_contact(actor, case, None, {Channel.CALL}, "in writing"),
}


async def act(person: Person, step: Callable[[Actor, UUID], Awaitable[object]], case_id: UUID) -> object:
    with clock.at(MONDAY):
        async with transaction(person.actor.scope):
            return await step(person.actor, case_id)


@pytest.mark.parametrize("name", STEPS)
async def test_a_negotiator_may_and_finance_may_not_and_nobody_else_finds_the_case(cast: Cast, name: str) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    with pytest.raises(Forbidden):
        await act(cast.finance, STEPS[name], case_id)
    with pytest.raises(NotFound):
        await act(cast.huadong_negotiator, STEPS[name], case_id)
    with pytest.raises(Forbidden):
        await act(cast.brandt_admin, STEPS[name], case_id)
    await act(cast.negotiator, STEPS[name], case_id)


async def test_a_case_whose_limitation_is_near_comes_first(cast: Cast, owner: asyncpg.Connection) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    await act(
        cast.negotiator, lambda a, c: set_limitation(a, c, MONDAY.date() + timedelta(days=30), "counted"), case_id
    )
    assert await owner.fetchval("select band from cases where id = $1", case_id) == 1
    with pytest.raises(Refused, match="falls due"):
        await act(cast.negotiator, lambda a, c: set_limitation(a, c, date(2020, 1, 1), "counted"), case_id)


async def test_with_the_lawyers_a_case_stands_in_that_situation_and_goes_there_once(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    await act(cast.negotiator, STEPS["lawyers"], case_id)
    row = await owner.fetchrow("select situation, stage, next_action from cases where id = $1", case_id)
    assert tuple(row) == ("legal", "legal", "legal_check")
    with pytest.raises(Refused, match="already"):
        await act(cast.negotiator, STEPS["lawyers"], case_id)


async def test_papers_are_asked_for_waited_for_and_then_the_case_goes_on(cast: Cast, owner: asyncpg.Connection) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    await act(cast.negotiator, STEPS["papers"], case_id)
    row = await owner.fetchrow("select situation, next_action from cases where id = $1", case_id)
    assert tuple(row) == ("needs_info", "get_documents")
    await act(cast.negotiator, lambda a, c: go_on(a, c, Next(NextAction.CALL, MONDAY)), case_id)
    assert await owner.fetchval("select status from cases where id = $1", case_id) == "active"
    with pytest.raises(Refused, match="wait"):
        await act(cast.negotiator, lambda a, c: go_on(a, c, Next(NextAction.CALL, MONDAY)), case_id)


async def test_a_case_that_is_not_accepted_is_not_taken_into_work_by_way_of_its_papers(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    await accept(cast.owner.actor, cast.brandt, STRICT)
    placement = await three_cases(cast.brandt_submitter.actor)
    lacks = (await cases_of(owner, placement.id))[0]["id"]
    with pytest.raises(Refused, match="not accepted yet"):
        await act(cast.negotiator, lambda a, c: go_on(a, c, Next(NextAction.CALL, MONDAY)), lacks)


async def test_whoever_asked_not_to_be_called_is_not(cast: Cast) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    await act(cast.negotiator, STEPS["stop"], case_id)
    with pytest.raises(ContactRefused):
        await act(cast.negotiator, lambda a, c: log_call(a, c, CALLED, LATER), case_id)
    with pytest.raises(NotFound):
        await act(cast.negotiator, lambda a, c: stop_contact(a, c, cast.brandt.id), case_id)


async def test_two_calls_at_one_moment_on_two_cases_of_a_debtor_are_counted_one_after_the_other(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    first, second = [await placed_case(cast.nordkai, cast.brandt) for _ in range(2)]
    await owner.execute(
        "update cases set debtor_id = (select debtor_id from cases where id = $1) where id = $2", first, second
    )

    async def call(case_id: UUID) -> object:
        return await act(cast.negotiator, lambda a, c: log_call(a, c, CALLED, LATER), case_id)

    done = await asyncio.gather(call(first), call(second), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["ContactRefused", "UUID"]


async def test_a_represented_debtor_is_called_at_the_representative_only(cast: Cast) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    await act(cast.negotiator, STEPS["representative"], case_id)
    with pytest.raises(ContactRefused):
        await act(cast.negotiator, lambda a, c: log_call(a, c, CALLED, LATER), case_id)
    async with transaction(cast.negotiator.actor.scope):
        point = await sql_value("select id from contact_points where value = '+493023125999' limit 1")
    report = CallReport(outcome=Outcome.RIGHT_PARTY, point_id=point)
    await act(cast.negotiator, lambda a, c: log_call(a, c, report, LATER), case_id)


async def test_people_who_become_known_have_real_numbers_and_no_client_sees_them(cast: Cast) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    for wrong in ({"phone": "12"}, {"email": "nobody"}, {"third_party": True, "authorised": True}):
        with pytest.raises(Refused):
            await act(cast.negotiator, lambda a, c, w=wrong: add_person(a, c, "Somebody", **w), case_id)
    await act(
        cast.negotiator, lambda a, c: add_person(a, c, "Tax adviser", phone="030 23125111", third_party=True), case_id
    )
    async with transaction(cast.brandt_admin.actor.scope):
        assert await sql("select 1 from debtor_people where name = 'Tax adviser'") == []


async def test_an_owner_opens_a_queue_once(cast: Cast) -> None:
    async with transaction(cast.owner.actor.scope):
        await open_queue(cast.owner.actor, "Hard cases")
        with pytest.raises(Refused, match="already"):
            await open_queue(cast.owner.actor, "Hard cases")
    async with transaction(cast.negotiator.actor.scope):
        with pytest.raises(Forbidden):
            await open_queue(cast.negotiator.actor, "Mine")
