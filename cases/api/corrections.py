"""A client's system corrects what is claimed on a case."""

from datetime import date
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.api.given import ApiRequest, Given, once_given, text_in
from cases.casework import CaseFile, load_case
from cases.corrections.correct import correct
from cases.corrections.register import CorrectionFile
from cases.corrections.rules import Wanted
from portal.api.idempotency import Answer
from portal.errors import Refused
from portal.ledger.tables import Component
from portal.money import BadAmount, decimal_string, parse_amount
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.guards import needs


@post("/cases/{case_id:uuid}/corrections", guards=[needs("corrections.make")], status_code=201)
async def correction(request: ApiRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Answer:
    """Correct what is claimed: less is posted at once, more is proposed to the agency."""
    return await once_given(request, actor, lambda given: _correct(actor, case_id, given))


async def _correct(actor: Actor, case_id: UUID, given: Given) -> Answer:
    case = await load_case(actor, case_id)
    wanted = Wanted(
        kind=text_in(given, "kind"),
        component=_component(given),
        after_minor=_amount(given, case),
        reason=text_in(given, "reason"),
        on=_day(given),
    )
    return Response(correction_as_json(await correct(actor, case_id, wanted)), status_code=201)


def _component(given: Given) -> Component:
    try:
        return Component(text_in(given, "component") or "principal")
    except ValueError:
        raise Refused(N_("Please choose one of the list."), field="component", code="unknown") from None


def _amount(given: Given, case: CaseFile) -> int | None:
    text = text_in(given, "claimed")
    if text and text_in(given, "currency") not in ("", case.currency):
        raise Refused(
            N_("The case is in %(currency)s."), field="currency", code="other_currency", currency=case.currency
        )
    try:
        return parse_amount(text, case.currency) if text else None
    except BadAmount:
        raise Refused(
            N_("This is not an amount in %(currency)s."), field="claimed", code="bad_amount", currency=case.currency
        ) from None


def _day(given: Given) -> date | None:
    text = text_in(given, "on")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused(N_("This is not a date."), field="on", code="bad_date") from None


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
