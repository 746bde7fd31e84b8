"""A table of the bank was read by the wrong columns: what it told is taken back, and its columns are said anew.

That goes as long as nothing of it is in the books. What only waits in suspense, because nobody knew it, leaves suspense.
"""

import asyncio
import json
from typing import Final
from uuid import UUID

from billing.bank.files import KeptFile, load_file
from billing.bank.importing import sample_of
from billing.bank.matching.keep import days_of
from billing.bank.reading.columns import propose
from billing.bank.reading.statement import Form
from billing.bank.tables import FileStatus
from billing.suspense.renamed import leave_suspense
from cases.intake.fetching import fetched
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.pages.text import N_, translate
from portal.people.actor import Actor
from portal.tenancy.database import sql, transaction

LINES: Final = """
select l.id, l.status, l.booked_on, s.id as suspense_id
from bank_lines l join bank_statements t on t.agency_id = l.agency_id and t.id = l.statement_id
left join bank_matches m on m.agency_id = l.agency_id and m.bank_line_id = l.id and m.undone_at is null and m.kind = 'suspense'
left join suspense s on s.agency_id = m.agency_id and s.journal_id = m.journal_id and s.status = 'waiting'
where l.agency_id = $1 and t.file_id = $2 and t.withdrawn_at is null
"""
HOLD: Final = "select from bank_lines where agency_id = $1 and id = any($2) order by id for no key update"
UNMATCH: Final = """
update bank_matches set undone_by = $3, undone_by_name = $4, undone_at = $5, undone_why = $6
where agency_id = $1 and bank_line_id = any($2) and undone_at is null
"""
WITHDRAW_LINES: Final = "update bank_lines set status = 'withdrawn' where agency_id = $1 and id = any($2)"
WITHDRAW: Final = """
update bank_statements set withdrawn_at = $3 where agency_id = $1 and file_id = $2 and withdrawn_at is null
"""
# The wrong meanings are not used for the next file either.
FORGET: Final = """
delete from bank_columns c using bank_statements s
where c.agency_id = $1 and s.agency_id = $1 and s.file_id = $2 and s.bank_account_id = c.bank_account_id
"""
WRONGLY: Final = N_("The file was read wrongly.")


async def take_back_table(actor: Actor, file_id: UUID) -> None:
    """Take back what a table told, and ask for its columns again. Opens transactions of its own: none may be open.

    Raises:
        NotFound: there is no such file for the actor.
        Refused: it is no table, was not taken in, or some of its lines are in the books.
        StoreAway: the storage does not answer.
    """
    actor.require("bank.import")
    async with transaction(actor.scope, read_only=True):
        file = await load_file(actor, file_id)
    _check(file)
    async with fetched(file.object_key) as content:
        proposal = await asyncio.to_thread(propose, content)
    async with transaction(actor.scope):
        await sql("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"bank files of {actor.agency_id}")
        _check(await load_file(actor, file_id, lock=True))
        count = await _withdraw(actor, file_id)
        await sql(FORGET, actor.agency_id, file_id)
        await sql(
            "update bank_files set status = 'columns', sample = $3, read_at = null where agency_id = $1 and id = $2",
            *(actor.agency_id, file_id, json.dumps(sample_of(proposal), ensure_ascii=False)),
        )
        await record(actor, "bank_file.withdrawn", "bank_file", file_id, facts={"entries": count})


def _check(file: KeptFile) -> None:
    if file.form != Form.TABLE or file.status is not FileStatus.KEPT:
        raise Refused(
            N_("Only a table that was taken in can be taken back: its columns may be others."), code="no_table"
        )


async def _withdraw(actor: Actor, file_id: UUID) -> int:
    """Take the lines of a held file back; gives how many there were."""
    seen = await sql(LINES, actor.agency_id, file_id)
    suspended = {row["suspense_id"]: row["booked_on"] for row in seen if row["suspense_id"] is not None}
    if suspended:
        await leave_suspense(actor, await days_of(actor, suspended))
    ids = [row["id"] for row in seen]
    await sql(HOLD, actor.agency_id, ids)
    out = {row["id"] for row in seen if row["suspense_id"] is not None}
    if any(row["status"] != "open" and row["id"] not in out for row in await sql(LINES, actor.agency_id, file_id)):
        raise Refused(N_("Some of its lines are in the books. Take those back first."), code="booked")
    await sql(UNMATCH, actor.agency_id, ids, actor.user_id, actor.name, clock.now(), translate(WRONGLY))
    await sql(WITHDRAW_LINES, actor.agency_id, ids)
    await sql(WITHDRAW, actor.agency_id, file_id, clock.now())
    return len(ids)
