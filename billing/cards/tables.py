"""What the portal keeps of the payment processor's objects: attempts to take money, and what became of each."""

from enum import StrEnum

from piccolo.columns import UUID, BigInt, Boolean, Bytea, Date, Integer, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class AccountMode(StrEnum):
    """How an agency is reached at the processor."""

    CONNECTED = "connected"
    """An account of its own under the platform: the platform's key, naming the account."""
    OWN = "own"
    """A key of its own."""


class ProcessorAccount(Tenant, Table, tablename="processor_accounts"):
    """How one agency takes cards. Secrets are sealed (`billing.cards.vault`)."""

    mode = Text(default="connected")
    account_id = Text(default="", help_text="acct_…: required where the account is connected.")
    publishable_key = Text(default="", help_text="pk_…: of the agency itself; connected ones use the platform's.")
    secret_key = Text(default="", help_text="Sealed.")
    secret_key_ends = Text(default="", help_text="Its last four letters, to be recognised by.")
    webhook_secret = Text(default="", help_text="Sealed.")
    webhook_secret_ends = Text(default="")
    methods = Text(default="card", help_text="What debtors may pay with, separated by commas: card, sepa_debit.")
    is_on = Boolean(default=False)
    events_seen_to = Timestamptz(default=None, null=True, help_text="Until then every event is known to have arrived.")
    changed_by = UUID(default=None, null=True)
    changed_by_name = Text(default="")
    changed_at = Timestamptz(default=None, null=False)


class CardStatus(StrEnum):
    """What became of an attempt to take money."""

    BEGUN = "begun"
    """Asked for; the debtor has not confirmed it yet."""
    PROCESSING = "processing"
    """Under way at the bank: a debit takes days."""
    NEEDS_ACTION = "needs_action"
    """The debtor's bank asks the debtor to confirm."""
    SUCCEEDED = "succeeded"
    """The processor has the money. Booked where ``payment_id`` is set."""
    FAILED = "failed"
    """Turned down; ``failure_code`` says why."""
    CANCELLED = "cancelled"
    """Given up."""


OPEN = (CardStatus.BEGUN, CardStatus.PROCESSING, CardStatus.NEEDS_ACTION)
"""It may still become money."""


class CardPayment(Tenant, Table, tablename="card_payments"):
    """One attempt to take money from a debtor through the processor. Its id is its idempotency key there."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    plan_id = UUID(default=None, null=True)
    plan_position = Integer(default=None, null=True, help_text="The payment of the plan, counted from 1.")
    invoice_id = UUID(default=None, null=True, help_text="The invoice that the debtor says it is for.")
    token = UUID(default=None, null=False, help_text="Of the form: the same form is one attempt.")
    currency = Text(default=None, null=False)
    amount_minor = BigInt(default=None, null=False)
    status = Text(default="begun")
    intent_id = Text(default=None, null=True, help_text="pi_…")
    charge_id = Text(default=None, null=True, help_text="ch_…")
    method_id = UUID(default=None, null=True, help_text="The saved method it was taken from.")
    method_kind = Text(default="", help_text="card, sepa_debit; known with the charge.")
    method_brand = Text(default="")
    method_last4 = Text(default="")
    off_session = Boolean(default=False, help_text="Taken by the portal on a due date, the debtor being away.")
    attempt = Integer(default=1, help_text="Counted from 1 for each payment of a plan.")
    failure_code = Text(default="")
    failure_text = Text(default="", help_text="The processor's words, for the agency.")
    problem = Text(default="", help_text="Why money that the processor has is not booked: no_fee, other_currency …")
    fee_minor = BigInt(default=None, null=True, help_text="What the processor kept, by its balance transaction.")
    payment_id = UUID(default=None, null=True, help_text="The payment it was booked as.")
    refunded_minor = BigInt(default=0)
    created_at = Timestamptz(default=None, null=False)
    changed_at = Timestamptz(default=None, null=False)


class SavedMethod(Tenant, Table, tablename="saved_methods"):
    """A card or bank account that a debtor let us keep at the processor, with the words they agreed to."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    customer_id = Text(default=None, null=False, help_text="cus_…")
    method_id = Text(default=None, null=False, help_text="pm_…")
    kind = Text(default="card")
    brand = Text(default="")
    last4 = Text(default="")
    expires = Text(default="", help_text="2027-03; empty where it does not expire.")
    consent_text = Text(default=None, null=False)
    consent_at = Timestamptz(default=None, null=False)
    consent_name = Text(default="")
    consent_address = Text(default="", help_text="The network address the consent came from.")
    withdrawn_at = Timestamptz(default=None, null=True)


class EventState(StrEnum):
    """How far an event of the processor has been followed."""

    KEPT = "kept"
    """Stored; the job that looks at its object is due."""
    DONE = "done"
    """Its object was fetched, and what it says is in the books."""
    IGNORED = "ignored"
    """It tells of something that is not ours, or that changes nothing."""
    FAILED = "failed"
    """Its object cannot be understood: somebody must look."""


class ProcessorEvent(Tenant, Table, tablename="processor_events"):
    """An event as it arrived, whole. It only says where to look: what is true is fetched."""

    event_id = Text(default=None, null=False)
    type = Text(default=None, null=False)
    object_id = Text(default="")
    created = Timestamptz(default=None, null=False)
    received_at = Timestamptz(default=None, null=False)
    state = Text(default="kept")
    tries = Integer(default=0)
    done_at = Timestamptz(default=None, null=True)
    problem = Text(default="")
    body = Bytea(default=b"", help_text="The bytes as received; emptied after some months.")


class RefundStatus(StrEnum):
    """The way of a refund through two people and the processor."""

    ASKED = "asked"
    """Waits for another person."""
    APPROVED = "approved"
    """Goes to the processor by a job."""
    SENT = "sent"
    """The processor has it and has not said how it ended."""
    SUCCEEDED = "succeeded"
    """Paid back, and booked."""
    FAILED = "failed"
    """It could not be paid back; the money is with the processor still."""
    DECLINED = "declined"
    """The other person said no, or whoever asked took it back."""


class CardRefund(Tenant, Table, tablename="card_refunds"):
    """Money given back to the debtor's card or account: asked by one person, approved by another."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    card_payment_id = UUID(default=None, null=False)
    currency = Text(default=None, null=False)
    amount_minor = BigInt(default=None, null=False)
    reason = Text(default="", help_text="As typed.")
    status = Text(default="asked")
    asked_by = UUID(default=None, null=True, help_text="Nobody where it was begun at the processor itself.")
    asked_by_name = Text(default="")
    asked_at = Timestamptz(default=None, null=False)
    decided_by = UUID(default=None, null=True)
    decided_by_name = Text(default="")
    decided_at = Timestamptz(default=None, null=True)
    refund_id = Text(default=None, null=True, help_text="re_…")
    failure_code = Text(default="")
    reversal_id = UUID(default=None, null=True, help_text="The payment by which it was booked.")
    changed_at = Timestamptz(default=None, null=False)


class Chargeback(Tenant, Table, tablename="chargebacks"):
    """Money that the debtor's bank claims back, and the agency's answer."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    card_payment_id = UUID(default=None, null=False)
    dispute_id = Text(default=None, null=False, help_text="dp_…: the processor's word for it.")
    currency = Text(default=None, null=False)
    amount_minor = BigInt(default=None, null=False)
    fee_minor = BigInt(default=0)
    reason = Text(default="", help_text="The processor's code: fraudulent, product_not_received …")
    status = Text(default=None, null=False, help_text="The processor's: needs_response, under_review, won, lost …")
    due_by = Timestamptz(default=None, null=True, help_text="Until then evidence is taken.")
    withdrawn_on = Date(default=None, null=True)
    reversal_id = UUID(default=None, null=True, help_text="The payment by which it was taken back.")
    reinstated_on = Date(default=None, null=True)
    return_id = UUID(default=None, null=True, help_text="The payment by which it came again.")
    problem = Text(default="", help_text="Why what happened is not booked.")
    decision = Text(default="", help_text="answered, accepted; empty before.")
    decided_by = UUID(default=None, null=True)
    decided_by_name = Text(default="")
    decided_at = Timestamptz(default=None, null=True)
    opened_at = Timestamptz(default=None, null=False)
    changed_at = Timestamptz(default=None, null=False)


class Payout(Tenant, Table, tablename="payouts"):
    """Money that the processor paid to the trust account."""

    payout_id = Text(default=None, null=False, help_text="po_…")
    currency = Text(default=None, null=False)
    amount_minor = BigInt(default=None, null=False)
    status = Text(default=None, null=False, help_text="The processor's: paid, failed …")
    arrives_on = Date(default=None, null=False)
    journal_id = UUID(default=None, null=True)
    reversal_journal_id = UUID(default=None, null=True, help_text="It never arrived.")
    fees_minor = BigInt(default=0, help_text="What the processor kept of the charges in it.")
    is_listed = Boolean(default=False, help_text="Its lines are known.")
    topped_up_at = Timestamptz(default=None, null=True, help_text="The agency paid the fees to the trust account.")
    topped_up_by_name = Text(default="")
    failure_code = Text(default="")
    problem = Text(default="")
    changed_at = Timestamptz(default=None, null=False)


class PayoutLine(Tenant, Table, tablename="payout_lines"):
    """What a payout is made of, as the processor lists it."""

    payout_id = UUID(default=None, null=False)
    transaction_id = Text(default=None, null=False, help_text="txn_…")
    kind = Text(default=None, null=False, help_text="charge, refund, adjustment …")
    source_id = Text(default="", help_text="ch_…, re_…, dp_…")
    amount_minor = BigInt(default=None, null=False)
    fee_minor = BigInt(default=None, null=False)
    net_minor = BigInt(default=None, null=False)
    card_payment_id = UUID(default=None, null=True)
