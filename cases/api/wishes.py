"""What a client's system asks of a case: to have it back, and to have its figures corrected."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.casework import CaseFile, load_case
from cases.corrections.correct import correct
from cases.corrections.register import CorrectionFile
from cases.corrections.rules import Wanted
from cases.recall.ask import ask_back
from cases.recall.register import RecallFile, latest_recall
from portal.api.idempotency import Answer, once
from portal.errors import Refused
from portal.ledger.tables import Component
from portal.money import BadAmount, decimal_string, parse_amount
from portal.pages.faults import problem
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.guards import needs

ApiRequest = Request[Any, Any, Any]


@post("/cases/{case_id:uuid}/recall", guards=[needs("recalls.ask")], status_code=201)
async def recall(request: ApiRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Answer:
    """Ask for a case back; the answer says when it is final by itself, and by which rules."""
    body = await request.body()
    return await once(request, actor, body, lambda: _recall(actor, case_id, body))


async def _recall(actor: Actor, case_id: UUID, body: bytes) -> Answer:
    case = await load_case(actor, case_id)
    given = _object(body)
    if given is None:
        return problem(400, "Not a JSON object", code="bad_json")
    await ask_back(actor, case_id, _text(given, "reason"), _text(given, "note"))
    asked = await latest_recall(actor, case)
    assert asked is not None
    return Response(recall_as_json(asked, case), status_code=201)


@post("/cases/{case_id:uuid}/corrections", guards=[needs("corrections.make")], status_code=201)
async def correction(request: ApiRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Answer:
    """Correct what is claimed: less is posted at once, more is proposed to the agency."""
    body = await request.body()
    return await once(request, actor, body, lambda: _correct(actor, case_id, body))


async def _correct(actor: Actor, case_id: UUID, body: bytes) -> Answer:
    case = await load_case(actor, case_id)
    given = _object(body)
    if given is None:
        return problem(400, "Not a JSON object", code="bad_json")
    wanted = Wanted(
        kind=_text(given, "kind"),
        component=_component(given),
        after_minor=_amount(given, case),
        reason=_text(given, "reason"),
        on=_day(given),
    )
    return Response(correction_as_json(await correct(actor, case_id, wanted)), status_code=201)


def _object(body: bytes) -> Mapping[str, object] | None:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return given if isinstance(given, dict) else None


def _text(given: Mapping[str, object], name: str) -> str:
    value = given.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or "\x00" in value or len(value) > 2000:
        raise Refused(N_("A text of at most %(limit)s characters."), field=name, code="bad_text", limit=2000)
    return value


def _component(given: Mapping[str, object]) -> Component:
    try:
        return Component(_text(given, "component") or "principal")
    except ValueError:
        raise Refused(N_("Please choose one of the list."), field="component", code="unknown") from None


def _amount(given: Mapping[str, object], case: CaseFile) -> int | None:
    text = _text(given, "claimed")
    if text and _text(given, "currency") not in ("", case.currency):
        raise Refused(
            N_("The case is in %(currency)s."), field="currency", code="other_currency", currency=case.currency
        )
    try:
        return parse_amount(text, case.currency) if text else None
    except BadAmount:
        raise Refused(
            N_("This is not an amount in %(currency)s."), field="claimed", code="bad_amount", currency=case.currency
        ) from None


def _day(given: Mapping[str, object]) -> date | None:
    text = _text(given, "on")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused(N_("This is not a date."), field="on", code="bad_date") from None


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


def correction_as_json(correction: CorrectionFile) -> dict[str, object]:
    """A correction as systems see it."""
    return {
        "id": str(correction.id),
        "status": correction.status.value,
        "kind": correction.kind,
        "component": correction.component.value,
        "currency": correction.currency,
        "claimed_before": decimal_string(correction.before_minor, correction.currency),
        "claimed": decimal_string(correction.after_minor, correction.currency),
        "reason": correction.reason,
        "on": correction.on.isoformat(),
        "asked_at": correction.asked_at.isoformat(),
        "answer": correction.answer or None,
    }
