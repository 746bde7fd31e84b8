"""What the columns of an account's tables mean: kept when somebody confirms it, and used for the next of its kind."""

import json
from typing import Final
from uuid import UUID

from billing.bank.reading.columns import TableMap
from portal import clock
from portal.people.actor import Actor
from portal.tenancy.database import sql

KEEP: Final = """
insert into bank_columns (id, agency_id, bank_account_id, table_map, confirmed_at) values (uuidv7(), $1, $2, $3, $4)
on conflict (agency_id, bank_account_id) do update set table_map = excluded.table_map, confirmed_at = excluded.confirmed_at
"""


async def remember(actor: Actor, bank_account_id: UUID, table: TableMap) -> None:
    """Keep how an account's tables are read."""
    await sql(KEEP, actor.agency_id, bank_account_id, json.dumps(table.kept(), ensure_ascii=False), clock.now())


async def remembered(actor: Actor, bank_account_id: UUID | None) -> dict[tuple[str, ...], TableMap]:
    """How the tables of an account are read, by their captions; those of all accounts where none was chosen."""
    rows = await sql(
        "select table_map from bank_columns where agency_id = $1 and ($2::uuid is null or bank_account_id = $2)",
        *(actor.agency_id, bank_account_id),
    )
    tables = [TableMap.of(json.loads(row["table_map"])) for row in rows]
    return {table.captions: table for table in tables}
