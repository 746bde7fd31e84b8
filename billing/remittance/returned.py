"""Payouts that the bank returned, as they are kept: those that wait to be paid again, and those of a statement."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from billing.remittance.tables import ReturnedStatus
from portal.errors import NotFound
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A payout that came back. Minor units of ``currency``."""

    id: UUID
    client_id: UUID
    client_name: str
    statement_id: UUID
    statement_number: str
    currency: str
    amount_minor: int
    detail_id: UUID | None
    """The account that it had been sent to."""
    returned_on: date
    why: str
    """In the bank's words; often it says nothing."""
    told_by_name: str
    status: ReturnedStatus
    paid_on: date | None
    paid_reference: str
    in_force_id: UUID | None
    """The account that is in force now."""
    in_force_ends: str
    """The last four of its number."""

    @property
    def is_waiting(self) -> bool:
        """Whether it is to be paid again."""
        return self.status is ReturnedStatus.WAITING

    @property
    def has_account(self) -> bool:
        """Whether two people entered and confirmed an account since it came back from the one it was sent to."""
        return self.in_force_id is not None and self.in_force_id != self.detail_id


SELECT: Final = """
select r.id, r.client_id, k.name as client_name, r.statement_id, coalesce(s.number, '') as statement_number, r.currency,
       r.amount_minor, r.detail_id, r.returned_on, r.why, r.told_by_name, r.status, r.paid_on, r.paid_reference,
       d.id as in_force_id, coalesce(right(coalesce(nullif(d.iban, ''), d.account_number), 4), '') as in_force_ends
from returned_payouts r
join clients k on k.agency_id = r.agency_id and k.id = r.client_id
join statements s on s.agency_id = r.agency_id and s.id = r.statement_id
left join bank_details d on d.agency_id = r.agency_id and d.client_id = r.client_id and d.currency = r.currency
     and d.status = 'in_force'
where r.agency_id = $1
"""


async def load_returned(actor: Actor, returned_id: UUID, *, lock: bool = False) -> Returned:
    """One of them; ``lock`` holds it until the transaction ends.

    Raises:
        NotFound: there is none for the actor.
    """
    if lock:
        await sql(
            "select from returned_payouts where agency_id = $1 and id = $2 for update", actor.agency_id, returned_id
        )
    row = await sql_one(f"{SELECT} and r.id = $2", actor.agency_id, returned_id)
    if row is None:
        raise NotFound
    return _returned(row)


async def returned_of(actor: Actor, statement_id: UUID) -> list[Returned]:
    """What came back of a statement, in the order in which it did; a client sees its own."""
    rows = await sql(
        f"{SELECT} and r.statement_id = $2 and r.status <> 'undone' order by r.id", actor.agency_id, statement_id
    )
    return [_returned(row) for row in rows]


async def waiting_payouts(actor: Actor) -> list[Returned]:
    """Everything that is to be paid again, the oldest first. There are few at any time."""
    actor.require("remittances.read")
    rows = await sql(f"{SELECT} and r.status = 'waiting' order by r.returned_on, r.id limit 200", actor.agency_id)
    return [_returned(row) for row in rows]


def _returned(row: asyncpg.Record) -> Returned:
    return Returned(**{**row, "status": ReturnedStatus(row["status"])})
