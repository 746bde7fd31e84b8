"""The queue page, and taking cases from it."""

from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from cases.choices import clients
from cases.lists.shelf import shelf
from cases.lists.views import LONGEST, Page, save_view
from cases.queues.claim import claim, claim_next, held, release
from cases.queues.export import queue_sheet
from cases.queues.filters import read_filters
from cases.queues.overview import counted, overview
from cases.queues.work import (
    BAND_ICONS,
    BAND_TEXTS,
    BAND_TONES,
    START,
    Cursor,
    later_today,
    place_of,
    queues,
    tally,
    work,
)
from portal import clock
from portal.errors import NotFound, Refused
from portal.pages.forms import read_form
from portal.pages.links import files, narrowed
from portal.pages.rendering import render
from portal.pages.sheet import hand_out
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people.actor import Actor
from portal.people.guards import needs


@get("/queue", guards=[needs("cases.work")])
async def queue(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """The negotiator's home: today's cases in order, and why."""
    return await _page(request, actor)


async def _page(request: PageRequest, actor: Actor, error: Refused | None = None, name: str = "") -> Response[Any]:
    filters = read_filters(request.query_params)
    waiting = await overview(actor, filters)
    views = await shelf(actor, Page.QUEUE, filters.query, error, name)
    rows, more = await work(actor, filters, waiting.open, _cursor(request))
    return render(
        request,
        "cases/queue.html",
        block="rows",
        status=422 if error else 200,
        rows=rows,
        bands=[
            (band, BAND_TEXTS[band], BAND_ICONS[band], BAND_TONES[band], waiting.bands[band]) for band in BAND_TEXTS
        ],
        waiting=waiting,
        now_hour=_hour(actor),
        following="_".join(map(str, place_of(rows[-1]))) if more else None,
        filters=filters,
        link=narrowed(request, path="/queue"),
        files=files(request, path="/queue"),
        queues=await queues(actor),
        clients=await clients(actor),
        tally=await tally(actor),
        later=await later_today(actor),
        holding=await held(actor),
        shelf=views,
        view_counts=await counted(actor, [read_filters(dict(parse_qsl(view.query))) for view in views.views]),
    )


@post("/queue/views", guards=[needs("cases.work")])
async def keep_view(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Keep the queue as it is narrowed, under a name."""
    form = await read_form(request)
    try:
        query = read_filters(request.query_params).query
        view = await save_view(actor, Page.QUEUE, form.text("name", limit=LONGEST), query)
    except Refused as error:
        return await _page(request, actor, error, form.values().get("name", ""))
    return redirect(request, view.address, N_("View saved."))


@get(["/queue.csv", "/queue.xlsx"], guards=[needs("cases.work")])
async def queue_as_file(request: PageRequest, actor: NamedDependency[Actor]) -> Stream:
    """The queue as it is narrowed, as a file."""
    return await hand_out(
        request, actor, await queue_sheet(actor, read_filters(request.query_params)), "queue.exported"
    )


@post("/queue/next", guards=[needs("cases.work")])
async def take_next(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Take the most urgent free case in hand and go to it."""
    form = await read_form(request)
    case_id = await claim_next(actor, queue_id=form.id("queue"), after=form.id("after"))
    if case_id is None:
        return redirect(request, "/queue", N_("Nothing is waiting for you right now."), tone="quiet")
    return redirect(request, f"/cases/{case_id}")


@post("/cases/{case_id:uuid}/claim", guards=[needs("cases.work")])
async def take(request: PageRequest, actor: NamedDependency[Actor], case_id: FromPath[UUID]) -> Response[Any]:
    """Take one case in hand; a manager may take it from somebody else."""
    form = await read_form(request)
    await claim(actor, case_id, steal=form.flag("steal"))
    return redirect(request, f"/cases/{case_id}")


@post("/queue/release", guards=[needs("cases.work")])
async def let_go(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Give the case in hand back to the queue."""
    await release(actor)
    return redirect(request, "/queue")


def _hour(actor: Actor) -> float:
    """The hour it is for the actor, 0 to 24."""
    now = clock.now().astimezone(ZoneInfo(actor.time_zone))
    return now.hour + now.minute / 60


def _cursor(request: PageRequest) -> Cursor:
    """Where a page begins: behind the band, rank and id of the last row of the one before."""
    text = request.query_params.get("after")
    if not text:
        return START
    try:
        band, rank, case_id = text.split("_")
        return int(band), int(rank), UUID(case_id)
    except ValueError:
        raise NotFound from None


ROUTES = [queue, queue_as_file, keep_view, take_next, take, let_go]
