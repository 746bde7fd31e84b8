"""What rules would have asked for: tried on the cases of the last placement, before anybody is held to them."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from cases.acceptance.rules import CaseFacts, Rules, judge
from cases.acceptance.wording import short
from portal.pages.text import Text
from portal.people.actor import Actor
from portal.tenancy.database import sql

MOST: Final = 5000
"""So many cases of a placement are tried."""

LAST: Final = """
select c.currency, c.placed_minor, c.oldest_due_on, c.placed_on, c.debtor_country, c.debtor_kind, p.acknowledged_at,
       p.acknowledgement_number
from (select agency_id, id, acknowledged_at, acknowledgement_number from placements
      where agency_id = $1 and ($2::uuid is null or client_id = $2) and acknowledgement_number is not null
        and status in ('accepted', 'partly_accepted')
      order by id desc limit 1) p
join cases c on c.agency_id = p.agency_id and c.placement_id = p.id
limit $3
"""


@dataclass(frozen=True, slots=True)
class Trial:
    """How many cases of the last placement would have needed information on the day they were placed, and for what."""

    number: str
    placed_at: datetime
    cases: int
    short: int
    by_rule: list[tuple[Text, int]]


async def tried(actor: Actor, client_id: UUID | None, rules: Rules) -> Trial | None:
    """The rules tried on the last placement of a client, or of any; None where there was none."""
    actor.require("acceptance.read")
    rows = await sql(LAST, actor.agency_id, client_id, MOST)
    if not rows:
        return None
    found = [judge(rules, _facts(row)) for row in rows]
    counted = Counter((each.code.value, each.kind) for shortfalls in found for each in shortfalls)
    return Trial(
        rows[0]["acknowledgement_number"],
        rows[0]["acknowledged_at"],
        len(rows),
        sum(1 for shortfalls in found if shortfalls),
        [(short(code, kind), number) for (code, kind), number in counted.most_common()],
    )


def _facts(row: asyncpg.Record) -> CaseFacts:
    return CaseFacts(
        currency=row["currency"],
        claim_minor=row["placed_minor"],
        oldest_due_on=row["oldest_due_on"],
        placed_on=row["placed_on"],
        country=row["debtor_country"],
        debtor_kind=row["debtor_kind"],
    )
