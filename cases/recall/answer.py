"""What the agency answers: it gives the case back at once, or objects while its time with the case runs."""

from uuid import UUID

from cases.casework import load_case, tell
from cases.contact.wording import Day
from cases.recall.ask import take_up_again
from cases.recall.final import make_final
from cases.recall.mail import enqueue_mails
from cases.recall.register import RecallFile, standing_recall
from cases.recall.tables import RecallStatus
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql


async def give_back(actor: Actor, case_id: UUID) -> None:
    """Agree to a recall, which makes it final at once.

    Raises:
        NotFound: there is no such case here, or it is not asked for.
        Refused: the case has closed meanwhile.
    """
    actor.require("recalls.answer")
    case = await load_case(actor, case_id, lock=True)
    recall = await standing_recall(actor, case)
    if not case.is_open:
        raise Refused(N_("The case is closed."), code="case_closed")
    await _answered(actor, recall, RecallStatus.PENDING, "")
    await record(actor, "recall.agreed", "case", case.id, client_id=case.client_id)
    await make_final(actor, case, recall)


async def object_to(actor: Actor, case_id: UUID, text: str) -> None:
    """Object to a recall, with the reason that the client is told; the case goes on.

    Raises:
        NotFound: there is no such case here, or it is not asked for.
        Refused: the client's terms leave no objection any more, it waits for the client, or no reason is given.
    """
    actor.require("recalls.answer")
    case = await load_case(actor, case_id, lock=True)
    recall = await standing_recall(actor, case)
    if recall.status is not RecallStatus.PENDING:
        raise Refused(N_("This was answered already: the client has the next word."), code="answered")
    if await agency_day(actor) > recall.may_object:
        raise Refused(
            N_("We could object until %(day)s. The client may have the case back."),
            code="exclusivity_over",
            day=Day(recall.may_object),
        )
    if not text.strip():
        raise Refused(N_("Please fill this in."), field="answer", code="missing")
    await _answered(actor, recall, RecallStatus.OBJECTED, text.strip())
    await tell(actor, case, "recall.objected", "client", {"answer": text.strip()})
    await record(actor, "recall.objected", "case", case.id, client_id=case.client_id, facts={"text": text.strip()})
    await take_up_again(actor, case, "recall_objected")
    await enqueue_mails(actor, recall.id, recall.client_id, "objected")


async def _answered(actor: Actor, recall: RecallFile, status: RecallStatus, text: str) -> None:
    await sql(
        "update recalls set status = $3, answered_by = $4, answered_by_name = $5, answered_at = $6, answer = $7"
        " where agency_id = $1 and id = $2",
        *(actor.agency_id, recall.id, status, actor.user_id, actor.name, clock.now(), text),
    )
