"""Bank files as they are kept: one of them, the latest, and what was wrong with one."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from billing.bank.reading.columns import TableMap
from billing.bank.tables import FileStatus
from portal.audit.record import record
from portal.errors import NotFound
from portal.people.actor import Actor
from portal.storage import store
from portal.tenancy.database import sql, sql_one

LATEST: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file of a bank, and what became of it."""

    id: UUID
    file_name: str
    size_bytes: int
    sha256: bytes
    object_key: str
    version_id: str
    form: str
    status: FileStatus
    bank_account_id: UUID | None
    leave_out_others: bool
    table: TableMap | None
    sample: list[list[str]]
    refusal: dict[str, Any]
    """``code``, ``message`` (a msgid) and ``params``; empty where nothing was wrong."""
    left_out: list[str]
    given_by_name: str
    given_at: datetime
    read_at: datetime | None
    statements: int
    new_lines: int


SELECT: Final = """
select f.id, f.file_name, f.size_bytes, f.sha256, f.object_key, f.version_id, f.form, f.status, f.bank_account_id,
       f.leave_out_others, f.table_map, f.sample, f.refusal, f.left_out, f.given_by_name, f.given_at, f.read_at,
       told.statements, told.new_lines
from bank_files f
cross join lateral (select count(*) as statements, coalesce(sum(new_lines), 0)::bigint as new_lines from bank_statements s
                    where s.agency_id = f.agency_id and s.file_id = f.id and s.withdrawn_at is null) told
where f.agency_id = $1
"""


async def load_file(actor: Actor, file_id: UUID, *, lock: bool = False) -> KeptFile:
    """One file. ``lock`` holds it until the transaction ends, and reads it after that.

    Raises:
        NotFound: there is none for the actor.
    """
    actor.require("bank.read")
    if lock:
        await sql("select from bank_files where agency_id = $1 and id = $2 for no key update", actor.agency_id, file_id)
    row = await sql_one(f"{SELECT} and f.id = $2", actor.agency_id, file_id)
    if row is None:
        raise NotFound
    return _file(row)


async def latest_files(actor: Actor) -> list[KeptFile]:
    """The files that came last, the newest first."""
    actor.require("bank.read")
    return [_file(row) for row in await sql(f"{SELECT} order by f.id desc limit $2", actor.agency_id, LATEST)]


async def open_file(actor: Actor, file_id: UUID) -> str:
    """A link to a file as the bank gave it, which lives a minute; that it was opened stays in the trail.

    Raises:
        NotFound: there is none for the actor.
    """
    file = await load_file(actor, file_id)
    await record(actor, "bank_file.opened", "bank_file", file.id)
    return store.presigned_download(file.object_key, file.version_id, file.file_name)


def _file(row: asyncpg.Record) -> KeptFile:
    values = dict(row)
    table = values.pop("table_map")
    for name in ("sample", "refusal", "left_out"):
        values[name] = json.loads(values[name])
    values["status"] = FileStatus(values["status"])
    return KeptFile(table=TableMap.of(json.loads(table)) if table else None, **values)
