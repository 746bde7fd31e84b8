"""Remittance runs: one, a page of them, and the statements in one."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

import asyncpg

from billing.tables import RunStatus
from portal.errors import NotFound
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

PAGE: Final = 50
NEWEST: Final = UUID(int=2**128 - 1)

STATUS_TEXTS: Final = {
    RunStatus.DRAFT: N_("Draft"),
    RunStatus.REVIEWED: N_("Reviewed"),
    RunStatus.APPROVED: N_("Approved"),
    RunStatus.PAID: N_("Paid"),
    RunStatus.CLOSED: N_("Final"),
    RunStatus.CANCELLED: N_("Cancelled"),
}
OPEN: Final = (RunStatus.DRAFT, RunStatus.REVIEWED)
"""Nothing of it is posted yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run and, over its statements that are not deferred, what it pays. Amounts in minor units of ``currency``."""

    id: UUID
    agency_id: UUID
    number: str
    currency: str
    only_due: bool
    period_from: date
    period_to: date
    status: RunStatus
    prepared_by: UUID
    prepared_by_name: str
    prepared_at: datetime
    reviewed_at: datetime | None
    approved_by: UUID | None
    approved_by_name: str
    approved_at: datetime | None
    paid_on: date | None
    paid_reference: str
    paid_by_name: str
    closed_at: datetime | None
    drawn_on: date | None
    """When what the agency draws left the trust account."""
    act: str
    """What a job is asked to do to it (`billing.remittance.acts.Act`); empty when nothing is."""
    act_by_name: str
    act_at: datetime | None
    act_refused: str
    statements: int
    deferred: int
    payments: int
    collected_minor: int
    direct_minor: int
    brought_minor: int
    """What was brought over for clients from before these books."""
    costs_minor: int
    direct_costs_minor: int
    fees_minor: int
    vat_minor: int
    net_minor: int
    carried_in_minor: int
    carried_out_minor: int
    clawed_in_minor: int
    clawed_out_minor: int
    invoiced_minor: int
    gained_minor: int
    """In the currencies paid out: gains of exchanges that are the agency's."""
    transfers: int
    """Clients that are paid something."""
    transfers_paid: int
    """Those of them whose money has left, by the bank's lines or by hand."""
    interest_minor: int
    """Interest of the trust account that is drawn with it; known from the approval on."""

    @property
    def is_open(self) -> bool:
        """Whether nothing of it is posted yet and it may still be given up."""
        return self.status in OPEN

    @property
    def ours_minor(self) -> int:
        """What leaves the clients' funds: brought over or received, less costs that were repaid to the agency with that."""
        received = self.collected_minor - self.direct_minor - self.costs_minor + self.direct_costs_minor
        return received + self.brought_minor

    @property
    def kept_minor(self) -> int:
        """What the agency draws for its fees and the costs it had advanced."""
        return self.collected_minor - self.direct_minor + self.brought_minor - self.net_minor

    @property
    def drawn_minor(self) -> int:
        """All that the agency draws: for its fees, and the bank's interest."""
        return self.kept_minor + self.interest_minor

    @property
    def is_undrawn(self) -> bool:
        """Whether it is approved, and what the agency draws with it has not left; old runs drew it when they were paid."""
        return self.drawn_on is None and self.closed_at is None

    @property
    def confirmed(self) -> tuple[int, int]:
        """How many transfers are booked as paid, and of how many: one for each client, and ours."""
        ours = 1 if self.drawn_minor or self.gained_minor else 0
        return self.transfers_paid + (0 if self.is_undrawn else ours), self.transfers + ours

    @property
    def status_text(self) -> str:
        """A msgid."""
        return STATUS_TEXTS[self.status]

    @property
    def step(self) -> int:
        """How far it has come, counted from 1, over draft, reviewed, approved, paid, final (the status closed)."""
        order = (RunStatus.DRAFT, RunStatus.REVIEWED, RunStatus.APPROVED, RunStatus.PAID, RunStatus.CLOSED)
        return order.index(self.status) + 1 if self.status in order else 1


SELECT = """
select r.id, r.agency_id, r.number, r.currency, r.only_due, r.period_from, r.period_to, r.status, r.prepared_by,
       r.prepared_by_name, r.prepared_at, r.reviewed_at, r.approved_by, r.approved_by_name, r.approved_at, r.paid_on,
       r.paid_reference, r.paid_by_name, r.closed_at, r.drawn_on, r.act, r.act_by_name, r.act_at, r.act_refused, coalesce(s.statements, 0) as statements,
       coalesce(s.deferred, 0) as deferred, coalesce(s.payments, 0) as payments,
       coalesce(s.collected, 0) as collected_minor, coalesce(s.direct, 0) as direct_minor,
       coalesce(s.brought, 0) as brought_minor, coalesce(s.costs, 0) as costs_minor, coalesce(s.direct_costs, 0) as direct_costs_minor,
       coalesce(s.fees, 0) as fees_minor, coalesce(s.vat, 0) as vat_minor, coalesce(s.net, 0) as net_minor,
       coalesce(s.carried_in, 0) as carried_in_minor, coalesce(s.carried_out, 0) as carried_out_minor,
       coalesce(s.clawed_in, 0) as clawed_in_minor, coalesce(s.clawed_out, 0) as clawed_out_minor,
       coalesce(s.invoiced, 0) as invoiced_minor, coalesce(s.transfers, 0) as transfers,
       coalesce(s.transfers_paid, 0) as transfers_paid, coalesce(s.gained, 0) as gained_minor, r.interest_minor
from remittance_runs r
left join lateral (
    select count(*) filter (where not deferred) as statements, count(*) filter (where deferred) as deferred,
           count(*) filter (where not deferred and net_minor > 0) as transfers,
           count(*) filter (where not deferred and net_minor > 0 and status = 'closed') as transfers_paid,
           sum(payments) filter (where not deferred)::bigint as payments,
           sum(collected_minor) filter (where not deferred)::bigint as collected,
           sum(direct_minor) filter (where not deferred)::bigint as direct,
           sum(brought_minor) filter (where not deferred)::bigint as brought,
           sum(costs_minor) filter (where not deferred)::bigint as costs,
           sum(direct_costs_minor) filter (where not deferred)::bigint as direct_costs,
           sum(fees_minor) filter (where not deferred)::bigint as fees,
           sum(vat_minor) filter (where not deferred)::bigint as vat,
           sum(net_minor) filter (where not deferred)::bigint as net,
           sum(carried_in_minor) filter (where not deferred)::bigint as carried_in,
           sum(carried_out_minor) filter (where not deferred)::bigint as carried_out,
           sum(clawed_in_minor) filter (where not deferred)::bigint as clawed_in,
           sum(clawed_out_minor) filter (where not deferred)::bigint as clawed_out,
           sum(invoiced_fees_minor + invoiced_vat_minor - credited_minor) filter (where not deferred)::bigint as invoiced,
           sum(x.drawn_minor)::bigint as gained
    from statements s left join exchange_parts x on x.agency_id = s.agency_id and x.statement_id = s.id
    where s.agency_id = r.agency_id and s.run_id = r.id) s on true
"""


async def load_run(actor: Actor, run_id: UUID, *, lock: bool = False) -> Run:
    """A run of the actor's agency. ``lock`` holds it until the transaction ends, and reads it after that.

    Raises:
        NotFound: there is none, or the actor works for a client.
    """
    if lock:
        await sql("select from remittance_runs where agency_id = $1 and id = $2 for update", actor.agency_id, run_id)
    row = await sql_one(f"{SELECT} where r.agency_id = $1 and r.id = $2", actor.agency_id, run_id)
    if row is None:
        raise NotFound
    return _run(row)


async def list_runs(actor: Actor, before: UUID | None = None) -> tuple[list[Run], bool]:
    """One page of runs, the newest first, and whether there are more behind it."""
    rows = await sql(
        f"{SELECT} where r.agency_id = $1 and r.id < $2 order by r.id desc limit $3",
        *(actor.agency_id, before or NEWEST, PAGE + 1),
    )
    return [_run(row) for row in rows[:PAGE]], len(rows) > PAGE


async def open_run(actor: Actor, currency: str) -> Run | None:
    """The run in this currency that is not approved yet; there is one at most."""
    row = await sql_one(
        f"{SELECT} where r.agency_id = $1 and r.currency = $2 and r.status in ('draft', 'reviewed')",
        *(actor.agency_id, currency),
    )
    return _run(row) if row is not None else None


def _run(row: asyncpg.Record) -> Run:
    return Run(**{**dict(row), "status": RunStatus(row["status"])})


async def alone(actor: Actor, currency: str) -> None:
    """Wait until nobody prepares, approves or takes payments back in this currency; then nobody does until we end.

    Taking a payment back shares this lock (`billing.remittance.taken_back`): a run never holds a payment that went back
    while it was prepared.
    """
    await sql("select pg_advisory_xact_lock(hashtextextended($1, 0))", lock_name(actor, currency))


def lock_name(actor: Actor, currency: str) -> str:
    """What the lock of `alone` is called."""
    return f"remittance {actor.agency_id} {currency}"
