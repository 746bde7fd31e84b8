"""What the processor has of each charge is proved, and a row that says otherwise is found."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from billing.cards.booking import book
from billing.cards.chargebacks import follow_chargeback
from billing.cards.payouts import follow_payout
from billing.cards.prove import prove_charges
from billing.cards.refund_sending import follow_refund
from billing.payments.processor_journals import take_payout
from billing.payments.told import PaidOut
from portal import clock
from portal.ledger.journal import JournalDraft, cr, dr, post
from portal.ledger.tables import Book
from portal.people.actor import system
from portal.tenancy.database import as_job, transaction
from tests.billing.books.test_sources import led
from tests.billing.cards.scripted import SOON, Scripted, attempted, example, seconds
from tests.billing.money import TODAY, agreed, wrong
from tests.people import Cast


async def faults(agency_id: UUID) -> list[str]:
    async with transaction(as_job(agency_id), read_only=True):
        looked_at, found = await prove_charges(agency_id)
    assert looked_at == 3
    return found


@pytest.fixture
async def charges(cast: Cast, owner: asyncpg.Connection, scripted: Scripted) -> dict[str, str]:
    """Three charges of 500.00: one refunded in part, one charged back and won, one paid out and charged back after that."""
    await agreed(cast, cast.brandt)
    found = {}
    with clock.at(SOON + timedelta(hours=2)):
        for name in ("refunded", "won", "lost"):
            ours, _ = await attempted(owner, cast)
            await book(cast.nordkai.id, scripted.paid(ours))
            found[name] = f"ch_{ours.hex[-12:]}"
        refund = scripted.refunded(found["refunded"], 20_000)
        await follow_refund(cast.nordkai.id, refund)
        await follow_chargeback(cast.nordkai.id, scripted.disputed(found["won"], "won", (-50_000, 2_000), (50_000, 0)))
        lines = [
            (found["refunded"], 50_000, 770), (found["lost"], 50_000, 770), (refund, -20_000, 0), ("", -500, 0),
        ]  # fmt: skip
        scripted.objects["po_1"] = example("payout", id="po_1", amount=77_960, currency="eur", status="paid",
                                           arrival_date=seconds(SOON), type="bank_account")  # fmt: skip
        scripted.lines["po_1"] = [
            example("balance_transaction", id=f"txn_{source}", source=source, amount=amount, fee=fee, net=amount - fee,
                    currency="eur", type="charge" if amount > 0 else "refund" if source else "stripe_fee")
            for source, amount, fee in lines
        ]  # fmt: skip
        await follow_payout(cast.nordkai.id, "po_1")
        await follow_chargeback(cast.nordkai.id, scripted.disputed(found["lost"], "lost", (-50_000, 2_000)))
    return found


async def test_all_charges_together_are_what_the_books_have_at_the_processor(
    cast: Cast, owner: asyncpg.Connection, charges: dict[str, str]
) -> None:
    assert await faults(cast.nordkai.id) == []
    assert await wrong(cast.nordkai.id) == []
    # What the processor took for itself is made good with the fees of the charges, and leads to its payout.
    payout = await owner.fetchrow("select id, fees_minor from payouts where agency_id = $1", cast.nordkai.id)
    assert payout is not None and payout["fees_minor"] == 2 * 770 + 500
    fee = await owner.fetchval(
        "select id from journals where agency_id = $1 and kind = 'processor fee'", cast.nordkai.id
    )
    assert await led(cast.finance, fee) == {f"/payouts/{payout['id']}"}


@pytest.mark.parametrize(
    ("broken", "of", "said"),
    [
        ("update card_payments set fee_minor = 771 where charge_id = $1", "won", "books hold 47230 of it"),
        ("update card_refunds set amount_minor = 19999 where card_payment_id = (select id from card_payments where charge_id = $1)",
         "refunded", "19999 refunded"),
        ("update chargebacks set return_id = null where card_payment_id = (select id from card_payments where charge_id = $1)",
         "won", "0 won"),
        ("update payout_lines set net_minor = net_minor - 1 where source_id = $1", "lost", "is not its lines"),
        ("update payout_lines set amount_minor = 49999 where source_id = $1", "lost", "says 49999 less 770"),
        ("update payout_lines set net_minor = -499 where kind = 'stripe_fee' and $1 <> ''", "won", "no journal says so"),
        ("update payouts set amount_minor = 1 where $1 <> ''", "won", "is booked as 77960"),
    ],
)  # fmt: skip
async def test_a_row_that_says_otherwise_is_found(
    cast: Cast, owner: asyncpg.Connection, charges: dict[str, str], broken: str, of: str, said: str
) -> None:
    await owner.execute(f"{broken} and agency_id = $2", charges[of], cast.nordkai.id)
    found = await faults(cast.nordkai.id)
    assert any(said in fault for fault in found), found


async def test_money_at_the_processor_that_no_charge_brought_is_found(cast: Cast, charges: dict[str, str]) -> None:
    actor = system(cast.nordkai.id)
    async with transaction(actor.scope):
        await take_payout(actor, PaidOut(payout_id="po_by_hand", currency="EUR", amount_minor=100, on=TODAY))
    assert await faults(cast.nordkai.id) == [], "a payout may list nothing"
    async with transaction(actor.scope):
        lines = (dr(Book.TRUST, 1010, 5, "EUR"), cr(Book.TRUST, 2020, 5, "EUR"))
        [journal_id] = await post(actor, [JournalDraft("test", "1", "test", TODAY, lines)])
    assert await faults(cast.nordkai.id) == [f"journal {journal_id} moved 5 EUR at the processor for no charge"]
