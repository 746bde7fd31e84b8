"""Placing cases through the pages: the file, its check, handing it over, the acknowledgement."""

from dataclasses import dataclass
from typing import Any, BinaryIO, cast
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from cases.acceptance.conflicts import conflicts_of
from cases.acceptance.rulebook import accepted_from
from cases.documents.folder.missing import without_document
from cases.intake import checking, mail, rolling_back
from cases.intake.acknowledgement import as_pdf
from cases.intake.as_given import LIMITS
from cases.intake.bad_rows import bad_rows_csv, bad_rows_xlsx
from cases.intake.by_hand import routes as by_hand_routes
from cases.intake.clearing import placement_removed_on
from cases.intake.columns import list_routes
from cases.intake.columns import routes as columns_routes
from cases.intake.columns.page import columns_page
from cases.intake.corrections import proposals
from cases.intake.corrections import routes as correction_routes
from cases.intake.corrections.amend import may_be_corrected
from cases.intake.csv_file import COLUMNS as CSV_COLUMNS
from cases.intake.export import placements_sheet
from cases.intake.grid import LEFT_OUT_TEXTS, PROPOSED_TEXTS, columns_of, grid_rows, left_out
from cases.intake.handing_over import cancel, hand_over, set_control
from cases.intake.placement import NEWEST, PAGE, PlacementFile, load_placement, newest, rows_of
from cases.intake.receive import NOT_STORED, Received, arrival, receive
from cases.intake.rolling_back import roll_back, touched_case
from cases.intake.summary import Control
from cases.recall.placement.asked import latest_of
from portal.errors import NotFound, NotNow, Refused
from portal.money import decimal_string
from portal.pages.forms import Form, read_form
from portal.pages.links import files, id_in, narrowed
from portal.pages.rendering import here, render, tastes
from portal.pages.sheet import hand_out
from portal.pages.text import N_, known_language, say
from portal.pages.toasts import redirect
from portal.pages.workbook import MEDIA_TYPE
from portal.people.actor import Actor
from portal.people.guards import needs
from portal.storage.sniff import file_name
from portal.storage.store import StoreAway, attachment
from portal.tenancy.database import sql

PageRequest = Request[Any, Any, Any]

TABS: dict[str, tuple[str, ...]] = {
    "errors": ("error",),
    "warnings": ("warning",),
    "duplicates": ("duplicate",),
    "ready": ("ready", "warning"),
    "left_out": ("left_out",),
}
JOBS = (checking, mail, proposals, rolling_back)
"""Imported so that a worker knows their jobs."""
AWAY = NotNow(NOT_STORED, field="file")


@get("/placements", guards=[needs("placements.read")])
async def placements(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Placements, newest first."""
    listed, more = await newest(actor, id_in(request.query_params.get("before")) or NEWEST)
    following = listed[-1].placement.id if more else None
    return render(
        request, "cases/intake/list.html", block="rows", listed=listed, following=following, files=files(request)
    )


@get(["/placements.csv", "/placements.xlsx"], guards=[needs("placements.read")])
async def placements_as_file(request: PageRequest, actor: NamedDependency[Actor]) -> Stream:
    """The list of placements as a file."""
    return await hand_out(request, actor, placements_sheet(actor), "placements.exported")


@get("/placements/new", guards=[needs("placements.submit")])
async def new(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Where the file is dropped."""
    return await _new(request, actor)


async def _new(
    request: PageRequest, actor: Actor, refusal: Refused | None = None, form: Form | None = None
) -> Response[Any]:
    return render(
        request,
        "cases/intake/new.html",
        status=refusal.status if refusal else 200,
        refusal=refusal,
        reference=form.values().get("reference", "") if form else "",
        columns=list(CSV_COLUMNS),
        limit=LIMITS,
        accepted=await accepted_from(actor),
    )


@post("/placements", guards=[needs("placements.submit")])
async def place(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Take a file in; a job checks it, and the page tells how far it is."""
    form = None
    try:
        form = await read_form(request)
        received = await _take_in(actor, form)
    except Refused as refusal:
        return await _new(request, actor, refusal, form)
    except StoreAway:
        return await _new(request, actor, AWAY, form)
    url = f"/placements/{received.placement.id}"
    if received.is_new:
        return redirect(request, url)
    return redirect(request, url, N_("This placement was handed in before: here is what became of it."), tone="quiet")


async def _take_in(actor: Actor, form: Form) -> Received:
    file = form.file("file")
    if file is None:
        raise Refused(N_("Choose a file."), field="file", code="missing")
    reference = form.text("reference", limit=100)
    came = await arrival(cast(BinaryIO, file.file), "csv", "web", file_name(file.filename), reference)
    return await receive(actor, came)


@get("/placements/template.csv", guards=[needs("placements.submit")])
async def template(actor: NamedDependency[Actor]) -> Response[str]:
    """An empty file with the right columns."""
    return Response(
        "\ufeff" + ",".join(CSV_COLUMNS) + "\r\n", media_type="text/csv", headers=_attachment("placement-template.csv")
    )


@get("/placements/{placement_id:uuid}", guards=[needs("placements.read")])
async def show(request: PageRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID]) -> Response[Any]:
    """A placement, whatever step it is at."""
    placement = await load_placement(actor, placement_id)
    if placement.step == "columns":
        return await columns_page(request, actor, placement)
    return await _show(request, actor, placement)


async def _show(
    request: PageRequest,
    actor: Actor,
    placement: PlacementFile,
    refusal: Refused | None = None,
    form: Form | None = None,
) -> Response[Any]:
    after = _number(request.query_params.get("after"))
    tab = request.query_params.get("show", "")
    tab = tab if tab in TABS or tab == "cases" else _first_tab(placement)
    rows = await rows_of(actor, placement, TABS[tab], after, PAGE + 1) if tab in TABS and _shows_rows(placement) else []
    columns = columns_of(row.written for row in rows[:PAGE])
    made = await _cases_of(actor, placement, request) if tab == "cases" else []
    may_take_back = placement.step == "acknowledged" and actor.may("placements.roll_back")
    return render(
        request,
        "cases/intake/show.html",
        block="content",
        status=422 if refusal else 200,
        placement=placement,
        tab=tab,
        rows=grid_rows(placement, rows[:PAGE], columns),
        columns=columns,
        following=rows[PAGE - 1].row if len(rows) > PAGE else None,
        cases=made[:PAGE],
        following_case=made[PAGE - 1]["id"] if len(made) > PAGE else None,
        is_first_page=not after and not request.query_params.get("before"),
        figures=_figures(placement),
        left_out=[say(LEFT_OUT_TEXTS[reason], num=count) for reason, count in left_out(placement).items()],
        control=_control_lines(placement, form),
        control_count=form.values().get("count", "") if form else placement.control.get("count") or "",
        control_given=placement.control.get("count") is not None or placement.control.get("totals") is not None,
        refusal=refusal,
        conflicts=await conflicts_of(actor, placement) if placement.acknowledged_at else [],
        may_take_back=may_take_back,
        asked_back=await latest_of(actor, placement) if placement.step == "acknowledged" else None,
        touched=await touched_case(actor, placement) if may_take_back else None,
        reason=form.values().get("reason", "") if form else "",
        removed_on=await placement_removed_on(actor, placement),
        link=narrowed(request),
        undocumented=await without_document(actor, placement.id)
        if placement.step == "acknowledged" and actor.may("documents.read")
        else (0, 0),
        here=here(request),
        correctable=may_be_corrected(placement) and actor.may("placements.submit"),
        proposed=_proposed(placement),
    )


def _shows_rows(placement: PlacementFile) -> bool:
    """Whether its rows stand on the page: not before all are read, nor while they become cases."""
    return "rows" in placement.summary and placement.step != "handing_over"


def _proposed(placement: PlacementFile) -> list[tuple[str, str, int]]:
    """The kinds of errors for which something is proposed, in how many rows."""
    rows = placement.summary.get("proposals", {})
    return [(code, text, rows[code]) for code, text in PROPOSED_TEXTS.items() if rows.get(code)]


def _first_tab(placement: PlacementFile) -> str:
    """What a person should look at first."""
    if placement.step in ("acknowledged", "rolling_back", "rolled_back"):
        return "cases"
    counts = placement.summary
    return next((tab for tab in ("errors", "duplicates", "warnings") if counts.get(tab)), "ready")


CASES = """
select id, number, reference, debtor_name, currency, placed_minor, situation from cases
where agency_id = $1 and placement_id = $2 and id > $3 order by id limit $4
"""


async def _cases_of(actor: Actor, placement: PlacementFile, request: PageRequest) -> list[Any]:
    behind = id_in(request.query_params.get("before")) or UUID(int=0)
    return await sql(CASES, actor.agency_id, placement.id, behind, PAGE + 1)


@dataclass(frozen=True, slots=True)
class ControlLine:
    """A client's own total beside what was read, in one currency; empty where it gave none."""

    currency: str
    cases: int
    read_minor: int
    given_minor: int | None
    written: str


def _control_lines(placement: PlacementFile, form: Form | None) -> list[ControlLine]:
    given = (placement.control or {}).get("totals") or {}
    read = placement.summary.get("read_totals", {})
    lines = []
    for currency in sorted({*read, *given}):
        minor = given.get(currency)
        name = f"total_{currency}"
        written = form.values().get(name, "") if form else decimal_string(minor, currency) if minor is not None else ""
        total = read.get(currency, {"cases": 0, "amount_minor": 0})
        lines.append(ControlLine(currency, total["cases"], total["amount_minor"], minor, written))
    return lines


def _figures(placement: PlacementFile) -> dict[str, int]:
    names = ("rows", "ready", "errors", "warnings", "duplicates", "milliseconds")
    counts = {name: int(placement.summary.get(name, 0)) for name in names}
    return {**counts, "left_out": sum(left_out(placement).values())}


@post("/placements/{placement_id:uuid}/control", guards=[needs("placements.submit")])
async def give_control(
    request: PageRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID]
) -> Response[Any]:
    """Note the client's own figures, and say where they differ."""
    form = await read_form(request)
    placement = await load_placement(actor, placement_id)
    try:
        control = _control(placement, form)
        totals = None if control.totals is None else dict(control.totals)
        await set_control(actor, placement_id, count=control.count, totals=totals)
    except Refused as refusal:
        return await _show(request, actor, placement, refusal, form)
    return redirect(request, f"/placements/{placement_id}")


def _control(placement: PlacementFile, form: Form) -> Control:
    count = form.text("count", limit=9)
    if count and not (count.isascii() and count.isdigit()):
        raise Refused(N_("This is not a number."), field="count", code="bad_number")
    totals = {code: form.amount(f"total_{code}", code) for code in placement.summary.get("read_totals", {})}
    given = {code: minor for code, minor in totals.items() if minor is not None}
    return Control(int(count) if count else None, given or None)


@post("/placements/{placement_id:uuid}/hand-over", guards=[needs("placements.submit")])
async def give(request: PageRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID]) -> Response[Any]:
    """Hand over what is ready; a second time, it is as it was the first."""
    form = await read_form(request)
    try:
        await hand_over(actor, placement_id, only_all=form.flag("only_all"))
    except Refused as refusal:
        return await _show(request, actor, await load_placement(actor, placement_id), refusal)
    return redirect(request, f"/placements/{placement_id}")


@post("/placements/{placement_id:uuid}/cancel", guards=[needs("placements.submit")])
async def drop(request: PageRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID]) -> Response[Any]:
    """Drop a placement before it is handed over."""
    try:
        await cancel(actor, placement_id)
    except Refused as refusal:
        return await _show(request, actor, await load_placement(actor, placement_id), refusal)
    return redirect(request, "/placements", N_("The placement was cancelled. Nothing was handed over."))


@post("/placements/{placement_id:uuid}/roll-back", guards=[needs("placements.roll_back")])
async def take_back(request: PageRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID]) -> Response[Any]:
    """Take a placement back that was handed over in error; a second time, it is as it was the first."""
    form = await read_form(request)
    try:
        await roll_back(actor, placement_id, form.text("reason", limit=500))
    except Refused as refusal:
        return await _show(request, actor, await load_placement(actor, placement_id), refusal, form)
    return redirect(request, f"/placements/{placement_id}")


@get("/placements/{placement_id:uuid}/acknowledgement.pdf", guards=[needs("placements.read")])
async def document(
    request: PageRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID]
) -> Response[bytes]:
    """The acknowledgement, in the language asked for or the reader's."""
    placement = await load_placement(actor, placement_id)
    language = known_language(request.query_params.get("language")) or tastes(request, actor)[0]
    content = await as_pdf(actor, placement, language)
    name = _attachment(f"{placement.acknowledgement_number}.pdf")
    return Response(content, media_type="application/pdf", headers=name)


@get("/placements/{placement_id:uuid}/bad-rows.csv", guards=[needs("placements.read")])
async def bad_rows(actor: NamedDependency[Actor], placement_id: FromPath[UUID]) -> Stream:
    """The rows that were not placed, as the same file with columns that say why, and which case has the claim already."""
    placement = await _with_bad_rows(actor, placement_id)
    name = _attachment(f"{_stem(placement)}-to-correct.csv")
    return Stream(await bad_rows_csv(actor, placement), media_type="text/csv", headers=name)


@get("/placements/{placement_id:uuid}/bad-rows.xlsx", guards=[needs("placements.read")])
async def bad_rows_sheet(actor: NamedDependency[Actor], placement_id: FromPath[UUID]) -> Stream:
    """The rows of a spreadsheet that were not placed, as a spreadsheet with columns that say why."""
    placement = await _with_bad_rows(actor, placement_id)
    name = _attachment(f"{_stem(placement)}-to-correct.xlsx")
    return Stream(await bad_rows_xlsx(actor, placement), media_type=MEDIA_TYPE, headers=name)


async def _with_bad_rows(actor: Actor, placement_id: UUID) -> PlacementFile:
    placement = await load_placement(actor, placement_id)
    if placement.form != "csv" or not placement.bad:
        raise NotFound
    return placement


def _stem(placement: PlacementFile) -> str:
    return placement.file_name.rpartition(".")[0] or "placement"


def _attachment(name: str) -> dict[str, str]:
    return {"Content-Disposition": attachment(name)}


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


ROUTES: list[Any] = [
    placements,
    placements_as_file,
    new,
    place,
    template,
    show,
    give_control,
    give,
    drop,
    take_back,
    document,
    bad_rows,
    bad_rows_sheet,
    *columns_routes.ROUTES,
    *list_routes.ROUTES,
    *correction_routes.ROUTES,
    *by_hand_routes.ROUTES,
]
