"""An exchange that was entered in error is taken back while nothing of it was paid out: the run waits for its exchange again."""

from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from billing.bank.matching.candidates import load_lines
from billing.bank.matching.waiting import undo_matches
from billing.exchange.journals import SOURCE
from billing.payments.split import one_line
from billing.remittance.run import Run, load_run
from billing.tables import RunStatus
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.jobs import enqueue
from portal.ledger import journal
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import savepoint, sql, sql_one, sql_value

LONGEST_WHY: Final = 200

STANDING: Final = """
select * from exchanges where agency_id = $1 and run_id = $2 and target = $3 and taken_back_at is null
"""
PAID_OUT: Final = """
select exists (select from exchange_parts x join statements s on s.agency_id = x.agency_id and s.id = x.statement_id
               where x.agency_id = $1 and x.exchange_id = $2 and s.status <> 'approved')
"""
LINES: Final = "select bank_line_id from bank_matches where agency_id = $1 and journal_id = $2 and undone_at is null"
TAKEN_BACK: Final = """
update exchanges set taken_back_at = $3, taken_back_by_name = $4, taken_back_because = $5, taken_back_journal_id = $6
where agency_id = $1 and id = $2
"""


async def take_back(actor: Actor, run_id: UUID, target: str, why: str) -> None:
    """Take back the exchange of an approved run into a currency: its journal is reversed, the bank lines that it was are
    open again, and the run waits for its exchange; a second time changes nothing.

    Raises:
        NotFound: there is no such run, or it was never exchanged into that currency.
        Refused: no reason is given, or something of it was paid out or drawn.
    """
    actor.require("remittances.prepare")
    run = await load_run(actor, run_id, lock=True)
    done = await sql_one(STANDING, actor.agency_id, run.id, target)
    if done is None:
        await _was_taken_back(actor, run, target)
        return
    note = one_line(why)[:LONGEST_WHY]
    if not note:
        raise Refused(N_("Please say why."), field="why", code="missing")
    is_drawn = run.drawn_on is not None or run.status is not RunStatus.APPROVED
    if is_drawn or await sql_value(PAID_OUT, actor.agency_id, done["id"]):
        raise Refused(N_("Money of this exchange was paid out already: it stays."), code="paid_out")
    for line in await _held_lines(actor, done["journal_id"]):
        await undo_matches(actor, line, note)
    reversal_id = await _reverse(actor, done)
    await sql("delete from exchange_parts where agency_id = $1 and exchange_id = $2", actor.agency_id, done["id"])
    await sql(TAKEN_BACK, actor.agency_id, done["id"], clock.now(), actor.name, note, reversal_id)
    await enqueue("bank.match", {"agency_id": actor.agency_id})
    facts = {
        "number": run.number, "currency": run.currency, "sold_minor": done["sold_minor"], "target": target,
        "rate": str(done["rate"]), "on": done["on_day"], "journal_id": reversal_id,
    }  # fmt: skip
    await record(actor, "exchange.taken_back", "remittance_run", run.id, facts=facts, personal={"note": note})


async def _was_taken_back(actor: Actor, run: Run, target: str) -> None:
    """See that a run was exchanged into a currency once.

    Raises:
        NotFound: it never was.
    """
    found = await sql_value(
        "select exists (select from exchanges where agency_id = $1 and run_id = $2 and target = $3)",
        *(actor.agency_id, run.id, target),
    )
    if not found:
        raise NotFound


async def _held_lines(actor: Actor, journal_id: UUID) -> list[UUID]:
    """The bank lines that a journal is, held until the transaction ends."""
    ids = [row["bank_line_id"] for row in await sql(LINES, actor.agency_id, journal_id)]
    return [line.id for line in await load_lines(actor, ids, lock=True)]


async def _reverse(actor: Actor, done: asyncpg.Record) -> UUID:
    """Post the mirror of an exchange on its own day, or today where the books are closed there by now."""

    async def on(day: date) -> UUID:
        async with savepoint():
            return await journal.reverse(actor, done["journal_id"], SOURCE, f"{done['id']} back", day)

    try:
        return await on(done["on_day"])
    except Refused:
        return await on(await agency_day(actor))
