"""What the agency answers: it gives the case back at once, or objects while its time with the case runs."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from cases.casework import CaseFile, load_case, tell_each
from cases.contact.wording import Day
from cases.recall.ask import take_up_again
from cases.recall.final import make_final
from cases.recall.mail import enqueue_mails
from cases.recall.register import standing_recall
from cases.recall.tables import RecallStatus
from portal import clock
from portal.audit.record import Event, record_each
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
    await agree_each(actor, {recall.id: case})
    await make_final(actor, case, recall)


async def agree_each(actor: Actor, asked: Mapping[UUID, CaseFile]) -> None:
    """Write down that cases of one client may go back, by their recalls. They are to be made final."""
    await _answered(actor, list(asked), RecallStatus.PENDING, "")
    events = [Event(case.id) for case in asked.values()]
    await record_each(actor, "recall.agreed", "case", events, client_id=next(iter(asked.values())).client_id)


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
    await object_to_each(actor, {recall.id: case}, text.strip())
    await enqueue_mails(actor, recall, "objected")


async def object_to_each(actor: Actor, asked: Mapping[UUID, CaseFile], text: str) -> None:
    """Object to the recalls of cases of one client, which go on."""
    cases = list(asked.values())
    await _answered(actor, list(asked), RecallStatus.OBJECTED, text)
    await tell_each(actor, cases, "recall.objected", "client", [{"answer": text}] * len(cases))
    events = [Event(case.id) for case in cases]
    await record_each(actor, "recall.objected", "case", events, client_id=cases[0].client_id, personal={"text": text})
    await take_up_again(actor, cases, "recall_objected")


async def _answered(actor: Actor, recall_ids: Sequence[UUID], status: RecallStatus, text: str) -> None:
    await sql(
        "update recalls set status = $3, answered_by = $4, answered_by_name = $5, answered_at = $6, answer = $7"
        " where agency_id = $1 and id = any($2)",
        *(actor.agency_id, recall_ids, status, actor.user_id, actor.name, clock.now(), text),
    )
