"""The debtor's page on paying otherwise than by card: how to pay by transfer, what was paid to the creditor, receipts."""

from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from billing.bank_details.instructions import FIELD_TEXTS, instructions_for
from billing.direct.register import reports_of
from billing.direct.report import Paid, check_paid, report_paid
from billing.direct.tables import ReportStatus
from billing.direct.words import STATUS_TEXTS, STATUS_TONES
from billing.papers.opening import to_paper
from billing.receipts.register import load_receipt, receipts_of
from billing.spoken import Spoken
from cases.casework import CaseFile
from cases.claim_page.overview import creditor_of, own_case, with_interest
from cases.claim_page.pages import claim_render
from cases.claim_page.sections import offer
from cases.claim_page.uploads import LONGEST_UPLOAD, hand_in
from cases.documents.routes import AWAY
from cases.documents.words import Kind
from cases.invoices.naming import named_invoice
from cases.invoices.register import standing_of
from cases.plans.register import running_plan
from portal.errors import Refused
from portal.identity import new_id
from portal.pages.formats import date_long
from portal.pages.forms import Form, Typed, read_form
from portal.pages.text import N_, Text, say
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day, agency_zone
from portal.people.guards import needs
from portal.people.routes.browser import shown
from portal.storage.sniff import ACCEPT
from portal.storage.store import StoreAway

PAY = needs("claim.pay")


@get("/claim/pay/bank", guards=[PAY])
async def transfer(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """How to pay by transfer: the payment that is due next, or the whole balance, or what is typed."""
    case = await own_case(actor)
    plan = await running_plan(actor, case)
    owed_minor = (await with_interest(actor, case)).balance_minor
    usual = (plan.next_due_minor if plan is not None else None) or owed_minor
    form = Form(dict(request.query_params))
    error, amount = None, usual
    try:
        amount = form.amount("amount", case.currency) or usual
        if not 0 <= amount <= max(owed_minor, usual):
            raise Refused(N_("More than the balance."), field="amount", code="over_balance")
    except Refused as refusal:
        error, amount = refusal, usual
    return await claim_render(
        request, actor, "billing/claim/bank.html", status=422 if error else 200,
        case=case, pay=await instructions_for(actor, case, amount), field_texts=FIELD_TEXTS, errors=shown(error),
        typed=form.text("amount"),
    )  # fmt: skip


@get("/claim/paid", guards=[PAY])
async def show_paid(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """What was reported as paid to the creditor, and the form to report a payment."""
    return await _paid_page(request, actor)


@post("/claim/paid", guards=[PAY])
async def say_paid(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Report a payment to the creditor, with its proof."""
    form = await read_form(request)
    case = await own_case(actor)
    token = form.needed_id("token")
    try:
        paid = Paid(
            amount_minor=form.amount("amount", case.currency),
            paid_on=form.day("paid_on"),
            note=form.text("note", limit=1000),
            invoice_id=form.id("invoice"),
            another=form.flag("another"),
        )
        await check_paid(actor, case, paid)
        await named_invoice(actor, case, paid.invoice_id)
        await report_paid(actor, case.id, replace(paid, document_id=await _proof(actor, case, form)), token)
    except Refused as error:
        return await _paid_page(request, actor, form, error)
    except StoreAway:
        return await _paid_page(request, actor, form, AWAY)
    return redirect(request, "/claim/paid", N_("Thank you. We ask your creditor and enter it on your account."))


async def _proof(actor: Actor, case: CaseFile, form: Form) -> UUID | None:
    """The file that the form brings along. Before anything is locked, as storage takes its time."""
    if (file := form.file("file")) is None:
        return None
    return (await hand_in(actor, case, file.filename, cast(Any, file.file), Kind.PAYMENT_PROOF)).id


async def _paid_page(
    request: PageRequest, actor: Actor, form: Form | None = None, error: Refused | None = None
) -> Response[Any]:
    case = await own_case(actor)
    typed = form.values() if form else {}
    return await claim_render(
        request, actor, "billing/claim/paid.html", status=error.status if error else 200,
        case=case, creditor=await creditor_of(actor, case), reports=await reports_of(actor, case),
        values=Typed({"paid_on": (await agency_day(actor)).isoformat()} | typed), errors=shown(error),
        token=typed.get("token") or new_id(), to_choose=(await standing_of(actor, case)).to_choose, accept=ACCEPT, megabytes=LONGEST_UPLOAD // 1_000_000,
        status_texts=STATUS_TEXTS, status_tones=STATUS_TONES,
    )  # fmt: skip


@get("/claim/receipts", guards=[needs("claim.read")])
async def show_receipts(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """What was paid, each with its receipt."""
    case = await own_case(actor)
    receipts = await receipts_of(actor, case.id)
    return await claim_render(request, actor, "billing/claim/receipts.html", case=case, receipts=receipts)


@get("/claim/receipts/{receipt_id:uuid}", guards=[needs("claim.read")], status_code=303)
async def open_receipt(actor: NamedDependency[Actor], receipt_id: FromPath[UUID]) -> Redirect:
    """A link to one receipt that lives a minute."""
    return await to_paper(actor, "receipt", (await load_receipt(actor, receipt_id)).id)


# What the overview offers


async def _transfer(actor: Actor, case: CaseFile) -> bool:
    return case.is_open and case.balance_minor > 0 and await instructions_for(actor, case, 0) is not None


async def _paid(actor: Actor, case: CaseFile) -> bool | Text:
    waiting = [one for one in await reports_of(actor, case) if one.status is ReportStatus.REPORTED]
    if waiting:
        day = waiting[0].reported_at.astimezone(await agency_zone(actor)).date()
        return say("You told us on %(day)s; we are looking at it", day=Spoken(date_long, day))
    return case.is_open


async def _receipts(actor: Actor, case: CaseFile) -> bool:
    return bool(await receipts_of(actor, case.id))


offer(
    "transfer", 26, N_("Pay by bank transfer"), N_("account, reference and payment code"), "building-bank",
    "/claim/pay/bank", _transfer,
)  # fmt: skip
offer(
    "paid", 28, N_("I have paid already"), N_("to your creditor, and it is missing here"), "cash", "/claim/paid", _paid
)
offer("receipts", 70, N_("Receipts"), N_("of what you have paid"), "receipt", "/claim/receipts", _receipts)

ROUTES: list[Any] = [transfer, show_paid, say_paid, show_receipts, open_receipt]
