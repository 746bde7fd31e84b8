"""The debt: clients, placements, debtors, cases and what happens to them."""

from decimal import Decimal
from enum import StrEnum

from piccolo.columns import JSONB, UUID, BigInt, Boolean, Bytea, Date, Integer, Numeric, Text, Timestamptz
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
    remittance_method = Text(default="net", help_text="net, gross or combined.")
    remittance_cycle = Text(default="monthly", help_text="weekly, twice_a_month or monthly.")
    remittance_floor_minor = BigInt(default=1000, help_text="Sums under this wait for the next run.")
    vat_rate = Numeric(default=Decimal(0), digits=(6, 4))
    vat_treatment = Text(default="outside", help_text="standard, reverse_charge, exempt or outside.")
    allocation = Text(default="costs,interest,principal", help_text="The order in which a payment is used up.")
    iban = Text(default="", help_text="Where remittances go.")
    recall_exclusivity_days = Integer(default=90, help_text="Days from placement in which we may object to a recall.")
    recall_pending_days = Integer(default=10, help_text="Days after which a recall that was not answered is final.")
    recall_fee_days = Integer(default=30, help_text="Days after a recall in which promised money still bears the fee.")
    created_at = Timestamptz(default=None, null=False)
    ended_at = Timestamptz(default=None, null=True)


class Queue(Tenant, Table, tablename="queues"):
    """Cases that wait for the same kind of people."""

    name = Text(default=None, null=False)
    """Empty: the queue that an agency has without having opened one; it is called "All cases" in each language."""
    position = Integer(default=1)


class PlacementStatus(StrEnum):
    """The lifecycle of a placement."""

    RECEIVED = "received"
    """The file has arrived."""
    CHECKING = "checking"
    """Being checked, or checked and waiting to be handed over."""
    ACCEPTED = "accepted"
    """Every row became a case."""
    PARTLY_ACCEPTED = "partly_accepted"
    """The good rows became cases."""
    REJECTED = "rejected"
    """Nothing was taken."""
    CANCELLED = "cancelled"
    """The client dropped it before handing it over."""
    ROLLED_BACK = "rolled_back"
    """Placed in error and taken back whole."""


class Placement(Tenant, Table, tablename="placements"):
    """A batch of cases handed over at once, and the agency's acknowledgement of it."""

    client_id = UUID(default=None, null=False)
    reference = Text(default=None, null=True, help_text="The client's own name for this batch; known by it.")
    status = Text(default="received")
    door = Text(default="web", help_text="web, api or hand.")
    form = Text(default="csv", help_text="csv or json.")
    file_name = Text(default="")
    object_key = Text(default=None, null=True)
    size_bytes = BigInt(default=0)
    file_digest = Bytea(default=None, null=True, help_text="SHA-256 of the bytes as they were sent.")
    content_digest = Bytea(
        default=None, null=True, help_text="SHA-256 of what they say, whatever the file looked like."
    )
    check_run = UUID(
        default=None, null=True, help_text="The run of the check that may write rows; a later one replaces it."
    )
    control = JSONB(default="{}", help_text="Count and totals the client gave.")
    summary = JSONB(default="{}", help_text="Rows read, ready, errors, warnings, totals per currency.")
    problem = JSONB(default=None, null=True, help_text="The error of the whole file: code, message, params.")
    shape = JSONB(default=None, null=True, help_text="How the file is read; none for the simple form and for JSON.")
    proposal = JSONB(default=None, null=True, help_text="First rows, and what was guessed of the columns.")
    column_map = JSONB(default=None, null=True, help_text="What its columns mean, as the client confirmed.")
    looked_at = Timestamptz(default=None, null=True, help_text="The file was looked at and the columns proposed.")
    mapped_at = Timestamptz(default=None, null=True, help_text="The client said what the columns mean.")
    submitted_by = UUID(default=None, null=True)
    submitted_by_name = Text(default="")
    only_all = Boolean(default=False, help_text="Hand over every row or none.")
    received_at = Timestamptz(default=None, null=False)
    checked_at = Timestamptz(default=None, null=True)
    handed_over_at = Timestamptz(default=None, null=True)
    handed_over_by = UUID(default=None, null=True)
    handed_over_by_name = Text(default="")
    acknowledged_at = Timestamptz(default=None, null=True)
    acknowledgement_number = Text(default=None, null=True)
    amending = JSONB(default=None, null=True, help_text="Proposals being taken up in all rows: of what, by whom.")
    roll_back_asked_at = Timestamptz(default=None, null=True)
    roll_back_reason = Text(default="")
    rolled_back_at = Timestamptz(default=None, null=True)
    rolled_back_by = UUID(default=None, null=True)
    rolled_back_by_name = Text(default="")


class ColumnMemory(Tenant, Table, tablename="column_maps"):
    """What the columns of a client's files mean, as it last confirmed: offered when a file has the same captions."""

    client_id = UUID(default=None, null=False)
    captions_digest = Bytea(default=None, null=False, help_text="SHA-256 of the captions in their order.")
    column_map = JSONB(default=None, null=False)
    used_at = Timestamptz(default=None, null=False)
    used_by_name = Text(default="")


class PlacementRow(Tenant, Table, tablename="placement_rows"):
    """One checked row of a placement: the draft of a case, and what is wrong with it. What was placed leaves it."""

    client_id = UUID(default=None, null=False)
    placement_id = UUID(default=None, null=False)
    row_number = Integer(default=None, null=False)
    given = JSONB(default="{}", help_text="The row as it came, by column; kept where something was found in it.")
    cells = JSONB(default="[]", help_text="The row as it stood in the file; kept where it has an error.")
    draft = JSONB(default=None, null=True, help_text="The case it would become.")
    reference = Text(default="")
    currency = Text(default=None, null=True)
    amount_minor = BigInt(default=None, null=True)
    duplicate_of = UUID(default=None, null=True, help_text="The client's own case that has this claim, or one like it.")
    duplicate_invoice = Text(default="", help_text="The invoice by which it was known; empty: by the reference.")
    likeness = JSONB(default=None, null=True, help_text="What it has in common with a case or row that it looks like.")
    issues = JSONB(default="[]")
    state = Text(default=None, null=False, help_text="ready, warning, error, duplicate, left_out.")
    written = JSONB(default=None, null=True, help_text="What was written, by field; kept where it has an error.")
    corrected = JSONB(default=None, null=True, help_text="Who changed what of it by hand, and when.")


class UnfinishedCase(Tenant, Table, tablename="case_drafts"):
    """A case that somebody types by hand and has not handed over: theirs alone."""

    client_id = UUID(default=None, null=False)
    user_id = UUID(default=None, null=False)
    title = Text(default="", help_text="The debtor, or the reference, as far as it is typed.")
    content = JSONB(default=None, null=False, help_text="What was written, by field.")
    version = Integer(default=1, help_text="Counts the times it was saved: who saves an older one is told.")
    created_at = Timestamptz(default=None, null=False)
    updated_at = Timestamptz(default=None, null=False)


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


class DebtorKey(Tenant, Table, tablename="debtor_keys"):
    """A key under which a debtor is looked up when others are compared with it (`cases.matching.blocking`)."""

    debtor_id = UUID(default=None, null=False)
    key = BigInt(default=None, null=False, help_text="A digest: what it is of stands where it came from.")


class DebtorMatch(Tenant, Table, tablename="debtor_matches"):
    """Two debtors that may be one, with the score and its reasons; how it was decided, if it was."""

    debtor_id = UUID(default=None, null=False, help_text="The later of the two.")
    other_id = UUID(default=None, null=False)
    score = Integer(default=None, null=False, help_text="0 to 100; the reasons add up to it.")
    reasons = JSONB(default=None, null=False)
    found_at = Timestamptz(default=None, null=False)
    decision = Text(default=None, null=True, help_text="same or different; none while it waits for a person.")


class DebtorDecision(Tenant, Table, tablename="debtor_decisions"):
    """Somebody, or the score by itself, said whether two debtors are one. The latest holds; none is overwritten."""

    match_id = UUID(default=None, null=False)
    decision = Text(default=None, null=False, help_text="same or different.")
    reason = Text(default="")
    decided_by = UUID(default=None, null=True, help_text="None when the score decided by itself.")
    decided_by_name = Text(default="")
    decided_at = Timestamptz(default=None, null=False)


class DebtorPerson(Tenant, Table, tablename="debtor_people"):
    """A person to speak to at a debtor."""

    debtor_id = UUID(default=None, null=False)
    client_id = UUID(default=None, null=True, help_text="The client that told us; none when we found out.")
    name = Text(default=None, null=False)
    position = Text(default="", help_text="Their work: accounts payable, owner, ...")
    authorised = Boolean(default=False, help_text="May speak for this debtor.")
    authorised_on = Date(default=None, null=True)
    third_party = Boolean(default=False, help_text="Not the debtor: the debt may not be disclosed.")
    representative = Boolean(default=False)
    created_at = Timestamptz(default=None, null=False)


class ContactStop(Tenant, Table, tablename="contact_stops"):
    """Somebody at a debtor asked not to be contacted: on some channels, or at all."""

    debtor_id = UUID(default=None, null=False)
    person_id = UUID(default=None, null=True, help_text="None: everybody at the debtor.")
    channels = Text(default="", help_text="Comma-separated; empty means on none at all.")
    since = Date(default=None, null=False)
    note = Text(default="")
    recorded_by = UUID(default=None, null=True)
    lifted_at = Timestamptz(default=None, null=True)


class ContactPoint(Tenant, Table, tablename="contact_points"):
    """A telephone number or e-mail address, with its source and the wishes about it."""

    debtor_id = UUID(default=None, null=False)
    person_id = UUID(default=None, null=True)
    client_id = UUID(default=None, null=True)
    kind = Text(default=None, null=False, help_text="phone or email.")
    value = Text(default=None, null=False)
    source = Text(default="placement")
    verified_at = Timestamptz(default=None, null=True)
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


class ContactAttempt(Tenant, Table, tablename="contact_attempts"):
    """A call or message, made or received, with the decision that allowed it."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    debtor_id = UUID(default=None, null=False)
    person_id = UUID(default=None, null=True)
    contact_point_id = UUID(default=None, null=True)
    channel = Text(default="call")
    direction = Text(default="out")
    outcome = Text(default=None, null=False)
    reason_given = Text(default="")
    note = Text(default="")
    verdict = Text(default=None, null=False)
    decision = JSONB(default=None, null=False)
    override_reason = Text(default="")
    user_id = UUID(default=None, null=True)
    at = Timestamptz(default=None, null=False)


class PromiseStatus(StrEnum):
    """What became of a promise."""

    OPEN = "open"
    KEPT = "kept"
    PARTLY_KEPT = "partly_kept"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


class Promise(Tenant, Table, tablename="promises"):
    """A promise to pay (PTP): an amount by a date."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    contact_attempt_id = UUID(default=None, null=True)
    amount_minor = BigInt(default=None, null=False)
    received_minor = BigInt(default=0)
    due_on = Date(default=None, null=False)
    judged_on = Date(default=None, null=False, help_text="Due date plus tolerance: judged after it.")
    status = Text(default="open")
    level = Integer(default=1)
    promised_by = Text(default="")
    user_id = UUID(default=None, null=True)
    created_at = Timestamptz(default=None, null=False)
    ended_at = Timestamptz(default=None, null=True)


class Dispute(Tenant, Table, tablename="disputes"):
    """The debtor says that the claim is not right. Collection of the disputed part stops until it is answered."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    amount_minor = BigInt(default=None, null=True, help_text="The disputed part; none means all of it.")
    reason = Text(default=None, null=False)
    note = Text(default="")
    opened_by = UUID(default=None, null=True)
    opened_at = Timestamptz(default=None, null=False)
    answered_at = Timestamptz(default=None, null=True)
    answer = Text(default="")


class DocumentState(StrEnum):
    """The life of a document."""

    AWAITED = "awaited"
    """Announced; the file has not come yet."""
    ARRIVED = "arrived"
    """The file has come and waits to be looked at."""
    RELEASED = "released"
    """Looked at and kept: it can be opened."""
    REFUSED = "refused"
    """Not taken, with the reason."""
    REMOVED = "removed"
    """Its time was over: the file is gone, the row tells that there was one."""


class Document(Tenant, Table, tablename="documents"):
    """Evidence of a case in object storage."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    kind = Text(default="other")
    file_name = Text(default=None, null=False)
    content_type = Text(default="")
    size_bytes = BigInt(default=None, null=False)
    sha256 = Bytea(default=None, null=True)
    object_key = Text(default=None, null=False)
    version_id = Text(default=None, null=True)
    state = Text(default="awaited", help_text="awaited, arrived, released, refused or removed.")
    scan = Text(default="not_scanned", help_text="not_scanned, away, clean, infected or too_much.")
    signature = Text(default="", help_text="What the virus scanner called it; for staff.")
    refusal = Text(default="")
    replaces_id = UUID(default=None, null=True, help_text="The document this is a newer version of.")
    version_number = Integer(default=1)
    picture = Text(default="", help_text="Version of the picture of its first page; empty: there is none.")
    kept_until = Timestamptz(default=None, null=True, help_text="The storage was told to keep it so long.")
    held_at = Timestamptz(default=None, null=True, help_text="Since then a legal hold keeps it, whatever its time.")
    held_by_name = Text(default="")
    hold_reason = Text(default="")
    uploaded_by = UUID(default=None, null=True)
    uploaded_by_name = Text(default="")
    created_at = Timestamptz(default=None, null=False)
    released_at = Timestamptz(default=None, null=True)
    removed_at = Timestamptz(default=None, null=True)


class DocumentAccess(Tenant, Table, tablename="document_accesses"):
    """Who asked for the link to a document, and when."""

    client_id = UUID(default=None, null=False)
    document_id = UUID(default=None, null=False)
    user_id = UUID(default=None, null=True)
    user_name = Text(default="")
    by_agency = Boolean(default=True, help_text="By the agency's own people, whose names the client does not learn.")
    at = Timestamptz(default=None, null=False)


class DocumentBatch(Tenant, Table, tablename="document_batches"):
    """Many documents sent at once, of one client: they are matched to its cases, decided on and filed."""

    client_id = UUID(default=None, null=False)
    placement_id = UUID(default=None, null=True, help_text="The placement from whose page they were sent.")
    created_by = UUID(default=None, null=True)
    created_by_name = Text(default="")
    created_at = Timestamptz(default=None, null=False)
    filed_by = UUID(default=None, null=True, help_text="Who had it filed last; the job files in that name.")
    filed_by_name = Text(default="")
    filed_as = Text(default="", help_text="The role they had then.")
    filed_at = Timestamptz(default=None, null=True)


class BatchFile(Tenant, Table, tablename="batch_files"):
    """A file of a batch. Filed, it becomes the document of the same id."""

    client_id = UUID(default=None, null=False)
    batch_id = UUID(default=None, null=False)
    path = Text(default=None, null=False, help_text="Folders and name as they were given, cleaned.")
    size_bytes = BigInt(default=None, null=False)
    fingerprint = Text(default="", help_text="Size and time of change, by which a file chosen again is known.")
    upload_id = Text(default=None, null=True, help_text="Of an upload in parts that is under way.")
    state = Text(default="awaited", help_text="How far it is: cases.documents.folder.batch.State.")
    refusal = Text(default="")
    case_id = UUID(default=None, null=True)
    kind = Text(default="other")
    match = JSONB(default="{}", help_text="By which word of its name the case was found, or which could be meant.")
    unpacked_from = UUID(default=None, null=True, help_text="The archive it lay in.")
    created_at = Timestamptz(default=None, null=False)


class SavedView(Tenant, Table, tablename="saved_views"):
    """A list narrowed and ordered as one person named it; their own alone."""

    user_id = UUID(default=None, null=False)
    client_id = UUID(default=None, null=True, help_text="Of a person of a client; none for the agency's own.")
    page = Text(default=None, null=False, help_text="queue or cases.")
    name = Text(default=None, null=False)
    query = Text(default="", help_text="What the list's address says behind the question mark.")
    created_at = Timestamptz(default=None, null=False)


class RecallStatus(StrEnum):
    """What became of a client's wish to have a case back."""

    PENDING = "pending"
    """Asked for; becomes final by itself unless somebody answers."""
    OBJECTED = "objected"
    """The agency said why not; the client has the next word."""
    FINAL = "final"
    """The case has gone back."""
    WITHDRAWN = "withdrawn"
    """The client left it with the agency after all."""
    LAPSED = "lapsed"
    """The case ended in another way first."""


class Recall(Tenant, Table, tablename="recalls"):
    """A client asks to have a case back. One that is pending or objected to stands alone on its case."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    reason = Text(default=None, null=False)
    note = Text(default="")
    status = Text(default="pending")
    asked_by = UUID(default=None, null=True, help_text="A person, or the API key of a system.")
    asked_by_name = Text(default="")
    asked_at = Timestamptz(default=None, null=False)
    insisted_at = Timestamptz(default=None, null=True, help_text="After an objection the client asked again.")
    insistence = Text(default="")
    final_on = Date(default=None, null=False, help_text="The day on which it becomes final by itself.")
    answered_by = UUID(default=None, null=True)
    answered_by_name = Text(default="")
    answered_at = Timestamptz(default=None, null=True)
    answer = Text(default="")
    ended_at = Timestamptz(default=None, null=True)
    terms = JSONB(default="{}", help_text="The rules as they were shown when it was asked for.")


class CorrectionStatus(StrEnum):
    """What became of a corrected figure."""

    POSTED = "posted"
    """In the ledger."""
    PROPOSED = "proposed"
    """A higher figure, which the agency has to accept."""
    REFUSED = "refused"
    """The agency did not accept it."""


class ClaimCorrection(Tenant, Table, tablename="claim_corrections"):
    """A new figure for a part of a claim, with its reason. What was placed stays what was placed."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    document_id = UUID(default=None, null=True, help_text="The paper that shows it.")
    kind = Text(default=None, null=False)
    component = Text(default="principal")
    currency = Text(default=None, null=False)
    before_minor = BigInt(default=None, null=False, help_text="What was claimed until then, whatever was paid on it.")
    after_minor = BigInt(default=None, null=False)
    reason = Text(default=None, null=False)
    on = Date(default=None, null=False, help_text="The day of the credit note, return or payment.")
    status = Text(default=None, null=False)
    asked_by = UUID(default=None, null=True)
    asked_by_name = Text(default="")
    asked_at = Timestamptz(default=None, null=False)
    decided_by = UUID(default=None, null=True)
    decided_by_name = Text(default="")
    decided_at = Timestamptz(default=None, null=True)
    answer = Text(default="")
