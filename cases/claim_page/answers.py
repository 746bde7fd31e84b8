"""What a debtor answers on its page: that the claim is not right, that it cannot pay, that the balance is."""

from typing import Any, BinaryIO, Final, cast
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.account.words import KINDS
from cases.claim_page.confirming import account_to_confirm, confirm_balance, confirmations_of
from cases.claim_page.hardship import LONGEST_NOTE, Household, latest_hardship, state_hardship
from cases.claim_page.overview import own_case
from cases.claim_page.pages import claim_render, visit_of
from cases.claim_page.papers import open_paper, papers_of
from cases.claim_page.uploads import LONGEST_UPLOAD, hand_in
from cases.claim_page.wishes import CHANNELS, LONGEST_HOURS, STOPS, Wish, latest_wish, stops_of, wish_contact
from cases.disputes import REASONS, check_dispute, dispute, disputed_invoice, open_dispute
from cases.documents.routes import AWAY
from cases.documents.words import KIND_TEXTS
from cases.invoices.register import standing_of
from portal.errors import Refused
from portal.pages.forms import Form, Typed, read_form
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.guards import needs
from portal.people.routes.browser import SMALL_FORM, sender_of, shown
from portal.storage.sniff import ACCEPT
from portal.storage.store import StoreAway, attachment

READ, ANSWER = needs("claim.read"), needs("claim.answer")
MOST_LINES: Final = 200
"""Lines of the account on the page; its document has them all."""


@get("/claim/dispute", guards=[READ])
async def show_dispute(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Say that the claim is not right; or what was said already."""
    return await _dispute(request, actor)


async def _dispute(
    request: PageRequest, actor: Actor, form: Form | None = None, error: Refused | None = None
) -> Response[Any]:
    case = await own_case(actor)
    return await claim_render(
        request, actor, "cases/claim/dispute.html", status=error.status if error else 200,
        case=case, told=await open_dispute(actor, case.id), reasons=REASONS, accept=ACCEPT,
        to_choose=[one for one in (await standing_of(actor, case)).to_choose if one.payable_minor],
        megabytes=LONGEST_UPLOAD // 1_000_000, values=Typed(form.values() if form else {}), errors=shown(error),
    )  # fmt: skip


@post("/claim/dispute", guards=[ANSWER])
async def say_dispute(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Dispute the claim or a part of it, perhaps with a file that shows why."""
    form = Form({})
    try:
        form = await read_form(request)
        case = await own_case(actor)
        reason, note = form.text("reason"), form.lines("note")
        amount = form.amount("amount", case.currency)
        if form.text("extent") == "part" and amount is None:
            raise Refused(N_("Please fill this in."), field="amount", code="missing")
        if form.text("extent") != "part":
            amount = None
        check_dispute(case, reason, amount)
        await disputed_invoice(actor, case, form.id("invoice"), amount)
        # Before the case is locked, as storage takes its time; and not for what will be refused.
        if (file := form.file("file")) is not None and not await open_dispute(actor, case.id):
            await hand_in(actor, case, file.filename, cast(BinaryIO, file.file))
        await dispute(actor, case.id, reason, amount_minor=amount, note=note, invoice_id=form.id("invoice"))
    except Refused as error:
        return await _dispute(request, actor, form, error)
    except StoreAway:
        return await _dispute(request, actor, form, AWAY)
    return redirect(request, "/claim/dispute", N_("We have your objection and look at it."))


@get("/claim/hardship", guards=[READ])
async def show_hardship(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Say that one cannot pay; or what was said already."""
    return await _hardship(request, actor)


async def _hardship(
    request: PageRequest, actor: Actor, form: Form | None = None, error: Refused | None = None
) -> Response[Any]:
    case = await own_case(actor)
    return await claim_render(
        request, actor, "cases/claim/hardship.html", status=error.status if error else 200,
        case=case, told=await latest_hardship(actor, case.id),
        values=Typed(form.values() if form else {}), errors=shown(error),
    )  # fmt: skip


@post("/claim/hardship", guards=[ANSWER], request_max_body_size=SMALL_FORM)
async def say_hardship(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """State income and outgoings."""
    form = await read_form(request)
    try:
        currency = (await own_case(actor)).currency
        household = Household(
            income_minor=_month(form, "income", currency),
            housing_minor=_month(form, "housing", currency),
            fixed_minor=_month(form, "fixed", currency),
            dependants=_persons(form),
            could_pay_minor=_month(form, "could_pay", currency),
        )
        await state_hardship(actor, household, form.lines("note", limit=LONGEST_NOTE))
    except Refused as error:
        return await _hardship(request, actor, form, error)
    return redirect(request, "/claim/hardship", N_("Thank you for telling us. We answer as soon as we can."))


def _month(form: Form, name: str, currency: str) -> int:
    """An amount a month; nought has to be written down."""
    amount = form.amount(name, currency)
    if amount is None:
        raise Refused(N_("Please fill this in."), field=name, code="missing")
    if amount < 0:
        raise Refused(N_("Not below nought."), field=name, code="negative")
    return amount


def _persons(form: Form) -> int:
    text = form.text("dependants", limit=3)
    return int(text) if text.isascii() and text.isdigit() else 0 if not text else -1


@get("/claim/confirm", guards=[READ])
async def show_account(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The account line by line, to be confirmed or not."""
    return await _account(request, actor)


async def _account(
    request: PageRequest, actor: Actor, form: Form | None = None, error: Refused | None = None
) -> Response[Any]:
    document = await account_to_confirm(actor)
    lines = document.account.lines
    return await claim_render(
        request, actor, "cases/claim/confirm.html", status=error.status if error else 200,
        case=document.case, account=document.account, lines=lines[-MOST_LINES:], left_out=lines[:-MOST_LINES],
        digest=document.digest, kinds=KINDS, confirmed=await confirmations_of(actor, document.case.id),
        values=Typed(form.values() if form else {}), errors=shown(error),
    )  # fmt: skip


@get("/claim/confirm/pdf", guards=[READ])
async def account_document(actor: NamedDependency[Actor]) -> Response[bytes]:
    """The account as a document."""
    document = await account_to_confirm(actor)
    name = attachment(document.file_name)
    return Response(document.content, media_type="application/pdf", headers={"Content-Disposition": name})


@post("/claim/confirm", guards=[ANSWER], request_max_body_size=SMALL_FORM)
async def confirm(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Confirm the balance as it was shown."""
    form = await read_form(request)
    try:
        name, position = form.text("name", limit=120), form.text("position", limit=120)
        if not form.flag("agreed"):
            raise Refused(N_("Please tick this to confirm."), field="agreed", code="missing")
        await confirm_balance(actor, form.text("digest", limit=64), name, position, sender_of(request).address)
    except Refused as error:
        return await _account(request, actor, form, error)
    except StoreAway:
        return await _account(request, actor, form, AWAY)
    return redirect(request, "/claim/confirm", N_("Thank you: the balance is confirmed."))


@get("/claim/contact", guards=[READ])
async def show_contact(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """How to be contacted."""
    return await _contact(request, actor)


async def _contact(
    request: PageRequest, actor: Actor, form: Form | None = None, error: Refused | None = None
) -> Response[Any]:
    case = await own_case(actor)
    wish = await latest_wish(actor, case.id) or Wish(channel="", hours="", language=actor.language)
    values = Typed(form.values() if form else {"channel": wish.channel, "hours": wish.hours, "language": wish.language})
    return await claim_render(
        request, actor, "cases/claim/contact.html", status=error.status if error else 200,
        channels=CHANNELS, stops=STOPS, stopped={channel.value for channel in await stops_of(actor)},
        ticked={name for name in STOPS if values[f"stop_{name}"]}, values=values, errors=shown(error),
    )  # fmt: skip


@post("/claim/contact", guards=[ANSWER], request_max_body_size=SMALL_FORM)
async def say_contact(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Keep how the debtor wishes to be contacted."""
    form = await read_form(request)
    try:
        hours, language = form.text("hours", limit=LONGEST_HOURS), form.text("language")
        wish = Wish(channel=form.text("channel"), hours=hours, language=language)
        await wish_contact(actor, visit_of(request), wish, [name for name in STOPS if form.flag(f"stop_{name}")])
    except Refused as error:
        return await _contact(request, actor, form, error)
    return redirect(request, "/claim/contact", N_("Saved. We hold ourselves to it."))


@get("/claim/documents", guards=[READ])
async def show_papers(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The documents that the debtor may see."""
    papers = await papers_of(actor)
    return await claim_render(request, actor, "cases/claim/documents.html", papers=papers, kinds=KIND_TEXTS)


@post("/claim/documents/{document_id:uuid}/open", guards=[READ])
async def open_(actor: NamedDependency[Actor], document_id: FromPath[UUID]) -> Response[Any]:
    """Write the access down and lead to the document itself."""
    return Response(None, status_code=303, headers={"Location": await open_paper(actor, document_id)})


ROUTES: list[Any] = [
    show_dispute, say_dispute, show_hardship, say_hardship, show_account, account_document, confirm, show_contact,
    say_contact, show_papers, open_,
]  # fmt: skip
