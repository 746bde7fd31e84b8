"""The pages of accounts, the agency's for debtors and the clients' for remittances, and what is read out on a case."""

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
from billing.bank_details.places import AGENCYS, OWN, place_of
from billing.bank_details.register import FIELDS, all_details, load_detail
from billing.bank_details.whose import whose
from billing.bank_details.words import STATUS_TEXTS, STATUS_TONES
from billing.remittance.proof import Proof, asked_of
from billing.remittance.proving import proving
from cases.casework import load_case
from cases.clients import ClientFile, load_client
from cases.interest.post import as_if_posted
from portal.errors import NotFound, Refused
from portal.money import CURRENCIES
from portal.pages.forms import Form, Typed, read_form
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day, agency_zone
from portal.people.attempts import TooManyAttempts
from portal.people.guards import needs
from portal.people.routes.browser import shown

JOBS = (mail,)
"""Imported so that a worker knows its jobs."""
OF_CLIENT = "/clients/{client_id:uuid}" + OWN
SHOWN_HISTORY = 20


# The agency's own


@get(AGENCYS, guards=[needs("bank_details.confirm")])
async def show(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The accounts for debtors by currency: what is shown, what waits, what was."""
    return await _page(request, actor, None)


@post(AGENCYS, guards=[needs("bank_details.manage")])
async def enter(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Enter an account for debtors; somebody else confirms it."""
    return await _entered(request, actor, None)


@post(AGENCYS + "/{detail_id:uuid}/confirmation", guards=[needs("bank_details.confirm")])
async def give_confirmation(
    request: PageRequest, actor: NamedDependency[Actor], detail_id: FromPath[UUID]
) -> Response[Any]:
    """Confirm an account that somebody else entered, with a second factor."""
    return await _confirmed(request, actor, None, detail_id)


@post(AGENCYS + "/{detail_id:uuid}/refusal", guards=[needs("bank_details.confirm")])
async def give_refusal(request: PageRequest, actor: NamedDependency[Actor], detail_id: FromPath[UUID]) -> Response[Any]:
    """Decline an account that waits."""
    return await _declined(request, actor, None, detail_id)


@post(AGENCYS + "/{detail_id:uuid}/end", guards=[needs("bank_details.manage")])
async def take_away(request: PageRequest, actor: NamedDependency[Actor], detail_id: FromPath[UUID]) -> Response[Any]:
    """Show an account no more."""
    return await _ended(request, actor, None, detail_id)


# A client's, by the agency's people


@get(OF_CLIENT, guards=[needs("payees.read")])
async def show_of_client(
    request: PageRequest, actor: NamedDependency[Actor], client_id: FromPath[UUID]
) -> Response[Any]:
    """Where a client's money goes, by currency."""
    return await _page(request, actor, await load_client(actor, client_id))


@post(OF_CLIENT, guards=[needs("payees.enter")])
async def enter_of_client(
    request: PageRequest, actor: NamedDependency[Actor], client_id: FromPath[UUID]
) -> Response[Any]:
    """Enter an account of a client; somebody else confirms it."""
    return await _entered(request, actor, await load_client(actor, client_id))


@post(OF_CLIENT + "/{detail_id:uuid}/confirmation", guards=[needs("payees.confirm")])
async def confirm_of_client(
    request: PageRequest, actor: NamedDependency[Actor], client_id: FromPath[UUID], detail_id: FromPath[UUID]
) -> Response[Any]:
    """Confirm an account that somebody else entered, with a second factor."""
    return await _confirmed(request, actor, await load_client(actor, client_id), detail_id)


@post(OF_CLIENT + "/{detail_id:uuid}/refusal", guards=[needs("payees.enter")])
async def refuse_of_client(
    request: PageRequest, actor: NamedDependency[Actor], client_id: FromPath[UUID], detail_id: FromPath[UUID]
) -> Response[Any]:
    """Decline an account that waits."""
    return await _declined(request, actor, await load_client(actor, client_id), detail_id)


@post(OF_CLIENT + "/{detail_id:uuid}/end", guards=[needs("payees.enter")])
async def end_of_client(
    request: PageRequest, actor: NamedDependency[Actor], client_id: FromPath[UUID], detail_id: FromPath[UUID]
) -> Response[Any]:
    """Pay nothing to an account any more."""
    return await _ended(request, actor, await load_client(actor, client_id), detail_id)


# A client's, by its own people


@get(OWN, guards=[needs("payees.read")])
async def show_own(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Where the agency pays the client."""
    return await _page(request, actor, await _own(actor))


@post(OWN, guards=[needs("payees.enter")])
async def enter_own(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Enter the client's own account; the agency confirms it."""
    return await _entered(request, actor, await _own(actor))


@post(OWN + "/{detail_id:uuid}/refusal", guards=[needs("payees.enter")])
async def refuse_own(request: PageRequest, actor: NamedDependency[Actor], detail_id: FromPath[UUID]) -> Response[Any]:
    """Take an account back that waits."""
    return await _declined(request, actor, await _own(actor), detail_id)


@post(OWN + "/{detail_id:uuid}/end", guards=[needs("payees.enter")])
async def end_own(request: PageRequest, actor: NamedDependency[Actor], detail_id: FromPath[UUID]) -> Response[Any]:
    """Be paid to an account no more."""
    return await _ended(request, actor, await _own(actor), detail_id)


async def _own(actor: Actor) -> ClientFile:
    if actor.client_id is None:
        raise NotFound
    return await load_client(actor, actor.client_id)


# What they share


async def _entered(request: PageRequest, actor: Actor, client: ClientFile | None) -> Response[Any]:
    form = await read_form(request)
    try:
        account = Account(**{name: form.text(name, limit=200) for name in FIELDS})
        await propose(actor, account, client.id if client else None)
    except Refused as error:
        return await _page(request, actor, client, form, error)
    told = (
        N_("Entered. Nothing is paid there before somebody else has confirmed it.")
        if client
        else N_("Entered. Debtors see it once somebody else has confirmed it.")
    )
    return redirect(request, _place(actor, client), told)


async def _confirmed(request: PageRequest, actor: Actor, client: ClientFile | None, detail_id: UUID) -> Response[Any]:
    form = await read_form(request)
    await _of(actor, client, detail_id)

    async def act(proof: Proof, secret_key: str) -> None:
        await confirm(actor, detail_id, proof, secret_key)

    told = (
        N_("Confirmed. Where it replaces another, nothing is paid there for three days.")
        if client
        else N_("Confirmed. Debtors pay there from now on.")
    )
    return await _step(request, actor, client, proving(request, actor, form, act), told)


async def _declined(request: PageRequest, actor: Actor, client: ClientFile | None, detail_id: UUID) -> Response[Any]:
    await _of(actor, client, detail_id)
    return await _step(request, actor, client, decline(actor, detail_id), N_("Declined. Nothing changes."))


async def _ended(request: PageRequest, actor: Actor, client: ClientFile | None, detail_id: UUID) -> Response[Any]:
    await _of(actor, client, detail_id)
    told = N_("Nothing is paid to this account any more.") if client else N_("No debtor sees this account any more.")
    return await _step(request, actor, client, end(actor, detail_id), told)


async def _of(actor: Actor, client: ClientFile | None, detail_id: UUID) -> None:
    if (await load_detail(actor, detail_id)).client_id != (client.id if client else None):
        raise NotFound


async def _step(
    request: PageRequest, actor: Actor, client: ClientFile | None, what: Awaitable[None], told: str
) -> Response[Any]:
    try:
        await what
    except Refused as error:
        return await _page(request, actor, client, None, error)
    return redirect(request, _place(actor, client), told)


def _place(actor: Actor, client: ClientFile | None) -> str:
    return place_of(client.id if client else None, of_client=actor.client_id is not None)


async def _page(
    request: PageRequest,
    actor: Actor,
    client: ClientFile | None,
    form: Form | None = None,
    error: Refused | None = None,
) -> Response[Any]:
    details = await all_details(actor, client.id if client else None)
    of = whose(client.id if client else None)
    waits = actor.may(of.confirms) and any(versions[0].status == "proposed" for versions in details.values())
    usual = {"currency": actor.base_currency, "holder": client.name if client else ""}
    status = 429 if isinstance(error, TooManyAttempts) else 422 if error else 200
    return render(
        request, "billing/bank_details/settings.html", status=status,
        details=details, client=client, of=of, place=_place(actor, client), zone=await agency_zone(actor),
        asked=await asked_of(actor) if waits else None, history=SHOWN_HISTORY,
        values=Typed(form.values() if form else usual), errors=shown(error),
        currencies=sorted(CURRENCIES), status_texts=STATUS_TEXTS, status_tones=STATUS_TONES,
    )  # fmt: skip


@get("/cases/{case_id:uuid}/bank-details", guards=[needs("bank_details.read")])
async def of_case(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """How a debtor pays this case by transfer, to be read out or copied."""
    case = await load_case(actor, case_id)
    form = Form(dict(request.query_params))
    owed_minor = (await as_if_posted(actor, case, await agency_day(actor))).balance_minor
    error, amount = None, owed_minor
    try:
        amount = form.amount("amount", case.currency) or owed_minor
    except Refused as refusal:
        error = refusal
    return render(
        request, "billing/bank_details/case.html", block="part", status=422 if error else 200,
        case=case, pay=await instructions_for(actor, case, max(amount, 0)), field_texts=FIELD_TEXTS,
        errors=shown(error), typed=form.text("amount"),
    )  # fmt: skip


ROUTES = [
    *(show, enter, give_confirmation, give_refusal, take_away, of_case),
    *(show_of_client, enter_of_client, confirm_of_client, refuse_of_client, end_of_client),
    *(show_own, enter_own, refuse_own, end_own),
]
