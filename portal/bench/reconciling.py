"""The reconciliation of a past day with a long ledger, beside that of an agency with a tenth of the lines."""

from datetime import timedelta
from time import perf_counter
from typing import Final

import asyncpg

from billing.reconciliation.nightly import sum_up
from billing.reconciliation.three_way import three_ways
from portal.bench.figure import Figure, at_most
from portal.bench.pace import Pace
from portal.bench.trading import LINES, Trade, trade
from portal.bench.world import tidy
from portal.tenancy.database import DB, transaction

GOAL: Final = 1.5
TIMES_MORE: Final = 10
CLIENTS: Final = 200
TURNS: Final = 5
"""In each round; the day is another each time."""

# The bank told of most receipts on their day and of a tenth a day later; of the last ten never, and it told of ten that
# nobody has booked.
BANK: Final = """
with account as (
    insert into bank_accounts (agency_id, book, currency, position, name, opened_on, created_at)
    values ($1, 'trust', 'GBP', 1, 'Trust', current_date - 400, now()) returning id),
file as (
    insert into bank_files (agency_id, size_bytes, sha256, object_key, given_at, status)
    values ($1, 1, sha256($1::text::bytea), 'none', now(), 'kept') returning id),
told as (
    select uuidv7() as id, on_day + (n % 10 = 0)::int as booked_on, on_day, amount, journal_id, n <= $2 - 10 as is_matched
    from drawn),
days as (
    select uuidv7() as id, booked_on, sum(amount)::bigint as moved, count(*) as lines
    from told group by booked_on),
statement as (
    insert into bank_statements (id, agency_id, bank_account_id, file_id, position, form, currency, opening_minor,
                                 closing_minor, net_minor, from_on, to_on, entries, new_entries, new_lines, kept_at)
    select days.id, $1, account.id, file.id, row_number() over (order by booked_on), 'camt', 'GBP',
           sum(moved) over (order by booked_on) - moved, sum(moved) over (order by booked_on), moved, booked_on, booked_on,
           lines, lines, lines, now()
    from days, account, file),
line as (
    insert into bank_lines (id, agency_id, bank_account_id, statement_id, position, booked_on, currency, amount_minor,
                            entry_key, occurrence, entry_minor, status)
    select told.id, $1, account.id, days.id, row_number() over (partition by booked_on), booked_on, 'GBP', amount,
           sha256(told.id::text::bytea), 1, amount, case when is_matched then 'booked' else 'open' end
    from told join days using (booked_on), account)
insert into bank_matches (agency_id, bank_line_id, bank_account_id, journal_id, amount_minor, booked_on, effective_on, kind,
                          matched_at)
select $1, told.id, account.id, journal_id, amount, booked_on, on_day, 'payment', now() from told, account where is_matched
"""


async def measure(app_url: str, owner_url: str, lines: int, pace: Pace) -> Figure:
    """The figure ``reconciliation``: milliseconds for the three sides of a day half a year ago, with so many lines."""
    owner, app = await asyncpg.connect(owner_url), await asyncpg.connect(app_url)
    await DB.open(app_url, pool_size=2)
    try:
        await owner.execute("set role portal_definer")
        long, short = [await _year(owner, app, many // LINES) for many in (lines, lines // TIMES_MORE)]
        await tidy(owner_url)
        times: tuple[list[float], list[float]] = ([], [])
        for turn in range(pace.rounds * TURNS):
            for books, of in zip((long, short), times, strict=True):
                of.append(await _reconcile(owner, books, turn))
    finally:
        await DB.close()
        await owner.close()
        await app.close()
    detail = f"{lines:,} lines against {lines // TIMES_MORE:,}; bank, ledger and funds of a day half a year ago"
    return at_most("reconciliation", *times, "ms", GOAL, detail)


async def _year(owner: asyncpg.Connection, app: asyncpg.Connection, receipts: int) -> Trade:
    """A year of receipts and of the bank's word on them, summed up as by last night."""
    made = await trade(owner, app, receipts, clients=min(CLIENTS, receipts))
    await owner.execute(BANK, made.agency_id, receipts)
    await owner.execute("drop table drawn")
    await sum_up(made.agency_id, settled=timedelta(0))
    return made


async def _reconcile(owner: asyncpg.Connection, books: Trade, turn: int) -> float:
    day = await owner.fetchval("select current_date - 180 - $1::int", turn)
    began = perf_counter()
    async with transaction(books.finance.scope, read_only=True):
        [found], _ = await three_ways(books.finance, day)
    seconds = perf_counter() - began
    if not found.is_even:
        raise RuntimeError(f"the sides differ on {day}: {found.bank_minor}, {found.ledger_minor}, {found.funds_minor}")
    return seconds * 1000
