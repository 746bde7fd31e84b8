"""A case in somebody's hands: finding it for an actor, what comes next, and how its life moves on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

import asyncpg

from cases.closing import follow_close
from cases.tables import CaseStatus
from portal import clock
from portal.audit.record import as_json, record
from portal.errors import NotFound, Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """A case as the domain functions handle it. Amounts are minor units of ``currency``."""

    id: UUID
    agency_id: UUID
    client_id: UUID
    debtor_id: UUID
    placement_id: UUID | None
    number: str
    reference: str
    description: str
    status: CaseStatus
    stage: str
    second_placement: bool
    currency: str
    placed_minor: int
    principal_minor: int
    interest_minor: int
    costs_minor: int
    placed_on: date
    oldest_due_on: date
    limitation_on: date | None
    debtor_kind: str
    debtor_name: str
    debtor_registration_number: str
    debtor_tax_id: str
    debtor_street: str
    debtor_postal_code: str
    debtor_city: str
    debtor_region: str
    debtor_country: str
    next_action: str | None
    next_action_at: datetime | None
    next_action_user_id: UUID | None
    next_action_queue_id: UUID | None
    next_action_reason: str
    claimed_by: UUID | None
    claimed_until: datetime | None
    situation: str
    band: int
    rank: int
    score: Decimal
    score_terms: dict[str, str]
    broken_promises: int
    on_hold_until: date | None
    hold_reason: str
    recall_asked_on: date | None
    agreement: str
    assessment: str
    close_code: str | None
    closed_at: datetime | None
    first_contact_at: datetime | None

    @property
    def balance_minor(self) -> int:
        """What is owed as posted: principal, interest and costs."""
        return self.principal_minor + self.interest_minor + self.costs_minor

    @property
    def debtor_place(self) -> str:
        """City and country of the debtor."""
        return f"{self.debtor_city}, {self.debtor_country}" if self.debtor_city else self.debtor_country

    @property
    def is_open(self) -> bool:
        """Not closed."""
        return self.status is not CaseStatus.CLOSED

    def days_past_due(self, today: date) -> int:
        """Days since the oldest due date; negative before it."""
        return (today - self.oldest_due_on).days


COLUMNS = ", ".join(CaseFile.__slots__)
FIND = f"select {COLUMNS} from cases where agency_id = $1 and id = $2"  # noqa: S608 - own column names


def case_file(row: asyncpg.Record) -> CaseFile:
    """A case from a row that has all of :data:`COLUMNS`."""
    values = {name: row[name] for name in CaseFile.__slots__}
    values["status"] = CaseStatus(values["status"])
    values["score_terms"] = json.loads(values["score_terms"])
    return CaseFile(**values)


async def load_case(actor: Actor, case_id: UUID, *, lock: bool = False) -> CaseFile:
    """The case, if the actor may see it; with ``lock`` its row stays locked until the transaction ends.

    Raises:
        NotFound: it never existed, or it is another agency's or another client's.
    """
    actor.require("cases.read")
    locking = " for no key update" if lock else ""
    row = await sql_one(FIND + locking, actor.agency_id, case_id)
    if row is None:
        raise NotFound
    return case_file(row)


FIND_EACH = f"select {COLUMNS} from cases where agency_id = $1 and id = any($2) order by id"  # noqa: S608 - own column names


async def load_cases(actor: Actor, case_ids: Sequence[UUID]) -> list[CaseFile]:
    """Those of some cases that the actor may see, in the order in which they were placed."""
    actor.require("cases.read")
    return [case_file(row) for row in await sql(FIND_EACH, actor.agency_id, case_ids)]


class NextAction(StrEnum):
    """What may be next on a case."""

    FIRST_CALL = "first_call"
    CALL = "call"
    CALL_BACK = "call_back"
    CHECK_PROMISE = "check_promise"
    CALL_ABOUT_PROMISE = "call_about_promise"
    SEND_LETTER = "send_letter"
    SEND_EMAIL = "send_email"
    ANSWER_DISPUTE = "answer_dispute"
    GET_DOCUMENTS = "get_documents"
    ASK_CLIENT = "ask_client"
    OFFER_PLAN = "offer_plan"
    FOLLOW_OFFER = "follow_offer"
    CHECK_PLAN = "check_plan"
    CALL_ABOUT_PLAN = "call_about_plan"
    LEGAL_CHECK = "legal_check"
    REVIEW = "review"
    CLOSE = "close"


ACTION_TEXTS = {
    NextAction.FIRST_CALL: N_("First call"),
    NextAction.CALL: N_("Call"),
    NextAction.CALL_BACK: N_("Call back"),
    NextAction.CHECK_PROMISE: N_("Check promise"),
    NextAction.CALL_ABOUT_PROMISE: N_("Call about the promise"),
    NextAction.SEND_LETTER: N_("Send letter"),
    NextAction.SEND_EMAIL: N_("Send e-mail"),
    NextAction.ANSWER_DISPUTE: N_("Answer the dispute"),
    NextAction.GET_DOCUMENTS: N_("Get documents"),
    NextAction.ASK_CLIENT: N_("Ask the client"),
    NextAction.OFFER_PLAN: N_("Offer a plan"),
    NextAction.FOLLOW_OFFER: N_("Follow up the offer"),
    NextAction.CHECK_PLAN: N_("Check the plan"),
    NextAction.CALL_ABOUT_PLAN: N_("Call about the plan"),
    NextAction.LEGAL_CHECK: N_("Legal check"),
    NextAction.REVIEW: N_("Review the case"),
    NextAction.CLOSE: N_("Close the case"),
}


@dataclass(frozen=True, slots=True)
class Next:
    """The next action of a case: what, when, and who or which queue. ``reason`` is the code of what set it."""

    action: NextAction
    at: datetime
    user_id: UUID | None = None
    queue_id: UUID | None = None
    reason: str = ""


async def set_next(actor: Actor, case: CaseFile, following: Next) -> None:
    """Say what happens next on an open case. It keeps its queue when a person is named.

    Raises:
        Refused: the case is closed, or neither a person nor a queue would have it.
        NotFound: the person or queue is not of this agency.
    """
    actor.require("cases.work")
    if not case.is_open:
        raise Refused(N_("The case is closed."), code="case_closed")
    queue_id = following.queue_id or case.next_action_queue_id
    if following.user_id is None and queue_id is None:
        raise Refused(N_("Choose who does it, or a queue."), field="next_who", code="nobody")
    if following.user_id is not None and not await works_here(actor, following.user_id):
        raise NotFound
    await sql(
        "update cases set next_action = $3, next_action_at = $4, next_action_user_id = $5, next_action_queue_id = $6,"
        " next_action_reason = $7, last_activity_at = $8 where agency_id = $1 and id = $2",
        *(actor.agency_id, case.id, following.action, following.at, following.user_id, queue_id, following.reason),
        clock.now(),
    )
    await record(
        actor,
        "case.next_action_set",
        "case",
        case.id,
        client_id=case.client_id,
        before={"action": case.next_action, "at": case.next_action_at},
        after={"action": following.action, "at": following.at, "user": following.user_id, "queue": queue_id},
    )


async def works_here(actor: Actor, user_id: UUID) -> bool:
    """Whether a person works for the agency, and has not left it."""
    query = "select 1 from memberships where agency_id = $1 and user_id = $2 and client_id is null and ended_at is null"
    return await sql_one(query, actor.agency_id, user_id) is not None


TRANSITIONS: dict[CaseStatus, frozenset[CaseStatus]] = {
    CaseStatus.RECEIVED: frozenset({CaseStatus.ACTIVE, CaseStatus.NEEDS_INFO, CaseStatus.CLOSED}),
    CaseStatus.NEEDS_INFO: frozenset({CaseStatus.ACTIVE, CaseStatus.CLOSED}),
    CaseStatus.ACTIVE: frozenset({CaseStatus.NEEDS_INFO, CaseStatus.CLOSED}),
    CaseStatus.CLOSED: frozenset({CaseStatus.ACTIVE}),
}

# Category and text of each.
CLAIM_GONE: Final = ("placed_in_error", "declined", "withdrawn")
"""Close codes of cases whose claim has left the books; their references may be placed again."""
STANDS: Final = f"coalesce(c.close_code, '') not in {CLAIM_GONE}"
"""Of a case ``c``, in SQL: its reference is not free again. The index ``cases_reference_standing`` says the same."""

CLOSE_CODES = {
    "paid_in_full": ("recovered", N_("Paid in full")),
    "settled_in_full": ("recovered", N_("Settled in full")),
    "recovered_otherwise": ("recovered", N_("Satisfied by goods or set-off")),
    "partly_paid": ("recovered", N_("Partly paid")),
    "never_started": ("client", N_("Never started")),
    "invalid_case_data": ("error", N_("Invalid case data")),
    "debtor_insolvent": ("uncollectable", N_("Debtor insolvent")),
    "debtor_untraceable": ("uncollectable", N_("Debtor untraceable")),
    "disputed": ("uncollectable", N_("Disputed, legal action declined")),
    "withdrawn": ("client", N_("Withdrawn by client")),
    "pre_legal_exhausted": ("uncollectable", N_("Pre-legal exhausted")),
    "limitation_expired": ("uncollectable", N_("Limitation expired")),
    "settlement_rejected": ("client", N_("Settlement rejected by client")),
    "client_unresponsive": ("client", N_("Client unresponsive")),
    "uneconomical": ("uncollectable", N_("Uneconomical")),
    "placed_in_error": ("error", N_("Placed in error")),
    "declined": ("error", N_("Declined by the agency")),
}


async def move(actor: Actor, case: CaseFile, to: CaseStatus, *, close_code: str | None = None) -> None:
    """Move a case, whose row the caller has locked, along its lifecycle.

    Raises:
        Refused: the lifecycle has no such step, or a close without a code.
    """
    if to not in TRANSITIONS[case.status]:
        raise Refused(
            N_("A case that is %(now)s cannot become %(then)s."), code="no_such_step", now=case.status, then=to
        )
    if (to is CaseStatus.CLOSED) != (close_code in CLOSE_CODES):
        raise Refused(N_("Say why the case closes."), field="close_code", code="close_code")
    now = clock.now()
    moved = await sql(
        "update cases set status = $4, close_code = $5, closed_at = $6, last_activity_at = $7, claimed_by = null,"
        " claimed_until = null where agency_id = $1 and id = $2 and status = $3 returning id",
        *(actor.agency_id, case.id, case.status, to, close_code, now if to is CaseStatus.CLOSED else None, now),
    )
    if not moved:
        raise Refused(N_("Somebody else changed this case meanwhile."), code="changed_meanwhile")
    kind = "case.closed" if to is CaseStatus.CLOSED else "case.reopened" if not case.is_open else f"case.{to}"
    facts = {"close_code": close_code} if close_code else {}
    await tell(actor, case, kind, "system", facts)
    await record(
        actor,
        kind,
        "case",
        case.id,
        client_id=case.client_id,
        before={"status": case.status},
        after={"status": to, **facts},
    )
    if to is CaseStatus.CLOSED:
        await follow_close(actor, [case])


async def tell(
    actor: Actor,
    case: CaseFile,
    kind: str,
    topic: str,
    facts: Mapping[str, object] | None = None,
    *,
    client_sees: bool = True,
    at: datetime | None = None,
) -> UUID:
    """Add an entry to the case's timeline. ``kind`` names what happened; the words are made when it is shown."""
    [event_id] = await tell_each(actor, [case], kind, topic, [facts or {}], client_sees=client_sees, at=at)
    return event_id


TELL: Final = """
insert into case_events (agency_id, client_id, case_id, at, kind, topic, actor_id, actor_name, client_sees, facts)
select $1, client_id, case_id, $4, $5, $6, $7, $8, $9, facts::jsonb
from unnest($2::uuid[], $3::uuid[], $10::text[]) as told (client_id, case_id, facts) returning id
"""


async def tell_each(
    actor: Actor,
    cases: Sequence[CaseFile],
    kind: str,
    topic: str,
    facts: Sequence[Mapping[str, object]] = (),
    *,
    client_sees: bool = True,
    at: datetime | None = None,
) -> list[UUID]:
    """Add an entry of one kind to the timelines of many cases, with the facts of each."""
    rows = await sql(
        TELL,
        *(actor.agency_id, [case.client_id for case in cases], [case.id for case in cases], at or clock.now(), kind),
        *(topic, actor.user_id, actor.name if actor.kind != "system" else "", client_sees),
        [as_json(each) for each in facts or [{}] * len(cases)],
    )
    return [row["id"] for row in rows]
