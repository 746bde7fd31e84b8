"""What interest applies to a case: what its client asks for, until the case has terms of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from cases.casework import CaseFile
from cases.interest.rules import Period, in_turn
from cases.interest.statutory import TABLES, Table
from portal.ledger.tables import Component
from portal.people.actor import Actor
from portal.tenancy.database import sql

NONE: Final = "none"
AGREED: Final = "agreed"
"""Bases that are no table: nothing is borne; a rate was agreed."""
DAY_COUNTS: Final = (365, 360, 1)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What is asked for: nothing, a rate that was agreed (for ``day_count`` days), or the code of a statutory table."""

    basis: str = NONE
    rate: Decimal | None = None
    day_count: int = 365

    @property
    def table(self) -> Table | None:
        """Its table, where it is a law's."""
        return TABLES.get(self.basis)

    @property
    def adds(self) -> bool:
        """Whether it comes on top of the ordinary interest."""
        return self.table is not None and self.table.adds

    def periods(self, due_on: date) -> list[Period]:
        """The rates that a sum bears by it which fell due on a day."""
        if self.table is not None:
            return self.table.periods(due_on)
        if self.basis == AGREED:
            return [Period(date.min, self.rate, self.day_count, AGREED)]
        return [Period(date.min, None)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term(Basis):
    """A basis as it applies to a part of a case from a day on; without one, from the day after each invoice was due."""

    id: UUID
    judgment_id: UUID | None
    component: Component
    since: date | None
    set_by_name: str
    set_at: datetime
    is_own: bool
    """Of this case; else what its client asks for."""


TERMS: Final = """
select case_id, id, judgment_id, component, since, basis, rate, day_count, set_by_name, set_at, true as is_own
from case_interest where agency_id = $1 and case_id = any($2) and withdrawn_at is null
union all
select c.id, k.id, null, k.component, null, k.basis, k.rate, k.day_count, k.set_by_name, k.set_at, false
from cases c cross join lateral (
    select distinct on (i.component) * from client_interest i where i.agency_id = c.agency_id and i.client_id = c.client_id
           and i.debtor_kind = c.debtor_kind and i.placed_from <= c.placed_on
    order by i.component, i.id desc) k
where c.agency_id = $1 and c.id = any($2)
"""


async def terms_of(actor: Actor, case: CaseFile) -> list[Term]:
    """What applies to a case: the client's terms first, then its own in the order of their days."""
    return (await terms_of_each(actor, [case]))[case.id]


async def terms_of_each(actor: Actor, cases: Sequence[CaseFile]) -> dict[UUID, list[Term]]:
    """The same of several cases."""
    found: dict[UUID, list[Term]] = {case.id: [] for case in cases}
    for row in await sql(TERMS, actor.agency_id, list(found)):
        values = {name: value for name, value in row.items() if name != "case_id"}
        found[row["case_id"]].append(Term(**{**values, "component": Component(row["component"])}))
    for terms in found.values():
        terms.sort(key=lambda term: (term.is_own, term.since or date.min, term.id))
    return found


def bears(terms: Iterable[Term]) -> bool:
    """Whether anything is borne by them at any time."""
    return any(term.basis != NONE for term in terms)


def periods_for(terms: Sequence[Term], component: Component, due_on: date, begins: date) -> list[list[Period]]:
    """The rates that a sum of a component bears which fell due on a day: the ordinary ones, and those that come on top.

    Terms without a day of their own hold from ``begins`` on.
    """
    found = []
    for adds in (False, True):
        of = [term for term in terms if term.component is component and term.adds is adds]
        own_from_start = any(term.is_own and term.since is None for term in of)
        spans = [(term.since or begins, term.periods(due_on)) for term in of if term.is_own or not own_from_start]
        if spans:
            found.append(in_turn(spans))
    return found


@dataclass(frozen=True, slots=True)
class Judgment:
    """A court's decision on the claim."""

    id: UUID
    judged_on: date
    court: str
    reference: str
    pay_by: date | None
    recorded_by_name: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Freeze:
    """Days on which the case bears no interest."""

    id: UUID
    since: date
    through: date
    reason: str
    set_by_name: str
    set_at: datetime


JUDGMENTS: Final = """
select id, judged_on, court, reference, pay_by, recorded_by_name, recorded_at from case_judgments
where agency_id = $1 and case_id = $2 and withdrawn_at is null order by judged_on desc, id desc
"""
FREEZES: Final = """
select id, since, through, reason, set_by_name, set_at from interest_freezes
where agency_id = $1 and case_id = $2 order by since desc, id desc
"""


async def judgments_of(actor: Actor, case: CaseFile) -> list[Judgment]:
    """The judgments on a case, the latest first."""
    return [Judgment(**row) for row in await sql(JUDGMENTS, actor.agency_id, case.id)]


async def freezes_of(actor: Actor, case: CaseFile) -> list[Freeze]:
    """When a case bore or bears no interest, the latest first; what was lifted before it began is left out."""
    rows = await sql(FREEZES, actor.agency_id, case.id)
    return [Freeze(**row) for row in rows if row["through"] >= row["since"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientTerms(Basis):
    """What a client asks for on a part of its claims on one kind of debtors, placed from a day on."""

    id: UUID
    debtor_kind: str
    component: Component
    placed_from: date
    set_by_name: str
    set_at: datetime


OF_CLIENT: Final = """
select id, debtor_kind, component, placed_from, basis, rate, day_count, set_by_name, set_at from client_interest
where agency_id = $1 and client_id = $2 order by id desc limit 100
"""


async def terms_of_client(actor: Actor, client_id: UUID) -> list[ClientTerms]:
    """The versions of what a client asks for, the latest first."""
    rows = await sql(OF_CLIENT, actor.agency_id, client_id)
    return [ClientTerms(**{**row, "component": Component(row["component"])}) for row in rows]
