"""The page on which managers edit what the agency accepts: from one client, or by default."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.acceptance.form import field_word, gathered, lines, rules_in, texts_of
from cases.acceptance.preview import Trial, tried
from cases.acceptance.rulebook import change, kept, versions
from cases.acceptance.rules import Rules
from cases.acceptance.wording import DEBTOR_TEXTS, described
from cases.clients import load_client
from cases.documents.words import KIND_TEXTS
from cases.intake.proposals import country_names
from portal.editing import ChangedMeanwhile, Editing, opened, overtaken, refused, seen
from portal.errors import Refused
from portal.money import CURRENCIES
from portal.pages.forms import Form, Typed, read_form
from portal.pages.rendering import render
from portal.pages.text import N_, speaking
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.guards import needs
from portal.people.routes.browser import Shown

MORE_LINES = 4
"""Empty lines that are added at once."""


@get("/clients/{client_id:uuid}/acceptance", guards=[needs("acceptance.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], client_id: FromPath[UUID]) -> Response[Any]:
    """What is accepted from a client: a form for who may change it, sentences for the others."""
    return await _opened(request, actor, client_id)


@post("/clients/{client_id:uuid}/acceptance", guards=[needs("acceptance.manage")])
async def keep(request: PageRequest, actor: NamedDependency[Actor], client_id: FromPath[UUID]) -> Response[Any]:
    """Add the next version for a client, try it, or give the form more lines."""
    await load_client(actor, client_id)
    return await _sent(request, actor, client_id)


@get("/settings/acceptance", guards=[needs("acceptance.read")])
async def show_default(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """What is accepted from clients without rules of their own."""
    return await _opened(request, actor, None)


@post("/settings/acceptance", guards=[needs("acceptance.manage")])
async def keep_default(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Add the next version of the default, try it, or give the form more lines."""
    return await _sent(request, actor, None)


async def _opened(request: PageRequest, actor: Actor, client_id: UUID | None) -> Response[Any]:
    rules = await kept(actor, client_id)
    return await _page(request, actor, client_id, opened(texts_of(rules)))


async def _sent(request: PageRequest, actor: Actor, client_id: UUID | None) -> Response[Any]:
    form = gathered(await read_form(request))
    if form.flag("more"):
        return await _page(request, actor, client_id, _as_typed(form), more=MORE_LINES)
    of_client = client_id is not None
    try:
        wanted, before = rules_in(form, of_client=of_client), rules_in(seen(form), of_client=of_client)
        if form.flag("try"):
            trial = await tried(actor, client_id, wanted or await _default(actor))
            return await _page(request, actor, client_id, _as_typed(form), trial=trial, asked=True)
        await change(actor, client_id, wanted, before)
    except ChangedMeanwhile as error:
        now = {**_known(form), **texts_of(error.now if isinstance(error.now, Rules) else None)}
        return await _page(request, actor, client_id, overtaken(form, now, error))
    except Refused as error:
        return await _page(request, actor, client_id, refused(form, error))
    return redirect(request, _address(client_id), N_("Saved. It holds for what is placed from now on."))


def _as_typed(form: Form) -> Editing:
    return Editing(Typed(form.values()), form.values().get("seen", ""), {})


def _known(form: Form) -> dict[str, str]:
    """Every field that was typed into or stood there before, empty: a line that others did not have is kept."""
    names = {*form.values(), *seen(form).values()} - {"seen", "try", "more"}
    return dict.fromkeys(sorted(names), "")


async def _default(actor: Actor) -> Rules:
    """What the default asks for, which holds where a client has no rules of its own."""
    return await kept(actor, None) or Rules()


def _address(client_id: UUID | None) -> str:
    return f"/clients/{client_id}/acceptance" if client_id else "/settings/acceptance"


async def _page(
    request: PageRequest,
    actor: Actor,
    client_id: UUID | None,
    editing: Editing,
    *,
    more: int = 0,
    trial: Trial | None = None,
    asked: bool = False,
) -> Response[Any]:
    made = await versions(actor, client_id)
    with speaking(actor.language):
        countries = country_names()
    return render(
        request,
        "cases/acceptance/edit.html",
        status=editing.status,
        client=await load_client(actor, client_id) if client_id else None,
        address=_address(client_id),
        editing=editing,
        values=editing.values,
        errors=Shown(editing.errors),
        fact_word=field_word,
        minimum_lines=lines(editing.values, "minimum", more=more),
        document_lines=lines(editing.values, "kind", more=more),
        chosen=frozenset(editing.values["countries"].split()),
        countries=countries,
        currencies=sorted(CURRENCIES),
        kinds=KIND_TEXTS,
        debtors=DEBTOR_TEXTS,
        default=described(await _default(actor)),
        in_force=described(made[0].rules) if made and made[0].rules else None,
        versions=[(version, described(version.rules) if version.rules is not None else None) for version in made],
        trial=trial,
        asked=asked,
    )


ROUTES = [show, keep, show_default, keep_default]
