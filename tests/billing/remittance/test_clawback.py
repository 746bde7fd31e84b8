"""Money that goes back after the client was paid its part: it owes that part, and its next money pays it."""

from datetime import timedelta

import asyncpg

from billing.payments.register import Payment
from portal.settings import Settings
from tests.billing.money import NOON, agreed, look, pay, wrong
from tests.billing.processing import charge, charged, charged_back, paid_out
from tests.billing.remitting import remitted, terms
from tests.billing.trade import event, journal
from tests.cases.casework import placed_case
from tests.people import Cast

LATER = NOON + timedelta(days=20)


async def charged_and_remitted(cast: Cast, owner: asyncpg.Connection, settings: Settings) -> Payment:
    """Events 1 to 5: a claim of 1,200, paid 500 by card, 300 by transfer and 200 to the client, and remitted."""
    await terms(owner, cast.brandt, vat="0.2")
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=120_000, currency="GBP")
    payment = await charged(cast.nordkai.id, case_id, charge("ch_1", 50_000, 770))
    await paid_out(cast.nordkai.id, "po_1", 49_230, topped_up=770)
    await pay(cast.finance, case_id, 30_000)
    await pay(cast.finance, case_id, 20_000, channel="direct")
    await remitted(cast, settings, at=NOON + timedelta(days=7))
    return payment


async def test_a_chargeback_after_the_remittance_is_booked_as_event_9(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    payment = await charged_and_remitted(cast, owner, settings)
    back = await charged_back(cast.nordkai.id, payment, "du_1", 50_000, 2_000, at=LATER)
    names = {"C1": cast.brandt.id, "K1": payment.case_id}
    assert await journal(owner, cast.nordkai.id, "payment", "du_1", **names) == event(9, "chargeback")
    assert (back.amount_minor, back.fee_minor, back.reverses) == (-50_000, -12_500, payment.id)
    assert (await look(cast.finance.actor, payment.case_id)).balance_minor == 70_000
    assert await wrong(cast.nordkai.id) == []
