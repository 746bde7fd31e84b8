"""Every list as a file for a spreadsheet: one description of its columns and cells, written as CSV or as XLSX.

The rows come in pages, by the keyset of the list, and leave as they come: a file of a hundred thousand rows needs the
memory of one page. Headings and words are the reader's, dates are ISO, an amount is a number beside its currency, and
nothing in it is calculated: what others wrote stays text.
"""

import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Generic, TypeVar
from uuid import UUID

from litestar.response import Stream

from portal.audit.record import record
from portal.pages.export import Cell, neutral
from portal.pages.rendering import tastes
from portal.pages.text import current_zone, speaking, translate
from portal.pages.toasts import PageRequest
from portal.pages.workbook import MEDIA_TYPE, written
from portal.people.actor import Actor
from portal.storage.store import attachment
from portal.tenancy.request import outlive

PAGE = 1000
"""Rows that are read and written at a time."""

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes UTF-8 for the local code page and spoils every name outside it."""


Row = TypeVar("Row")
Place = TypeVar("Place")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet(Generic[Row]):
    """A list as a file. ``columns`` are headings (msgids) with their width in characters; ``cells`` speaks a row."""

    name: str
    """Of the file, without an ending."""
    title: str
    """Of the sheet within it, a msgid."""
    columns: Mapping[str, int]
    pages: AsyncIterator[Sequence[Row]]
    cells: Callable[[Row], Sequence[Cell]]


async def pages(
    read: Callable[[Place | None], Awaitable[tuple[Sequence[Row], Place | None]]],
) -> AsyncIterator[Sequence[Row]]:
    """The pages of a list, each read behind the place that the one before names; the last one names none."""
    place: Place | None = None
    while True:
        rows, place = await read(place)
        yield rows
        if place is None:
            return


async def hand_out(
    request: PageRequest, actor: Actor, sheet: Sheet[Row], action: str, subject: tuple[str, UUID] | None = None
) -> Stream:
    """The sheet as the file that the address ends in, csv or xlsx; that the actor took it stays in the trail.

    A CSV leaves while it is read. An XLSX can only be sent once it is complete, and waits on disk until then.
    """

    async def remember() -> None:
        kind, subject_id = subject or ("agency", actor.agency_id)
        await record(actor, action, kind, subject_id, client_id=actor.client_id)

    outlive(request.scope, remember)
    language, time_zone, _ = tastes(request, actor)
    with speaking(language, time_zone):
        title, headings = translate(sheet.title), [translate(heading) for heading in sheet.columns]
    rows = _spoken(sheet, language, time_zone)
    if request.url.path.endswith("xlsx"):
        content = await written(title, dict(zip(headings, sheet.columns.values(), strict=True)), rows)
        return _file(content, MEDIA_TYPE, f"{sheet.name}.xlsx")
    return _file(_as_csv(headings, rows), "text/csv", f"{sheet.name}.csv")


def _file(content: AsyncIterator[bytes], media_type: str, name: str) -> Stream:
    headers = {"Content-Disposition": attachment(name), "Cache-Control": "no-store"}
    return Stream(content, media_type=media_type, headers=headers)


async def _spoken(sheet: Sheet[Row], language: str, time_zone: str) -> AsyncIterator[list[list[Cell]]]:
    """The cells of each page, their words in the reader's language and their moments by the reader's clock."""
    async for page in sheet.pages:
        with speaking(language, time_zone):
            rows = [[_local(cell) for cell in sheet.cells(row)] for row in page]
        yield rows


def _local(cell: Cell) -> Cell:
    return cell.astimezone(current_zone()) if isinstance(cell, datetime) else cell


async def _as_csv(headings: Sequence[str], pages: AsyncIterator[list[list[Cell]]]) -> AsyncIterator[bytes]:
    """RFC 4180, UTF-8 with a mark, a page at a time."""
    yield (BYTE_ORDER_MARK + _lines([headings])).encode()
    async for rows in pages:
        if rows:
            yield _lines(rows).encode()


def _lines(rows: Sequence[Sequence[Cell]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([_plain(cell) for cell in row] for row in rows)
    return text.getvalue()


def _plain(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return neutral(cell)
        case datetime():
            return cell.isoformat(timespec="minutes")
        case date():
            return cell.isoformat()
        case Decimal():
            return f"{cell.normalize():f}"
        case _:
            return str(cell)
