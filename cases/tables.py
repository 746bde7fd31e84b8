"""The debt: clients, debtors, their cases, and what stands beside every case."""

from decimal import Decimal
from enum import StrEnum

from piccolo.columns import JSONB, UUID, BigInt, Boolean, Date, Integer, Numeric, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class CaseStatus(StrEnum):
    """The lifecycle of a case. Everything else (promise, dispute, hold) is a fact beside it."""

    RECEIVED = "received"
    """Handed over, not yet taken into work."""
    NEEDS_INFO = "needs_info"
    """Something is missing that the client must supply."""
    ACTIVE = "active"
    """In work."""
    CLOSED = "closed"
    """Ended, with a close code."""


class Stage(StrEnum):
    """How far the pursuit has gone."""

    AMICABLE = "amicable"
    LEGAL = "legal"
    FORWARDED = "forwarded"


class Client(Tenant, Table, tablename="clients"):
    """A creditor company that places cases with an agency."""

    name = Text(default=None, null=False)
    language = Text(default="en")
    time_zone = Text(default="UTC")
    country = Text(default="", help_text="ISO 3166-1 alpha-2.")
    address = Text(default="")
    vat_number = Text(default="")
    terms_days = Integer(default=30, help_text="Payment terms when an invoice carries no due date.")
    statement_prefix = Text(default="")
    remittance_floor_minor = BigInt(default=1000, help_text="Sums under this wait for the next run.")
    vat_rate = Numeric(default=Decimal(0), digits=(6, 4))
    vat_treatment = Text(default="outside", help_text="standard, reverse_charge, exempt or outside.")
    allocation = Text(default="costs,interest,principal", help_text="The order in which a payment is used up.")
    costs_first = Boolean(default=True, help_text="What pays costs repays what the agency advanced of them first.")
    costs_at_close = Boolean(
        default=False, help_text="What nobody repaid of the agency's advances is invoiced when the case closes."
    )
    recall_exclusivity_days = Integer(default=90, help_text="Days from placement in which we may object to a recall.")
    recall_pending_days = Integer(default=10, help_text="Days after which a recall that was not answered is final.")
    recall_fee_days = Integer(default=30, help_text="Days after a recall in which promised money still bears the fee.")
    debtor_sees = Text(default="", help_text="Kinds of documents that its debtors see on their page, comma-separated.")
    created_at = Timestamptz(default=None, null=False)
    ended_at = Timestamptz(default=None, null=True)


class RemittanceTerms(Tenant, Table, tablename="remittance_terms"):
    """A version of how a client is paid. Rows are only ever added or withdrawn (`cases.remittance_terms`)."""

    client_id = UUID(default=None, null=False)
    effective_from = Date(default=None, null=False, help_text="The first day of a cycle; of the first terms -infinity.")
    remittance_method = Text(default="net", help_text="net, gross or combined.")
    remittance_cycle = Text(default="monthly", help_text="weekly, twice_a_month or monthly.")
    payout_currencies = Text(
        default="",
        help_text="What it is paid out in another currency: USD>GBP, comma-separated, else what was collected.",
    )
    exchange_gain = Text(default="client", help_text="Whose a better rate than the quoted one is: client or agency.")
    exchange_loss = Text(default="agency", help_text="Whose a worse rate than the quoted one is: client or agency.")
    agreed_by = UUID(default=None, null=True)
    agreed_by_name = Text(default="")
    agreed_at = Timestamptz(default=None, null=False)
    withdrawn_at = Timestamptz(default=None, null=True)
    withdrawn_by_name = Text(default="")


class Queue(Tenant, Table, tablename="queues"):
    """Cases that wait for the same kind of people."""

    name = Text(default=None, null=False)
    """Empty: the queue that an agency has without having opened one; it is called "All cases" in each language."""
    position = Integer(default=1)


class Debtor(Tenant, Table, tablename="debtors"):
    """Who owes, as the agency knows them over all clients. Staff only: clients see what they placed."""

    kind = Text(default="company", help_text="company or person.")
    name = Text(default=None, null=False)
    match_name = Text(default=None, null=False, help_text="Normalised for matching.")
    match_beside = Text(default="", help_text="Of a person: what must be the same as well. Empty for a company.")
    country = Text(default=None, null=False)
    region = Text(default="")
    city = Text(default="")
    postal_code = Text(default="")
    language = Text(default="en")
    represented_by = Text(default="", help_text="Lawyer or adviser; contact goes to them only.")
    same_as = UUID(default=None, null=True, help_text="The oldest debtor it is known to be one with; none: by itself.")
    created_at = Timestamptz(default=None, null=False)


class Case(Tenant, Table, tablename="cases"):
    """One account handed over. The three balances move only with the ledger."""

    client_id = UUID(default=None, null=False)
    debtor_id = UUID(default=None, null=False)
    placement_id = UUID(default=None, null=True)
    number = Text(default=None, null=False)
    reference = Text(default=None, null=False, help_text="The client's reference.")
    description = Text(default="")
    status = Text(default="active")
    stage = Text(default="amicable")
    second_placement = Boolean(
        default=False, help_text="Another agency had it before, or it comes again after a recall: fees may differ."
    )
    currency = Text(default=None, null=False)
    placed_minor = BigInt(default=None, null=False)
    principal_minor = BigInt(default=0)
    interest_minor = BigInt(default=0)
    costs_minor = BigInt(default=0)
    placed_on = Date(default=None, null=False)
    oldest_due_on = Date(default=None, null=False)
    limitation_on = Date(default=None, null=True)
    # The debtor as this client placed it.
    debtor_kind = Text(default="company")
    debtor_name = Text(default=None, null=False)
    debtor_registration_number = Text(default="")
    debtor_tax_id = Text(default="")
    debtor_street = Text(default="")
    debtor_postal_code = Text(default="")
    debtor_city = Text(default="")
    debtor_region = Text(default="")
    debtor_country = Text(default=None, null=False)
    # What happens next: the database refuses an open case without it.
    next_action = Text(default=None, null=True)
    next_action_at = Timestamptz(default=None, null=True)
    next_action_user_id = UUID(default=None, null=True)
    next_action_queue_id = UUID(default=None, null=True)
    next_action_reason = Text(default="", help_text="Code of the rule or event that set it.")
    # Who works it now.
    claimed_by = UUID(default=None, null=True)
    claimed_until = Timestamptz(default=None, null=True)
    # What the lists show and the queue sorts by, kept by cases.situation and cases.queues.
    situation = Text(default="new")
    band = Integer(default=5, help_text="1 limitation, 2 callback, 3 broken today, 4 grace, 5 score, 6 not due yet.")
    rank = BigInt(default=0, help_text="Order within the band, ascending.")
    score = Numeric(default=Decimal(0), digits=(5, 1))
    score_terms = JSONB(default="{}", help_text="Points of each term, for the sentence that explains the order.")
    broken_promises = Integer(default=0)
    on_hold_until = Date(default=None, null=True)
    hold_reason = Text(default="")
    recall_asked_on = Date(default=None, null=True, help_text="The client wants it back and waits for our answer.")
    agreement = Text(default="", help_text="What is agreed or offered: the word its situation says of it, or none.")
    assessment = Text(default="", help_text="unwilling, unable, disputing, untraceable.")
    close_code = Text(default=None, null=True)
    closed_at = Timestamptz(default=None, null=True)
    first_contact_at = Timestamptz(default=None, null=True)
    last_activity_at = Timestamptz(default=None, null=False)
    created_at = Timestamptz(default=None, null=False)


class Invoice(Tenant, Table, tablename="invoices"):
    """An unpaid invoice of a case."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    number = Text(default=None, null=False)
    issued_on = Date(default=None, null=True)
    due_on = Date(default=None, null=False)
    amount_minor = BigInt(default=None, null=False)


class CaseCredit(Tenant, Table, tablename="case_credits"):
    """A credit note or part payment from before the placement: the claim's principal is its invoices less these."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    kind = Text(default=None, null=False, help_text="credit_note or payment.")
    number = Text(default="", help_text="Of the credit note, or the payment's reference.")
    invoice_number = Text(default="", help_text="The invoice that it is for; empty: the whole case.")
    on = Date(default=None, null=True)
    amount_minor = BigInt(default=None, null=False)
    created_at = Timestamptz(default=None, null=False)


class CaseEvent(Tenant, Table, tablename="case_events"):
    """An entry of a case's timeline. The words are made when it is shown; here are the facts."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    at = Timestamptz(default=None, null=False)
    kind = Text(default=None, null=False)
    topic = Text(default="system", help_text="contact, money, documents, client or system: the filter of the timeline.")
    actor_id = UUID(default=None, null=True)
    actor_name = Text(default="", help_text="Empty for the system.")
    client_sees = Boolean(default=True)
    facts = JSONB(default="{}")


class Dispute(Tenant, Table, tablename="disputes"):
    """The debtor says that the claim is not right. Collection of the disputed part stops until it is answered."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    amount_minor = BigInt(default=None, null=True, help_text="The disputed part; none means all of it.")
    invoice_id = UUID(default=None, null=True, help_text="The invoice that it is of; none: of no single one.")
    reason = Text(default=None, null=False)
    note = Text(default="")
    opened_by = UUID(default=None, null=True)
    opened_at = Timestamptz(default=None, null=False)
    answered_at = Timestamptz(default=None, null=True)
    answer = Text(default="")
