"""The page on which those who lead say who may agree to what: for one client, or by default."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from billing.plans.authority import Ladder
from billing.plans.ladder_form import field_word, ladder_from, ladder_texts, lines
from billing.plans.ladders import as_shipped, change_ladder, kept_ladder, ladder_for, versions_of_ladder
from cases.clients import load_client
from portal.editing import ChangedMeanwhile, Editing, opened, overtaken, refused, seen
from portal.errors import Refused
from portal.pages.forms import read_form
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.guards import needs
from portal.people.routes.browser import Shown


@get("/clients/{client_id:uuid}/authority", guards=[needs("authority.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], client_id: FromPath[UUID]) -> Response[Any]:
    """The limits of a client."""
    return await _opened(request, actor, client_id)


@post("/clients/{client_id:uuid}/authority", guards=[needs("authority.manage")])
async def keep(request: PageRequest, actor: NamedDependency[Actor], client_id: FromPath[UUID]) -> Response[Any]:
    """Add the next version for a client."""
    await load_client(actor, client_id)
    return await _sent(request, actor, client_id)


@get("/settings/authority", guards=[needs("authority.read")])
async def show_default(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The limits of clients without their own."""
    return await _opened(request, actor, None)


@post("/settings/authority", guards=[needs("authority.manage")])
async def keep_default(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Add the next version of the default."""
    return await _sent(request, actor, None)


async def _opened(request: PageRequest, actor: Actor, client_id: UUID | None) -> Response[Any]:
    kept = await kept_ladder(actor, client_id)
    return await _page(request, actor, client_id, opened(await _texts(actor, client_id, kept)))


async def _texts(actor: Actor, client_id: UUID | None, kept: Ladder | None) -> dict[str, str]:
    """What stands in the form; where nothing of its own is kept, what holds instead."""
    if kept is not None:
        return ladder_texts(kept, own=True)
    holds = (await ladder_for(actor, client_id)).ladder if client_id else as_shipped(actor)
    return ladder_texts(holds or as_shipped(actor), own=False)


async def _sent(request: PageRequest, actor: Actor, client_id: UUID | None) -> Response[Any]:
    form = await read_form(request)
    of_client, kept = client_id is not None, await kept_ladder(actor, client_id)
    currency = kept.currency if kept is not None else actor.base_currency
    try:
        wanted = ladder_from(form, currency, of_client=of_client)
        before = seen(form)
        # A default that was never set stands in the form as it ships, and is none yet.
        was = ladder_from(before, currency, of_client=of_client) if before.flag("own") else None
        await change_ladder(actor, client_id, wanted, was)
    except ChangedMeanwhile as error:
        now = error.now if isinstance(error.now, Ladder) else None
        names = dict.fromkeys({*form.values(), *seen(form).values()} - {"seen"}, "")
        return await _page(
            request, actor, client_id, overtaken(form, {**names, **await _texts(actor, client_id, now)}, error)
        )
    except Refused as error:
        return await _page(request, actor, client_id, refused(form, error))
    return redirect(request, _address(client_id), N_("Saved. It holds for what is offered from now on."))


def _address(client_id: UUID | None) -> str:
    return f"/clients/{client_id}/authority" if client_id else "/settings/authority"


async def _page(request: PageRequest, actor: Actor, client_id: UUID | None, editing: Editing) -> Response[Any]:
    made = await versions_of_ladder(actor, client_id)
    ladder = made[0].ladder if made and made[0].ladder else None
    return render(
        request, "billing/plans/ladder.html", status=editing.status,
        client=await load_client(actor, client_id) if client_id else None, address=_address(client_id),
        editing=editing, values=editing.values, errors=Shown(editing.errors), fact_word=field_word,
        length_lines=lines(editing.values, "length_own"), floor_lines=lines(editing.values, "floor"),
        currency=ladder.currency if ladder else actor.base_currency, versions=made,
    )  # fmt: skip


ROUTES = [show, keep, show_default, keep_default]
