"""The page on which charges, interest and VAT of an account are booked by hand, and taken back."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.bank.accounts import load_account
from billing.bank.entries import OF_BOOK, book_entry, entries_on, take_back_entry
from billing.bank.words import ENTRY_TEXTS
from billing.books.words import kind_text
from portal.errors import Refused
from portal.identity import new_id
from portal.pages.forms import Form, Typed, read_form
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.guards import needs
from portal.people.routes.browser import shown

Page = Response[Any]
ENTRIES = "/bank/accounts/{bank_account_id:uuid}/entries"


@get(ENTRIES, guards=[needs("bank.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], bank_account_id: FromPath[UUID]) -> Page:
    """What was booked by hand on an account, and the form for more."""
    return await _page(request, actor, bank_account_id)


@post(ENTRIES, guards=[needs("bank.match")])
async def book(request: PageRequest, actor: NamedDependency[Actor], bank_account_id: FromPath[UUID]) -> Page:
    """Book what the bank charged or paid, or VAT."""
    form = await read_form(request)
    try:
        currency = (await load_account(actor, bank_account_id)).currency
        await book_entry(
            actor, bank_account_id, form.text("what", limit=20), form.amount("amount", currency), form.day("on"),
            form.needed_id("token"), another=form.flag("another"),
        )  # fmt: skip
    except Refused as error:
        return await _page(request, actor, bank_account_id, form, error)
    return redirect(request, _place(bank_account_id), N_("Booked. When the bank tells of it, it is known."), lock=True)


@post(ENTRIES + "/{journal_id:uuid}/withdrawal", guards=[needs("bank.match")])
async def take_back(
    request: PageRequest, actor: NamedDependency[Actor], bank_account_id: FromPath[UUID], journal_id: FromPath[UUID]
) -> Page:
    """Reverse what was booked in error."""
    form = await read_form(request)
    try:
        await take_back_entry(actor, bank_account_id, journal_id, form.text("why", limit=400))
    except Refused as error:
        return await _page(
            request, actor, bank_account_id, error=error, failed=journal_id, why=form.values().get("why", "")
        )
    return redirect(request, _place(bank_account_id), N_("Taken back."))


def _place(bank_account_id: UUID) -> str:
    return f"/bank/accounts/{bank_account_id}/entries"


async def _page(
    request: PageRequest, actor: Actor, bank_account_id: UUID, form: Form | None = None, error: Refused | None = None,
    failed: UUID | None = None, why: str = "",
) -> Page:  # fmt: skip
    """``failed`` is the entry that was not taken back, and ``why`` what was said of it."""
    account = await load_account(actor, bank_account_id)
    usual = {"on": (await agency_day(actor)).isoformat()}
    return render(
        request, "billing/bank/entries.html", status=422 if error else 200,
        account=account, entries=await entries_on(actor, account.id), errors=shown(error), failed=failed, why=why,
        values=Typed(form.values() if form else usual), token=form.values().get("token", "") if form else new_id(),
        choices=[(one.value, ENTRY_TEXTS[one]) for one in OF_BOOK[account.book]], kind_text=kind_text,
    )  # fmt: skip


ROUTES = [show, book, take_back]
