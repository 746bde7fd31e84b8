"""The queue page, and taking cases from it."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.queues.claim import claim, claim_next, held, release
from cases.queues.work import (
    BAND_ICONS,
    BAND_TEXTS,
    BAND_TONES,
    START,
    Cursor,
    Filters,
    clients,
    counts,
    later_today,
    queues,
    tally,
    work,
)
from portal.errors import NotFound
from portal.pages.forms import read_form
from portal.pages.links import id_in, narrowed
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import redirect
from portal.people.actor import Actor
from portal.people.guards import needs


@get("/queue", guards=[needs("cases.work")])
async def queue(request: Request[Any, Any, Any], actor: NamedDependency[Actor]) -> Response[Any]:
    """The negotiator's home: today's cases in order, and why."""
    filters = _filters(request)
    rows, more = await work(actor, filters, _cursor(request))
    bands = await counts(actor, filters)
    return render(
        request,
        "cases/queue.html",
        block="rows",
        rows=rows,
        bands=[(band, BAND_TEXTS[band], BAND_ICONS[band], BAND_TONES[band], bands.get(band, 0)) for band in BAND_TEXTS],
        total=sum(bands.values()),
        following=_cursor_text(rows[-1]) if more and rows else None,
        filters=filters,
        link=narrowed(request),
        queues=await queues(actor),
        clients=await clients(actor),
        tally=await tally(actor),
        later=await later_today(actor),
        holding=await held(actor),
    )


@post("/queue/next", guards=[needs("cases.work")])
async def take_next(request: Request[Any, Any, Any], actor: NamedDependency[Actor]) -> Response[Any]:
    """Take the most urgent free case in hand and go to it."""
    form = await read_form(request)
    case_id = await claim_next(actor, queue_id=form.id("queue"), after=form.id("after"))
    if case_id is None:
        return redirect(request, "/queue", N_("Nothing is waiting for you right now."), tone="quiet")
    return redirect(request, f"/cases/{case_id}")


@post("/cases/{case_id:uuid}/claim", guards=[needs("cases.work")])
async def take(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], case_id: FromPath[UUID]
) -> Response[Any]:
    """Take one case in hand; a manager may take it from somebody else."""
    form = await read_form(request)
    await claim(actor, case_id, steal=form.flag("steal"))
    return redirect(request, f"/cases/{case_id}")


@post("/queue/release", guards=[needs("cases.work")])
async def let_go(request: Request[Any, Any, Any], actor: NamedDependency[Actor]) -> Response[Any]:
    """Give the case in hand back to the queue."""
    await release(actor)
    return redirect(request, "/queue")


def _filters(request: Request[Any, Any, Any]) -> Filters:
    query = request.query_params
    return Filters(
        mine=query.get("mine") == "1",
        queue_id=id_in(query.get("queue")),
        client_id=id_in(query.get("client")),
        situation=query.get("situation", ""),
        band=int(band) if (band := query.get("band", "0")).isdigit() and len(band) == 1 else 0,
    )


def _cursor(request: Request[Any, Any, Any]) -> Cursor:
    """Where a page begins: behind the band, rank and id of the last row of the one before."""
    text = request.query_params.get("after")
    if not text:
        return START
    try:
        band, rank, case_id = text.split("_")
        return int(band), int(rank), UUID(case_id)
    except ValueError:
        raise NotFound from None


def _cursor_text(row: Any) -> str:
    return f"{row.case.band}_{row.case.rank}_{row.case.id}"


ROUTES = [queue, take_next, take, let_go]
