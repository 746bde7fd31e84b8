"""Where the processor sends its events: signed, kept as they came, and answered at once.

``/hooks/stripe`` is the platform's: the event names the connected account, which must be an agency's. An agency with keys
of its own has an address of its own. Nobody is known here before the signature was checked, and nothing is kept without.
"""

from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, post
from litestar.params import FromPath

from billing.cards.events import keep
from billing.cards.objects import Event
from billing.cards.stripe_client import BadSignature, read_event
from billing.cards.vault import unseal
from portal.people.routes.browser import settings_of
from portal.tenancy.database import as_job, enter, sql_value

LARGEST: Final = 1_000_000
"""Bytes. Events are a hundredth of it."""

HookRequest = Request[Any, Any, Any]


@post("/hooks/stripe")
async def take_of_platform(request: HookRequest) -> Response[str]:
    """An event of a connected account."""
    signed = await _signed(request, platform_secret(request))
    if signed is None:
        return _answer(400)
    event, body = signed
    agency_id = await sql_value("select agency_of_processor_account($1)", event.account_id)
    if agency_id is not None:
        await _keep(agency_id, event, body)
    return _answer(200)  # of nobody here: sent again it would be nobody's still


@post("/hooks/stripe/{agency_id:uuid}")
async def take_of_agency(request: HookRequest, agency_id: FromPath[UUID]) -> Response[str]:
    """An event of an agency with keys of its own."""
    sealed = await sql_value("select processor_hook_secret($1)", agency_id)
    signed = await _signed(request, unseal(agency_id, sealed or ""))
    if signed is None:
        return _answer(400)
    event, body = signed
    if not event.account_id:  # else it is about somebody whose platform the agency is
        await _keep(agency_id, event, body)
    return _answer(200)


def platform_secret(request: HookRequest) -> str:
    """The secret of the platform's own endpoint; empty where there is none."""
    return settings_of(request).stripe_webhook_secret or ""


async def _signed(request: HookRequest, secret: str) -> tuple[Event, bytes] | None:
    body = await request.body()
    if not secret or not body or len(body) > LARGEST:
        return None
    try:
        return read_event(body, request.headers.get("stripe-signature", ""), secret), body
    except BadSignature:
        return None


async def _keep(agency_id: UUID, event: Event, body: bytes) -> None:
    await enter(as_job(agency_id))  # the signature says whose event it is
    await keep(agency_id, event, body)


def _answer(status: int) -> Response[str]:
    return Response("", status_code=status, media_type="text/plain")


ROUTES = [take_of_platform, take_of_agency]
