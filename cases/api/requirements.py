"""What cases lack before the agency takes them into work: read and answered by a client's system."""

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.acceptance.requirements import Requirement, answer, case_of, requirements_of
from cases.acceptance.wording import lacking
from cases.api.given import ApiRequest, Given, flag_in, once_given, text_in
from cases.casework import load_case
from portal.api.idempotency import Answer
from portal.errors import Refused
from portal.pages.text import N_, speaking
from portal.people.actor import Actor
from portal.people.guards import needs


@get("/cases/{case_id:uuid}/requirements", guards=[needs("cases.read")])
async def requirements(actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> dict[str, object]:
    """Everything that a case lacked when it was placed, met or not."""
    case = await load_case(actor, case_id)
    with speaking("en"):
        items = [requirement_as_json(each) for each in await requirements_of(actor, case)]
    return {"items": items, "next": None}


@post("/requirements/{requirement_id:uuid}/answer", guards=[needs("requirements.answer")], status_code=200)
async def answer_requirement(
    request: ApiRequest, actor: NamedDependency[Actor], requirement_id: FromPath[UUID]
) -> Answer:
    """Say how it is with what is missing, or that it cannot be supplied; the agency decides."""
    return await once_given(request, actor, lambda given: _answer(actor, requirement_id, given))


async def _answer(actor: Actor, requirement_id: UUID, given: Given) -> Answer:
    case = await load_case(actor, await case_of(actor, requirement_id))
    text = text_in(given, "text")
    if not text.strip():
        raise Refused(N_("Please fill this in."), field="text", code="missing")
    await answer(actor, requirement_id, text, cannot_supply=flag_in(given, "cannot_supply"))
    with speaking("en"):
        [answered] = [each for each in await requirements_of(actor, case) if each.id == requirement_id]
        return Response(requirement_as_json(answered), status_code=200)


def requirement_as_json(one: Requirement) -> dict[str, object]:
    """A requirement as systems see it, in the language being spoken. Who decided at the agency is not told."""
    return {
        "id": str(one.id),
        "code": one.code,
        "kind": one.kind or None,
        "message": str(lacking(one.code, one.params)),
        "waits_for": one.waits_for,
        "asked_at": one.asked_at.isoformat(),
        "question": one.question or None,
        "answer": one.answer or None,
        "cannot_supply": one.cannot_supply,
        "answered_at": one.answered_at.isoformat() if one.answered_at else None,
        "met_at": one.met_at.isoformat() if one.met_at else None,
    }
