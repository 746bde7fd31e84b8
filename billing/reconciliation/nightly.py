"""The night sums the ledger up, so that any day is reconciled by the days and what came since, however long the books are.

Three things are derived, and `portal verify` proves each from the lines: what every account moved on every day
(`sum_up_ledger`), which journals on bank accounts no bank line was matched with, and the checkpoints by which a debit of a
guarded account is judged (`checkpoint_balances`).
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from portal import clock
from portal.check import proof
from portal.jobs import enqueue, every, job
from portal.jobs.registry import Payload
from portal.people.actor import system
from portal.tenancy.database import Scope, sql, sql_one, sql_value, transaction

SETTLED: Final = timedelta(minutes=10)
"""Younger journals wait for the next night."""
RESTED: Final = timedelta(days=7)
"""Few lines are dated further back; one that is makes a checkpoint void."""

BANKS: Final = "array[1000, 1100]::smallint[]"

UNMATCHED: Final = f"""
insert into bank_unmatched (agency_id, account, currency, bank_account_id, journal_id, effective_on)
select $1, l.account, l.currency, l.bank_account_id, l.journal_id, l.effective_on
from journal_lines l
where l.agency_id = $1 and l.journal_id > $2 and l.journal_id <= $3 and l.account = any ({BANKS})
group by l.account, l.currency, l.bank_account_id, l.journal_id, l.effective_on
on conflict do nothing
"""  # noqa: S608 - a constant

MATCHED: Final = """
delete from bank_unmatched u using bank_matches m, bank_accounts b
where u.agency_id = $1 and m.agency_id = $1 and m.journal_id = u.journal_id
  and b.agency_id = $1 and b.id = coalesce(m.instead_of, m.bank_account_id)
  and u.account = case b.book when 'trust' then 1000 else 1100 end and u.currency = b.currency
  and (u.bank_account_id = b.id or (u.bank_account_id is null and b.position = 1))
"""

# Through the mark: what moved a bank account and was never a line's is known to be so.
FORGOTTEN: Final = f"""
select l.journal_id, l.account from journal_lines l
where l.agency_id = $1 and l.account = any ({BANKS})
  and l.journal_id <= (select journal_id from ledger_marks where agency_id = $1)
  and not exists (select from bank_unmatched u where u.agency_id = $1 and u.journal_id = l.journal_id
                  and u.account = l.account and u.currency = l.currency
                  and u.bank_account_id is not distinct from l.bank_account_id)
  and not exists (
      select from bank_matches m
      join bank_accounts b on b.agency_id = $1 and b.id = coalesce(m.instead_of, m.bank_account_id)
      where m.agency_id = $1 and m.journal_id = l.journal_id and l.currency = b.currency
        and l.account = case b.book when 'trust' then 1000 else 1100 end
        and (l.bank_account_id = b.id or (l.bank_account_id is null and b.position = 1)))
union all
select m.journal_id, null from bank_matches m
join bank_lines t on t.agency_id = $1 and t.id = m.bank_line_id
join journals j on j.agency_id = $1 and j.id = m.journal_id
where m.agency_id = $1 and (m.booked_on, m.effective_on) <> (t.booked_on, j.effective_on)
"""  # noqa: S608 - constants


@every("ledger.sum_up", "10 1 * * *")
async def sum_up_all(_: Payload) -> None:
    """Each night, have every agency's ledger summed up."""
    async with transaction(Scope(kind="operator")):
        for row in await sql("select id from all_agencies()"):
            await enqueue("ledger.sum_up_agency", {"agency_id": row["id"]}, dedupe=f"ledger.sum_up_agency {row['id']}")


@job("ledger.sum_up_agency")
async def sum_up_agency(payload: Payload) -> None:
    """Sum up one agency's ledger. While somebody posts for longer than a second, it is tried again."""
    await sum_up(UUID(payload["agency_id"]))


async def sum_up(agency_id: UUID, settled: timedelta = SETTLED) -> None:
    """Sum up what an agency posted until a moment ago, and renew its checkpoints.

    Raises:
        LockNotAvailableError: somebody posts.
    """
    actor = system(agency_id)
    async with transaction(actor.scope):
        marks = await sql_one("select before_id, through_id from sum_up_ledger($1)", settled)
        assert marks is not None
        await sql(UNMATCHED, agency_id, marks["before_id"], marks["through_id"])
        await sql(MATCHED, agency_id)
    async with transaction(actor.scope):
        await sql_value("select checkpoint_balances($1)", clock.now().date() - RESTED)
        await enqueue("notices.look", {"agency_id": agency_id})


@proof("what the night knows of bank accounts is what lines and matches say", "{} journals that no bank line is")
async def prove_unmatched(agency_id: UUID) -> tuple[int, list[str]]:
    """Every journal on a bank account is known to be unmatched, or was matched; and matches carry the days they tie."""
    known: int = await sql_value("select count(*) from bank_unmatched where agency_id = $1", agency_id)
    wrong = await sql(FORGOTTEN, agency_id)
    return known, [f"journal {row['journal_id']} on account {row['account']}" for row in wrong]
