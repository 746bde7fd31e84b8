"""The year of the money rules, lived through: every event of their table by the functions that people and banks set off, each
of its journals as the table has it, and at the end its balances."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import asyncpg

from billing.bank.accounts import OwnAccount
from billing.bank_details.account import Account
from billing.cards.funding import fund, pay_in
from billing.costs.add import WantedCost, add_cost
from billing.exchange.execute import Executed, execute
from billing.invoices.pay import pay_invoice
from billing.payments.processor import take_charge, take_charge_back
from billing.payments.processor_journals import take_payout
from billing.payments.receipts import record
from billing.payments.told import Charged, ChargedBack, PaidOut
from billing.plans.agree import agree as agree_to
from billing.plans.decide import decide
from billing.plans.offer import offer
from billing.refunds.decide import approve as approve_refund
from billing.refunds.pay import pay as pay_refund
from billing.remittance.came_back import pay_again
from billing.remittance.pay import pay
from billing.surplus.refund import ask_to_refund
from billing.suspense.match import match
from billing.suspense.take_in import suspend
from billing.tables import Channel
from cases.interest.change import WantedTerm, set_on_case
from cases.interest.post import fix
from cases.interest.terms import Basis
from portal.identity import new_id
from portal.people.actor import system
from portal.settings import Settings
from tests.billing.bank.statements import opened
from tests.billing.money import wrong
from tests.billing.planning import settlement
from tests.billing.remitting import PROOF, paid_into
from tests.billing.trade import VECTORS
from tests.billing.year import PLACED_BY, Year, begun
from tests.people import Cast

C1S_BANK = Account(currency="GBP", holder="Client One", iban="GB33BUKB20201555555555")
AGAIN = Account(currency="GBP", holder="Client One", iban="DE75512108001245126199")
DEBTOR = Account(currency="GBP", holder="K. Weber", iban="DE89370400440532013000")


async def test_every_event_of_the_trade_is_booked_as_the_money_rules_say(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    year = await begun(cast, owner, settings)
    table = year.table
    await table.is_one_of_each([(number, "placement") for number in PLACED_BY.values()])
    await paid_into(year.cast, year.clients["C1"], year.settings, C1S_BANK)
    trust = await opened(year.cast.finance, "Trust GBP", currency="GBP", iban="GB29NWBK60161331926819")
    own = await opened(year.cast.finance, "Own GBP", book="operating", currency="GBP", iban="GB94BARC10201530093459")
    await through_the_first_remittances(year)
    await through_chargebacks(year)
    await through_the_claw_back(year, trust)
    await through_money_that_takes_its_own_way(year)
    await through_the_exchange(year)
    await through_settlement_costs_and_charges(year, trust, own)
    assert table.missing() == set()
    assert await table.balances() == VECTORS["end"]
    assert await wrong(year.cast.nordkai.id) == []


async def through_the_first_remittances(year: Year) -> None:
    """Events 2 to 7."""
    table, k1, portal = year.table, year.claims["K1"], system(year.cast.nordkai.id)
    card = Charged(
        charge_id="ch_1", amount_minor=500_00, currency="GBP", fee_minor=7_70, received_on=year.today, channel=Channel.CARD
    )  # fmt: skip
    await year.does(portal, take_charge, k1, card)
    await table.is_event(2, "receipt")
    await year.does(portal, take_payout, PaidOut(payout_id="po_1", currency="GBP", amount_minor=492_30, on=year.today))
    await table.is_event(2, "payout")
    await year.finance(pay_in, "GBP", 7_70, year.today, new_id())
    await table.is_event(2, "top-up")
    await year.finance(record, k1, 300_00, year.today, "bank")
    await table.is_event(3, "receipt")
    await year.finance(record, k1, 200_00, year.today, "direct")
    await table.is_event(4, "direct payment")
    year.day = 7
    run_id, _ = await year.run()
    await table.is_event(5, "approval")
    await year.finance(pay, run_id, year.today, "SEPA 1")
    await table.is_event(5, "paid", "draw")
    await year.finance(record, year.claims["K2"], 1_000_00, year.today, "bank")
    await table.is_event(6, "receipt")
    run_id, statement_id = await year.run()
    await table.is_together(6, "approval and invoice")
    await year.finance(pay, run_id, year.today, "SEPA 2")
    await table.is_event(6, "paid")
    invoice_id = await table.owner.fetchval("select id from client_invoices where statement_id = $1", statement_id)
    await year.finance(pay_invoice, invoice_id, year.today, "INV 1")
    await table.is_event(7, "invoice paid")


async def through_chargebacks(year: Year) -> None:
    """Events 8 and 9."""
    table, portal = year.table, system(year.cast.nordkai.id)
    card = Charged(
        charge_id="ch_2", amount_minor=120_00, currency="GBP", fee_minor=2_00, received_on=year.today, channel=Channel.CARD
    )  # fmt: skip
    second = await year.does(portal, take_charge, year.claims["K1"], card)
    await table.is_event(8, "receipt")
    first = await table.owner.fetchval(
        "select id from payments where agency_id = $1 and charge_id = 'ch_1'", portal.agency_id
    )
    for number, payment_id, minor, short in ((8, second, 120_00, 22_00), (9, first, 500_00, 520_00)):
        back = ChargedBack(chargeback_id=f"du_{number}", amount_minor=minor, fee_minor=20_00, on=year.today)
        await year.does(portal, take_charge_back, payment_id, back)
        await table.is_event(number, "chargeback")
        await year.finance(fund, "GBP", short, year.today, new_id())
        await table.is_event(number, "funding the processor")


async def through_the_claw_back(year: Year, trust: OwnAccount) -> None:
    """Event 10: what the client owes comes off its next money, and the bank returns what it is paid."""
    table, year.day = year.table, 8
    await year.finance(record, year.claims["K1"], 600_00, year.today, "bank")
    await table.is_event(10, "receipt")
    run_id, statement_id = await year.run()
    await table.is_event(10, "approval")
    await year.finance(pay, run_id, year.today, "SEPA 3")
    await table.is_event(10, "paid", "draw")
    await year.bank_says(trust, 70_00, f"payout_back {statement_id}", "RETURN")
    await table.is_event(10, "payout returned")
    await paid_into(year.cast, year.clients["C1"], year.settings, AGAIN, at=year.now)
    year.day = 12
    returned = await table.owner.fetchval("select id from returned_payouts where statement_id = $1", statement_id)
    await year.finance(pay_again, returned, year.today, "SEPA 4")
    await table.is_event(10, "paid again")


async def through_money_that_takes_its_own_way(year: Year) -> None:
    """Events 11 to 13: more is owed than came, nobody knows whose it is, and it is too much."""
    table = year.table
    await year.finance(record, year.claims["K3"], 100_00, year.today, "bank")
    await table.is_event(11, "receipt")
    await year.finance(record, year.claims["K3"], 900_00, year.today, "direct")
    await table.is_event(11, "direct payment")
    run_id, _ = await year.run()
    await table.is_event(11, "approval")
    await year.finance(pay, run_id, year.today, "SEPA 5")
    await table.is_event(11, "draw")
    suspense_id = await year.finance(suspend, 75_00, "GBP", year.today, "bank", token=new_id())
    await table.is_event(12, "receipt")
    await year.finance(match, suspense_id, year.claims["K4"])
    await table.is_event(12, "match")
    payment_id = await year.finance(record, year.claims["K5"], 265_00, year.today, "bank")
    await table.is_event(13, "receipt")
    refund_id = await year.finance(ask_to_refund, payment_id, 25_00, DEBTOR)
    await year.does(year.cast.second_finance.actor, approve_refund, refund_id, PROOF, year.settings.secret_key)
    year.day += 3
    await year.finance(pay_refund, refund_id, year.today, "SEPA 6")
    await table.is_event(13, "refund to the debtor")


async def through_the_exchange(year: Year) -> None:
    """Event 14: dollars that are paid out in pounds."""
    table = year.table
    await year.finance(record, year.claims["K6"], 1_000_00, year.today, "bank")
    await table.is_event(14, "receipt")
    run_id, _ = await year.run("USD", "0.7900")
    await table.is_event(14, "approval")
    done = Executed(
        target="GBP", sold_minor=760_00, bought_minor=599_26, rate=Decimal("0.7885"), on=year.today, reference="FX 1"
    )
    await year.finance(execute, run_id, done)
    await table.is_event(14, "exchange")
    await year.finance(pay_in, "GBP", 1_14, year.today, new_id())
    await table.is_event(14, "top-up")
    await year.finance(pay, run_id, year.today, "SEPA 7")
    await table.is_event(14, "paid", "draw")


async def through_settlement_costs_and_charges(year: Year, trust: OwnAccount, own: OwnAccount) -> None:
    """Events 15 to 19."""
    table, cast, k7, k8 = year.table, year.cast, year.claims["K7"], year.claims["K8"]
    wish = settlement(700_00, first_on=year.today + timedelta(days=9), valid_until=year.today + timedelta(days=5))
    plan_id = await year.does(cast.manager.actor, offer, k7, wish, None)
    if (await table.owner.fetchval("select status from plans where id = $1", plan_id)) == "offered":
        await year.does(cast.owner.actor, decide, plan_id, approved=True, reason="")
    await year.does(cast.manager.actor, agree_to, plan_id, "told", "K. Weber", None)
    year.day += 1  # what arrives at the moment of an offer is not paid on it
    await year.finance(record, k7, 700_00, year.today, "bank")
    await table.is_event(15, "receipt", "write-off on completion")
    cost = WantedCost(kind="court", amount_minor=70_00, paid_on=year.today)
    await year.does(cast.manager.actor, add_cost, k8, cost, new_id())
    await table.is_event(16, "advance")
    await year.finance(record, k8, 200_00, year.today, "bank")
    await table.is_event(16, "receipt")
    await year.bank_says(trust, -3_00, "charge", "Account fee")
    await table.is_event(17, "charge")
    await year.bank_says(trust, 3_00, "top_up", "Made good")
    await table.is_event(17, "top-up")
    # 370.00 bear 12.17 % for a hundred days.
    bearing = Basis(basis="agreed", rate=Decimal("0.1217"))
    tomorrow = year.today + timedelta(days=1)
    await year.does(cast.manager.actor, set_on_case, k8, WantedTerm(terms=bearing, since=tomorrow))
    year.day += 100
    await year.does(cast.manager.actor, fix, k8)
    await table.is_event(18, "interest")
    await year.bank_says(own, -145_00, "vat", "VAT")
    await table.is_event(19, "VAT")
