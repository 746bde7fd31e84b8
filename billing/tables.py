"""The money: fee agreements, payments, remittance runs and statements."""

from decimal import Decimal
from enum import StrEnum
from typing import Final

from piccolo.columns import JSONB, UUID, BigInt, Boolean, Date, Integer, Numeric, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class FeeAgreement(Tenant, Table, tablename="fee_agreements"):
    """One version of what a client pays the agency: an ordered list of rules, the first that fits wins."""

    client_id = UUID(default=None, null=False)
    version = Integer(default=1)
    effective_from = Date(default=None, null=False)
    selected_by = Text(default="placement", help_text="Which date picks the version: placement or payment.")
    age_from = Text(default="due", help_text="From which day an account's age counts: due or issued.")
    agreed_by = UUID(default=None, null=True)
    created_at = Timestamptz(default=None, null=False)


class FeeRule(Tenant, Table, tablename="fee_rules"):
    """One rule of a fee agreement, in order. ``tiers`` is a list of {"up_to": text or null, "rate": text}."""

    client_id = UUID(default=None, null=False)
    agreement_id = UUID(default=None, null=False)
    position = Integer(default=None, null=False)
    basis = Text(default="flat", help_text="flat, age_at_placement, placed_amount, payment_amount, paid_to_date, days.")
    mode = Text(default="whole", help_text="whole or marginal.")
    tiers = JSONB(default="[]")
    conditions = JSONB(
        default="{}", help_text="When the rule applies (stage, free days, currency, …), and its surcharge."
    )
    minimum_minor = BigInt(default=None, null=True)
    maximum_minor = BigInt(default=None, null=True)
    components = Text(default="principal,interest,costs", help_text="Which components bear the fee.")


class Channel(StrEnum):
    """How money came."""

    BANK = "bank"
    """Bank transfer to the trust account."""
    CARD = "card"
    """Card through the processor."""
    DIRECT_DEBIT = "direct_debit"
    """Direct debit."""
    CHEQUE = "cheque"
    """Cheque paid in."""
    CASH = "cash"
    """Cash over the counter."""
    DIRECT = "direct"
    """Paid to the client itself."""
    GOODS = "goods"
    """No money: goods went back to the client, at their value (`billing.outcomes`)."""
    SET_OFF = "set_off"
    BANKS = "banks"
    """What banks kept of a payment and the client bears: it comes off the claim, and reached nobody."""
    """No money: the client owed the debtor as much."""
    AT_CLOSE = "at_close"
    """No money at all: a fee alone, the rest of the case's minimum (`billing.payments.at_close`)."""


OTHERWISE: Final = frozenset({Channel.GOODS, Channel.SET_OFF})
"""Value recovered otherwise than by money; the client has it."""


class Payment(Tenant, Table, tablename="payments"):
    """Money received on a case, how it was allocated, and the fee on it with its reasons. Never changed."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    journal_id = UUID(default=None, null=False)
    received_on = Date(default=None, null=False)
    release_on = Date(default=None, null=False, help_text="From this date on it may be remitted.")
    channel = Text(default="bank")
    received_by = Text(default="agency", help_text="agency or client.")
    external_reference = Text(default="")
    payer = Text(default="")
    currency = Text(default=None, null=False)
    amount_minor = BigInt(default=None, null=False, help_text="What reduced the case; negative for a reversal.")
    principal_minor = BigInt(default=0)
    interest_minor = BigInt(default=0)
    costs_minor = BigInt(default=0)
    costs_kept_minor = BigInt(default=0, help_text="Of the costs, what repays those that the agency had advanced.")
    surplus_minor = BigInt(default=0, help_text="Paid over the balance: waits as a refund to the debtor.")
    fee_minor = BigInt(default=0)
    fee_rate = Numeric(default=Decimal(0), digits=(9, 6))
    fee_rule_id = UUID(default=None, null=True)
    fee_facts = JSONB(default="{}", help_text="Rules tried and why, facts, calculation: the fee's sentence.")
    reverses = UUID(default=None, null=True)
    held_minor = BigInt(default=0, help_text="Of a disputed part: waits in suspense on the case.")
    charge_id = Text(default="", help_text="The processor's charge whose money it is; empty when it came another way.")
    sent_minor = BigInt(default=None, null=True, help_text="What was sent, where it arrived short.")
    banks_kept_minor = BigInt(default=0, help_text="What banks kept of it and the agency bears.")
    kept_of = UUID(default=None, null=True, help_text="Banks kept it of this payment, and the client bears it.")
    processor_fee_minor = BigInt(default=0, help_text="What the processor kept. The agency's cost, never the debtor's.")
    suspense_id = UUID(default=None, null=True, help_text="The suspended money that it was matched from.")
    recorded_by = UUID(default=None, null=True)
    recorded_at = Timestamptz(default=None, null=False)


class RunStatus(StrEnum):
    """The lifecycle of a remittance run."""

    DRAFT = "draft"
    """Being prepared: may be run again."""
    REVIEWED = "reviewed"
    """The preparer says that it is right."""
    APPROVED = "approved"
    """Approved by another person: posted."""
    PAID = "paid"
    """The money has left the trust account."""
    CLOSED = "closed"
    """Statements are final."""
    CANCELLED = "cancelled"
    """Given up before approval."""


class RemittanceRun(Tenant, Table, tablename="remittance_runs"):
    """Paying clients what was recovered up to a date, in one currency."""

    number = Text(default=None, null=False)
    currency = Text(default=None, null=False)
    only_due = Boolean(default=False, help_text="Only clients whose cycle has come round by period_to.")
    period_from = Date(default=None, null=False)
    period_to = Date(default=None, null=False)
    status = Text(default="draft")
    prepared_by = UUID(default=None, null=False)
    prepared_by_name = Text(default="")
    prepared_at = Timestamptz(default=None, null=False)
    reviewed_at = Timestamptz(default=None, null=True)
    approved_by = UUID(default=None, null=True)
    approved_by_name = Text(default="")
    approved_at = Timestamptz(default=None, null=True)
    paid_on = Date(default=None, null=True)
    paid_reference = Text(default="")
    paid_by = UUID(default=None, null=True)
    paid_by_name = Text(default="")
    closed_at = Timestamptz(default=None, null=True)
    drawn_on = Date(default=None, null=True, help_text="When what we draw left the trust account.")
    act = Text(default="", help_text="What a job does to it: prepare, prepare_again, approve.")
    act_by = UUID(default=None, null=True, help_text="Who asked for it last.")
    act_by_name = Text(default="")
    act_at = Timestamptz(default=None, null=True)
    act_refused = Text(default="", help_text="Why it was not done, in the words of whoever asked.")
    interest_minor = BigInt(default=0, help_text="Interest of the trust account that we draw with it; set on approval.")


class Statement(Tenant, Table, tablename="statements"):
    """What one client is told and paid for one run. Closed statements never change."""

    client_id = UUID(default=None, null=False)
    run_id = UUID(default=None, null=False)
    number = Text(default=None, null=True, help_text="Given on approval; without gaps per client.")
    currency = Text(default=None, null=False)
    method = Text(default="net", help_text="net, gross or combined: the client's in the cycle that it begins in.")
    period_from = Date(default=None, null=False)
    period_to = Date(default=None, null=False)
    status = Text(default="draft", help_text="draft, approved, closed.")
    collected_minor = BigInt(default=0, help_text="Received by us and by the client.")
    direct_minor = BigInt(default=0, help_text="Of it, paid to the client.")
    brought_minor = BigInt(default=0, help_text="Money of the client's that we held before these books began.")
    fees_minor = BigInt(default=0)
    vat_rate = Numeric(default=Decimal(0), digits=(6, 4))
    vat_minor = BigInt(default=0)
    costs_minor = BigInt(default=0, help_text="What repays costs that the agency had advanced.")
    direct_costs_minor = BigInt(default=0, help_text="Of it, what the client received itself and owes us.")
    carried_in_minor = BigInt(default=0, help_text="What the client still owed from before, negative when owed.")
    carried_out_minor = BigInt(default=0, help_text="What it owes from now on, negative as well.")
    clawed_in_minor = BigInt(default=0, help_text="Claw-backs that the client still owed (O1230), negative when owed.")
    clawed_out_minor = BigInt(default=0, help_text="What of them stays open, negative as well.")
    invoiced_fees_minor = BigInt(default=0, help_text="Of the fees, those that its invoice asks for.")
    invoiced_vat_minor = BigInt(default=0, help_text="Of the VAT, what falls on these.")
    credited_minor = BigInt(default=0, help_text="What is given back for claw-backs and comes off the invoice.")
    net_minor = BigInt(default=0, help_text="Paid to the client; never negative.")
    payout_currency = Text(default=None, null=True, help_text="Paid out in, where that is another currency.")
    quoted_rate = Numeric(
        default=None, null=True, help_text="How much of it one unit of currency buys; none before the quote."
    )
    payout_minor = BigInt(default=None, null=True, help_text="net_minor at the quoted rate, rounded once.")
    exchange_gain = Text(
        default=None, null=True, help_text="Whose a better rate is, by the terms it goes by: client or agency."
    )
    exchange_loss = Text(default=None, null=True, help_text="Whose a worse rate is, by the same terms.")
    payments = Integer(default=0)
    deferred = Boolean(default=False, help_text="Under the client's floor: not posted, its payments wait.")
    letterhead = JSONB(
        default="{}", help_text="Agency and client as they were on approval: names, addresses, VAT, account."
    )
    approved_at = Timestamptz(default=None, null=True)
    approved_by_name = Text(default="")
    paid_on = Date(default=None, null=True)
    paid_detail_id = UUID(default=None, null=True, help_text="The account that it was paid to.")
    closed_at = Timestamptz(default=None, null=True)
    closed_by_name = Text(default="")


class StatementLine(Tenant, Table, tablename="statement_lines"):
    """One payment on a statement. A payment stands on one statement only."""

    client_id = UUID(default=None, null=False)
    statement_id = UUID(default=None, null=False)
    payment_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    case_number = Text(default="")
    debtor_name = Text(default="", help_text="As it was when the run was prepared.")
    position = Integer(default=None, null=False)
    received_on = Date(default=None, null=False)
    gross_minor = BigInt(default=None, null=False)
    fee_minor = BigInt(default=None, null=False)
    vat_minor = BigInt(default=0)
    costs_kept_minor = BigInt(default=0, help_text="What of it repays costs that the agency had advanced.")
    net_minor = BigInt(default=None, null=False)
