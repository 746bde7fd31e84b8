"""The forms of exchanges on a run's page: the rate of a draft, and what the bank exchanged after the approval."""

from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.exchange.execute import Executed, execute
from billing.exchange.quotes import quote
from billing.exchange.rate import rate_in
from billing.exchange.take_back import LONGEST_WHY, take_back
from billing.remittance.routes import Page, show_run
from billing.remittance.run import load_run
from portal.errors import NotFound, Refused
from portal.money import is_currency
from portal.pages.forms import Form, read_form
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.guards import needs


@post("/remittances/{run_id:uuid}/rates/{target:str}", guards=[needs("remittances.prepare")])
async def enter_rate(
    request: PageRequest, actor: NamedDependency[Actor], run_id: FromPath[UUID], target: FromPath[str]
) -> Page:
    """Enter the rate of a draft into another currency."""
    form = await read_form(request)
    try:
        rate, at = rate_in(form.text("rate", limit=40)), form.moment("quoted_at", actor.time_zone)
        await quote(actor, run_id, _currency(target), rate, form.text("source"), at)
    except Refused as error:
        return await show_run(request, actor, run_id, error, pair=target, **form.values())
    return redirect(request, f"/remittances/{run_id}", N_("The rate is entered. Every amount is worked out by it."))


@post("/remittances/{run_id:uuid}/exchanges/{target:str}", guards=[needs("remittances.prepare")])
async def enter_exchange(
    request: PageRequest, actor: NamedDependency[Actor], run_id: FromPath[UUID], target: FromPath[str]
) -> Page:
    """Enter what the bank exchanged for an approved run."""
    form, run = await read_form(request), await load_run(actor, run_id)
    try:
        await execute(actor, run_id, _told(form, run.currency, _currency(target)))
    except Refused as error:
        return await show_run(request, actor, run_id, error, pair=target, **form.values())
    return redirect(
        request, f"/remittances/{run_id}", N_("The exchange is booked. The clients can be paid."), lock=True
    )


@post("/remittances/{run_id:uuid}/exchanges/{target:str}/undoing", guards=[needs("remittances.prepare")])
async def give_undoing(
    request: PageRequest, actor: NamedDependency[Actor], run_id: FromPath[UUID], target: FromPath[str]
) -> Page:
    """Take back an exchange that was entered in error."""
    form = await read_form(request)
    try:
        await take_back(actor, run_id, _currency(target), form.text("why", limit=LONGEST_WHY))
    except Refused as error:
        return await show_run(request, actor, run_id, error, pair=target, **form.values())
    return redirect(request, f"/remittances/{run_id}", N_("Taken back. The run waits for its exchange again."))


def _told(form: Form, currency: str, target: str) -> Executed:
    return Executed(
        target=target, sold_minor=form.amount("sold", currency), bought_minor=form.amount("bought", target),
        rate=rate_in(form.text("rate", limit=40)), on=form.day("on"), reference=form.text("reference"),
    )  # fmt: skip


def _currency(target: str) -> str:
    if not is_currency(target):
        raise NotFound
    return target


ROUTES = [enter_rate, enter_exchange, give_undoing]
