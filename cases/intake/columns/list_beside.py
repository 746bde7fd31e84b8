"""The list of debtors beside a placement: finding it, reading it with the file, and what it looks like."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, BinaryIO
from uuid import UUID

from cases.intake.as_given import Field
from cases.intake.columns.list_look import ListLook, look_at_list
from cases.intake.columns.proposal import Proposed
from cases.intake.fetching import fetched
from cases.intake.files.column_map import ColumnMap
from cases.intake.files.master import says_debtors
from cases.intake.files.shape import Shape
from cases.intake.issue import FileError, FileFault
from cases.intake.reading import ListBeside, OwnForm
from cases.intake.stored import as_kept_json
from portal.tenancy.database import sql, sql_one


@dataclass(frozen=True, slots=True)
class DebtorList:
    """A list of debtors as it lies beside a placement; without a shape it was not looked at yet."""

    id: UUID
    file_name: str
    object_key: str
    size_bytes: int
    shape: Shape | None
    column_map: ColumnMap
    look: ListLook | None
    fault: FileError | None

    @property
    def fields(self) -> frozenset[Field]:
        """What it says of debtors; nothing when it cannot be read, or not yet."""
        usable = self.fault is None and self.shape is not None and says_debtors(self.column_map)
        return frozenset(self.column_map.fields) if usable else frozenset()


LIST_OF = """
select id, file_name, object_key, size_bytes, shape, column_map, look, problem from debtor_lists
where agency_id = $1 and placement_id = $2
"""


async def list_of(agency_id: UUID, placement_id: UUID) -> DebtorList | None:
    """The list beside a placement, if there is one."""
    row = await sql_one(LIST_OF, agency_id, placement_id)
    if row is None:
        return None
    shape, column_map, look, problem = (
        json.loads(row[name]) if row[name] else None for name in ("shape", "column_map", "look", "problem")
    )
    return DebtorList(
        row["id"],
        row["file_name"],
        row["object_key"],
        row["size_bytes"],
        Shape.from_facts(shape) if shape else None,
        ColumnMap.from_facts(column_map) if column_map else ColumnMap(),
        ListLook.from_facts(look) if look else None,
        _fault(problem) if problem else None,
    )


def _fault(problem: Mapping[str, Any]) -> FileError:
    return FileError(FileFault(problem["code"]), **problem["params"])


@asynccontextmanager
async def with_debtors(own: OwnForm | None, listed: DebtorList | None) -> AsyncIterator[OwnForm | None]:
    """The form of a file with the list beside it, open to be read. Calls the storage."""
    if own is None or listed is None or listed.shape is None or not listed.fields:
        yield own
        return
    async with fetched(listed.object_key) as content:
        yield replace(own, debtors=ListBeside(content, listed.shape, listed.column_map))


async def look_at(listed: DebtorList, file: BinaryIO, proposed: Proposed) -> DebtorList:
    """The list as it looks beside the file; with the fault when it cannot be read. Calls the storage.

    How it is read is found once; from then on it stays so, unless the client says otherwise.
    """
    said = (listed.shape, listed.column_map)
    async with fetched(listed.object_key) as content:
        try:
            shape, column_map, look = await asyncio.to_thread(look_at_list, content, file, proposed, *said)
        except FileError as fault:
            return replace(listed, look=None, fault=fault)
    return replace(listed, shape=shape, column_map=column_map, look=look, fault=None)


KEEP = """
update debtor_lists set shape = $3::jsonb, column_map = $4::jsonb, look = $5::jsonb, problem = $6::jsonb
where agency_id = $1 and id = $2
"""


async def keep_look(agency_id: UUID, listed: DebtorList) -> None:
    """Write down what was found of a list when it was looked at."""
    fault = listed.fault
    problem = {"code": fault.code.value, "params": dict(fault.params)} if fault else None
    await sql(
        KEEP,
        *(agency_id, listed.id),
        as_kept_json(listed.shape.to_facts()) if listed.shape else None,
        as_kept_json(listed.column_map.to_facts()),
        as_kept_json(listed.look.to_facts()) if listed.look else None,
        as_kept_json(problem) if problem else None,
    )
