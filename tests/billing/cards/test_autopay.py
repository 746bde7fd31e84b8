"""Payments of plans are collected on their days: once, from what the debtor allowed, and never when something speaks against it."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from billing.cards.autopay import collect
from billing.cards.booking import book
from billing.cards.methods import withdraw
from cases.disputes import dispute
from cases.plans.register import PlanFile
from portal import clock
from portal.errors import Forbidden, NotFound, Unanswered
from portal.jobs import work_off
from portal.people.actor import Actor
from portal.tenancy.database import NOBODY, sql_value, transaction
from tests.billing.cards.bank import Bank, bank, saved, takes_cards
from tests.billing.claim_page.debtors import debtor_of
from tests.billing.money import NOON, TODAY, agreed, look, pay, wrong
from tests.billing.planning import IN_A_MONTH, ended, new_day, plan_now, running
from tests.cases.casework import placed_case
from tests.people import Cast

__all__ = ["bank"]
FIRST = date(2026, 11, 30)


async def a_plan(cast: Cast, owner: asyncpg.Connection, card: str = "pm_1") -> tuple[UUID, UUID]:
    """A case with a plan that runs: 100.00 on 30 November, then three of 300.00 from 23 December on; paid by card."""
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=100_000)
    plan_id = await running(cast.negotiator, case_id)
    await takes_cards(owner, cast.nordkai)
    await saved(debtor_of(cast.nordkai, case_id), card)
    return case_id, plan_id


async def morning(cast: Cast, day: date, *, judged: bool = True) -> None:
    """What an agency's morning brings."""
    if judged:
        await new_day(cast.nordkai.id, day)
    with clock.at(datetime.combine(day, NOON.timetz())):
        await collect({"agency_id": str(cast.nordkai.id)})


async def attempts(owner: asyncpg.Connection, case_id: UUID) -> list[tuple[Any, ...]]:
    rows = await owner.fetch(
        "select plan_position, attempt, status, failure_code, payment_id is not null as booked from card_payments"
        " where case_id = $1 order by id",
        case_id,
    )
    return [tuple(row) for row in rows]


async def plan_of(cast: Cast, plan_id: UUID) -> PlanFile:
    return await plan_now(cast.owner.actor, plan_id)


async def test_each_payment_is_collected_on_its_day_and_once(cast: Cast, owner: asyncpg.Connection, bank: Bank) -> None:
    case_id, plan_id = await a_plan(cast, owner)
    await morning(cast, FIRST - timedelta(days=1))
    assert bank.asked == []
    for day in (FIRST, FIRST, FIRST + timedelta(days=1)):
        await morning(cast, day)
    assert bank.taken_minor == 10_000 and await attempts(owner, case_id) == [(0, 1, "succeeded", "", True)]
    await morning(cast, IN_A_MONTH)
    assert bank.taken_minor == 40_000 and (await plan_of(cast, plan_id)).paid_minor == 40_000
    assert (await look(cast.owner.actor, case_id)).balance_minor == 60_000
    assert await wrong(cast.nordkai.id) == []


async def test_a_failure_is_work_and_tried_again_and_a_no_for_good_is_told_to_the_debtor(
    cast: Cast, owner: asyncpg.Connection, bank: Bank
) -> None:
    case_id, _ = await a_plan(cast, owner)
    bank.says["pm_1"] = ["declined insufficient_funds", "declined insufficient_funds", "declined expired_card"]
    await morning(cast, FIRST)
    case = await look(cast.owner.actor, case_id)
    assert (case.next_action, case.next_action_reason) == ("call_about_plan", "autopay_failed")
    told = await owner.fetchval(
        "select facts from case_events where case_id = $1 and kind = 'autopay.failed' order by at limit 1", case_id
    )
    assert '"again_on": "2026-12-03"' in told and "insufficient_funds" in told
    for number in range(1, 20):
        await morning(cast, FIRST + timedelta(days=number), judged=False)
    assert [row[1:4] for row in await attempts(owner, case_id)] == [
        (1, "failed", "insufficient_funds"),
        (2, "failed", "insufficient_funds"),
        (3, "failed", "expired_card"),
    ]
    async with transaction(NOBODY):
        like = f"%{case_id}%"
        mails = await sql_value(
            "select count(*) from queue.pgqueuer where entrypoint = 'claim_links.send'"
            " and convert_from(payload, 'UTF8') like $1",
            like,
        )
    assert mails == 1, "the debtor is written to once, when nothing more is tried"
    assert bank.taken_minor == 0 and await wrong(cast.nordkai.id) == []
    bank.says["pm_2"] = ["ok"]
    await saved(debtor_of(cast.nordkai, case_id), "pm_2", NOON + timedelta(days=26))
    await morning(cast, FIRST + timedelta(days=21), judged=False)
    assert bank.taken_minor == 10_000, "another card begins anew"


@pytest.mark.parametrize("what", ["paid", "ended", "disputed", "withdrawn", "off", "under way"])
async def test_nothing_is_collected_when_something_speaks_against_it(
    cast: Cast, owner: asyncpg.Connection, bank: Bank, what: str
) -> None:
    case_id, plan_id = await a_plan(cast, owner)
    if what == "paid":
        await pay(cast.finance, case_id, 10_000, at=NOON + timedelta(hours=1))
    elif what == "ended":
        await ended(cast.manager, plan_id, "Insolvent")
    elif what == "disputed":
        with clock.at(NOON):
            async with transaction(cast.negotiator.actor.scope):
                await dispute(cast.negotiator.actor, case_id, "defective", amount_minor=100)
    elif what == "withdrawn":
        with clock.at(NOON):
            async with transaction(cast.negotiator.actor.scope):
                await withdraw(cast.negotiator.actor, case_id)
            await work_off()
        assert bank.forgotten == ["pm_1"]
    elif what == "off":
        await owner.execute("update processor_accounts set is_on = false where agency_id = $1", cast.nordkai.id)
    else:
        bank.says["pm_1"] = ["processing"]
        await morning(cast, FIRST)
        bank.asked.clear()
    for number in range(5):
        await morning(cast, FIRST + timedelta(days=number), judged=False)
    assert bank.asked == []


@pytest.mark.parametrize("answer", ["silent", "lost"])
async def test_a_worker_killed_in_between_or_a_silent_processor_takes_nothing_twice(
    cast: Cast, owner: asyncpg.Connection, bank: Bank, answer: str
) -> None:
    case_id, _ = await a_plan(cast, owner)
    bank.says["pm_1"] = [answer, "ok"]
    with pytest.raises(Unanswered):
        await morning(cast, FIRST)
    assert await attempts(owner, case_id) == [(0, 1, "begun", "", False)]
    await morning(cast, FIRST, judged=False)
    assert await attempts(owner, case_id) == [(0, 1, "succeeded", "", True)]
    assert bank.taken_minor == 10_000 and len({ours for ours, _, _ in bank.asked}) == 1
    assert await wrong(cast.nordkai.id) == []


async def test_two_workers_at_once_and_a_plan_that_ends_meanwhile_leave_the_books_right(
    cast: Cast, owner: asyncpg.Connection, bank: Bank
) -> None:
    case_id, plan_id = await a_plan(cast, owner)
    await new_day(cast.nordkai.id, FIRST)
    await asyncio.gather(*(morning(cast, FIRST, judged=False) for _ in range(3)))
    assert bank.taken_minor == 10_000 and len(await attempts(owner, case_id)) == 1
    await new_day(cast.nordkai.id, IN_A_MONTH)
    at = datetime.combine(IN_A_MONTH, NOON.timetz())
    await asyncio.gather(morning(cast, IN_A_MONTH, judged=False), ended(cast.manager, plan_id, "Anew", at=at))
    balance = (await look(cast.owner.actor, case_id)).balance_minor
    assert balance == 100_000 - bank.taken_minor and await wrong(cast.nordkai.id) == []


async def test_a_direct_debit_that_comes_back_days_later_is_told_like_any_other(
    cast: Cast, owner: asyncpg.Connection, bank: Bank
) -> None:
    case_id, _ = await a_plan(cast, owner)
    bank.says["pm_1"] = ["processing"]
    await morning(cast, FIRST)
    [intent_id] = bank.intents
    bank.settle(intent_id, "debit_not_authorized")
    with clock.at(NOON + timedelta(days=11)):
        for _ in range(2):
            await book(cast.nordkai.id, intent_id)
    assert (await look(cast.owner.actor, case_id)).next_action == "call_about_plan"
    events = "select count(*) from case_events where case_id = $1 and kind = 'autopay.failed'"
    assert await owner.fetchval(events, case_id) == 1


async def test_only_the_debtor_keeps_a_card_and_only_who_works_the_case_ends_it(
    cast: Cast, owner: asyncpg.Connection, bank: Bank
) -> None:
    case_id, _ = await a_plan(cast, owner)
    consent = await owner.fetchrow(
        "select consent_text, consent_name, consent_address from saved_methods where case_id = $1", case_id
    )
    assert consent is not None and "Nordkai" in consent["consent_text"] and consent["consent_name"] == "Jana Müller"
    others: list[tuple[Actor, type[Exception]]] = [
        (cast.finance.actor, Forbidden),
        (cast.brandt_admin.actor, Forbidden),
        (cast.huadong_negotiator.actor, NotFound),
        (debtor_of(cast.nordkai, await placed_case(cast.nordkai, cast.brandt)), NotFound),
    ]
    for actor, error in others:
        with pytest.raises(error):
            async with transaction(actor.scope):
                await withdraw(actor, case_id)
    with pytest.raises(Forbidden):
        await saved(cast.negotiator.actor, "pm_3")
    assert TODAY < FIRST
