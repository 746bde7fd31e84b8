"""A remittance run over many payments, beside one INSERT … SELECT of the lines that it writes, into the same table."""

from time import perf_counter
from typing import Final
from uuid import UUID

import asyncpg

from billing.remittance.acts import Act, end
from billing.remittance.draft import cancel, prepare, work_out
from billing.remittance.run import load_run
from portal.bench.figure import Figure, at_most
from portal.bench.pace import Pace
from portal.bench.trading import Trade, trade
from portal.tenancy.database import DB, transaction

GOAL: Final = 3.0
CLIENTS: Final = 1_000

WRITTEN: Final = "create temporary table written as select * from statement_lines where agency_id = $1"
AGAIN: Final = "insert into statement_lines select * from written order by statement_id, position"
REMOVE: Final = "delete from statement_lines where agency_id = $1"


async def measure(app_url: str, owner_url: str, payments: int, pace: Pace) -> Figure:
    """The figure ``remittance``: seconds to prepare a run over so many payments of up to a thousand clients."""
    owner, app = await asyncpg.connect(owner_url), await asyncpg.connect(app_url)
    await DB.open(app_url, pool_size=2)
    try:
        await owner.execute("set role portal_definer")
        clients = min(CLIENTS, payments // 10)
        made = await trade(owner, app, payments, clients=clients, with_payments=True)
        await owner.execute("drop table drawn")
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(pace.rounds):
            await _tidy(owner_url)
            run_id, seconds = await _prepare(made)
            times[0].append(seconds)
            times[1].append(await _again(owner, owner_url, made, payments))
            async with transaction(made.finance.scope):
                await cancel(made.finance, run_id)
    finally:
        await DB.close()
        await owner.close()
        await app.close()
    detail = f"{payments:,} payments of {clients:,} clients; against an INSERT … SELECT of the lines it writes"
    return at_most("remittance", *times, "s", GOAL, detail)


async def _tidy(owner_url: str) -> None:
    connection = await asyncpg.connect(owner_url)
    try:
        await connection.execute(
            "vacuum (analyze) statement_lines, statements, payments, cases, clients, journal_lines"
        )
    finally:
        await connection.close()


async def _prepare(made: Trade) -> tuple[UUID, float]:
    began = perf_counter()
    async with transaction(made.finance.scope):
        run_id = await prepare(made.finance, "GBP", made.today)
        run = await load_run(made.finance, run_id)
        if run.act:  # so many that a job does it: here, in its place
            await work_out(made.finance, run, Act.PREPARE)
            await end(made.finance, run)
    return run_id, perf_counter() - began


async def _again(owner: asyncpg.Connection, owner_url: str, made: Trade, payments: int) -> float:
    """The run's lines, taken out and put back as they were; gives the seconds of the latter."""
    await owner.execute(WRITTEN, made.agency_id)
    try:
        await owner.execute(REMOVE, made.agency_id)
        await _tidy(owner_url)
        began = perf_counter()
        done = await owner.execute(AGAIN)
        seconds = perf_counter() - began
    finally:
        await owner.execute("drop table written")
    if done != f"INSERT 0 {payments}":
        raise RuntimeError(f"the run took {done.split()[-1]} of {payments} payments")
    return seconds
