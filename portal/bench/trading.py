"""A year of receipts in bulk, as they lie in the ledger after the portal posted them, with what the bank told of them."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from portal import clock
from portal.bench.posting import Ground, ground
from portal.people.actor import Actor
from portal.people.permissions import Role
from portal.tenancy.database import SET_SCOPE

LINES: Final = 6
"""Lines of a receipt."""

# One journal after the other over the year before, each of a case in turn; ids tell the time, as those of the portal do.
JOURNALS: Final = """
create temporary table drawn as
select n, uuidv7(-age) as journal_id, uuidv7(-age) as payment_id, (now() - age)::date as on_day, now() - age as at,
       case_id, client_id, (100 + (hashint8extended(n, 1) & 65535))::bigint as amount
from (select n, make_interval(secs => (31e6 * (1 - n::float8 / $1))::int + 86400) as age,
             ($2::uuid[])[1 + n % cardinality($2::uuid[])] as case_id, ($3::uuid[])[1 + n % cardinality($3::uuid[])] as client_id
      from generate_series(1, $1::int) as n) as given
"""
POSTED: Final = """
insert into journals (id, agency_id, source, external_id, kind, effective_on, posted_at)
select journal_id, $1, 'payment', payment_id::text, 'receipt', on_day, at from drawn order by n
"""
POSTED_LINES: Final = """
insert into journal_lines (agency_id, journal_id, position, book, account, currency, client_id, case_id, component,
                           amount_minor, effective_on)
select $1, journal_id, position, book, account, 'GBP', case when whose then client_id end,
       case when account = 9000 then case_id end, case when account = 9000 then 'principal' end, minor, on_day
from drawn cross join lateral (values
    (1::smallint, 'trust', 1000::smallint, false, amount), (2::smallint, 'trust', 2000::smallint, true, -amount),
    (3::smallint, 'memo', 9100::smallint, true, amount), (4::smallint, 'memo', 9000::smallint, true, -amount),
    (5::smallint, 'operating', 1210::smallint, true, amount / 4), (6::smallint, 'operating', 4000::smallint, false, -(amount / 4))
) as line (position, book, account, whose, minor)
order by n, position
"""

PAYMENTS: Final = """
insert into payments (id, agency_id, client_id, case_id, journal_id, received_on, release_on, currency, amount_minor,
                      principal_minor, fee_minor, fee_rate, fee_facts, recorded_at)
select payment_id, $1, client_id, case_id, journal_id, on_day, on_day, 'GBP', amount, amount, amount / 4, 0.25, '{}', at
from drawn order by n
"""

REACHED: Final = """
insert into invoice_shares (agency_id, client_id, case_id, payment_id, "on", position, invoice_id, amount_minor)
select $1, client_id, case_id, payment_id, on_day, 1, null, amount from drawn order by n
"""


@dataclass(frozen=True, slots=True)
class Trade:
    """An agency with its receipts, and a person of its finance."""

    agency_id: UUID
    finance: Actor
    receipts: int
    today: date


async def trade(
    owner: asyncpg.Connection, app: asyncpg.Connection, receipts: int, *, clients: int, with_payments: bool = False
) -> Trade:
    """An agency whose clients' cases were paid so often over a year. ``owner`` stands above the policies."""
    found = await ground(owner, app, many_clients=clients, many_cases=max(clients, min(2_000, receipts)))
    cases, of = zip(*found.cases, strict=True)
    async with owner.transaction():
        await owner.execute(SET_SCOPE, "job", str(found.agency_id), "", "", "")
        await owner.execute(JOURNALS, receipts, list(cases), list(of))
        await owner.execute(POSTED, found.agency_id)
        await owner.execute(POSTED_LINES, found.agency_id)
        if with_payments:
            await owner.execute(PAYMENTS, found.agency_id)
            await owner.execute(REACHED, found.agency_id)
    return Trade(found.agency_id, await _finance(owner, found), receipts, clock.today("UTC"))


async def _finance(owner: asyncpg.Connection, found: Ground) -> Actor:
    """A person who prepares and reconciles."""
    user_id = await owner.fetchval(
        "insert into users (email, name, created_at) values ($1, 'Finance', now()) returning id",
        f"finance@{found.agency_id.hex}.invalid",
    )
    return Actor(
        kind="user",
        agency_id=found.agency_id,
        agency_name="Bench",
        base_currency="GBP",
        role=Role.FINANCE,
        user_id=user_id,
        name="Finance",
    )
