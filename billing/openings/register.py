"""Opening balances: one of them with its sums, all of them, and pages of what they are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

import asyncpg

from billing.openings.tables import ItemKind, OpeningStatus
from billing.openings.words import KIND_TEXTS, STATUS_TEXTS
from portal.errors import NotFound
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

PAGE: Final = 100
FIRST: Final = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What stands in a currency in the morning of a day, and how far it is. Minor units of ``currency``."""

    id: UUID
    currency: str
    effective_on: date
    status: OpeningStatus
    version: int
    due_to_operating_minor: int
    due_from_operating_minor: int
    vat_minor: int
    authors: Sequence[UUID]
    prepared_by_name: str
    prepared_at: datetime
    proposed_by_name: str
    proposed_at: datetime | None
    approved_by_name: str
    approved_at: datetime | None
    journal_id: UUID | None
    undone_by_name: str
    undone_at: datetime | None
    undone_journal_id: UUID | None
    proof_name: str
    proof_sha256: bytes | None
    object_key: str
    version_id: str
    trust_minor: int
    """On the trust accounts."""
    operating_minor: int
    """On the agency's own accounts."""
    funds_minor: int
    suspense_minor: int
    refund_minor: int
    items: int

    @property
    def is_draft(self) -> bool:
        """Whether it may be changed."""
        return self.status is OpeningStatus.DRAFT

    @property
    def held_for_minor(self) -> int:
        """For whom the trust accounts hold money, added up."""
        return self.funds_minor + self.suspense_minor + self.refund_minor + self.due_to_operating_minor

    @property
    def difference_minor(self) -> int:
        """By how much the trust accounts hold more than what is known to be somebody's; nought where it adds up."""
        return self.trust_minor + self.due_from_operating_minor - self.held_for_minor

    @property
    def status_text(self) -> str:
        """A msgid."""
        return STATUS_TEXTS[self.status]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A piece of what is brought over, in minor units."""

    id: UUID
    kind: ItemKind
    client_id: UUID | None
    client_name: str
    case_id: UUID | None
    case_number: str
    reference: str
    debtor_name: str
    received_on: date
    amount_minor: int
    statement_id: UUID | None
    statement_number: str
    suspense_id: UUID | None

    @property
    def kind_text(self) -> str:
        """A msgid."""
        return KIND_TEXTS[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """One of the agency's bank accounts, and what was written down of it: None where nothing was."""

    id: UUID
    book: str
    name: str
    ends: str
    amount_minor: int | None


SELECT: Final = """
select o.id, o.currency, o.effective_on, o.status, o.version, o.due_to_operating_minor, o.due_from_operating_minor, o.vat_minor,
       o.authors, o.prepared_by_name, o.prepared_at, o.proposed_by_name, o.proposed_at, o.approved_by_name, o.approved_at,
       o.journal_id, o.undone_by_name, o.undone_at, o.undone_journal_id, o.proof_name, o.proof_sha256, o.object_key, o.version_id, b.trust_minor, b.operating_minor, i.funds_minor,
       i.suspense_minor, i.refund_minor, i.items
from openings o
cross join lateral (
    select coalesce(sum(p.amount_minor) filter (where a.book = 'trust'), 0)::bigint as trust_minor,
           coalesce(sum(p.amount_minor) filter (where a.book = 'operating'), 0)::bigint as operating_minor
    from opening_banks p join bank_accounts a on a.agency_id = p.agency_id and a.id = p.bank_account_id
    where p.agency_id = o.agency_id and p.opening_id = o.id) b
cross join lateral (
    select coalesce(sum(amount_minor) filter (where kind = 'funds'), 0)::bigint as funds_minor,
           coalesce(sum(amount_minor) filter (where kind = 'suspense'), 0)::bigint as suspense_minor,
           coalesce(sum(amount_minor) filter (where kind = 'refund'), 0)::bigint as refund_minor, count(*) as items
    from opening_items p where p.agency_id = o.agency_id and p.opening_id = o.id) i
where o.agency_id = $1
"""

ITEMS: Final = """
select i.id, i.kind, i.client_id, coalesce(k.name, '') as client_name, i.case_id, coalesce(c.number, '') as case_number,
       i.reference, i.debtor_name, i.received_on, i.amount_minor, i.statement_id, coalesce(s.number, '') as statement_number,
       i.suspense_id
from opening_items i
left join clients k on k.agency_id = i.agency_id and k.id = i.client_id
left join cases c on c.agency_id = i.agency_id and c.id = i.case_id
left join statements s on s.agency_id = i.agency_id and s.id = i.statement_id
where i.agency_id = $1 and i.opening_id = $2 and i.id > $3 order by i.id limit $4
"""

BANKS: Final = """
select a.id, a.book, a.name, right(coalesce(nullif(a.iban, ''), a.account_number), 4) as ends, p.amount_minor
from openings o
join bank_accounts a on a.agency_id = o.agency_id and a.currency = o.currency
left join opening_banks p on p.agency_id = o.agency_id and p.opening_id = o.id and p.bank_account_id = a.id
where o.agency_id = $1 and o.id = $2 and (a.closed_on is null or p.amount_minor is not null) order by a.book desc, a.position
"""


async def load_opening(actor: Actor, opening_id: UUID, *, lock: bool = False) -> Opening:
    """One of them. ``lock`` holds it until the transaction ends, and reads it after that.

    Raises:
        NotFound: there is none for the actor.
    """
    actor.require("openings.read")
    if lock:
        await sql("select from openings where agency_id = $1 and id = $2 for update", actor.agency_id, opening_id)
    row = await sql_one(f"{SELECT} and o.id = $2", actor.agency_id, opening_id)
    if row is None:
        raise NotFound
    return _opening(row)


async def list_openings(actor: Actor) -> list[Opening]:
    """All of them, the newest first: one for each currency, and those that were given up."""
    actor.require("openings.read")
    return [_opening(row) for row in await sql(f"{SELECT} order by o.id desc", actor.agency_id)]


async def items_of(
    actor: Actor, opening_id: UUID, after: UUID | None = None, limit: int = PAGE
) -> tuple[list[Item], bool]:
    """One page of what it is made of, in the order in which it was written down, and whether there is more."""
    rows = await sql(ITEMS, actor.agency_id, opening_id, after or FIRST, limit + 1)
    return [Item(**{**row, "kind": ItemKind(row["kind"])}) for row in rows[:limit]], len(rows) > limit


async def banks_of(actor: Actor, opening_id: UUID) -> list[Bank]:
    """The agency's open accounts in the currency, trust accounts first, with what was written down of each."""
    return [Bank(**row) for row in await sql(BANKS, actor.agency_id, opening_id)]


def _opening(row: asyncpg.Record) -> Opening:
    return Opening(**{**row, "status": OpeningStatus(row["status"])})
