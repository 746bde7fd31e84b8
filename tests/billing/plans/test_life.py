"""The life of an agreement on a case: offered, approved, agreed, kept or broken, fulfilled or given up."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest

from billing.costs.add import WantedCost, add_cost
from billing.payments.returns import reverse
from billing.plans.agree import agree
from billing.plans.terms import Rhythm
from cases.casework import load_case
from cases.pauses import close
from cases.plans.tables import PlanStatus
from cases.recall.answer import give_back
from cases.recall.register import rules_of
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.identity import new_id
from portal.ledger.balances import debtor_balance
from portal.tenancy.database import sql, transaction
from tests.billing.money import NOON, TODAY, agreed, look, pay, promise_status, promised, wrong
from tests.billing.planning import (
    IN_A_MONTH,
    agreed_to,
    decided,
    drafted,
    ended,
    new_day,
    offered,
    plan_now,
    running,
    settlement,
    wish,
)
from tests.cases.casework import placed_case
from tests.cases.recalling import ask
from tests.people import Cast, Person


async def a_case(cast: Cast, amount_minor: int = 100_000, **more: object) -> UUID:
    await agreed(cast, cast.brandt)
    return await placed_case(cast.nordkai, cast.brandt, amount_minor=amount_minor, **more)  # type: ignore[arg-type]


async def status(cast: Cast, plan_id: UUID) -> PlanStatus:
    return (await plan_now(cast.owner.actor, plan_id)).status


async def situation(cast: Cast, case_id: UUID) -> tuple[str, str | None]:
    case = await look(cast.owner.actor, case_id)
    return case.situation, case.next_action


async def went_back(cast: Cast, payment_id: UUID, on: date) -> None:
    with clock.at(NOON + (on - TODAY)):
        async with transaction(cast.finance.actor.scope):
            await reverse(cast.finance.actor, payment_id, "returned_by_bank", on)


async def test_what_is_within_the_negotiators_authority_is_approved_by_offering_it(cast: Cast) -> None:
    case_id = await a_case(cast)
    plan_id = await offered(cast.negotiator, case_id)
    plan = await plan_now(cast.negotiator.actor, plan_id)
    assert (plan.status, plan.rung, plan.to_pay_minor, plan.fee_minor) == ("approved", "own", 100_000, 25_000)
    assert await situation(cast, case_id) == ("plan_offered", "follow_offer")
    assert await offered(cast.negotiator, case_id) == plan_id, "twice clicked, it is one offer"
    with pytest.raises(Refused, match="out already"):
        await offered(cast.negotiator, case_id, wish(count=4))


async def test_a_longer_plan_waits_for_somebody_who_did_not_offer_it(cast: Cast) -> None:
    case_id = await a_case(cast)
    plan_id = await offered(cast.manager, case_id, wish(count=12))
    assert await status(cast, plan_id) is PlanStatus.OFFERED
    for person, error in (
        (cast.manager, Forbidden),
        (cast.negotiator, Forbidden),
        (cast.brandt_admin, Forbidden),
        (cast.lanting_admin, NotFound),
        (cast.huadong_owner, NotFound),
    ):
        with pytest.raises(error):
            await decided(person, plan_id)
    with pytest.raises(Refused, match="why"):
        await decided(cast.owner, plan_id, approved=False)
    await decided(cast.owner, plan_id)
    assert await status(cast, plan_id) is PlanStatus.APPROVED
    assert (await decided(cast.owner, plan_id)).status is PlanStatus.APPROVED, "approved twice is approved once"
    with pytest.raises(Refused, match="decided"):
        await decided(cast.owner, plan_id, approved=False, reason="too late")


async def test_a_low_settlement_is_the_clients_to_decide_with_its_effect(cast: Cast, owner: asyncpg.Connection) -> None:
    case_id = await a_case(cast)
    plan_id = await offered(cast.negotiator, case_id, settlement(50_000, why="Insolvency is near."))
    assert await situation(cast, case_id) == ("settlement_offered", "follow_offer")
    for person, error in (
        (cast.owner, Forbidden),
        (cast.brandt_submitter, Forbidden),
        (cast.brandt_viewer, Forbidden),
        (cast.lanting_admin, NotFound),
    ):
        with pytest.raises(error):
            await decided(person, plan_id)
    await decided(cast.brandt_admin, plan_id, reason="Better than nothing")
    decision = await owner.fetchrow(
        "select rung, approved, decided_by, effect ->> 'net_minor' as net from plan_decisions where plan_id = $1",
        plan_id,
    )
    assert decision is not None
    assert tuple(decision) == ("client", True, cast.brandt_admin.user_id, "37500")
    assert await status(cast, plan_id) is PlanStatus.APPROVED
    case = await look(cast.owner.actor, case_id)
    assert (case.next_action, case.next_action_user_id) == ("follow_offer", cast.negotiator.user_id)


async def test_a_declined_offer_goes_back_to_who_made_it(cast: Cast) -> None:
    case_id = await a_case(cast)
    plan_id = await offered(cast.negotiator, case_id, settlement(50_000))
    await decided(cast.brandt_admin, plan_id, approved=False, reason="Not under 70 %")
    assert (await plan_now(cast.owner.actor, plan_id)).ended_because == "declined"
    assert await situation(cast, case_id) == ("new", "offer_plan")
    await offered(cast.negotiator, case_id, settlement(75_000))


async def test_clients_do_not_see_what_is_still_being_drawn_up(cast: Cast) -> None:
    case_id = await a_case(cast)
    plan_id = await drafted(cast.negotiator, case_id)
    assert (await plan_now(cast.second_negotiator.actor, plan_id)).status is PlanStatus.DRAFT
    with pytest.raises(NotFound):
        await plan_now(cast.brandt_admin.actor, plan_id)
    assert (await situation(cast, case_id))[0] == "new"


async def test_who_may_draw_up_and_offer(cast: Cast) -> None:
    case_id = await a_case(cast)
    for person, error in (
        (cast.finance, Forbidden),
        (cast.auditor, Forbidden),
        (cast.brandt_admin, Forbidden),
        (cast.huadong_owner, NotFound),
        (cast.lanting_admin, Forbidden),
    ):
        for act in (offered, drafted):
            with pytest.raises(error):
                await act(person, case_id)
    plan_id = await offered(cast.negotiator, case_id)
    for person, error in ((cast.finance, Forbidden), (cast.brandt_admin, Forbidden), (cast.huadong_owner, NotFound)):
        with pytest.raises(error):
            await agreed_to(person, plan_id)
        with pytest.raises(error):
            await ended(person, plan_id)


async def test_without_a_fee_agreement_nothing_is_offered(cast: Cast) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    with pytest.raises(Refused, match="fee agreement"):
        await offered(cast.negotiator, case_id)


async def test_once_the_debtor_agrees_payments_are_expected_and_promises_give_way(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id = await a_case(cast)
    promise_id = await promised(case_id, cast.negotiator, 10_000, TODAY + timedelta(days=5))
    plan_id = await offered(cast.negotiator, case_id)
    with pytest.raises(Refused, match="Choose the signed copy"):
        await agreed_to(cast.negotiator, plan_id, "scan")
    with pytest.raises(NotFound):
        await agreed_to(cast.negotiator, plan_id, "scan", document=plan_id)
    with pytest.raises(Refused, match="fill this in"):
        await agreed_to(cast.negotiator, plan_id, name=" ")
    plan = await agreed_to(cast.negotiator, plan_id)
    assert (plan.status, plan.next_due_on, plan.next_due_minor) == ("active", date(2026, 11, 30), 10_000)
    assert await agreed_to(cast.negotiator, plan_id) == plan, "agreed twice is agreed once"
    assert await promise_status(owner, promise_id) == ("withdrawn", 0)
    assert await situation(cast, case_id) == ("plan_running", "check_plan")


async def test_what_changed_the_claim_makes_the_offer_void(cast: Cast) -> None:
    case_id = await a_case(cast)
    plan_id = await offered(cast.negotiator, case_id)
    await pay(cast.finance, case_id, 5_000, at=NOON + timedelta(minutes=5))
    assert (await agreed_to(cast.negotiator, plan_id)).paid_minor == 5_000, "money on the way counts for it"
    other = await a_case(cast)
    plan_id = await offered(cast.negotiator, other)
    async with transaction(cast.owner.actor.scope):
        from portal.ledger.journal import JournalDraft, owe_less, post
        from portal.ledger.tables import Component

        lines = owe_less(other, Component.PRINCIPAL, 1, "EUR", client=cast.brandt.id)
        await post(cast.owner.actor, [JournalDraft("correction", "x", "correction", TODAY, lines)])
    with pytest.raises(Refused, match="changed"):
        await agreed_to(cast.negotiator, plan_id)


async def test_money_before_the_offer_does_not_count_for_it(cast: Cast) -> None:
    case_id = await a_case(cast)
    await pay(cast.finance, case_id, 20_000, at=NOON - timedelta(minutes=5))
    plan_id = await running(cast.negotiator, case_id)
    plan = await plan_now(cast.owner.actor, plan_id)
    assert (plan.owed_minor, plan.paid_minor) == (80_000, 0)


async def test_a_plan_is_kept_payment_by_payment_until_the_case_is_paid(cast: Cast, owner: asyncpg.Connection) -> None:
    case_id = await a_case(cast)
    plan_id = await running(cast.negotiator, case_id)
    due = [date(2026, 11, 30), IN_A_MONTH, date(2027, 1, 25), date(2027, 2, 23)]
    for day, minor in zip(due, (10_000, 30_000, 30_000, 30_000), strict=True):
        await new_day(cast.nordkai.id, day)
        assert await status(cast, plan_id) is PlanStatus.ACTIVE
        await pay(cast.finance, case_id, minor, on=day, at=NOON + (day - TODAY))
    plan = await plan_now(cast.owner.actor, plan_id)
    assert (plan.status, plan.ended_because, plan.paid_minor) == ("completed", "fulfilled", 100_000)
    case = await look(cast.owner.actor, case_id)
    assert (case.close_code, case.balance_minor, case.agreement) == ("paid_in_full", 0, "")
    fees = await owner.fetchval("select sum(fee_minor) from payments where case_id = $1", case_id)
    assert fees == plan.fee_minor, "each fee is what the offer said"


async def test_a_late_payment_is_grace_then_broken_and_each_is_work_at_once(cast: Cast) -> None:
    case_id = await a_case(cast)
    plan_id = await running(cast.negotiator, case_id)
    await new_day(cast.nordkai.id, date(2026, 12, 1))
    assert await status(cast, plan_id) is PlanStatus.ACTIVE, "a working day of tolerance"
    await new_day(cast.nordkai.id, date(2026, 12, 2))
    plan, case = await plan_now(cast.owner.actor, plan_id), await look(cast.owner.actor, case_id)
    assert (plan.status, plan.arrears_minor, plan.breaks_on) == ("grace", 10_000, date(2026, 12, 7))
    assert (case.situation, case.next_action) == ("plan_in_grace", "call_about_plan")
    await new_day(cast.nordkai.id, date(2026, 12, 3))
    assert (await look(cast.owner.actor, case_id)).band == 4, "grace comes before the score"
    await pay(cast.finance, case_id, 10_000, on=date(2026, 12, 4), at=NOON + timedelta(days=11))
    assert (await status(cast, plan_id), await situation(cast, case_id)) == ("active", ("plan_running", "check_plan"))
    await new_day(cast.nordkai.id, date(2026, 12, 30))
    await new_day(cast.nordkai.id, date(2027, 1, 2))
    plan = await plan_now(cast.owner.actor, plan_id)
    assert (plan.status, plan.ended_because) == ("broken", "broken")
    assert await situation(cast, case_id) == ("plan_broken", "call_about_plan")
    assert (await look(cast.owner.actor, case_id)).balance_minor == 90_000
    await offered(
        cast.negotiator,
        case_id,
        wish(first_on=date(2027, 2, 1), down_on=date(2027, 1, 4), valid_until=date(2027, 1, 10)),
        at=NOON + timedelta(days=41),
    )


async def test_a_settlement_forgives_what_was_agreed_whatever_came_on_top_and_not_a_day_before_it_did(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id = await a_case(cast)
    plan_id = await offered(
        cast.negotiator, case_id, settlement(90_000, count=2, first_on=date(2026, 11, 30), rhythm=Rhythm.WEEK)
    )
    await agreed_to(cast.negotiator, plan_id)
    first = await pay(cast.finance, case_id, 45_000, on=date(2026, 11, 30), at=NOON + timedelta(days=7))
    with clock.at(NOON + timedelta(days=8)):
        async with transaction(cast.finance.actor.scope):
            court = WantedCost(kind="court", amount_minor=7_000, paid_on=date(2026, 12, 1))
            await add_cost(cast.finance.actor, case_id, court, new_id())
    await pay(cast.finance, case_id, 45_000, on=date(2026, 12, 7), at=NOON + timedelta(days=14))
    assert await status(cast, plan_id) is PlanStatus.COMPLETED
    case = await look(cast.owner.actor, case_id)
    assert (case.balance_minor, case.principal_minor, case.is_open) == (7_000, 7_000, True), "100.00 were forgiven"
    assert (case.next_action, case.next_action_reason) == ("review", "plan_completed")
    assert await wrong(cast.nordkai.id) == []
    with clock.at(NOON + timedelta(days=16)):
        async with transaction(cast.finance.actor.scope):
            await reverse(cast.finance.actor, first.id, "returned_by_bank", date(2026, 12, 2))
    assert await status(cast, plan_id) is PlanStatus.GRACE
    days = [TODAY + timedelta(days=number) for number in range(17)]
    async with transaction(cast.owner.actor.scope, read_only=True):
        owed = [sum((await debtor_balance(cast.nordkai.id, case_id, on=day)).values()) for day in days]
    assert (max(owed), owed[-1]) == (107_000, 62_000), "never more than the claim and the cost"
    assert await wrong(cast.nordkai.id) == []


async def test_what_a_settlement_forgave_is_owed_again_when_its_money_goes_back_while_a_later_agreement_runs(
    cast: Cast,
) -> None:
    """900.00 for 1,000.00, and a cost of 70.00 that another agreement is about; the bank takes the 900.00 back."""
    case_id = await a_case(cast)
    plan_id = await offered(cast.negotiator, case_id, settlement(90_000))
    await agreed_to(cast.negotiator, plan_id)
    with clock.at(NOON + timedelta(days=1)):
        async with transaction(cast.finance.actor.scope):
            court = WantedCost(kind="court", amount_minor=7_000, paid_on=date(2026, 11, 24))
            await add_cost(cast.finance.actor, case_id, court, new_id())
    first = await pay(cast.finance, case_id, 90_000, on=date(2026, 11, 30), at=NOON + timedelta(days=7))
    assert (await look(cast.owner.actor, case_id)).balance_minor == 7_000
    then = NOON + timedelta(days=8)
    of_cost = wish(down_minor=0, down_on=None, count=2)
    other_id = await offered(cast.negotiator, case_id, of_cost, at=then)
    await decided(cast.brandt_admin, other_id, at=then)
    await agreed_to(cast.negotiator, other_id, at=then)
    await pay(cast.finance, case_id, 500, on=date(2026, 12, 2), at=NOON + timedelta(days=9))
    assert await status(cast, plan_id) is PlanStatus.COMPLETED, "money of the later one is not its own"
    await went_back(cast, first.id, date(2026, 12, 10))
    assert (await look(cast.owner.actor, case_id)).balance_minor == 106_500
    settled = await plan_now(cast.owner.actor, plan_id)
    assert (settled.status, settled.paid_minor, settled.write_off_journal_id) == (PlanStatus.BROKEN, 0, None)
    assert (await plan_now(cast.owner.actor, other_id)).is_running
    assert (await look(cast.owner.actor, case_id)).agreement in ("plan_running", "plan_in_grace")
    assert await wrong(cast.nordkai.id) == []


async def test_a_fulfilled_settlement_writes_the_rest_off_once_and_its_return_brings_all_of_it_back(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id = await a_case(cast)
    plan_id = await offered(
        cast.negotiator, case_id, settlement(80_000, count=2, first_on=date(2026, 11, 30), rhythm=Rhythm.WEEK)
    )
    await agreed_to(cast.negotiator, plan_id)
    await pay(cast.finance, case_id, 40_000, on=date(2026, 11, 30), at=NOON + timedelta(days=7))
    assert (await look(cast.owner.actor, case_id)).balance_minor == 60_000, "nothing is forgiven yet"
    last = await pay(cast.finance, case_id, 40_000, on=date(2026, 12, 4), at=NOON + timedelta(days=11))
    case = await look(cast.owner.actor, case_id)
    assert (case.status, case.close_code, case.balance_minor) == ("closed", "settled_in_full", 0)
    assert await status(cast, plan_id) is PlanStatus.COMPLETED
    await went_back(cast, last.id, date(2026, 12, 10))
    case = await look(cast.owner.actor, case_id)
    assert (case.status, case.balance_minor) == ("active", 60_000)
    plan = await plan_now(cast.owner.actor, plan_id)
    assert (plan.status, plan.paid_minor, plan.write_off_journal_id) == ("grace", 40_000, None)
    assert (plan.next_due_on, plan.next_due_minor) == (date(2026, 12, 7), 40_000), "it is expected again at once"
    await pay(cast.finance, case_id, 40_000, on=date(2026, 12, 11), at=NOON + timedelta(days=18))
    case = await look(cast.owner.actor, case_id)
    assert (case.close_code, case.balance_minor) == ("settled_in_full", 0)
    assert await wrong(cast.nordkai.id) == []
    assert (
        await owner.fetchval(
            "select count(*) from journals where agency_id = $1 and kind = 'write-off'", cast.nordkai.id
        )
        == 2
    )


async def test_a_settlement_that_breaks_forgives_nothing(cast: Cast) -> None:
    case_id = await a_case(cast)
    plan_id = await offered(cast.negotiator, case_id, settlement(80_000))
    await agreed_to(cast.negotiator, plan_id)
    await new_day(cast.nordkai.id, date(2026, 12, 30))
    assert await status(cast, plan_id) is PlanStatus.BROKEN
    assert (await look(cast.owner.actor, case_id)).balance_minor == 100_000
    await pay(cast.finance, case_id, 80_000, on=date(2026, 12, 30), at=NOON + timedelta(days=37))
    case = await look(cast.owner.actor, case_id)
    assert (case.is_open, case.balance_minor) == (True, 20_000)


async def test_an_offer_lapses_on_its_day_and_the_whole_balance_is_what_it_was(cast: Cast) -> None:
    case_id = await a_case(cast)
    plan_id = await offered(cast.negotiator, case_id, settlement(80_000))
    await new_day(cast.nordkai.id, TODAY + timedelta(days=10))
    assert await status(cast, plan_id) is PlanStatus.APPROVED
    await new_day(cast.nordkai.id, TODAY + timedelta(days=11))
    assert (await plan_now(cast.owner.actor, plan_id)).ended_because == "lapsed"
    assert await situation(cast, case_id) == ("new", "call")
    with pytest.raises(Refused, match="not approved"):
        await agreed_to(cast.negotiator, plan_id, at=NOON + timedelta(days=11))


async def test_a_new_version_takes_the_place_of_what_runs_and_past_lines_stay(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id = await a_case(cast)
    first = await running(cast.negotiator, case_id)
    await pay(cast.finance, case_id, 10_000, on=date(2026, 11, 30), at=NOON + timedelta(days=7))
    later = NOON + timedelta(days=8)
    again = wish(
        first_on=date(2027, 1, 15), down_minor=9_000, down_on=date(2026, 12, 15), valid_until=date(2026, 12, 10)
    )
    second = await offered(cast.negotiator, case_id, again, at=later)
    assert await status(cast, first) is PlanStatus.ACTIVE, "until the debtor agrees to the new one"
    assert (await look(cast.owner.actor, case_id)).situation == "plan_running"
    await agreed_to(cast.negotiator, second, at=later)
    assert (await status(cast, first), await status(cast, second)) == ("superseded", "active")
    plan = await plan_now(cast.owner.actor, second)
    assert (plan.version, plan.replaces_id, plan.owed_minor) == (2, first, 90_000)
    assert await owner.fetchval("select count(*) from plan_lines where plan_id = $1", first) == 4


async def test_what_was_agreed_cannot_be_edited_by_anybody_who_asks_the_database(cast: Cast) -> None:
    case_id = await a_case(cast)
    plan_id = await offered(cast.negotiator, case_id)
    for query in (
        "update plans set to_pay_minor = 1 where id = $1",
        "update plans set status = 'draft' where id = $1",
        "update plan_lines set due_on = due_on + 1 where plan_id = $1",
        "delete from plan_lines where plan_id = $1",
        "delete from plans where id = $1",
    ):
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.PostgresError)):
            async with transaction(cast.owner.actor.scope):
                await sql(query, plan_id)
    assert (await plan_now(cast.owner.actor, plan_id)).to_pay_minor == 100_000


async def test_an_offer_is_withdrawn_by_negotiators_and_what_runs_is_ended_by_those_who_lead(cast: Cast) -> None:
    case_id = await a_case(cast)
    plan_id = await offered(cast.negotiator, case_id)
    await ended(cast.second_negotiator, plan_id)
    assert await situation(cast, case_id) == ("new", "call")
    with pytest.raises(Refused, match="ended already"):
        await ended(cast.negotiator, plan_id)
    plan_id = await running(cast.negotiator, case_id)
    with pytest.raises(Forbidden):
        await ended(cast.negotiator, plan_id, "x")
    with pytest.raises(Refused, match="fill this in"):
        await ended(cast.manager, plan_id)
    await ended(cast.manager, plan_id, "The debtor is insolvent")
    assert (await plan_now(cast.owner.actor, plan_id)).ended_because == "given_up"


async def test_what_is_agreed_ends_with_its_case(cast: Cast) -> None:
    case_id = await a_case(cast)
    plan_id = await running(cast.negotiator, case_id)
    async with transaction(cast.manager.actor.scope):
        await close(cast.manager.actor, case_id, "uneconomical")
    assert (await plan_now(cast.owner.actor, plan_id)).ended_because == "case_closed"
    assert (await look(cast.owner.actor, case_id)).agreement == ""


async def test_two_who_save_one_draft_do_not_overwrite_each_other(cast: Cast) -> None:
    from billing.plans.offer import Draft

    case_id = await a_case(cast)
    plan_id = await drafted(cast.negotiator, case_id)
    await drafted(cast.second_negotiator, case_id, wish(count=4), Draft(plan_id, 1))
    with pytest.raises(Refused, match="meanwhile"):
        await drafted(cast.negotiator, case_id, wish(count=5), Draft(plan_id, 1))
    assert (await plan_now(cast.owner.actor, plan_id)).instalments == 4
    assert await offered(cast.negotiator, case_id, wish(count=5), draft=Draft(plan_id, 2)) == plan_id


async def test_two_clicks_at_once_are_one_offer(cast: Cast, owner: asyncpg.Connection) -> None:
    case_id = await a_case(cast)

    async def click(person: Person) -> UUID:
        async with transaction(person.actor.scope):
            from billing.plans.offer import offer

            return await offer(person.actor, case_id, wish())

    with clock.at(NOON):
        first, second = await asyncio.gather(click(cast.negotiator), click(cast.negotiator))
    assert first == second
    assert await owner.fetchval("select count(*) from plans where case_id = $1", case_id) == 1


async def test_the_interest_of_a_plan_is_posted_with_the_payment_of_its_period_and_pays_the_schedule_to_the_cent(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id = await a_case(cast)
    plan_id = await running(cast.negotiator, case_id, wish(yearly_rate=Decimal("0.12")))
    lines = await owner.fetch("select * from plan_lines where plan_id = $1 order by position", plan_id)
    to_pay = [
        row["principal_minor"] + row["interest_minor"] + row["costs_minor"] + row["plan_interest_minor"]
        for row in lines
    ]
    assert lines[1]["plan_interest_minor"] == 681, "90,000 at 12 % for 23 days"
    for row, minor in zip(lines, to_pay, strict=True):
        # A day early, and entered two days later: still the interest of that period, and nothing over.
        day = row["due_on"] - timedelta(days=1)
        await pay(cast.finance, case_id, minor, on=day, at=NOON + (row["due_on"] + timedelta(days=1) - TODAY))
        await new_day(cast.nordkai.id, row["due_on"] + timedelta(days=1))
    case = await look(cast.owner.actor, case_id)
    assert (case.close_code, case.balance_minor) == ("paid_in_full", 0)
    assert await status(cast, plan_id) is PlanStatus.COMPLETED
    assert await owner.fetchval("select sum(surplus_minor) from payments where case_id = $1", case_id) == 0
    assert await wrong(cast.nordkai.id) == []


async def test_who_pays_everything_sooner_is_not_charged_for_what_never_began(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id = await a_case(cast)
    await running(cast.negotiator, case_id, wish(yearly_rate=Decimal("0.12")))
    await pay(cast.finance, case_id, 10_000, on=date(2026, 11, 30), at=NOON + timedelta(days=7))
    await pay(cast.finance, case_id, 90_681, on=date(2026, 12, 10), at=NOON + timedelta(days=17))
    assert (await look(cast.owner.actor, case_id)).close_code == "paid_in_full"
    posted = await owner.fetchval(
        "select count(*) from journals where agency_id = $1 and source = 'plan'", cast.nordkai.id
    )
    assert posted == 1
    async with transaction(cast.owner.actor.scope):
        assert sum((await debtor_balance(cast.nordkai.id, case_id)).values()) == 0


async def test_interest_is_owed_once_it_is_due_even_if_nothing_comes(cast: Cast) -> None:
    case_id = await a_case(cast)
    await running(cast.negotiator, case_id, wish(yearly_rate=Decimal("0.12")))
    await pay(cast.finance, case_id, 10_000, on=date(2026, 11, 30), at=NOON + timedelta(days=7))
    for _ in range(2):
        await new_day(cast.nordkai.id, IN_A_MONTH)
    case = await look(cast.owner.actor, case_id)
    assert (case.interest_minor, case.balance_minor) == (681, 90_681), "once, however often the day is begun"


async def test_what_was_agreed_is_shown_to_who_asks_a_case_back_and_bears_the_fee_for_its_days(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id = await a_case(cast)
    plan_id = await running(cast.negotiator, case_id)
    await pay(cast.finance, case_id, 10_000, on=TODAY, at=NOON + timedelta(minutes=5))
    later = NOON + timedelta(minutes=10)
    async with transaction(cast.brandt_admin.actor.scope, read_only=True):
        with clock.at(later):
            rules = await rules_of(cast.brandt_admin.actor, await load_case(cast.brandt_admin.actor, case_id))
    assert [(one.amount_minor, one.due_on) for one in rules.promises] == [(90_000, date(2027, 2, 23))]
    await ask(cast.brandt_admin, case_id, at=later)
    with clock.at(later):
        async with transaction(cast.manager.actor.scope):
            await give_back(cast.manager.actor, case_id)
    assert (await plan_now(cast.owner.actor, plan_id)).ended_because == "case_closed"
    late = await pay(cast.finance, case_id, 30_000, on=TODAY + timedelta(days=20), at=NOON + timedelta(days=20))
    assert late.fee_minor == 7_500, "agreed before the recall, and within the days"
    after = await pay(cast.finance, case_id, 30_000, on=TODAY + timedelta(days=40), at=NOON + timedelta(days=40))
    assert after.fee_minor == 0
    assert await wrong(cast.nordkai.id) == []


async def test_a_settlement_that_got_more_than_agreed_stays_fulfilled_when_the_excess_goes_back(cast: Cast) -> None:
    case_id = await a_case(cast)
    plan_id = await offered(cast.negotiator, case_id, settlement(90_000))
    await agreed_to(cast.negotiator, plan_id)
    penny = await pay(cast.finance, case_id, 1, at=NOON + timedelta(hours=1))
    await pay(cast.finance, case_id, 95_000, at=NOON + timedelta(hours=1))
    await went_back(cast, penny.id, TODAY + timedelta(days=1))
    case = await look(cast.owner.actor, case_id)
    assert (case.balance_minor, case.close_code, await status(cast, plan_id)) == (0, "settled_in_full", "completed")
    assert await wrong(cast.nordkai.id) == []


async def test_who_guarantees_an_agreement_becomes_known_at_the_debtor_once_it_is_agreed(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id = await a_case(cast)
    reached = {"guarantor_phone": "030 55501499", "guarantor_email": "karl@weber.example"}
    with pytest.raises(Refused) as refusal:
        await offered(cast.negotiator, case_id, wish(guarantor="Karl Weber", guarantor_phone="none"))
    assert refusal.value.field == "guarantor_phone"
    with pytest.raises(Refused):
        await offered(cast.negotiator, case_id, wish(**reached))
    plan_id = await offered(cast.negotiator, case_id, wish(guarantor="Karl Weber", **reached))
    known = "select p.name from debtor_people p join cases c on c.debtor_id = p.debtor_id where c.id = $1 and guarantor"
    assert await owner.fetch(known, case_id) == []
    paper = await owner.fetchval(
        "insert into documents (agency_id, client_id, case_id, kind, file_name, size_bytes, object_key, state, created_at)"
        " values ($1, $2, $3, 'guarantee', 'guarantee.pdf', 1, 'none', 'released', $4) returning id",
        *(cast.nordkai.id, cast.brandt.id, case_id, NOON),
    )
    with clock.at(NOON):
        async with transaction(cast.negotiator.actor.scope):
            await agree(cast.negotiator.actor, plan_id, "told", "Sabine Weber", None, paper)
    assert [row["name"] for row in await owner.fetch(known, case_id)] == ["Karl Weber"]
    assert (await plan_now(cast.owner.actor, plan_id)).guarantee_document_id == paper
    await ended(cast.manager, plan_id, "Another one")
    await running(cast.negotiator, case_id, wish(guarantor="Karl Weber", **reached))
    assert len(await owner.fetch(known, case_id)) == 1, "twice a guarantor is one person"
