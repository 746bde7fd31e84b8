"""Money that went back: exactly what was booked is undone, and nothing else."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from billing.payments.register import Payment, load_payment
from billing.payments.returns import reverse
from cases.pauses import close
from cases.recall.answer import give_back
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.ledger.balances import debtor_balance
from portal.pages.text import speaking
from portal.tenancy.database import transaction
from tests.billing.giving_up import written_off
from tests.billing.money import NOON, TODAY, agreed, booked, count, look, pay, promise_status, promised, wrong
from tests.cases.casework import placed_case
from tests.cases.recalling import ask
from tests.people import Cast, Person

TOMORROW = TODAY + timedelta(days=1)


async def take_back(
    person: Person, payment_id: UUID, *, reason: str = "returned_by_bank", on: Any = TOMORROW, days: int = 1
) -> Payment:
    with clock.at(NOON + timedelta(days=days)):
        async with transaction(person.actor.scope):
            reversal_id = await reverse(person.actor, payment_id, reason, on)
            return await load_payment(person.actor, reversal_id)


async def test_a_returned_transfer_undoes_cash_claim_and_fee(cast: Cast, owner: asyncpg.Connection) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    payment = await pay(cast.finance, case_id, 33_333)
    back = await take_back(cast.finance, payment.id)
    assert await booked(owner, back) == [
        "T Cr1000 33333", "T Dr2000 33333", "M Cr9100 33333", "M Dr9000 33333", "O Cr1210 8333", "O Dr4000 8333",
    ]  # fmt: skip
    assert (back.amount_minor, back.fee_minor, back.reverses) == (-33_333, -8_333, payment.id)
    assert (await look(cast.finance.actor, case_id)).balance_minor == 100_000
    with speaking("en"):
        assert back.explanation.sentence.startswith("The payment of 23\u00a0Nov\u00a02026 went back")
    assert await wrong(cast.nordkai.id) == []


async def test_exactly_the_stored_fee_goes_back_whatever_is_agreed_by_then(cast: Cast) -> None:
    await agreed(cast, cast.brandt, "0.25")
    case_id = await placed_case(cast.nordkai, cast.brandt)
    payment = await pay(cast.finance, case_id, 33_333)
    await agreed(cast, cast.brandt, "0.10", since=TODAY)
    assert (await take_back(cast.finance, payment.id)).fee_minor == -payment.fee_minor


async def test_a_settlement_whose_payment_went_back_is_open_again_and_may_be_settled_anew(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)

    payment = await pay(cast.finance, case_id, 80_000)
    assert (await written_off(cast.negotiator, cast.manager, case_id)).total_minor == 20_000
    await take_back(cast.finance, payment.id)
    case = await look(cast.finance.actor, case_id)
    assert (case.is_open, case.balance_minor, case.next_action) == (True, 100_000, "review")
    tomorrow = NOON + timedelta(days=1)
    await pay(cast.finance, case_id, 70_000, on=TOMORROW, at=tomorrow)
    assert (await written_off(cast.negotiator, cast.manager, case_id, at=tomorrow)).total_minor == 30_000
    case = await look(cast.finance.actor, case_id)
    assert (case.close_code, case.balance_minor) == ("settled_in_full", 0)
    assert await wrong(cast.nordkai.id) == []


async def test_money_held_longer_is_taken_back_no_sooner_than_it_was_released(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    payment = await pay(cast.finance, case_id, 10_000, channel="cheque", reference="100217")
    assert (await take_back(cast.finance, payment.id, reason="cheque_bounced")).release_on == payment.release_on


async def test_on_a_recalled_case_nothing_is_owed_on_any_evening_though_a_payment_went_back_days_ago(
    cast: Cast,
) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    payment = await pay(cast.finance, case_id, 30_000)
    await ask(cast.brandt_submitter, case_id)
    with clock.at(NOON):
        async with transaction(cast.manager.actor.scope):
            await give_back(cast.manager.actor, case_id)
    await take_back(cast.finance, payment.id, on=TOMORROW, days=5)
    for days in range(6):
        async with transaction(cast.finance.actor.scope, read_only=True):
            owed = await debtor_balance(cast.nordkai.id, case_id, on=TODAY + timedelta(days=days))
        assert set(owed.values()) <= {0}, f"{days} days later"
    assert await wrong(cast.nordkai.id) == []


@pytest.mark.parametrize("code", ["withdrawn", "placed_in_error"])
async def test_closed_so_that_its_reference_is_free_a_case_owes_nothing_even_when_its_money_goes_back(
    cast: Cast, owner: asyncpg.Connection, code: str
) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    payment = await pay(cast.finance, case_id, 30_000)
    promise_id = await promised(case_id, cast.negotiator, 10_000, TODAY + timedelta(days=5))
    with clock.at(NOON):
        async with transaction(cast.negotiator.actor.scope):
            await close(cast.negotiator.actor, case_id, code)
    assert (await look(cast.finance.actor, case_id)).balance_minor == 0
    assert (await promise_status(owner, promise_id))[0] == "withdrawn"
    await take_back(cast.finance, payment.id)
    case = await look(cast.finance.actor, case_id)
    assert (case.close_code, case.balance_minor) == (code, 0)
    assert await wrong(cast.nordkai.id) == []


async def test_a_case_that_is_asked_back_is_closed_by_an_answer_to_that_and_no_other_way(cast: Cast) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    await ask(cast.brandt_submitter, case_id)
    async with transaction(cast.negotiator.actor.scope):
        with pytest.raises(Refused) as refusal:
            await close(cast.negotiator.actor, case_id, "uneconomical")
    assert refusal.value.code == "recall_pending"


async def test_a_paid_case_is_open_again_and_somebody_looks_at_it(cast: Cast, owner: asyncpg.Connection) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=24_000)
    payment = await pay(cast.finance, case_id, 26_500)
    await take_back(cast.finance, payment.id)
    case = await look(cast.finance.actor, case_id)
    assert (case.status, case.balance_minor, case.next_action) == ("active", 24_000, "review")
    assert await owner.fetchval(
        "select count(*) from case_events where case_id = $1 and kind = 'payment.reversed'", case_id
    )
    assert await wrong(cast.nordkai.id) == []


async def test_the_promise_that_the_money_kept_is_open_again(cast: Cast, owner: asyncpg.Connection) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    promise_id = await promised(case_id, cast.negotiator, 30_000, TODAY + timedelta(days=4))
    payment = await pay(cast.finance, case_id, 30_000)
    await take_back(cast.finance, payment.id)
    assert await promise_status(owner, promise_id) == ("open", 0)


async def test_the_promise_is_broken_when_its_day_is_over_by_then(cast: Cast, owner: asyncpg.Connection) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    promise_id = await promised(case_id, cast.negotiator, 30_000, TODAY + timedelta(days=1))
    payment = await pay(cast.finance, case_id, 30_000)
    await take_back(cast.finance, payment.id, on=TODAY + timedelta(days=2), days=9)
    assert await promise_status(owner, promise_id) == ("broken", 0)
    case = await look(cast.finance.actor, case_id)
    assert (case.next_action, case.situation) == ("call_about_promise", "promise_broken")


async def test_it_happens_once_however_often_it_is_asked(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    payment = await pay(cast.finance, case_id, 30_000)
    backs = await asyncio.gather(*(take_back(cast.finance, payment.id) for _ in range(3)))
    assert len({back.id for back in backs}) == 1
    assert await count("payments", cast.nordkai.id) == 2
    with pytest.raises(Refused) as refused:
        await take_back(cast.finance, backs[0].id)
    assert refused.value.code == "is_reversal"


async def test_a_reference_may_be_used_again_after_its_payment_was_taken_back(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    for amount in (30_000, 3_000, 300):
        payment = await pay(cast.finance, case_id, amount, reference="E2E 5")
        assert payment.amount_minor == amount
        await take_back(cast.finance, payment.id, reason="wrong_amount", on=TODAY, days=0)
    assert (await look(cast.finance.actor, case_id)).balance_minor == 100_000
    assert await wrong(cast.nordkai.id) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": "bored"}, "missing"),
        ({"on": None}, "missing"),
        ({"on": TODAY - timedelta(days=1)}, "before_payment"),
        ({"on": TODAY + timedelta(days=2)}, "future"),
    ],
)
async def test_what_makes_no_sense_is_refused(cast: Cast, change: dict[str, Any], code: str) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    payment = await pay(cast.finance, case_id, 30_000)
    with pytest.raises(Refused) as refused:
        await take_back(cast.finance, payment.id, **change)
    assert refused.value.code == code


async def test_only_finance_and_the_owner_of_this_agency_take_payments_back(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    payment = await pay(cast.finance, case_id, 30_000)
    for name in ("manager", "negotiator", "auditor", "brandt_admin"):
        with pytest.raises(Forbidden):
            await take_back(getattr(cast, name), payment.id)
    with pytest.raises(NotFound):
        await take_back(cast.huadong_finance, payment.id)
    assert (await take_back(cast.owner, payment.id)).amount_minor == -30_000
