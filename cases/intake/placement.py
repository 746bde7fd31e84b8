"""A placement in somebody's hands: finding it for an actor, its rows, and the step it has reached."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from cases.intake.as_given import Field
from cases.intake.csv_file import column_name
from cases.intake.files.column_map import ColumnMap
from cases.intake.files.mapped import caption_of
from cases.intake.files.shape import Shape
from cases.intake.issue import FileError, FileFault, Issue
from cases.intake.json_placement import path_name
from cases.intake.stored import SELECT, StoredRow, as_issue, stored_row, summary_of
from cases.intake.summary import Control, compare
from cases.intake.tables import PlacementStatus
from portal.errors import NotFound, Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one, sql_value

BAD = ("error", "duplicate")
GOOD = ("ready", "warning")
PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementFile:
    """A placement as the domain functions handle it."""

    id: UUID
    agency_id: UUID
    client_id: UUID
    reference: str | None
    status: PlacementStatus
    door: str
    form: str
    file_name: str
    object_key: str | None
    size_bytes: int
    file_digest: bytes | None
    content_digest: bytes | None
    control: Mapping[str, Any]
    summary: Mapping[str, Any]
    problem: Mapping[str, Any] | None
    shape: Mapping[str, Any] | None
    column_map: Mapping[str, Any] | None
    looked_at: datetime | None
    mapped_at: datetime | None
    only_all: bool
    submitted_by: UUID | None
    submitted_by_name: str
    received_at: datetime
    checked_at: datetime | None
    handed_over_at: datetime | None
    handed_over_by: UUID | None
    handed_over_by_name: str
    acknowledged_at: datetime | None
    acknowledgement_number: str | None
    amending: Mapping[str, Any] | None
    cleared_at: datetime | None
    roll_back_asked_at: datetime | None
    roll_back_reason: str
    rolled_back_at: datetime | None
    rolled_back_by: UUID | None
    rolled_back_by_name: str

    @property
    def step(self) -> str:
        """Where it stands.

        One of reading, columns (the client says what they mean), checked, amending (proposals are being taken up),
        handing_over, acknowledged, rolling_back, rolled_back, rejected and cancelled.
        """
        if self.acknowledged_at is not None and self.status is not PlacementStatus.ROLLED_BACK:
            return "acknowledged" if self.roll_back_asked_at is None else "rolling_back"
        if self.status in (PlacementStatus.REJECTED, PlacementStatus.CANCELLED, PlacementStatus.ROLLED_BACK):
            return self.status.value
        if self.handed_over_at is not None:
            return "handing_over"
        if self.checked_at is not None:
            return "checked" if self.amending is None else "amending"
        return "columns" if self.looked_at is not None and self.mapped_at is None else "reading"

    @property
    def is_sheet(self) -> bool:
        """Whether it came as a spreadsheet, so that its rows go back as one."""
        return self.shape is not None and Shape.from_facts(self.shape).kind.is_sheet

    @property
    def is_direct(self) -> bool:
        """Whether it is handed over as soon as it is checked: it came from a system, or was typed and checked by hand."""
        return self.door != "web"

    @property
    def is_busy(self) -> bool:
        """Whether a job is at work on it, so that looking again soon is worth while."""
        return self.step in ("reading", "amending", "handing_over", "rolling_back")

    @property
    def ready(self) -> int:
        """Rows that may become cases."""
        return int(self.summary.get("ready", 0))

    @property
    def bad(self) -> int:
        """Rows that may not: errors and duplicates."""
        return int(self.summary.get("errors", 0)) + int(self.summary.get("duplicates", 0))

    @property
    def wanted(self) -> Control:
        """The client's own figures."""
        totals = self.control.get("totals")
        return Control(self.control.get("count"), None if totals is None else dict(totals))

    @property
    def notes(self) -> tuple[Issue, ...]:
        """What concerns the whole placement, its control figures included."""
        if "rows" not in self.summary:
            return ()
        kept = tuple(as_issue(facts) for facts in self.summary.get("notes", ()))
        return kept + (compare(self.wanted, summary_of(self.summary)) if self.checked_at else ())

    @property
    def fault(self) -> FileError | None:
        """Why the file could not be read at all."""
        if self.problem is None or self.problem["code"] not in {*FileFault}:
            return None
        return FileError(FileFault(self.problem["code"]), **self.problem["params"])

    def field_name(self, field: Field) -> str:
        """The door's own name of a field; in a file of the client's own form, the caption it has there."""
        if self.column_map is not None:
            return caption_of(ColumnMap.from_facts(self.column_map), field)
        return column_name(field) if self.form == "csv" else path_name(field)


COLUMNS = ", ".join(PlacementFile.__slots__)
FIND = f"select {COLUMNS} from placements where agency_id = $1 and id = $2"  # noqa: S608 - own column names
_PARSED = {"control", "summary", "problem", "shape", "column_map", "amending"}


def placement_file(row: asyncpg.Record) -> PlacementFile:
    """A placement from a row that has all of :data:`COLUMNS`."""
    values = {name: row[name] for name in PlacementFile.__slots__}
    for name in _PARSED:
        values[name] = json.loads(values[name]) if values[name] is not None else None
    values["status"] = PlacementStatus(values["status"])
    return PlacementFile(**values)


async def load_placement(actor: Actor, placement_id: UUID, *, lock: bool = False) -> PlacementFile:
    """The placement, if the actor may see it; with ``lock`` its row stays locked until the transaction ends.

    Raises:
        NotFound: it never existed, or it is another agency's or another client's.
    """
    actor.require("placements.read")
    locking = " for no key update" if lock else ""
    row = await sql_one(FIND + locking, actor.agency_id, placement_id)
    if row is None:
        raise NotFound
    return placement_file(row)


TAKEN = """
select true from placements
where agency_id = $1 and client_id = $2 and reference = $3 and id <> $4
  and status not in ('cancelled', 'rolled_back', 'rejected')
"""


async def keep_reference(placement: PlacementFile) -> None:
    """Make sure that a placement which was turned down may go on under its reference.

    Raises:
        Refused: the client has handed in another one under it since.
    """
    whose = (placement.agency_id, placement.client_id, placement.reference, placement.id)
    if placement.reference and await sql_value(TAKEN, *whose):
        raise Refused(N_("Meanwhile another placement was handed in under this reference."), code="reference_taken")


async def rows_of(
    actor: Actor, placement: PlacementFile, states: tuple[str, ...], after: int = 0, limit: int = PAGE
) -> list[StoredRow]:
    """The rows in some states behind a row number, in their order."""
    found = await sql(SELECT, actor.agency_id, placement.id, list(states), after, limit)
    return [stored_row(record, placement.field_name(Field.REFERENCE)) for record in found]


@dataclass(frozen=True, slots=True)
class Listed:
    """A placement in a list. ``client_name`` is for staff, who see those of all clients."""

    placement: PlacementFile
    client_name: str


LIST = f"""
select {", ".join("p." + name for name in PlacementFile.__slots__)}, c.name as client_name
from placements p join clients c on c.agency_id = p.agency_id and c.id = p.client_id
where p.agency_id = $1 and p.id < $2 order by p.id desc limit $3
"""  # noqa: S608 - own column names
NEWEST = UUID(int=2**128 - 1)


async def newest(actor: Actor, before: UUID = NEWEST, limit: int = PAGE) -> tuple[list[Listed], bool]:
    """A page of placements, newest first, and whether there are more."""
    actor.require("placements.read")
    found = await sql(LIST, actor.agency_id, before, limit + 1)
    return [Listed(placement_file(row), row["client_name"]) for row in found[:limit]], len(found) > limit
