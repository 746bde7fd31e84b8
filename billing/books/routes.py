"""Pages of the ledger: the trial balance of any day, an account and its lines, journals to take home, closing a period."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from billing.books.account import account_of, lines_on, parts_of, place_in
from billing.books.beancount import beancount_text
from billing.books.close import close_through, closed_periods
from billing.books.journals import Period, journals_sheet, period_of
from billing.books.trial import books_on, clients_on
from billing.books.words import BOOKS, kind_text
from billing.fees.wording import COMPONENTS
from cases.clients import load_client
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.ledger.accounts import Side
from portal.ledger.tables import Book
from portal.money import is_currency
from portal.pages.forms import Form, Typed, read_form
from portal.pages.links import day_in, id_in, narrowed
from portal.pages.rendering import render
from portal.pages.sheet import hand_out
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.guards import needs
from portal.people.routes.browser import shown
from portal.storage.store import attachment
from portal.tenancy.request import outlive


@get("/ledger", guards=[needs("ledger.read")])
async def index(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Every account at the end of a day (``on``), by currency and book."""
    return await _page(request, actor)


@post("/ledger/closures", guards=[needs("ledger.close")])
async def close(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Close the books through a day."""
    form = await read_form(request)
    try:
        await close_through(actor, form.day("through"))
    except Refused as error:
        return await _page(request, actor, form, error)
    return redirect(request, "/ledger", N_("Closed. What is corrected later is posted in the open period."), lock=True)


@get("/ledger/accounts/{number:int}", guards=[needs("ledger.read")])
async def account(request: PageRequest, actor: NamedDependency[Actor], number: FromPath[int]) -> Response[Any]:
    """An account in a currency: whose parts it has, and its lines, the latest first."""
    query = request.query_params
    found, currency, client_id = account_of(number), query.get("currency", ""), id_in(query.get("client"))
    if not is_currency(currency):
        raise NotFound
    day = day_in(query.get("on")) or await agency_day(actor)
    client = await load_client(actor, client_id) if client_id else None
    lines, stands, following = await lines_on(actor, found, currency, client_id, place_in(query.get("from"), day))
    parts = [] if client or query.get("from") else await parts_of(actor, found, currency, day)
    return render(
        request, "billing/books/account.html", block="rows",
        account=found, currency=currency, client=client, day=day, lines=lines, stands_minor=stands, parts=parts,
        following=str(following) if following else None, is_first="from" not in query, link=narrowed(request),
        books=BOOKS, kind_text=kind_text, components=COMPONENTS,
    )  # fmt: skip


@get(["/ledger/journals.csv", "/ledger/journals.xlsx"], guards=[needs("ledger.read")])
async def export(request: PageRequest, actor: NamedDependency[Actor]) -> Stream | Response[Any]:
    """The journals of a period for a spreadsheet."""
    try:
        period = _period(request)
    except Refused as error:
        return await _page(request, actor, Form(dict(request.query_params)), error)
    return await hand_out(request, actor, journals_sheet(actor, period), "ledger.exported")


@get("/ledger/journals.beancount", guards=[needs("ledger.read")])
async def export_text(request: PageRequest, actor: NamedDependency[Actor]) -> Stream | Response[Any]:
    """The journals of a period as beancount text."""
    try:
        period = _period(request)
    except Refused as error:
        return await _page(request, actor, Form(dict(request.query_params)), error)

    async def remember() -> None:
        await record(actor, "ledger.exported", "agency", actor.agency_id)

    outlive(request.scope, remember)
    name = f"journals-{period.since.isoformat()}-{period.through.isoformat()}.beancount"
    headers = {"Content-Disposition": attachment(name), "Cache-Control": "no-store"}
    return Stream(_encoded(beancount_text(actor, period)), media_type="text/plain; charset=utf-8", headers=headers)


async def _encoded(pieces: AsyncIterator[str]) -> AsyncIterator[bytes]:
    async for piece in pieces:
        yield piece.encode()


def _period(request: PageRequest) -> Period:
    form = Form(dict(request.query_params))
    return period_of(form.day("since"), form.day("until"))


async def _page(
    request: PageRequest, actor: Actor, form: Form | None = None, error: Refused | None = None
) -> Response[Any]:
    today = await agency_day(actor)
    day = day_in(request.query_params.get("on")) or today
    last_month = today.replace(day=1) - timedelta(days=1)
    usual = {
        "since": last_month.replace(day=1).isoformat(), "until": last_month.isoformat(),
        "through": last_month.isoformat(), "on": day.isoformat(),
    }  # fmt: skip
    kept = await books_on(actor, day)
    return render(
        request, "billing/books/ledger.html", status=422 if error else 200,
        day=day, today=today, currencies=kept, clients=await clients_on(actor, day, kept), closed=await closed_periods(actor),
        values=Typed(usual | (form.values() if form else {})), errors=shown(error), books=BOOKS, Book=Book, Side=Side,
    )  # fmt: skip


ROUTES = [index, close, account, export, export_text]
