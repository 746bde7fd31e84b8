"""Logging a call, after the guard has answered once more in the transaction that records it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from cases.casework import CaseFile, Next, load_case, set_next, tell
from cases.contact.check import Contact, Point, check
from cases.contact.decision import Decision, may_proceed
from cases.contact.question import Channel, Direction, Outcome, Purpose
from cases.debtor_links.groups import oldest
from cases.promises.make import promise
from cases.situation import refresh
from portal import clock
from portal.audit.record import as_json, record
from portal.errors import Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

OUTCOME_TEXTS = {
    Outcome.RIGHT_PARTY: N_("Right party"),
    Outcome.WRONG_PERSON: N_("Wrong person"),
    Outcome.NO_ANSWER: N_("No answer"),
    Outcome.VOICEMAIL: N_("Voicemail"),
    Outcome.NOT_CONNECTED: N_("Not connected"),
    Outcome.REFUSED: N_("Refused to talk"),
}

PURPOSE_TEXTS = {
    Purpose.COLLECTION: N_("To have the debt paid"),
    Purpose.ANSWER: N_("To answer what they asked"),
}

REASONS_GIVEN = {
    "short_of_cash": N_("Short of cash"),
    "goods_unsold": N_("Goods unsold"),
    "boss_away": N_("The boss is away"),
    "invoice_missing": N_("Invoice missing"),
    "quality": N_("Quality complaint"),
    "already_paid": N_("Says it was paid"),
}

ASSESSMENTS = {
    "unwilling": N_("Unwilling"),
    "unable": N_("Unable, honest"),
    "disputing": N_("Disputing"),
    "untraceable": N_("Untraceable"),
}


class ContactRefused(Refused):
    """The guard says no; carries its decision, so that the page can show every rule."""

    def __init__(self, decision: Decision, message: str, field: str | None, params: dict[str, object]) -> None:
        super().__init__(message, field=field, code="contact_refused", **params)
        self.decision = decision


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReport:
    """What a negotiator writes down about a call. ``override_reason`` is why it was made against a REASON."""

    outcome: Outcome
    point_id: UUID | None = None
    direction: Direction = Direction.OUTBOUND
    purpose: Purpose = Purpose.COLLECTION
    note: str = ""
    reason_given: str = ""
    assessment: str = ""
    override_reason: str = ""
    promise_minor: int | None = None
    promise_on: date | None = None


INSERT = """
insert into contact_attempts (agency_id, client_id, case_id, debtor_id, person_id, contact_point_id, channel, direction,
                              outcome, reason_given, note, verdict, decision, override_reason, user_id, at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) returning id
"""


async def log_call(actor: Actor, case_id: UUID, report: CallReport, following: Next) -> UUID:
    """Record a call with the decision that allowed it, a promise made in it, and what happens next.

    Raises:
        ContactRefused: the guard does not allow this call, or asks for a written reason that is missing.
        Refused: the case is closed, or the promise or the next action is not acceptable.
    """
    actor.require("cases.work")
    case = await load_case(actor, case_id, lock=True)
    if not case.is_open:
        raise Refused(N_("The case is closed."), code="case_closed")
    # Contacts are counted over all cases of a debtor: two calls at one moment are judged one after the other.
    debtor_id = await oldest(actor, case.debtor_id)
    await sql("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"contacts of {debtor_id}")
    decision, contact, point = await check(
        actor, case, Channel.CALL, report.point_id, direction=report.direction, purpose=report.purpose
    )
    if report.direction is Direction.OUTBOUND:
        _may_call(actor, decision, report)
    attempt_id = await _write(actor, case, report, decision, contact, point)
    if report.promise_minor is not None and report.promise_on is not None:
        name = contact.person.name if contact is not None and contact.person is not None else ""
        await promise(
            actor, case.id, report.promise_minor, report.promise_on, promised_by=name, contact_attempt_id=attempt_id
        )
    await set_next(actor, case, following)
    await refresh(actor, case.id)
    return attempt_id


def _may_call(actor: Actor, decision: Decision, report: CallReport) -> None:
    refusal = may_proceed(decision, may_override=actor.may("contact.override"), reason=report.override_reason)
    if refusal is not None:
        field = "override_reason" if refusal.code == "reason_missing" else None
        raise ContactRefused(decision, refusal.text.msgid, field, dict(refusal.text.params))


async def _write(
    actor: Actor, case: CaseFile, report: CallReport, decision: Decision, contact: Contact | None, point: Point | None
) -> UUID:
    now = clock.now()
    person = contact.person if contact is not None else None
    row = await sql_one(
        INSERT,
        *(actor.agency_id, case.client_id, case.id, case.debtor_id, UUID(person.id) if person else None),
        *(
            point.id if point else None,
            Channel.CALL,
            report.direction,
            report.outcome,
            report.reason_given,
            report.note,
        ),
        *(decision.verdict, as_json(decision.as_facts()), report.override_reason, actor.user_id, now),
    )
    assert row is not None
    await sql(
        "update cases set first_contact_at = coalesce(first_contact_at, $3), last_activity_at = $3,"
        " assessment = coalesce(nullif($4, ''), assessment) where agency_id = $1 and id = $2",
        *(actor.agency_id, case.id, now, report.assessment),
    )
    told: dict[str, object] = {
        "outcome": report.outcome,
        "direction": report.direction,
        "note": report.note,
        "reason_given": report.reason_given,
        "assessment": report.assessment,
        "verdict": decision.verdict,
        "override_reason": report.override_reason,
        "person": person.name if person else "",
    }
    await tell(actor, case, "call.logged", "contact", told)
    await record(
        actor,
        "call.logged",
        "case",
        case.id,
        client_id=case.client_id,
        facts={
            "outcome": report.outcome,
            "verdict": decision.verdict,
            "rules_against": [finding.rule_id for finding in decision.hits],
            "attempt_id": row["id"],
        },
        personal={"note": report.note} if report.note else None,
    )
    return UUID(str(row["id"]))
