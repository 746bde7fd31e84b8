"""Processor money is booked as the trade's table says, once, and never refused."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from billing.payments.processor import refund_failed, take_charge
from billing.payments.processor_journals import fund_processor, take_payout, top_up
from billing.payments.returns import reverse
from billing.payments.told import PaidOut, Refunded
from cases.disputes import dispute
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.ledger.balances import balance
from portal.ledger.refusals import AlreadyPosted
from portal.people.actor import system
from portal.tenancy.database import as_job, transaction
from tests.billing.books.test_sources import led
from tests.billing.money import NOON, TODAY, agreed, count, look, wrong
from tests.billing.processing import booked, charge, charged, charged_back, refunded, won
from tests.billing.trade import event, journal
from tests.cases.casework import placed_case
from tests.people import Cast


async def stands(cast: Cast, account: int, currency: str = "GBP") -> int:
    async with transaction(as_job(cast.nordkai.id), read_only=True):
        return await balance(cast.nordkai.id, account, currency)


async def test_a_card_payment_its_payout_and_the_top_up_are_booked_as_event_2(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=120_000, currency="GBP")
    payment = await charged(cast.nordkai.id, case_id, charge("ch_1", 50_000, 770))
    names = {"C1": cast.brandt.id, "K1": case_id}
    assert await journal(owner, cast.nordkai.id, "payment", "ch_1", **names) == event(2, "receipt")
    assert (payment.amount_minor, payment.fee_minor, payment.processor_fee_minor) == (50_000, 12_500, 770)
    assert (payment.charge_id, payment.channel, payment.release_on) == ("ch_1", "card", TODAY + timedelta(days=7))
    actor = cast.finance.actor
    with clock.at(NOON):
        async with transaction(actor.scope):
            paid_out = PaidOut(payout_id="po_1", currency="GBP", amount_minor=49_230, on=TODAY)
            assert await take_payout(actor, paid_out) == await take_payout(actor, paid_out)
            await top_up(actor, "GBP", 770, TODAY, "t 1")
    assert await journal(owner, cast.nordkai.id, "processor", "po_1") == event(2, "payout")
    assert await journal(owner, cast.nordkai.id, "processor", "t 1") == event(2, "top-up")
    assert (await stands(cast, 1000), await stands(cast, 1010), await stands(cast, 1090)) == (50_000, 0, 0)
    assert await wrong(cast.nordkai.id) == []


async def test_an_id_that_stands_on_another_kind_of_journal_is_not_taken_for_booked(cast: Cast) -> None:
    actor = cast.finance.actor
    with clock.at(NOON), pytest.raises(AlreadyPosted):
        async with transaction(actor.scope):
            await top_up(actor, "GBP", 770, TODAY, "po_1")
            await take_payout(actor, PaidOut(payout_id="po_1", currency="GBP", amount_minor=49_230, on=TODAY))
    assert await count("journals", cast.nordkai.id) == 0


async def test_a_chargeback_before_the_remittance_is_booked_as_event_8(cast: Cast, owner: asyncpg.Connection) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=120_000, currency="GBP")
    names = {"C1": cast.brandt.id, "K1": case_id}
    payment = await charged(cast.nordkai.id, case_id, charge("ch_1", 12_000, 200))
    assert await journal(owner, cast.nordkai.id, "payment", "ch_1", **names) == event(8, "receipt")
    back = await charged_back(cast.nordkai.id, payment, "du_1", 12_000, 2_000)
    assert await journal(owner, cast.nordkai.id, "payment", "du_1", **names) == event(8, "chargeback")
    assert (back.amount_minor, back.fee_minor, back.reverses) == (-12_000, -3_000, payment.id)
    with clock.at(NOON):
        async with transaction(as_job(cast.nordkai.id)):
            await fund_processor(system(cast.nordkai.id), "GBP", 2_200, TODAY, "f 1")
    assert await journal(owner, cast.nordkai.id, "processor", "f 1") == event(8, "funding")
    assert (await look(cast.finance.actor, case_id)).balance_minor == 120_000
    assert (await stands(cast, 1010), await stands(cast, 1090)) == (0, 0)
    assert await wrong(cast.nordkai.id) == []


async def test_whoever_books_it_again_or_at_once_is_given_what_was_booked_first(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, currency="GBP")
    first = await asyncio.gather(*(charged(cast.nordkai.id, case_id, charge("ch_1", 12_000, 200)) for _ in range(3)))
    assert len({payment.id for payment in first}) == 1
    back = await asyncio.gather(
        *(charged_back(cast.nordkai.id, first[0], "du_1", 12_000, 2_000) for _ in range(3)),
        *(refunded(cast.nordkai.id, first[0], "re_1", 12_000) for _ in range(2)),
    )
    assert await count("payments", cast.nordkai.id) == 2
    assert len({payment.id for payment in back[:3]}) == 1
    # What went back twice was lost once, with the fee of the chargeback.
    assert await stands(cast, 5010) == 14_000
    assert await wrong(cast.nordkai.id) == []


async def test_of_a_refund_in_part_the_rest_is_received_again_and_a_second_finds_it(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=50_000, currency="GBP")
    payment = await charged(cast.nordkai.id, case_id, charge("ch_1", 50_000, 770))
    assert (await look(cast.finance.actor, case_id)).status == "closed"
    later = NOON + timedelta(days=2)
    await refunded(cast.nordkai.id, payment, "re_1", 20_000, at=later)
    assert (await look(cast.finance.actor, case_id)).balance_minor == 20_000
    await refunded(cast.nordkai.id, payment, "re_2", 10_000, at=later)
    await refunded(cast.nordkai.id, payment, "re_2", 10_000, at=later)
    case = await look(cast.finance.actor, case_id)
    assert (case.balance_minor, case.is_open) == (30_000, True)
    assert await stands(cast, 1010) == 20_000 - 770
    assert await stands(cast, 4000) - await stands(cast, 4090) == 5_000
    async with transaction(as_job(cast.nordkai.id), read_only=True):
        assert await balance(cast.nordkai.id, 2000, "GBP", client=cast.brandt.id) == 20_000
    assert await wrong(cast.nordkai.id) == []


async def test_a_chargeback_that_is_won_brings_the_money_and_the_fee_back(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=50_000, currency="GBP")
    payment = await charged(cast.nordkai.id, case_id, charge("ch_1", 50_000, 770))
    with pytest.raises(Refused) as early:
        await won(cast.nordkai.id, payment, "du_1", 50_000)
    assert early.value.code == "not_charged_back"
    await charged_back(cast.nordkai.id, payment, "du_1", 50_000, 2_000)
    again = await won(cast.nordkai.id, payment, "du_1", 50_000, at=NOON + timedelta(days=40))
    assert (again.amount_minor, again.fee_minor, again.charge_id) == (50_000, 12_500, "ch_1")
    assert (await won(cast.nordkai.id, payment, "du_1", 50_000, at=NOON + timedelta(days=41))).id == again.id
    assert (await look(cast.finance.actor, case_id)).close_code == "paid_in_full"
    assert (await stands(cast, 1010), await stands(cast, 5010)) == (50_000 - 770 - 2_000, 2_000)
    # Charged back once more, by another chargeback: the money that came back goes.
    await charged_back(cast.nordkai.id, payment, "du_2", 50_000, at=NOON + timedelta(days=50))
    assert (await look(cast.finance.actor, case_id)).balance_minor == 50_000
    assert await wrong(cast.nordkai.id) == []


@pytest.mark.parametrize("first", ["refund", "chargeback"])
async def test_of_a_charge_that_went_back_twice_whatever_comes_again_first_makes_our_loss_good(
    cast: Cast, owner: asyncpg.Connection, first: str
) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=50_000, currency="GBP")
    payment = await charged(cast.nordkai.id, case_id, charge("ch_1", 50_000, 770))
    await refunded(cast.nordkai.id, payment, "re_1", 50_000)
    await charged_back(cast.nordkai.id, payment, "du_1", 50_000, 2_000)
    assert await stands(cast, 5010) == 52_000
    loss = await owner.fetchval("select id from journals where agency_id = $1 and kind = 'loss'", cast.nordkai.id)
    assert await led(cast.finance, loss) == {f"/payments/{payment.id}"}
    # The debtor has the money back once still, by the other way: nothing of it is received, and the claim is owed.
    for came, owed in ((first, 50_000), ("chargeback" if first == "refund" else "refund", 0)):
        if came == "refund":
            back = Refunded(refund_id="re_1", amount_minor=50_000, on=TODAY)
            await booked(cast.nordkai.id, refund_failed, payment.id, back)
            await booked(cast.nordkai.id, refund_failed, payment.id, back)
        else:
            await won(cast.nordkai.id, payment, "du_1", 50_000)
            await won(cast.nordkai.id, payment, "du_1", 50_000)
        assert (await look(cast.finance.actor, case_id)).balance_minor == owed
        # The fee of the chargeback stays paid.
        assert await stands(cast, 5010) == 2_000
        assert await wrong(cast.nordkai.id) == []
    assert await stands(cast, 1010) == 50_000 - 770 - 2_000


async def test_money_over_what_is_undisputed_waits_in_suspense_and_goes_back_with_its_charge(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=100_000, currency="GBP")
    with clock.at(NOON):
        async with transaction(cast.negotiator.actor.scope):
            await dispute(cast.negotiator.actor, case_id, "price", amount_minor=70_000)
    payment = await charged(cast.nordkai.id, case_id, charge("ch_1", 110_000, 770))
    assert (payment.amount_minor, payment.held_minor, payment.surplus_minor) == (30_000, 70_000, 10_000)
    assert (payment.total_minor, payment.fee_minor) == (110_000, 7_500)
    waiting = await owner.fetchrow("select * from suspense where case_id = $1", case_id)
    assert (waiting["why"], waiting["amount_minor"], waiting["charge_id"]) == ("disputed", 70_000, "ch_1")
    assert (await stands(cast, 2020), await stands(cast, 2030)) == (70_000, 10_000)
    assert await wrong(cast.nordkai.id) == []
    await charged_back(cast.nordkai.id, payment, "du_1", 110_000, 2_000)
    assert (await stands(cast, 2020), await stands(cast, 2030), await stands(cast, 1010)) == (0, 0, -2_770)
    assert await owner.fetchval("select status from suspense where case_id = $1", case_id) == "gone"
    assert await wrong(cast.nordkai.id) == []


async def test_without_a_fee_agreement_and_in_a_closed_period_the_money_is_taken_all_the_same(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt, currency="GBP")
    payment = await charged(cast.nordkai.id, case_id, charge("ch_1", 30_000, 770))
    assert (payment.amount_minor, payment.held_minor) == (0, 30_000)
    assert await owner.fetchval("select why from suspense where case_id = $1", case_id) == "unbooked"
    await agreed(cast, cast.brandt)
    await owner.execute(
        "insert into closed_periods (id, agency_id, through, closed_at) values (uuidv7(), $1, $2, now())",
        *(cast.nordkai.id, TODAY),
    )
    late = NOON + timedelta(days=1)
    payment = await charged(cast.nordkai.id, case_id, charge("ch_2", 20_000, 300), at=late)
    assert (payment.amount_minor, payment.received_on) == (20_000, late.date())
    await charged_back(cast.nordkai.id, payment, "du_2", 20_000, 300, at=late)
    assert await wrong(cast.nordkai.id) == []


async def test_only_finance_takes_charges_by_hand_and_nobody_takes_them_back_by_hand(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, currency="GBP")
    for name in ("manager", "negotiator", "auditor", "brandt_admin"):
        with pytest.raises(Forbidden):
            await booked(cast.nordkai.id, take_charge, case_id, charge("ch_1", 100), actor=getattr(cast, name).actor)
    with pytest.raises(NotFound):
        await booked(cast.nordkai.id, take_charge, case_id, charge("ch_1", 100), actor=cast.huadong_finance.actor)
    with pytest.raises(ValueError, match="not of this case"):
        await charged(cast.nordkai.id, case_id, charge("ch_1", 100, currency="JPY"))
    payment = await charged(cast.nordkai.id, case_id, charge("ch_1", 100))
    async with transaction(cast.finance.actor.scope):
        with pytest.raises(Refused) as refused:
            await reverse(cast.finance.actor, payment.id, "wrong_case", TODAY)
    assert refused.value.code == "by_processor"
