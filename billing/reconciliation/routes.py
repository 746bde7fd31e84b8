"""The page of the reconciliation on any day, its signatures, and its document."""

from collections.abc import Awaitable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.books.words import kind_text
from billing.notices.standing import sentence, standing
from billing.notices.watch import look
from billing.reconciliation.sign import (
    document_of,
    load_signed,
    recently_signed,
    sign_first,
    sign_second,
    signed_on,
    withdraw,
)
from billing.reconciliation.three_way import three_ways
from billing.remittance.proof import Asked, Proof, asked_of
from billing.remittance.proving import proving
from portal.errors import NotFound, Refused
from portal.ledger.accounts import CHART
from portal.pages.forms import read_form
from portal.pages.links import day_in
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.attempts import TooManyAttempts
from portal.people.guards import needs
from portal.people.routes.browser import shown
from portal.storage.store import attachment

PLACE = "/reconciliation"


@get(PLACE, guards=[needs("reconciliations.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The three sides of each currency at the end of a day (``on``); without one, of yesterday."""
    day = day_in(request.query_params.get("on")) or await agency_day(actor) - timedelta(days=1)
    return await _page(request, actor, day)


@post(PLACE, guards=[needs("reconciliations.sign")])
async def sign(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Sign a currency of a day first."""
    form = await read_form(request)
    day = form.day("on")
    if day is None:
        raise NotFound
    told = N_("Signed. Somebody else looks at it and signs too.")
    return await _step(request, actor, day, sign_first(actor, form.text("currency"), day), told)


@post(PLACE + "/{reconciliation_id:uuid}/signature", guards=[needs("reconciliations.sign")])
async def sign_too(
    request: PageRequest, actor: NamedDependency[Actor], reconciliation_id: FromPath[UUID]
) -> Response[Any]:
    """Sign what somebody else signed, with a second factor."""
    form = await read_form(request)

    async def act(proof: Proof, secret_key: str) -> None:
        await sign_second(actor, reconciliation_id, proof, secret_key)

    day = (await load_signed(actor, reconciliation_id)).on_day
    told = N_("Signed by two. Its document is kept as it is.")
    return await _step(request, actor, day, proving(request, actor, form, act), told)


@post(PLACE + "/{reconciliation_id:uuid}/withdrawal", guards=[needs("reconciliations.sign")])
async def take_back(
    request: PageRequest, actor: NamedDependency[Actor], reconciliation_id: FromPath[UUID]
) -> Response[Any]:
    """Take back what only one person has signed."""
    day = (await load_signed(actor, reconciliation_id)).on_day
    return await _step(request, actor, day, withdraw(actor, reconciliation_id), N_("Taken back."))


@post(PLACE + "/notices", guards=[needs("reconciliations.sign")])
async def look_at_it(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Look again whether what is wrong at the bank is right by now."""
    await look(actor)
    left = len(await standing(actor))
    if left:
        return redirect(request, PLACE, N_("Looked again: %(count)s of it stand."), tone="warn", count=left)
    return redirect(request, PLACE, N_("Looked again: all of it is right."))


@get(PLACE + "/{reconciliation_id:uuid}/pdf", guards=[needs("reconciliations.read")])
async def document(actor: NamedDependency[Actor], reconciliation_id: FromPath[UUID]) -> Response[Any]:
    """The document of a reconciliation that two signed."""
    signed = await load_signed(actor, reconciliation_id)
    name = f"reconciliation-{signed.currency}-{signed.on_day.isoformat()}.pdf"
    headers = {"Content-Disposition": attachment(name), "Cache-Control": "no-store"}
    return Response(await document_of(actor, reconciliation_id), media_type="application/pdf", headers=headers)


async def _step(request: PageRequest, actor: Actor, day: date, what: Awaitable[object], told: str) -> Response[Any]:
    try:
        await what
    except Refused as error:
        return await _page(request, actor, day, error)
    return redirect(request, f"{PLACE}?on={day.isoformat()}", told)


async def _page(request: PageRequest, actor: Actor, day: date, error: Refused | None = None) -> Response[Any]:
    currencies, operating = await three_ways(actor, day)
    today, signed = await agency_day(actor), await signed_on(actor, day)
    waits = any(one.second_at is None and one.first_by != actor.user_id for one in signed.values())
    asked: Asked | None = await asked_of(actor) if waits and actor.may("reconciliations.sign") else None
    status = 429 if isinstance(error, TooManyAttempts) else 422 if error else 200
    return render(
        request, "billing/reconciliation/show.html", status=status,
        day=day, before=day - timedelta(days=1), after=day + timedelta(days=1) if day < today else None,
        is_over=day < today, currencies=currencies, operating=operating, signed=signed,
        recently=await recently_signed(actor), asked=asked, errors=shown(error), chart=CHART, kind_text=kind_text,
        notices=await standing(actor), notice_text=sentence,
    )  # fmt: skip


ROUTES = [show, sign, sign_too, take_back, look_at_it, document]
