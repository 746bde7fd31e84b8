"""Mail from the portal to a debtor: the contact guard is asked like for any other contact, and it counts as one."""

from uuid import UUID

from cases.casework import CaseFile
from cases.contact.check import Contact, Point, check
from cases.contact.decision import Decision
from cases.contact.log import INSERT, ContactRefused
from cases.contact.question import Channel, Direction, Outcome
from cases.contact.rules import Verdict
from cases.debtor_links.groups import oldest
from portal import clock
from portal.audit.record import as_json
from portal.errors import Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql


async def may_be_mailed(actor: Actor, case: CaseFile) -> Point:
    """The address at which the debtor of a case may be written to now.

    What would need a written reason is not for the portal to do.

    Raises:
        ContactRefused: the guard does not allow it; carries its decision.
        Refused: no e-mail address of the debtor is known.
    """
    _, _, point = await _asked(actor, case)
    return point


async def log_mail(actor: Actor, case: CaseFile) -> str:
    """Write down that the portal mails the debtor of a case, whose row the caller has locked; gives the address.

    Raises:
        ContactRefused: the guard does not allow it; carries its decision.
        Refused: no e-mail address of the debtor is known.
    """
    # Contacts are counted over all cases of a debtor: two at one moment are judged one after the other.
    debtor_id = await oldest(actor, case.debtor_id)
    await sql("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"contacts of {debtor_id}")
    decision, contact, point = await _asked(actor, case)
    person = contact.person if contact is not None else None
    now = clock.now()
    await sql(
        INSERT,
        *(actor.agency_id, case.client_id, case.id, case.debtor_id, UUID(person.id) if person else None, point.id),
        *(Channel.EMAIL, Direction.OUTBOUND, Outcome.SENT, "", "", decision.verdict),
        *(as_json(decision.as_facts()), "", actor.user_id, now),
    )
    return point.value


async def _asked(actor: Actor, case: CaseFile) -> tuple[Decision, Contact | None, Point]:
    decision, contact, point = await check(actor, case, Channel.EMAIL, None)
    if point is None:
        raise Refused(N_("No e-mail address of the debtor is known."), code="no_email")
    if decision.verdict is not Verdict.ALLOW:
        raise ContactRefused(decision, decision.sentence.msgid, None, dict(decision.sentence.params))
    return decision, contact, point
