"""The quoted rate of a run into another currency: entered by finance, kept with its source and time, and what each
statement comes to by it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from billing.bank_details.account import one_line
from billing.exchange.rate import converted
from billing.remittance.acts import check_idle
from billing.remittance.run import Run, load_run
from billing.spoken import Spoken
from billing.tables import RunStatus
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.pages.formats import money
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

LONGEST_SOURCE: Final = 120

PAIRS: Final = """
select s.payout_currency as target, count(*) as statements, sum(s.net_minor)::bigint as net_minor,
       case when bool_and(s.payout_minor is not null) then sum(s.payout_minor)::bigint end as payout_minor,
       q.rate as quoted_rate, q.source, q.quoted_at, q.entered_by, q.entered_by_name, x.bought_minor, x.rate as executed_rate,
       x.on_day as exchanged_on, x.reference, x.executed_by_name, parts.paid_minor, parts.drawn_minor,
       bool_or(s.status = 'closed') as is_paid_out
from statements s
left join lateral (select * from exchange_quotes where agency_id = s.agency_id and run_id = s.run_id
                   and target = s.payout_currency order by id desc limit 1) q on true
left join exchanges x on x.agency_id = s.agency_id and x.run_id = s.run_id and x.target = s.payout_currency
    and x.taken_back_at is null
left join lateral (select sum(paid_minor)::bigint as paid_minor, sum(drawn_minor)::bigint as drawn_minor from exchange_parts
                   where agency_id = s.agency_id and exchange_id = x.id) parts on true
where s.agency_id = $1 and s.run_id = $2 and s.payout_currency is not null
group by s.payout_currency, q.rate, q.source, q.quoted_at, q.entered_by, q.entered_by_name, x.bought_minor, x.rate, x.on_day,
         x.reference, x.executed_by_name, parts.paid_minor, parts.drawn_minor
order by s.payout_currency
"""

TO_PRICE: Final = """
select s.id, s.net_minor, s.currency, s.payout_currency as target, q.rate from statements s
join lateral (select rate from exchange_quotes where agency_id = s.agency_id and run_id = s.run_id
              and target = s.payout_currency order by id desc limit 1) q on true
where s.agency_id = $1 and s.run_id = $2 and s.status = 'draft'
"""

PRICED: Final = """
update statements s set quoted_rate = priced.rate, payout_minor = priced.minor
from unnest($2::uuid[], $3::numeric[], $4::bigint[]) as priced (id, rate, minor)
where s.agency_id = $1 and s.id = priced.id and s.status = 'draft'
"""

UNPRICED: Final = """
select k.name, s.payout_currency as target, s.payout_minor, s.net_minor from statements s
join clients k on k.agency_id = s.agency_id and k.id = s.client_id
where s.agency_id = $1 and s.run_id = $2 and s.payout_currency is not null and coalesce(s.payout_minor, 0) = 0
order by s.payout_minor nulls first, k.name limit 1
"""

INSERT: Final = """
insert into exchange_quotes (id, agency_id, run_id, target, rate, source, quoted_at, entered_by, entered_by_name, entered_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What of a run is paid out in another currency: what is sold for it, by which rates. Minor units."""

    target: str
    statements: int
    net_minor: int
    """Of the run's currency, to be sold."""
    payout_minor: int | None
    """At the quoted rate, statement by statement; None before it is quoted."""
    quoted_rate: Decimal | None
    source: str | None
    quoted_at: datetime | None
    entered_by: UUID | None
    entered_by_name: str | None
    bought_minor: int | None
    """What the bank gave; None before the exchange."""
    executed_rate: Decimal | None
    exchanged_on: date | None
    reference: str | None
    executed_by_name: str | None
    paid_minor: int | None
    """What the clients are paid after it, with gains and losses of theirs."""
    drawn_minor: int | None
    is_paid_out: bool
    """Whether a client was paid of it already."""

    @property
    def difference_minor(self) -> int:
        """What the bank gave above what was promised, or below it."""
        return (self.bought_minor or 0) - (self.payout_minor or 0)

    @property
    def borne_minor(self) -> int:
        """What of a loss is the clients'."""
        return max(0, (self.payout_minor or 0) - (self.paid_minor or 0)) if self.is_executed else 0

    @property
    def is_executed(self) -> bool:
        """Whether the money has been exchanged."""
        return self.bought_minor is not None


async def pairs_of(actor: Actor, run_id: UUID) -> list[Pair]:
    """The other currencies that a run pays out in."""
    return [Pair(**row) for row in await sql(PAIRS, actor.agency_id, run_id)]


async def quote(
    actor: Actor, run_id: UUID, target: str, rate: Decimal, source: str, quoted_at: datetime | None
) -> None:
    """Enter the rate by which a draft is paid out in another currency; it takes the place of one entered before.

    Raises:
        NotFound: there is no such run, or it pays nothing out in that currency.
        Refused: it is no draft any more, a job is at it, or source or time will not do.
    """
    actor.require("remittances.prepare")
    run = await load_run(actor, run_id, lock=True)
    pair = next((pair for pair in await pairs_of(actor, run.id) if pair.target == target), None)
    if pair is None:
        raise NotFound
    if run.status is not RunStatus.DRAFT:
        raise Refused(N_("Rates are entered while the run is a draft. Prepare it again first."), code="not_draft")
    check_idle(run)
    named = one_line(source)
    if not named:
        raise Refused(N_("Please fill this in."), field="source", code="missing")
    if len(named) > LONGEST_SOURCE:
        raise Refused(N_("At most %(limit)s characters."), field="source", code="too_long", limit=LONGEST_SOURCE)
    if quoted_at is None:
        raise Refused(N_("Please fill this in."), field="quoted_at", code="missing")
    if quoted_at > clock.now():
        raise Refused(N_("This moment has not come yet."), field="quoted_at", code="future")
    by = (actor.user_id, actor.name, clock.now())
    await sql(INSERT, new_id(), actor.agency_id, run.id, target, rate, named, quoted_at, *by)
    await price(actor, run.id)
    facts = {
        "number": run.number,
        "currency": run.currency,
        "target": target,
        "rate": str(rate),
        "quoted_at": quoted_at,
    }
    await record(actor, "exchange.quoted", "remittance_run", run.id, facts=facts, personal={"source": named})


async def price(actor: Actor, run_id: UUID) -> None:
    """Work out what the statements of a draft come to at its quotes; those without a quote stay as they are."""
    rows = await sql(TO_PRICE, actor.agency_id, run_id)
    if rows:
        minors = [converted(row["net_minor"], row["currency"], row["rate"], row["target"]) for row in rows]
        await sql(PRICED, actor.agency_id, [row["id"] for row in rows], [row["rate"] for row in rows], minors)


async def check_quoted(actor: Actor, run: Run) -> None:
    """See that everything of a run that is paid out in another currency comes to something there.

    Raises:
        Refused: a rate is missing, or a sum is nothing at its rate.
    """
    row = await sql_one(UNPRICED, actor.agency_id, run.id)
    if row is None:
        return
    if row["payout_minor"] is None:
        raise Refused(
            N_("Enter the rate from %(currency)s into %(target)s first."),
            code="no_rate", currency=run.currency, target=row["target"],
        )  # fmt: skip
    raise Refused(
        N_("%(amount)s for %(client)s are nothing in %(target)s at this rate."),
        code="nothing_left", amount=Spoken(money, row["net_minor"], run.currency), client=row["name"], target=row["target"],
    )  # fmt: skip


async def check_not_quoter(actor: Actor, run_id: UUID) -> None:
    """Whoever entered a rate of a run does not approve it.

    Raises:
        Refused: the actor did.
    """
    if any(pair.entered_by == actor.user_id for pair in await pairs_of(actor, run_id)):
        raise Refused(
            N_("You entered a rate of this run, so that somebody else approves it. No money leaves on one person's word."),
            code="quoter",
        )  # fmt: skip
