"""The costs of a case, what became of each, and what clients could be asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

import asyncpg

from billing.costs.rules import Advanced, spread
from billing.costs.words import ADVANCER_TEXTS, KIND_TEXTS, Advancer, Kind
from cases.casework import CaseFile
from portal.errors import NotFound
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one


@dataclass(frozen=True, slots=True, kw_only=True)
class CostFile:
    """A cost as it is kept, in minor units of the case's currency."""

    id: UUID
    client_id: UUID
    case_id: UUID
    document_id: UUID | None
    kind: Kind
    what: str
    currency: str
    amount_minor: int
    paid_on: date
    advanced_by: Advancer
    on_debtor: bool
    note: str
    journal_id: UUID
    added_by_name: str
    added_at: datetime
    taken_back_because: str
    taken_back_by_name: str
    taken_back_at: datetime | None
    invoiced_minor: int
    """What of it the client was asked for."""
    repaid_minor: int = 0
    """What of it debtors repaid to the agency."""

    @property
    def is_ours(self) -> bool:
        """Whether the agency advanced it."""
        return self.advanced_by is Advancer.AGENCY

    @property
    def open_minor(self) -> int:
        """What of it the agency still waits for."""
        if not self.is_ours or self.taken_back_at is not None:
            return 0
        return self.amount_minor - self.invoiced_minor - self.repaid_minor

    @property
    def kind_text(self) -> str:
        """What was paid for, a msgid."""
        return KIND_TEXTS[self.kind]

    @property
    def advancer_text(self) -> str:
        """Who paid, a msgid."""
        return ADVANCER_TEXTS[self.advanced_by]


SELECT: Final = """
select o.id, o.client_id, o.case_id, o.document_id, o.kind, o.what, o.currency, o.amount_minor, o.paid_on, o.advanced_by,
       o.on_debtor, o.note, o.journal_id, o.added_by_name, o.added_at, o.taken_back_because, o.taken_back_by_name, o.taken_back_at,
       coalesce((select sum(amount_minor) from invoiced_costs i where i.agency_id = o.agency_id and i.cost_id = o.id), 0)::bigint
           as invoiced_minor
from case_costs o
"""
REPAID: Final = """
select case_id, sum(costs_kept_minor)::bigint as minor from payments
where agency_id = $1 and case_id = any($2) group by case_id
"""


async def costs_of(actor: Actor, case: CaseFile) -> list[CostFile]:
    """The costs of a case, the oldest first, with what became of each; those that were taken back as well."""
    return await costs_of_each(actor, [case.id])


async def costs_of_each(actor: Actor, case_ids: Sequence[UUID]) -> list[CostFile]:
    """The costs of some cases, case by case."""
    actor.require("costs.read")
    rows = await sql(
        f"{SELECT} where o.agency_id = $1 and o.case_id = any($2) order by o.case_id, o.paid_on, o.id",
        *(actor.agency_id, list(case_ids)),
    )
    repaid = {row["case_id"]: row["minor"] for row in await sql(REPAID, actor.agency_id, list(case_ids))}
    shares: dict[UUID, int] = {}
    for case_id in case_ids:
        advanced = [
            Advanced(
                id=row["id"], paid_on=row["paid_on"], amount_minor=row["amount_minor"], invoiced_minor=row["invoiced_minor"]
            )
            for row in rows
            if row["case_id"] == case_id and _repayable(row)
        ]  # fmt: skip
        shares |= spread(advanced, repaid.get(case_id, 0))
    return [_cost(row, shares.get(row["id"], 0)) for row in rows]


def _repayable(row: asyncpg.Record) -> bool:
    """Whether debtors may repay it to the agency."""
    return row["advanced_by"] == Advancer.AGENCY and row["on_debtor"] and row["taken_back_at"] is None


def _cost(row: asyncpg.Record, repaid_minor: int) -> CostFile:
    return CostFile(
        **{
            **row, "kind": Kind(row["kind"]), "advanced_by": Advancer(row["advanced_by"]), "repaid_minor": repaid_minor,
        }
    )  # fmt: skip


async def case_of_cost(actor: Actor, cost_id: UUID) -> UUID:
    """The case that a cost belongs to.

    Raises:
        NotFound: there is no such cost that the actor may see.
    """
    actor.require("costs.read")
    row = await sql_one("select case_id from case_costs where agency_id = $1 and id = $2", actor.agency_id, cost_id)
    if row is None:
        raise NotFound
    case_id: UUID = row["case_id"]
    return case_id
