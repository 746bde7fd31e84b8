"""What was brought over for clients, on the statements that pay it out: released at once, without a fee, told once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from portal.pages.formats import amount, date_full
from portal.pages.text import translate
from portal.people.actor import Actor
from portal.tenancy.database import sql

WAITING: Final = """
select i.client_id, sum(i.amount_minor)::bigint as brought, min(o.effective_on) as since
from openings o
join opening_items i on i.agency_id = o.agency_id and i.opening_id = o.id and i.kind = 'funds' and i.statement_id is null
where o.agency_id = $1 and o.currency = {currency} and o.status = 'approved' and o.effective_on <= {through}
group by i.client_id
"""
"""SQL: by client, what no approved statement has told of yet, and since when it is in the books."""

# A draft tells of what waits; a statement that was approved of what it told.
OF_STATEMENTS: Final = """
select s.id as statement_id, i.id, i.case_id, coalesce(c.number, '') as case_number, i.reference, i.debtor_name, i.received_on,
       i.amount_minor
from statements s
join opening_items i on i.agency_id = s.agency_id and i.client_id = s.client_id and i.kind = 'funds'
    and (i.statement_id = s.id
         or s.status = 'draft' and not s.deferred and i.statement_id is null and exists (
             select from openings o where o.agency_id = i.agency_id and o.id = i.opening_id and o.currency = s.currency
                    and o.status = 'approved' and o.effective_on <= s.period_to))
left join cases c on c.agency_id = i.agency_id and c.id = i.case_id
where s.agency_id = $1 and s.id = any($2) and s.brought_minor <> 0 order by s.id, i.id
"""

TOLD: Final = """
update opening_items i set statement_id = s.id from statements s, openings o
where s.agency_id = $1 and s.run_id = $2 and s.status = 'approved' and not s.deferred and s.brought_minor <> 0
  and o.agency_id = s.agency_id and o.currency = s.currency and o.status = 'approved' and o.effective_on <= s.period_to
  and i.agency_id = o.agency_id and i.opening_id = o.id and i.client_id = s.client_id and i.kind = 'funds'
  and i.statement_id is null
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A piece on a statement, in minor units."""

    statement_id: UUID
    id: UUID
    case_id: UUID | None
    case_number: str
    reference: str
    debtor_name: str
    received_on: date
    amount_minor: int


async def brought_on(actor: Actor, statement_ids: Sequence[UUID]) -> list[Brought]:
    """What some statements bring over, one statement after the other, in the order in which it was written down."""
    return [Brought(**row) for row in await sql(OF_STATEMENTS, actor.agency_id, statement_ids)]


async def tell_brought(actor: Actor, run_id: UUID) -> None:
    """With the approval of a run its clients are told of what was brought over for them, and paid it."""
    await sql(TOLD, actor.agency_id, run_id)


def brought_sentences(currency: str, pieces: Sequence[Brought]) -> list[str]:
    """One sentence for each, spoken in the current language."""
    return [
        translate(
            "Received on %(day)s, %(known)s: %(amount)s",
            day=date_full(piece.received_on),
            known=", ".join(dict.fromkeys(filter(None, (piece.case_number, piece.reference, piece.debtor_name)))),
            amount=amount(piece.amount_minor, currency),
        )
        for piece in pieces
    ]
