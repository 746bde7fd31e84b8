"""The job that checks a placement: from storage, row by row, into the database.

It may be killed at any moment and run again: a run first deletes what an earlier one wrote, and every batch it writes
makes sure that no later run, and no cancellation, has taken its place. A batch is a transaction, so that the page
shows how far it is; while one is written the next is checked, and memory holds these two, whatever the size of the file.
"""

import asyncio
import json
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from cases.intake.alike import mark_alike
from cases.intake.columns.list_beside import keep_look, list_of, look_at, with_debtors
from cases.intake.columns.list_look import Compared
from cases.intake.columns.memory import own_form, remembered
from cases.intake.columns.proposal import propose
from cases.intake.draft import CheckedRow
from cases.intake.fetching import fetched
from cases.intake.files.shape import Shape
from cases.intake.handing_over import begin_handing_over
from cases.intake.issue import FileError, FileFault, Severity
from cases.intake.placement import COLUMNS, PlacementFile, placement_file
from cases.intake.reading import Reading, context_of, read
from cases.intake.stored import INSERT, Columns, as_columns, as_facts, as_kept_json, totals_as_facts
from cases.intake.summary import compare
from cases.intake.tables import PlacementStatus
from cases.intake.tally import counted, mark_duplicates
from portal import clock
from portal.audit.record import as_json, record
from portal.identity import new_id
from portal.jobs import job
from portal.jobs.registry import Payload
from portal.people.actor import Actor, system
from portal.tenancy.database import sql, sql_one, sql_value, transaction

BATCH = 2000


class Overtaken(Exception):
    """Another run of the check has begun, or the placement was cancelled: this run has nothing more to say."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the check."""

    id: UUID
    actor: Actor
    placement: PlacementFile
    began: float


@job("placements.check")
async def check(payload: Payload) -> None:
    """Check a placement that has arrived; one that has been checked or cancelled stays as it is."""
    run = await _begin(system(UUID(payload["agency_id"])), UUID(payload["placement_id"]))
    if run is None:
        return
    assert run.placement.object_key is not None
    try:
        async with fetched(run.placement.object_key) as file:
            await _look(run, file, ask=payload.get("columns", ""))
    except FileError as error:
        await _reject(run, error)
    except Overtaken:
        return


BEGIN = f"""
update placements set status = 'checking', check_run = $3, summary = '{{}}'
where agency_id = $1 and id = $2 and status in ('received', 'checking') and checked_at is null
  and (looked_at is null or mapped_at is not null)
returning {COLUMNS}
"""  # noqa: S608 - own column names


async def _begin(actor: Actor, placement_id: UUID) -> Run | None:
    run_id = new_id()
    async with transaction(actor.scope):
        row = await sql_one(BEGIN, actor.agency_id, placement_id, run_id)
        if row is None:
            return None
        await sql(
            "delete from placement_rows where agency_id = $1 and placement_id = $2", actor.agency_id, placement_id
        )
    return Run(run_id, actor, placement_file(row), time.monotonic())


NOT_SIMPLE = frozenset({FileFault.MISSING_COLUMN, FileFault.DUPLICATE_COLUMN, FileFault.NOT_CSV})
"""Why a file is not in the simple form, and may still be a table in the client's own."""


async def _look(run: Run, file: BinaryIO, *, ask: str = "") -> None:
    """Check a file that has the simple form, or whose columns the client confirmed; else propose what they mean.

    ``ask``: the client wants to say itself what they mean (``columns``), or chose how the file is read, by which the
    header is to be found anew (``header``).
    """
    placement, own = run.placement, own_form(run.placement)
    waits = not placement.is_direct and placement.form == "csv" and placement.mapped_at is None
    if waits and (ask or placement.shape is not None):
        await _propose(run, file, find_header=ask == "header")
        return
    async with transaction(run.actor.scope, read_only=True):
        context = await context_of(run.actor.agency_id, placement.client_id)
        listed = await list_of(run.actor.agency_id, placement.id)
    try:
        async with with_debtors(own, listed) as form:
            reading = await asyncio.to_thread(read, file, placement.form, context, form)
    except FileError as error:
        if not waits or error.code not in NOT_SIMPLE:
            raise
        await _propose(run, file)
        return
    await _read(run, reading)


PROPOSE = """
update placements set status = 'received', check_run = null, looked_at = $3, shape = $4::jsonb, proposal = $5::jsonb,
                      column_map = $6::jsonb
where agency_id = $1 and id = $2
"""


async def _propose(run: Run, file: BinaryIO, *, find_header: bool = False) -> None:
    """Write down how the file may be read and what its columns may mean; from here on the client is asked."""
    actor, placement = run.actor, run.placement
    chosen = Shape.from_facts(placement.shape) if placement.shape is not None else None
    async with transaction(actor.scope, read_only=True):
        known = await remembered(actor.agency_id, placement.client_id)
        listed = await list_of(actor.agency_id, placement.id)
    found = await asyncio.to_thread(propose, file, known, chosen, find_header=find_header)
    looked = await look_at(listed, file, found) if listed else None
    facts = (found.shape.to_facts(), found.proposal.to_facts(), found.column_map.to_facts())
    async with transaction(actor.scope):
        await _make_sure(run)
        await sql(PROPOSE, actor.agency_id, placement.id, clock.now(), *map(as_kept_json, facts))
        if looked:
            await keep_look(actor.agency_id, looked)
        await record(
            actor,
            "placement.columns_proposed",
            "placement",
            placement.id,
            client_id=placement.client_id,
            facts={"shape": found.shape.told, "columns": found.proposal.columns},
        )


async def _read(run: Run, reading: Reading) -> None:
    """Check everything, a batch at a time in a thread, so that other jobs of this worker go on."""
    placement = run.placement
    async with aclosing(_batches(reading)) as batches:
        async for batch, rows_read in batches:
            async with transaction(run.actor.scope):
                await _make_sure(run, progress={"read": rows_read})
                await sql(INSERT, placement.agency_id, placement.client_id, placement.id, *batch)
    async with transaction(run.actor.scope):
        await _make_sure(run)
        await _conclude(run, reading)


async def _batches(reading: Reading) -> AsyncGenerator[tuple[Columns, int], None]:
    """Batch after batch, with how many rows were read by its end; the next is checked while one is being written."""
    following = asyncio.create_task(asyncio.to_thread(_next_batch, reading))
    try:
        while (batch := await following)[0]:
            following = asyncio.create_task(asyncio.to_thread(_next_batch, reading))
            yield batch
    finally:
        # A thread cannot be stopped, and the file it reads is closed next.
        await asyncio.gather(following, return_exceptions=True)


def _next_batch(reading: Reading) -> tuple[Columns, int]:
    rows: list[CheckedRow] = reading.take(BATCH)
    return as_columns(rows) if rows else (), reading.summary.rows


MINE = """
update placements set summary = coalesce($4::jsonb, summary)
where agency_id = $1 and id = $2 and check_run = $3 and status = 'checking' and checked_at is null
returning id
"""


async def _make_sure(run: Run, progress: dict[str, object] | None = None) -> None:
    """Hold the placement's row while this run writes. Raises `Overtaken` when it is no longer its to write."""
    told = as_json(progress) if progress else None
    if await sql_value(MINE, run.actor.agency_id, run.placement.id, run.id, told) is None:
        raise Overtaken


FIRST_LIKE_IT = """
select id from placements
where agency_id = $1 and client_id = $2 and content_digest = $3 and id <> $4 and acknowledged_at is not null
  and status in ('accepted', 'partly_accepted')
order by id limit 1
"""


CONCLUDE = """
update placements set checked_at = $3, summary = $4::jsonb, content_digest = $5, control = $6::jsonb, status = $7
where agency_id = $1 and id = $2
"""


async def _conclude(run: Run, reading: Reading) -> None:
    """Write down what was found. What nobody is to look at again is handed over at once if anything can be."""
    actor, placement, digest = run.actor, run.placement, reading.digest.digest()
    await mark_duplicates(placement)
    await mark_alike(placement)
    counts = await counted(actor.agency_id, placement.id)
    known_as = await sql_value(FIRST_LIKE_IT, actor.agency_id, placement.client_id, digest, placement.id)
    control = _control(reading) if placement.form == "json" else dict(placement.control)
    summary = {
        "rows": reading.summary.rows,
        "skipped": reading.summary.blank_lines,
        "left_out": {reason.value: times for reason, times in sorted(reading.tally.reasons.items())},
        **counts,
        "read_totals": totals_as_facts(reading.summary.read_totals),
        "codes": {code.value: times for code, times in sorted(reading.summary.codes.items())},
        "proposals": {code.value: rows for code, rows in sorted(reading.summary.proposals.items())},
        "notes": [as_facts(issue) for issue in reading.notes],
        "columns": list(reading.columns),
        "delimiter": reading.delimiter,
        "encoding": reading.encoding,
        "debtor_list": Compared.of(reading.looked).to_facts() if reading.looked else None,
        "known_as": str(known_as) if known_as and counts["ready"] == 0 else None,
        "milliseconds": round((time.monotonic() - run.began) * 1000),
    }
    forbidden = any(issue.severity is Severity.ERROR for issue in reading.notes) or bool(
        placement.is_direct and compare(reading.control, reading.summary)
    )
    rejected = counts["ready"] == 0 or forbidden
    status = PlacementStatus.REJECTED if rejected else PlacementStatus.CHECKING
    await sql(
        CONCLUDE,
        *(actor.agency_id, placement.id, clock.now(), as_json(summary), digest, as_json(control), status),
    )
    facts = {name: summary[name] for name in ("rows", "ready", "errors", "warnings", "duplicates", "totals")}
    facts |= {"content": digest.hex(), "status": status}
    await record(actor, "placement.checked", "placement", placement.id, client_id=placement.client_id, facts=facts)
    if placement.is_direct and not rejected:
        await begin_handing_over(actor, placement, by=placement.submitted_by, by_name=placement.submitted_by_name)


def _control(reading: Reading) -> dict[str, object]:
    totals = reading.control.totals
    return {"count": reading.control.count, "totals": None if totals is None else dict(totals)}


REJECT = """
update placements set status = 'rejected', checked_at = $3, summary = '{}', problem = $4::jsonb
where agency_id = $1 and id = $2
"""


async def _reject(run: Run, error: FileError) -> None:
    """The file cannot be read: nothing of it is kept but why."""
    actor, placement = run.actor, run.placement
    problem = {"code": error.code.value, "params": dict(error.params)}
    async with transaction(actor.scope):
        try:
            await _make_sure(run)
        except Overtaken:
            return
        await sql(
            "delete from placement_rows where agency_id = $1 and placement_id = $2", actor.agency_id, placement.id
        )
        await sql(REJECT, actor.agency_id, placement.id, clock.now(), json.dumps(problem))
        await record(
            actor,
            "placement.checked",
            "placement",
            placement.id,
            client_id=placement.client_id,
            facts={"problem": error.code.value, "status": PlacementStatus.REJECTED},
        )
