"""The report of unclaimed money: as a page, where two people mark it, and as a file."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from billing.unclaimed.mark import call_unclaimed, take_mark_away
from billing.unclaimed.register import FIRST, YEARS, Old, Place, limit_day, list_old, sums
from billing.unclaimed.tables import MarkStatus
from portal.errors import Refused
from portal.pages.export import Amount, Cell
from portal.pages.forms import Form
from portal.pages.links import files, id_in, narrowed
from portal.pages.rendering import render
from portal.pages.sheet import PAGE, Sheet, hand_out, pages
from portal.pages.text import N_, translate
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.guards import needs
from portal.people.routes.browser import shown

Page = Response[Any]

STATUS_TEXTS: Final = {
    None: N_("Work"),
    MarkStatus.ASKED: N_("One says unclaimed"),
    MarkStatus.MARKED: N_("Unclaimed"),
}
KIND_TEXTS: Final = {False: N_("In suspense"), True: N_("Owed to a debtor")}

COLUMNS: Final = {
    N_("Received on"): 11, N_("Age in days"): 10, N_("What it is"): 16, N_("Currency"): 8, N_("Amount"): 14,
    N_("Payer"): 28, N_("Reference"): 20, N_("Case number"): 12, N_("Debtor"): 32, N_("Client"): 24, N_("Status"): 16,
    N_("Said by"): 24, N_("Agreed by"): 24,
}  # fmt: skip


async def _through(request: PageRequest, actor: Actor) -> date:
    """Until when it was received: as asked for, else as long ago as money has to wait."""
    try:
        return Form(request.query_params).day("through") or limit_day(await agency_day(actor))
    except Refused:
        return limit_day(await agency_day(actor))


@get("/unclaimed", guards=[needs("payments.read")])
async def index(request: PageRequest, actor: NamedDependency[Actor]) -> Page:
    """What has waited for years, the oldest first."""
    return await _index(request, actor)


async def _index(request: PageRequest, actor: Actor, error: Refused | None = None) -> Page:
    through, today = await _through(request, actor), await agency_day(actor)
    after = id_in(request.query_params.get("after"))
    since = Form(request.query_params).day("since") if after else None
    pieces, place = await list_old(actor, through, (since, after) if since and after else FIRST)
    return render(
        request, "billing/unclaimed/list.html", block=None if error else "rows", status=422 if error else 200,
        pieces=pieces, place=place, through=through, limit=limit_day(today), years=YEARS, today=today,
        sums=await sums(actor, through), link=narrowed(request), files=files(request), kinds=KIND_TEXTS,
        texts=STATUS_TEXTS, errors=shown(error),
    )  # fmt: skip


@get(["/unclaimed.csv", "/unclaimed.xlsx"], guards=[needs("payments.read")])
async def report(request: PageRequest, actor: NamedDependency[Actor]) -> Stream:
    """The report as a file."""
    through, today = await _through(request, actor), await agency_day(actor)

    async def read(after: Place | None) -> tuple[list[Old], Place | None]:
        return await list_old(actor, through, after or FIRST, PAGE)

    def cells(old: Old) -> tuple[Cell, ...]:
        return (
            old.since, old.age(today), translate(KIND_TEXTS[old.is_surplus]), old.currency,
            Amount(old.amount_minor, old.currency), old.payer, old.reference, old.case_number, old.debtor_name,
            old.client_name, translate(STATUS_TEXTS[old.status]), old.asked_by_name, old.decided_by_name,
        )  # fmt: skip

    name = f"unclaimed-{through.isoformat()}"
    sheet = Sheet(name=name, title=N_("Unclaimed money"), columns=COLUMNS, pages=pages(read), cells=cells)
    return await hand_out(request, actor, sheet, "unclaimed.exported")


@post("/suspense/{suspense_id:uuid}/unclaimed", guards=[needs("payments.record")])
async def mark_suspended(request: PageRequest, actor: NamedDependency[Actor], suspense_id: FromPath[UUID]) -> Page:
    """Say that nobody claims suspended money, or agree to it."""
    return await _mark(request, actor, suspense_id, is_surplus=False)


@post("/surplus/{payment_id:uuid}/unclaimed", guards=[needs("payments.record")])
async def mark_surplus(request: PageRequest, actor: NamedDependency[Actor], payment_id: FromPath[UUID]) -> Page:
    """Say that no debtor claims what was too much, or agree to it."""
    return await _mark(request, actor, payment_id, is_surplus=True)


async def _mark(request: PageRequest, actor: Actor, money_id: UUID, *, is_surplus: bool) -> Page:
    try:
        await call_unclaimed(actor, money_id, is_surplus=is_surplus)
    except Refused as error:
        return await _index(request, actor, error)
    return redirect(request, "/unclaimed", N_("Noted. Two people have to say so."))


@post("/suspense/{suspense_id:uuid}/claimed", guards=[needs("payments.record")])
async def unmark_suspended(request: PageRequest, actor: NamedDependency[Actor], suspense_id: FromPath[UUID]) -> Page:
    """Suspended money is work again."""
    await take_mark_away(actor, suspense_id, is_surplus=False)
    return redirect(request, "/unclaimed", N_("It is work again."))


@post("/surplus/{payment_id:uuid}/claimed", guards=[needs("payments.record")])
async def unmark_surplus(request: PageRequest, actor: NamedDependency[Actor], payment_id: FromPath[UUID]) -> Page:
    """What was too much is work again."""
    await take_mark_away(actor, payment_id, is_surplus=True)
    return redirect(request, "/unclaimed", N_("It is work again."))


ROUTES = [index, report, mark_suspended, mark_surplus, unmark_suspended, unmark_surplus]
