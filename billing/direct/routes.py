"""Pages of payments to the client: finance checks what waits, and each case tells what was reported on it."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.direct import mail
from billing.direct.decide import accept, decline
from billing.direct.proof import proof_in
from billing.direct.register import Report, decided_reports, load_report, reports_of, waiting_reports
from billing.direct.report import Paid, Said, answer, report_paid
from billing.direct.tables import ReportStatus
from billing.direct.words import REPORTER_TEXTS, STATUS_TEXTS, STATUS_TONES
from billing.fees.wording import COMPONENTS
from billing.payments.journals import lines
from billing.payments.reaching import would_reach
from billing.payments.register import payments_of_case
from billing.payments.split import Split, preview
from billing.tables import Channel
from cases.casework import load_case
from cases.clients import load_client
from cases.documents.evidence import documents_of
from cases.invoices.register import standing_of
from portal.errors import Refused
from portal.identity import new_id
from portal.ledger.accounts import CHART
from portal.pages.formats import amount as written
from portal.pages.forms import Form, Typed, read_form
from portal.pages.links import id_in, narrowed
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.guards import needs
from portal.people.routes.browser import shown
from portal.storage.sniff import ACCEPT

JOBS = (mail,)
"""Imported so that a worker knows their jobs."""


@get("/direct-payments", guards=[needs("direct_payments.decide")])
async def index(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """What waits to be checked, the longest waiting first; or what was decided, the latest first."""
    query = request.query_params
    asked = query.get("show", "")
    status = ReportStatus(asked) if asked in set(ReportStatus) else ReportStatus.REPORTED
    if status is ReportStatus.REPORTED:
        reports, more = await waiting_reports(actor, id_in(query.get("after")))
    else:
        reports, more = await decided_reports(actor, status, id_in(query.get("before")))
    return render(
        request, "billing/direct/list.html", block="rows",
        reports=reports, following=reports[-1]["id"] if more else None, showing=status, link=narrowed(request),
        status_texts=STATUS_TEXTS, reporter_texts=REPORTER_TEXTS,
    )  # fmt: skip


@get("/direct-payments/{report_id:uuid}", guards=[needs("direct_payments.decide")])
async def show(request: PageRequest, actor: NamedDependency[Actor], report_id: FromPath[UUID]) -> Response[Any]:
    """One report beside what the client says, and what posting it would do."""
    found = await load_report(actor, report_id)
    return await _check_page(request, actor, found, Form(_as_reported(found)))


@post("/direct-payments/{report_id:uuid}/check", guards=[needs("direct_payments.decide")])
async def check(request: PageRequest, actor: NamedDependency[Actor], report_id: FromPath[UUID]) -> Response[Any]:
    """What posting another amount or day would do. Writes nothing."""
    return await _check_page(request, actor, await load_report(actor, report_id), await read_form(request))


@post("/direct-payments/{report_id:uuid}/acceptance", guards=[needs("direct_payments.decide")])
async def give_acceptance(
    request: PageRequest, actor: NamedDependency[Actor], report_id: FromPath[UUID]
) -> Response[Any]:
    """Post it as it was shown."""
    found = await load_report(actor, report_id)
    form = await read_form(request)
    try:
        amount, day = form.amount("amount", found.currency), form.day("paid_on")
        payment_id = await accept(actor, report_id, amount, day, shown=form.text("shown"))
    except Refused as error:
        return await _check_page(request, actor, await load_report(actor, report_id), form, error)
    return redirect(
        request, f"/payments/{payment_id}", N_("Payment posted. It cannot be deleted, only taken back."), lock=True
    )


@post("/direct-payments/{report_id:uuid}/refusal", guards=[needs("direct_payments.decide")])
async def give_refusal(request: PageRequest, actor: NamedDependency[Actor], report_id: FromPath[UUID]) -> Response[Any]:
    """Decline it; whoever reported it reads why."""
    found = await load_report(actor, report_id)
    form = await read_form(request)
    try:
        await decline(actor, report_id, form.text("answer", limit=1000))
    except Refused as error:
        return await _check_page(request, actor, found, Form({**_as_reported(found), **form.values()}), error)
    return redirect(request, "/direct-payments", N_("Not accepted. Whoever reported it is told why."))


def _as_reported(found: Report) -> dict[str, str]:
    return {"amount": written(found.likely_minor, found.currency), "paid_on": found.likely_on.isoformat()}


async def _check_page(
    request: PageRequest, actor: Actor, found: Report, form: Form, error: Refused | None = None
) -> Response[Any]:
    case = await load_case(actor, found.case_id)
    split: Split | None = None
    if found.status is ReportStatus.REPORTED:
        try:
            amount, day = form.amount("amount", case.currency), form.day("paid_on")
            split = await preview(actor, case, amount, day, Channel.DIRECT, invoice_id=found.invoice_id)
        except Refused as refusal:
            error = error or refusal
    documents = await documents_of(actor, case) if found.document_id else []
    return render(
        request, "billing/direct/show.html", block="split", status=422 if error else 200,
        report=found, case=case, client=await load_client(actor, case.client_id), split=split, chart=CHART, components=COMPONENTS,
        lines=list(lines(split)) if split else [], errors=shown(error), values=Typed(form.values()),
        reached=await would_reach(actor, split) if split else None,
        proof=next((one for one in documents if one.id == found.document_id), None),
        near=[one for one in await payments_of_case(actor, case.id) if one.id != found.payment_id][:6],
        status_texts=STATUS_TEXTS, status_tones=STATUS_TONES, reporter_texts=REPORTER_TEXTS,
    )  # fmt: skip


# On the case: what the client, or the agency for the debtor, reports and answers


@get("/cases/{case_id:uuid}/direct-payments", guards=[needs("direct_payments.read")])
async def of_case(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """What was reported on a case, and the form to report another."""
    return await _case_page(request, actor, case_id)


@post("/cases/{case_id:uuid}/direct-payments", guards=[needs("direct_payments.report")])
async def enter(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """Report a payment to the client."""
    case = await load_case(actor, case_id)
    form = await read_form(request)
    token = form.needed_id("token")
    try:
        paid = Paid(
            amount_minor=form.amount("amount", case.currency),
            paid_on=form.day("paid_on"),
            note=form.text("note", limit=1000),
            invoice_id=form.id("invoice"),
            document_id=await proof_in(request, actor, case, form) or form.id("document"),
            another=form.flag("another"),
        )
        await report_paid(actor, case_id, paid, token)
    except Refused as error:
        return await _case_page(request, actor, case_id, form, error)
    return redirect(request, f"/cases/{case_id}/direct-payments", N_("Reported. Finance checks it and posts it."))


@post("/direct-payments/{report_id:uuid}/answer", guards=[needs("direct_payments.answer")])
async def say_whether(request: PageRequest, actor: NamedDependency[Actor], report_id: FromPath[UUID]) -> Response[Any]:
    """The client says whether it was paid."""
    found = await load_report(actor, report_id)
    form = await read_form(request)
    try:
        said = Said(
            form.text("verdict") == "yes",
            form.amount("own_amount", found.currency),
            form.day("own_day"),
            form.text("own_note", limit=1000),
        )
        await answer(actor, report_id, said)
    except Refused as error:
        return await _case_page(request, actor, found.case_id, form, error, about=report_id)
    return redirect(request, f"/cases/{found.case_id}/direct-payments", N_("Thank you. Finance takes it from here."))


async def _case_page(
    request: PageRequest,
    actor: Actor,
    case_id: UUID,
    form: Form | None = None,
    error: Refused | None = None,
    about: UUID | None = None,
) -> Response[Any]:
    case = await load_case(actor, case_id)
    typed = form.values() if form else {}
    return render(
        request, "billing/direct/case.html", status=422 if error else 200,
        case=case, reports=await reports_of(actor, case), about=about, errors=shown(error),
        values=Typed({"paid_on": (await agency_day(actor)).isoformat()} | typed),
        token=typed.get("token") or new_id(), to_choose=(await standing_of(actor, case)).to_choose,
        documents=await documents_of(actor, case) if actor.may("documents.read") else [], accept=ACCEPT,
        status_texts=STATUS_TEXTS, status_tones=STATUS_TONES, reporter_texts=REPORTER_TEXTS,
    )  # fmt: skip


ROUTES = [index, show, check, give_acceptance, give_refusal, of_case, enter, say_whether]
