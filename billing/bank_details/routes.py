"""The page of the accounts for debtors, and what staff read out of them on a case."""

from collections.abc import Awaitable
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.bank_details import mail
from billing.bank_details.account import Account
from billing.bank_details.change import confirm, decline, end, propose
from billing.bank_details.instructions import FIELD_TEXTS, instructions_for
from billing.bank_details.register import FIELDS, all_details
from billing.bank_details.words import STATUS_TEXTS, STATUS_TONES
from billing.remittance.proof import Proof, asked_of
from billing.remittance.proving import proving
from cases.casework import load_case
from portal.errors import Refused
from portal.money import CURRENCIES
from portal.pages.forms import Form, Typed, read_form
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.attempts import TooManyAttempts
from portal.people.guards import needs
from portal.people.routes.browser import shown

JOBS = (mail,)
"""Imported so that a worker knows its jobs."""
PLACE = "/settings/bank-details"
SHOWN_HISTORY = 20


@get(PLACE, guards=[needs("bank_details.confirm")])
async def show(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The accounts by currency: what is shown, what waits, what was."""
    return await _page(request, actor)


@post(PLACE, guards=[needs("bank_details.manage")])
async def enter(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Enter an account; somebody else confirms it."""
    form = await read_form(request)
    try:
        await propose(actor, Account(**{name: form.text(name, limit=200) for name in FIELDS}))
    except Refused as error:
        return await _page(request, actor, form, error)
    return redirect(request, PLACE, N_("Entered. Debtors see it once somebody else has confirmed it."))


@post(PLACE + "/{detail_id:uuid}/confirmation", guards=[needs("bank_details.confirm")])
async def give_confirmation(
    request: PageRequest, actor: NamedDependency[Actor], detail_id: FromPath[UUID]
) -> Response[Any]:
    """Confirm an account that somebody else entered, with a second factor."""
    form = await read_form(request)

    async def act(proof: Proof, secret_key: str) -> None:
        await confirm(actor, detail_id, proof, secret_key)

    return await _step(
        request, actor, proving(request, actor, form, act), N_("Confirmed. Debtors pay there from now on.")
    )


@post(PLACE + "/{detail_id:uuid}/refusal", guards=[needs("bank_details.confirm")])
async def give_refusal(request: PageRequest, actor: NamedDependency[Actor], detail_id: FromPath[UUID]) -> Response[Any]:
    """Decline an account that waits."""
    return await _step(request, actor, decline(actor, detail_id), N_("Declined. Nothing changes for debtors."))


@post(PLACE + "/{detail_id:uuid}/end", guards=[needs("bank_details.manage")])
async def take_away(request: PageRequest, actor: NamedDependency[Actor], detail_id: FromPath[UUID]) -> Response[Any]:
    """Show an account no more."""
    return await _step(request, actor, end(actor, detail_id), N_("No debtor sees this account any more."))


async def _step(request: PageRequest, actor: Actor, what: Awaitable[None], told: str) -> Response[Any]:
    try:
        await what
    except Refused as error:
        return await _page(request, actor, None, error)
    return redirect(request, PLACE, told)


async def _page(
    request: PageRequest, actor: Actor, form: Form | None = None, error: Refused | None = None
) -> Response[Any]:
    details = await all_details(actor)
    waits = any(versions[0].status == "proposed" for versions in details.values())
    status = 429 if isinstance(error, TooManyAttempts) else 422 if error else 200
    return render(
        request, "billing/bank_details/settings.html", status=status,
        details=details, asked=await asked_of(actor) if waits else None, history=SHOWN_HISTORY,
        values=Typed(form.values() if form else {"currency": actor.base_currency}), errors=shown(error),
        currencies=sorted(CURRENCIES), status_texts=STATUS_TEXTS, status_tones=STATUS_TONES,
    )  # fmt: skip


@get("/cases/{case_id:uuid}/bank-details", guards=[needs("bank_details.read")])
async def of_case(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """How a debtor pays this case by transfer, to be read out or copied."""
    case = await load_case(actor, case_id)
    form = Form(dict(request.query_params))
    error, amount = None, case.balance_minor
    try:
        amount = form.amount("amount", case.currency) or case.balance_minor
    except Refused as refusal:
        error = refusal
    return render(
        request, "billing/bank_details/case.html", block="part", status=422 if error else 200,
        case=case, pay=await instructions_for(actor, case, max(amount, 0)), field_texts=FIELD_TEXTS,
        errors=shown(error), typed=form.text("amount"),
    )  # fmt: skip


ROUTES = [show, enter, give_confirmation, give_refusal, take_away, of_case]
