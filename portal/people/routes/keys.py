"""Keys for other systems."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal import clock
from portal.errors import NotFound, Refused
from portal.pages.forms import read_form
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people import api_keys
from portal.people.actor import Actor
from portal.people.guards import needs
from portal.people.memberships import people_of
from portal.people.routes.browser import shown

MANAGE = needs("api_keys.manage")


@get("/keys", guards=[MANAGE])
async def show(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The keys, and the form to make one."""
    try:
        client_id = UUID(text) if (text := request.query_params.get("client", "")) else None
    except ValueError:
        raise NotFound from None
    return await _page(request, actor, client_id)


async def _page(
    request: PageRequest,
    actor: Actor,
    client_id: UUID | None,
    *,
    new_key: str | None = None,
    error: Refused | None = None,
    values: dict[str, str] | None = None,
) -> Response[Any]:
    client_id, place = await people_of(actor, client_id)
    a_year = (clock.today(actor.time_zone) + timedelta(days=365)).isoformat()
    return render(
        request, "portal/people/keys.html", status=422 if error else 200,
        place=place, client_id=client_id, keys=await api_keys.keys(actor, client_id), new_key=new_key, errors=shown(error),
        values={"expires_on": a_year, **(values or {})}, moment=clock.now(),
    )  # fmt: skip


@post("/keys", guards=[MANAGE])
async def make(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Make a key; this answer is the only one that ever shows it."""
    form = await read_form(request)
    client_id = form.id("client")
    try:
        last_day = form.day("expires_on")
        expires = datetime.combine(last_day, time.max, ZoneInfo(actor.time_zone)) if last_day else None
        key = await api_keys.make_key(actor, form.text("name", required=True), client_id, clock.now(), expires)
    except Refused as error:
        return await _page(request, actor, client_id, error=error, values=form.values())
    return await _page(request, actor, client_id, new_key=key)


@post("/keys/{key_id:uuid}/revoke", guards=[MANAGE])
async def revoke(request: PageRequest, actor: NamedDependency[Actor], key_id: FromPath[UUID]) -> Response[Any]:
    """Make a key useless at once."""
    hint, client_id = await api_keys.revoke_key(actor, key_id, clock.now())
    place = "/keys" if client_id in (None, actor.client_id) else f"/keys?client={client_id}"
    return redirect(request, place, N_("The key …%(hint)s no longer works."), hint=hint)


ROUTES = [show, make, revoke]
