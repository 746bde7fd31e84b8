"""Reading what was handed in, whatever its form: one iterator of checked rows with everything counted along."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import BinaryIO
from uuid import UUID
from zoneinfo import ZoneInfo

from cases.intake.as_given import LIMITS
from cases.intake.check import CheckContext, check_file, check_rows
from cases.intake.csv_file import read_placement_file
from cases.intake.digest import ContentDigest
from cases.intake.draft import CheckedRow
from cases.intake.files.column_map import ColumnMap
from cases.intake.files.mapped import MappedCases, mapped_cases
from cases.intake.files.master import Looked, read_master
from cases.intake.files.postings import Tally
from cases.intake.files.shape import Shape
from cases.intake.files.table import open_table
from cases.intake.issue import FileError, FileFault, Issue
from cases.intake.json_placement import drafts_from_json
from cases.intake.summary import Control, Summary
from portal import clock
from portal.pages.text import N_
from portal.tenancy.database import sql_one

JSON_WANTED = N_("valid JSON")


@dataclass(slots=True)
class Reading:
    """A placement being read. ``rows`` yields once; afterwards everything else is complete."""

    rows: Iterator[CheckedRow]
    summary: Summary
    notes: tuple[Issue, ...] = ()
    control: Control = field(default_factory=Control)
    columns: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    delimiter: str = ","
    encoding: str = "utf-8"
    digest: ContentDigest = field(default_factory=ContentDigest)
    tally: Tally = field(default_factory=Tally)
    looked: Looked | None = None

    def take(self, count: int) -> list[CheckedRow]:
        """The next rows, at most ``count``; none at the end. Raises `FileError` where the rest cannot be read."""
        taken: list[CheckedRow] = []
        for row in self.rows:
            if row.draft is not None:
                self.digest.add(row.draft)
            taken.append(row)
            if len(taken) == count:
                break
        return taken


@dataclass(frozen=True, slots=True)
class ListBeside:
    """A list of debtors beside the file, open, and how to read it."""

    content: BinaryIO
    shape: Shape
    column_map: ColumnMap


@dataclass(frozen=True, slots=True)
class OwnForm:
    """How to read a file in the client's own form: its shape, what its columns mean, and the list of debtors beside it."""

    shape: Shape
    column_map: ColumnMap
    debtors: ListBeside | None = None


def read(content: BinaryIO, form: str, context: CheckContext, own: OwnForm | None = None) -> Reading:
    """Open a placement in one of the forms, or in the client's own. Raises `FileError` when it is none."""
    summary = Summary()
    if own is not None:
        return _read_own(content, own, context, summary)
    if form == "json":
        placement, rows = drafts_from_json(_payload(content), context, summary)
        return Reading(rows, summary, placement.issues, placement.control)
    file = read_placement_file(content, limits=context.limits)
    return Reading(
        check_file(file, context, summary),
        summary,
        file.warnings,
        columns=file.columns,
        ignored=file.ignored,
        delimiter=file.delimiter,
        encoding=file.encoding,
    )


def _read_own(content: BinaryIO, own: OwnForm, context: CheckContext, summary: Summary) -> Reading:
    beside, limits = own.debtors, context.limits
    master = (
        read_master(open_table(beside.content, beside.shape, limits), beside.column_map, limits) if beside else None
    )
    cases = mapped_cases(open_table(content, own.shape, limits), own.column_map, limits, master=master)
    return Reading(
        _checked(cases, context, summary),
        summary,
        columns=cases.columns,
        delimiter=own.shape.delimiter or ",",
        encoding=own.shape.encoding,
        tally=cases.tally,
        looked=master.looked if master else None,
    )


def _checked(cases: MappedCases, context: CheckContext, summary: Summary) -> Iterator[CheckedRow]:
    with closing(cases):
        yield from check_rows(cases, context, summary)
        summary.blank_lines = cases.blank_lines


def _payload(content: BinaryIO) -> object:
    try:
        return json.load(content)
    except (ValueError, RecursionError):
        raise FileError(FileFault.BAD_PAYLOAD, name="$", wanted=JSON_WANTED) from None


def content_of(content: BinaryIO, form: str, context: CheckContext, own: OwnForm | None = None) -> bytes | None:
    """The digest of what a placement says, None when it cannot be read: nothing that was placed was unreadable."""
    try:
        reading = read(content, form, context, own)
        while reading.take(1000):
            pass
    except FileError:
        return None
    return reading.digest.digest()


async def context_of(agency_id: UUID, client_id: UUID) -> CheckContext:
    """What the rules need to know of a client: the date where it is, and its payment terms."""
    row = await sql_one(
        "select time_zone, terms_days from clients where agency_id = $1 and id = $2", agency_id, client_id
    )
    assert row is not None
    today = clock.now().astimezone(ZoneInfo(row["time_zone"])).date()
    return CheckContext(today, row["terms_days"], LIMITS)
