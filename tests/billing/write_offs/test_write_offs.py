"""What is given up of a claim: proposed by one, approved by another, posted once, undone, and followed by money."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from billing.write_offs.decide import decide
from billing.write_offs.register import WriteOffFile, write_offs_of
from cases.account.moves import debt_moves
from cases.write_offs import Reason
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.identity import new_id
from portal.tenancy.database import transaction
from tests.billing.giving_up import all_of_it, decided, part, proposed, undone, withdrawn, written_off
from tests.billing.money import NOON, TODAY, agreed, allocated_to, look, pay, promise_status, promised, wrong
from tests.billing.payments.test_taking_back import take_back
from tests.billing.planning import offered, running, settlement
from tests.billing.plans.test_proofs import faults
from tests.cases.casework import placed_case
from tests.cases.recalling import ask
from tests.people import Cast, Person

TOMORROW = TODAY + timedelta(days=1)


async def a_case(cast: Cast, paid_minor: int = 0, **more: object) -> UUID:
    """A claim of 1,000.00 of which something was paid."""
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=100_000, **more)  # type: ignore[arg-type]
    if paid_minor:
        await pay(cast.finance, case_id, paid_minor)
    return case_id


async def booked(owner: asyncpg.Connection, case_id: UUID) -> list[tuple[str, str, int]]:
    """What write-offs moved of a case's claim: the journal's kind, the component and how much more is owed."""
    rows = await owner.fetch(
        "select j.kind, l.component, l.amount_minor from journals j join journal_lines l on l.journal_id = j.id"
        " where j.source = 'write-off' and l.case_id = $1 order by j.id, l.position",
        case_id,
    )
    return [tuple(row) for row in rows]


async def test_the_rest_is_written_off_by_two_people_and_the_case_closes_as_settled(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id, token = await a_case(cast, 80_000), new_id()
    promise_id = await promised(case_id, cast.negotiator, 10_000, TOMORROW)
    write_off = await proposed(cast.negotiator, case_id, token=token)
    assert (await proposed(cast.negotiator, case_id, token=token)).id == write_off.id, "twice clicked, it is one"
    with pytest.raises(Refused, match="Another"):
        await proposed(cast.second_negotiator, case_id)
    case = await look(cast.owner.actor, case_id)
    assert (write_off.rung, write_off.fee_minor, case.balance_minor, case.next_action, case.next_action_reason) == (
        *("own", 5_000, 20_000), *("review", "write_off_proposed"),
    )  # fmt: skip
    for person, error in (
        (cast.negotiator, Forbidden),  # who proposed it
        (cast.finance, Forbidden),
        (cast.auditor, Forbidden),
        (cast.brandt_admin, Forbidden),  # it needs no word of the client
        (cast.lanting_admin, NotFound),
        (cast.huadong_owner, NotFound),
    ):
        with pytest.raises(error):
            await decided(person, write_off.id)
    approved = await decided(cast.second_negotiator, write_off.id, answer="Fine with me")
    assert (await decided(cast.second_negotiator, write_off.id)).journal_id == approved.journal_id is not None
    assert await booked(owner, case_id) == [("write-off", "principal", -20_000)]
    case = await look(cast.owner.actor, case_id)
    assert (case.balance_minor, case.close_code, case.situation) == (0, "settled_in_full", "settled")
    assert (await promise_status(owner, promise_id))[0] == "withdrawn"
    assert await wrong(cast.nordkai.id) == [] == await faults(cast.nordkai.id)
    fees = await owner.fetchval(
        "select sum(amount_minor) from journal_lines where account = 4000 and agency_id = $1", cast.nordkai.id
    )
    assert fees == -20_000, "none on what was written off"


async def test_only_the_word_that_it_needs_approves_it(cast: Cast) -> None:
    case_id = await a_case(cast, 60_000)
    write_off = await proposed(cast.negotiator, case_id)
    assert write_off.rung == "supervisor"
    for person in (cast.second_negotiator, cast.brandt_admin):
        with pytest.raises(Forbidden):
            await decided(person, write_off.id)
    with pytest.raises(Refused, match="why not"):
        await decided(cast.manager, write_off.id, approved=False)
    declined = await decided(cast.manager, write_off.id, approved=False, answer="Call once more")
    assert (declined.status, declined.answer) == ("declined", "Call once more")
    with pytest.raises(Refused, match="already"):
        await decided(cast.owner, write_off.id)
    case = await look(cast.owner.actor, case_id)
    assert (case.balance_minor, case.next_action, case.next_action_user_id) == (
        40_000,
        "review",
        cast.negotiator.user_id,
    )
    again = await proposed(cast.manager, case_id)
    with pytest.raises(Forbidden):
        await decided(cast.manager, again.id)
    assert (await withdrawn(cast.negotiator, again.id)).status == "withdrawn"


async def test_a_claim_of_which_nothing_was_paid_is_given_up_by_its_client_alone(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id = await a_case(cast)
    write_off = await proposed(cast.negotiator, case_id, all_of_it(Reason.INSOLVENT))
    for person, error in (
        (cast.owner, Forbidden),
        (cast.brandt_submitter, Forbidden),
        (cast.brandt_viewer, Forbidden),
        (cast.lanting_admin, NotFound),
    ):
        with pytest.raises(error):
            await decided(person, write_off.id)
    approved = await decided(cast.brandt_admin, write_off.id)
    assert (approved.decided_by, approved.close_code) == (cast.brandt_admin.user_id, "debtor_insolvent")
    case = await look(cast.brandt_admin.actor, case_id)
    assert (case.balance_minor, case.is_open, case.close_code) == (0, False, "debtor_insolvent")
    assert await wrong(cast.nordkai.id) == [] == await faults(cast.nordkai.id)


async def test_a_part_comes_off_interest_and_costs_first_and_promises_are_of_no_more_than_is_left(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id = await a_case(cast)
    await allocated_to(case_id, cast.nordkai.id, interest=3_000, costs=2_000)
    promise_id = await promised(case_id, cast.negotiator, 105_000, TOMORROW)
    await written_off(cast.negotiator, cast.manager, case_id, part(15_000))
    assert await booked(owner, case_id) == [
        ("write-off", "principal", -10_000), ("write-off", "interest", -3_000), ("write-off", "costs", -2_000),
    ]  # fmt: skip
    case = await look(cast.owner.actor, case_id)
    assert (case.is_open, case.balance_minor, case.next_action) == (True, 90_000, "review")
    assert await owner.fetchval("select amount_minor from promises where id = $1", promise_id) == 90_000
    second = await proposed(cast.negotiator, case_id, part(25_000))
    assert second.rung == "supervisor", "what was given up before counts: 38 % of 1,050.00"
    assert await faults(cast.nordkai.id) == []


async def test_two_approvals_at_once_post_once(cast: Cast, owner: asyncpg.Connection) -> None:
    case_id = await a_case(cast, 80_000)
    write_off = await proposed(cast.negotiator, case_id)

    async def approve(person: Person) -> WriteOffFile | Refused:
        try:
            async with transaction(person.actor.scope):
                return await decide(person.actor, write_off.id, approved=True)
        except Refused as refusal:
            return refusal

    with clock.at(NOON):
        done = await asyncio.gather(approve(cast.manager), approve(cast.owner), approve(cast.manager))
    assert await booked(owner, case_id) == [("write-off", "principal", -20_000)]
    assert any(isinstance(one, WriteOffFile) for one in done)
    assert await wrong(cast.nordkai.id) == []


async def test_what_stands_against_a_write_off_is_said(cast: Cast) -> None:
    case_id = await a_case(cast)
    with pytest.raises(Forbidden):
        await proposed(cast.finance, case_id)
    with pytest.raises(NotFound):
        await proposed(cast.huadong_owner, case_id)
    for wanted, words in (
        (all_of_it(note=" "), "fill"),
        (all_of_it(reason=None), "choose"),
        (all_of_it(Reason.GOODWILL), "another reason"),
        (part(100_001), "no more than is owed"),
    ):
        with pytest.raises(Refused, match=words):
            await proposed(cast.negotiator, case_id, wanted)
    await running(cast.negotiator, case_id)
    with pytest.raises(Refused, match="agreement to pay"):
        await proposed(cast.negotiator, case_id)
    other = await placed_case(cast.nordkai, cast.brandt)
    waiting = await proposed(cast.negotiator, other, part(1_000))
    await offered(cast.negotiator, other, settlement(90_000))
    with pytest.raises(Refused, match="agreement to pay"):
        await decided(cast.manager, waiting.id)
    asked = await placed_case(cast.nordkai, cast.brandt)
    await ask(cast.brandt_submitter, asked)
    with pytest.raises(Refused, match="asked for this case back"):
        await proposed(cast.negotiator, asked)


async def test_what_moved_since_it_was_proposed_is_proposed_anew(cast: Cast) -> None:
    case_id = await a_case(cast, 80_000)
    write_off = await proposed(cast.negotiator, case_id)
    await pay(cast.finance, case_id, 5_000, on=TOMORROW, at=NOON + timedelta(days=1))
    with pytest.raises(Refused, match="has changed"):
        await decided(cast.manager, write_off.id, at=NOON + timedelta(days=1))
    await withdrawn(cast.second_negotiator, write_off.id)
    anew = await proposed(cast.negotiator, case_id, at=NOON + timedelta(days=1))
    assert anew.total_minor == 15_000
    with pytest.raises(Refused, match="look at what it does"):
        await decided(cast.manager, anew.id, at=NOON + timedelta(days=1), shown="something else")


async def test_undone_the_debtor_owes_it_again_and_the_case_is_open(cast: Cast, owner: asyncpg.Connection) -> None:
    case_id = await a_case(cast, 80_000)
    write_off = await written_off(cast.negotiator, cast.manager, case_id, all_of_it(Reason.UNTRACEABLE))
    late = await pay(cast.finance, case_id, 4_000, surplus_agreed=True)
    assert (late.amount_minor, late.surplus_minor) == (0, 4_000), "as after a settlement, what comes late is too much"
    for person, error in ((cast.negotiator, Forbidden), (cast.brandt_admin, Forbidden), (cast.huadong_owner, NotFound)):
        with pytest.raises(error):
            await undone(person, write_off.id)
    with pytest.raises(Refused, match="fill"):
        await undone(cast.manager, write_off.id, " ")
    back = await undone(cast.manager, write_off.id)
    with pytest.raises(Refused, match="not any more"):
        await undone(cast.owner, write_off.id)
    case = await look(cast.owner.actor, case_id)
    assert (back.status, case.balance_minor, case.is_open, case.next_action) == ("undone", 20_000, True, "review")
    assert await booked(owner, case_id) == [
        ("write-off", "principal", -20_000), ("write-off reversed", "principal", 20_000),
    ]  # fmt: skip
    await pay(cast.finance, case_id, 20_000, reference="again")
    assert (await look(cast.owner.actor, case_id)).close_code == "paid_in_full"
    with pytest.raises(Refused, match="closed"):
        await proposed(cast.negotiator, case_id)
    assert await wrong(cast.nordkai.id) == [] == await faults(cast.nordkai.id)


async def test_what_was_let_go_before_a_case_was_paid_stays_let_go(cast: Cast) -> None:
    case_id = await a_case(cast)
    write_off = await written_off(cast.negotiator, cast.manager, case_id, part(10_000))
    payment = await pay(cast.finance, case_id, 90_000)
    assert (await look(cast.owner.actor, case_id)).close_code == "paid_in_full"
    with pytest.raises(Refused, match="closed otherwise"):
        await undone(cast.manager, write_off.id)
    await take_back(cast.finance, payment.id)
    assert (await look(cast.owner.actor, case_id)).balance_minor == 90_000, "a part was not given up for that money"
    assert (await undone(cast.manager, write_off.id)).status == "undone"
    assert (await look(cast.owner.actor, case_id)).balance_minor == 100_000


@pytest.mark.parametrize("reason", [Reason.SMALL_BALANCE, Reason.LIMITATION])
async def test_a_rest_is_owed_again_once_the_money_before_it_goes_back(
    cast: Cast, owner: asyncpg.Connection, reason: Reason
) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    payment = await pay(cast.finance, case_id, 80_000)
    later = NOON + timedelta(days=3)
    write_off = await proposed(cast.negotiator, case_id, all_of_it(reason), at=later)
    await decided(cast.manager, write_off.id, at=later)
    await take_back(cast.finance, payment.id, on=TOMORROW, days=5)
    case = await look(cast.owner.actor, case_id)
    assert (case.is_open, case.balance_minor, case.next_action) == (True, 100_000, "review")
    async with transaction(cast.owner.actor.scope, read_only=True):
        [kept] = await write_offs_of(cast.owner.actor, case)
        days = [
            (move.effective_on, move.amount_minor) for move in await debt_moves([case_id]) if move.source == "write-off"
        ]
    assert (kept.status, kept.undone_by) == ("undone", None)
    assert days == [(later.date(), -20_000), (later.date(), 20_000)], "owed again no sooner than it was given up"
    assert await wrong(cast.nordkai.id) == [] == await faults(cast.nordkai.id)
    again = await proposed(cast.negotiator, case_id, at=NOON + timedelta(days=5))
    assert again.rung == "client"


@pytest.mark.parametrize(("currency", "fee"), [("JPY", 1_250), ("KWD", 1_250)])
async def test_a_currency_of_no_or_three_digits_is_written_off_exactly(cast: Cast, currency: str, fee: int) -> None:
    case_id = await a_case(cast, 95_000, currency=currency)
    write_off = await written_off(cast.negotiator, cast.owner, case_id, all_of_it(Reason.SMALL_BALANCE))
    assert (write_off.total_minor, write_off.fee_minor, write_off.currency) == (5_000, fee, currency)
    assert await faults(cast.nordkai.id) == []


async def test_what_was_meddled_with_is_found(cast: Cast, owner: asyncpg.Connection) -> None:
    write_off = await written_off(cast.negotiator, cast.manager, await a_case(cast, 80_000))
    for change, fault in (
        ("principal_minor = principal_minor - 1", "differs from what was booked"),
        ("status = 'proposed', decided_at = null, decided_by = null", "nobody approved it"),
        ("journal_id = null", "is not in the books"),
    ):
        changes = await owner.fetchrow("select * from write_offs where id = $1", write_off.id)
        await owner.execute(f"update write_offs set {change} where id = $1", write_off.id)
        assert any(fault in found for found in await faults(cast.nordkai.id)), change
        await owner.execute(
            "update write_offs set principal_minor = $2, status = $3, decided_at = $4, decided_by = $5, journal_id = $6"
            " where id = $1",
            *(write_off.id, changes["principal_minor"], changes["status"], changes["decided_at"], changes["decided_by"],
              changes["journal_id"]),
        )  # fmt: skip
    with pytest.raises(asyncpg.CheckViolationError):
        await owner.execute("update write_offs set decided_by = asked_by where id = $1", write_off.id)
    assert await faults(cast.nordkai.id) == []
