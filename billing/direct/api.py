"""A client's system reports what the debtor paid to the client itself, and reads what became of it."""

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.direct import api_words
from billing.direct.register import Report, reports_of
from billing.direct.report import Paid, report_paid
from cases.api.description.whole import describe
from cases.api.given import ApiRequest, Given, flag_in, id_in, once_given, text_in
from cases.casework import CaseFile, load_case
from cases.invoices.naming import invoice_numbered
from portal.api.idempotency import Answer
from portal.api.limits import count_call
from portal.errors import Refused
from portal.identity import new_id
from portal.money import BadAmount, decimal_string, parse_amount
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.guards import needs


@post("/cases/{case_id:uuid}/direct-payments", guards=[needs("direct_payments.report")], status_code=201)
async def report(request: ApiRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Answer:
    """Report a payment; the same payment reported before is answered with that report."""
    return await once_given(request, actor, lambda given: _report(actor, case_id, given))


@get("/cases/{case_id:uuid}/direct-payments", guards=[needs("direct_payments.read")])
async def listed(actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> dict[str, object]:
    """What was reported on a case, the latest first."""
    case = await load_case(actor, case_id)
    return {"items": [as_json(one) for one in await reports_of(actor, case)]}


async def _report(actor: Actor, case_id: UUID, given: Given) -> Answer:
    case = await load_case(actor, case_id)
    paid = Paid(
        amount_minor=_amount(given, case),
        paid_on=_day(given),
        note=text_in(given, "note"),
        invoice_id=await invoice_numbered(actor, case, text_in(given, "invoice")),
        document_id=id_in(given, "document_id"),
        another=flag_in(given, "another"),
    )
    return Response(as_json(await report_paid(actor, case_id, paid, new_id())), status_code=201)


def _amount(given: Given, case: CaseFile) -> int | None:
    text = text_in(given, "amount")
    if text and text_in(given, "currency") not in ("", case.currency):
        raise Refused(
            N_("The case is in %(currency)s."), field="currency", code="other_currency", currency=case.currency
        )
    try:
        return parse_amount(text, case.currency) if text else None
    except BadAmount:
        raise Refused(
            N_("This is not an amount in %(currency)s."), field="amount", code="bad_amount", currency=case.currency
        ) from None


def _day(given: Given) -> date | None:
    text = text_in(given, "paid_on")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused(N_("This is not a date."), field="paid_on", code="bad_date") from None


def as_json(report: Report) -> dict[str, object]:
    """A report as systems see it."""
    return {
        "id": str(report.id),
        "case_id": str(report.case_id),
        "status": report.status.value,
        "reported_by": report.reporter.value,
        "currency": report.currency,
        "amount": decimal_string(report.amount_minor, report.currency),
        "paid_on": report.paid_on.isoformat(),
        "note": report.note,
        "document_id": str(report.document_id) if report.document_id else None,
        "reported_at": report.reported_at.isoformat(),
        "client_has_it": report.client_has_it,
        "answer": report.answer or None,
    }


describe(api_words)
ROUTES: list[Any] = [Router("/api/v1", route_handlers=[report, listed], before_request=count_call)]
