"""A client's system asks for cases back: for one, or for a placement whole; insists, or leaves them after all."""

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.api.given import ApiRequest, Given, once_given, text_in
from cases.casework import CaseFile, load_case
from cases.intake.placement import load_placement
from cases.recall.ask import ask_back, insist, leave_it
from cases.recall.placement.acts import ask_placement_back, leave_placement
from cases.recall.placement.asked import latest_of, progress_of
from cases.recall.register import RecallFile, latest_recall, standing_recall
from portal.api.idempotency import Answer
from portal.errors import NotFound, Refused
from portal.money import decimal_string
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.guards import needs


@post("/cases/{case_id:uuid}/recall", guards=[needs("recalls.ask")], status_code=201)
async def recall(request: ApiRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Answer:
    """Ask for a case back; the answer says when it is final by itself, and by which rules."""

    async def ask(given: Given) -> Answer:
        await ask_back(actor, case_id, text_in(given, "reason"), text_in(given, "note"))
        return await _of_case(actor, case_id, 201)

    return await once_given(request, actor, ask)


@post("/cases/{case_id:uuid}/recall/insistence", guards=[needs("recalls.ask")], status_code=200)
async def insistence(request: ApiRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Answer:
    """Ask again for a case to which the agency objected, saying why."""

    async def ask_again(given: Given) -> Answer:
        text = text_in(given, "text")
        await standing_recall(actor, await load_case(actor, case_id))
        if not text.strip():
            raise Refused(N_("Please fill this in."), field="text", code="missing")
        await insist(actor, case_id, text)
        return await _of_case(actor, case_id)

    return await once_given(request, actor, ask_again)


@post("/cases/{case_id:uuid}/recall/withdrawal", guards=[needs("recalls.ask")], status_code=200)
async def withdrawal(request: ApiRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Answer:
    """Leave a case with the agency that was asked for."""

    async def leave(_: Given) -> Answer:
        await leave_it(actor, case_id)
        return await _of_case(actor, case_id)

    return await once_given(request, actor, leave)


async def _of_case(actor: Actor, case_id: UUID, status: int = 200) -> Answer:
    case = await load_case(actor, case_id)
    asked = await latest_recall(actor, case)
    assert asked is not None
    return Response(recall_as_json(asked, case), status_code=status)


@post("/placements/{placement_id:uuid}/recall", guards=[needs("recalls.ask")], status_code=202)
async def recall_placement(request: ApiRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID]) -> Answer:
    """Ask for every case of a placement that stands; a job does it, and the state tells how far it is."""

    async def ask(given: Given) -> Answer:
        await ask_placement_back(actor, placement_id, text_in(given, "reason"), text_in(given, "note"))
        return Response(await _placement_recall(actor, placement_id), status_code=202)

    return await once_given(request, actor, ask)


@post("/placements/{placement_id:uuid}/recall/withdrawal", guards=[needs("recalls.ask")], status_code=202)
async def withdraw_placement(
    request: ApiRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID]
) -> Answer:
    """Leave every case of a placement with the agency that is still asked for."""

    async def leave(_: Given) -> Answer:
        await leave_placement(actor, placement_id)
        return Response(await _placement_recall(actor, placement_id), status_code=202)

    return await once_given(request, actor, leave)


@get("/placements/{placement_id:uuid}/recall", guards=[needs("placements.read")])
async def placement_recall(actor: NamedDependency[Actor], placement_id: FromPath[UUID]) -> dict[str, object]:
    """How far the recall of a placement is, in numbers of cases; each case tells of its own."""
    return await _placement_recall(actor, placement_id)


async def _placement_recall(actor: Actor, placement_id: UUID) -> dict[str, object]:
    asked = await latest_of(actor, await load_placement(actor, placement_id))
    if asked is None:
        raise NotFound
    progress = await progress_of(actor, asked)
    return {
        "id": str(asked.id),
        "placement_id": str(asked.placement_id),
        "busy": bool(asked.act),
        "reason": asked.reason,
        "note": asked.note,
        "asked_at": asked.asked_at.isoformat(),
        "final_on": progress.final_on.isoformat() if progress.final_on else None,
        "agency_may_object_until": asked.may_object.isoformat(),
        "cases": {status.value: count for status, count in progress.cases.items()},
    }


def recall_as_json(recall: RecallFile, case: CaseFile) -> dict[str, object]:
    """A recall as systems see it."""
    return {
        "id": str(recall.id),
        "status": recall.status.value,
        "reason": recall.reason,
        "note": recall.note,
        "asked_at": recall.asked_at.isoformat(),
        "final_on": recall.final_on.isoformat(),
        "answer": recall.answer or None,
        "rules": {
            "agency_may_object_until": recall.terms["exclusive_until"],
            "final_without_answer_after_days": recall.terms["pending_days"],
            "fee_on_promised_money_for_days": recall.terms["fee_days"],
            "balance": decimal_string(recall.terms["balance_minor"], case.currency),
            "promises": [
                {"amount": decimal_string(minor, case.currency), "due_on": day}
                for minor, day in recall.terms["promises"]
            ],
            "open_disputes": recall.terms["disputes"],
        },
    }
