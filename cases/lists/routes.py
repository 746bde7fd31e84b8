"""The page of all cases, and its file."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Stream

from cases.acceptance.worklist import asked_of
from cases.casework import ACTION_TEXTS
from cases.choices import clients
from cases.lists.export import cases_sheet
from cases.lists.listing import (
    COUNTED,
    KEYS,
    ORDER_TEXTS,
    Narrowing,
    Order,
    Place,
    count_cases,
    currencies,
    list_cases,
)
from cases.lists.shelf import shelf
from cases.lists.views import LONGEST, save_view
from cases.lists.views import Page as ListPage
from cases.workbench.client_view import STEPS, YOURS
from portal.errors import NotFound, Refused
from portal.pages.forms import read_form
from portal.pages.links import as_query, files, id_in, narrowed
from portal.pages.rendering import render
from portal.pages.sheet import hand_out
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.pages.vocabulary import SITUATIONS
from portal.people.actor import Actor
from portal.people.guards import needs

STATUSES = ("", "open", "closed")


def _amount(text: str) -> int:
    number = int(text)
    if abs(number) >= 2**63:
        raise ValueError
    return number


def _words(text: str) -> str:
    if "\0" in text:
        raise ValueError
    return text


READERS: dict[str, Callable[[str], object]] = {
    "uuid": UUID,
    "text": _words,
    "bigint": _amount,
    "date": date.fromisoformat,
}


@get("/cases", guards=[needs("cases.read")])
async def all_cases(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """All cases the actor may see, narrowed and ordered by the URL."""
    return await _page(request, actor)


async def _page(request: PageRequest, actor: Actor, error: Refused | None = None, name: str = "") -> Response[Any]:
    narrowing, order = _narrowing(request), _order(request)
    after, before = _place(request, "after", order), _place(request, "before", order)
    page = await list_cases(actor, narrowing, order, after=after, before=before)
    found = await count_cases(actor, narrowing)
    link = narrowed(request, path="/cases")
    return render(
        request,
        "cases/cases.html",
        block="rows",
        status=422 if error else 200,
        lines=page.lines,
        previous=link(before=_text(page.previous)) if page.previous else None,
        following=link(after=_text(page.following)) if page.following else None,
        found=min(found, COUNTED),
        many=found > COUNTED,
        narrowing=narrowing,
        is_narrowed=narrowing != Narrowing(),
        order=order,
        orders=ORDER_TEXTS,
        situations=SITUATIONS,
        currencies=await currencies(actor),
        clients=await clients(actor) if actor.may("clients.read") else [],
        steps=ACTION_TEXTS if actor.is_staff else STEPS,
        yours=frozenset() if actor.is_staff else YOURS,
        asked=0 if actor.is_staff else await asked_of(actor),
        link=link,
        files=files(request, path="/cases"),
        shelf=await shelf(actor, ListPage.CASES, _query(narrowing, order), error, name),
    )


@post("/cases/views", guards=[needs("cases.read")])
async def keep_view(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Keep the list as it is narrowed and ordered, under a name."""
    form = await read_form(request)
    try:
        query = _query(_narrowing(request), _order(request))
        view = await save_view(actor, ListPage.CASES, form.text("name", limit=LONGEST), query)
    except Refused as error:
        return await _page(request, actor, error, form.values().get("name", ""))
    return redirect(request, view.address, N_("View saved."))


@get(["/cases.csv", "/cases.xlsx"], guards=[needs("cases.read")])
async def cases_as_file(request: PageRequest, actor: NamedDependency[Actor]) -> Stream:
    """The list as it is narrowed and ordered, as a file."""
    return await hand_out(request, actor, cases_sheet(actor, _narrowing(request), _order(request)), "cases.exported")


def _narrowing(request: PageRequest) -> Narrowing:
    query = request.query_params
    situation, status = query.get("situation", ""), query.get("status", "")
    return Narrowing(
        situation=situation if situation in SITUATIONS else "",
        status=status if status in STATUSES else "",
        currency=currency if (currency := query.get("currency", "")).isalpha() and currency.isascii() else "",
        client_id=id_in(query.get("client")),
        debtor_id=id_in(query.get("debtor")),
        mine=query.get("mine") == "1",
        without_documents=query.get("documents") == "none",
    )


def _query(narrowing: Narrowing, order: Order) -> str:
    """The list as the address of a view says it."""
    return as_query({
        "situation": narrowing.situation, "status": narrowing.status, "currency": narrowing.currency,
        "client": narrowing.client_id, "debtor": narrowing.debtor_id, "mine": int(narrowing.mine),
        "documents": "none" if narrowing.without_documents else "",
        "sort": order if order is not Order.NEWEST else "",
    })  # fmt: skip


def _order(request: PageRequest) -> Order:
    sort = request.query_params.get("sort", "")
    return Order(sort) if sort in set(Order) else Order.NEWEST


def _place(request: PageRequest, name: str, order: Order) -> Place | None:
    """Where a page begins or ends: the key of a row in the order of the list."""
    text = request.query_params.get(name)
    if not text:
        return None
    parts, types = text.split("_"), KEYS[order].types
    try:
        return tuple(READERS[kind](part) for part, kind in zip(parts, types, strict=True))
    except ValueError:
        raise NotFound from None


def _text(place: Place) -> str:
    return "_".join(str(part) for part in place)


ROUTES = [all_cases, cases_as_file, keep_view]
