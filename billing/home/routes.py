"""The client's home, and the way from ``/`` to where each person's day begins."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from billing.home.exchange import Exchange, exchange
from billing.home.news import happened, moved, waiting
from billing.home.recovery import figures, stair_step
from billing.home.sums import placed, promised, received
from cases.workbench.client_view import STEPS, YOURS
from portal import clock
from portal.money import exponent
from portal.pages.formats import NBSP, month, number
from portal.pages.links import narrowed
from portal.pages.rendering import render
from portal.pages.text import in_chinese
from portal.pages.toasts import redirect
from portal.people.actor import Actor
from portal.people.guards import needs

ALL = "all"
BEGINNINGS = (("recovery.read", "/home"), ("cases.work", "/queue"), ("payments.record", "/payments"))
"""Where a day begins: the first of these that the role may open, else the list of cases."""


@get("/", opt={"public": True})
async def begin(request: Request[Any, Any, Any]) -> Response[Any]:
    """To the page where this person's day begins, or to the sign-in."""
    actor: Actor | None = request.scope.get("actor")  # type: ignore[assignment]
    if actor is None:
        return redirect(request, "/login")
    return redirect(request, next((url for permission, url in BEGINNINGS if actor.may(permission)), "/cases"))


@get("/home", guards=[needs("recovery.read")])
async def home(request: Request[Any, Any, Any], actor: NamedDependency[Actor]) -> Response[Any]:
    """What became of the client's claims, in one currency at a time or converted at rates that are named."""
    today = clock.today(actor.time_zone)
    all_placed, all_received, all_promised = await placed(actor), await received(actor, today), await promised(actor)
    currencies = _by_size(all_placed)
    rates = await exchange(actor.base_currency, currencies, today) if len(currencies) > 1 else None
    chosen = _chosen(request.query_params.get("currency", ""), currencies, rates)
    if chosen == ALL and rates is not None:
        currency = rates.target
        parts = rates.placed(all_placed), rates.received(all_received), rates.promised(all_promised)
    else:
        currency = chosen
        parts = (
            [part for part in all_placed if part.currency == chosen],
            [part for part in all_received if part.currency == chosen],
            [part for part in all_promised if part.currency == chosen],
        )
    net = request.query_params.get("heat") == "net"
    items, waits = await waiting(actor)
    return render(
        request,
        "billing/home.html",
        chosen=chosen,
        currency=currency,
        currencies=currencies,
        rates=rates,
        named=_named(rates) if chosen == ALL and rates else [],
        first_month=min((part.month for part in parts[0]), default=None),
        figures=figures(*parts),
        stairs=stair_step(parts[0], parts[1], today, net=net),
        net=net,
        whole=lambda minor: number(Decimal(minor).scaleb(-exponent(currency))),
        waiting=items,
        waiting_number=waits,
        events=await happened(actor, today),
        moved=await moved(actor, today),
        steps=STEPS,
        yours=YOURS,
        short_month=_short_month,
        link=narrowed(request),
    )


def _short_month(day: date, with_year: bool) -> str:
    """A month for a narrow column: ``Dec 2025``, ``Feb``; ``2025年12月``, ``2月``."""
    text = month(day)
    if in_chinese():
        return text if with_year else text.partition("年")[2]
    name, _, year = text.partition(NBSP)
    return f"{name[:3]}{NBSP}{year}" if with_year else name[:3]


def _by_size(parts: Sequence[Any]) -> list[str]:
    """The currencies, the one with the most cases first."""
    cases: dict[str, int] = {}
    for part in parts:
        cases[part.currency] = cases.get(part.currency, 0) + part.cases
    return sorted(cases, key=lambda currency: (-cases[currency], currency))


def _chosen(asked: str, currencies: Sequence[str], rates: Exchange | None) -> str:
    """The currency shown; all of them in one when nothing is asked for and there are rates."""
    if asked in currencies:
        return asked
    if rates is not None:
        return ALL
    return currencies[0] if currencies else ""


def _named(rates: Exchange) -> list[tuple[str, date, list[tuple[str, Any]]]]:
    """The rates used, as (source, date, [(currency, how much a euro was worth)])."""
    groups: dict[tuple[str, date], list[tuple[str, Any]]] = {}
    for rate in rates.rates.values():
        groups.setdefault((rate.source, rate.on), []).append((rate.currency, rate.per_euro))
    return [(source, on, used) for (source, on), used in groups.items()]


ROUTES = [begin, home]
