"""What has accrued on a case to a day: from its terms, its invoices, and what the books say was open when.

It stands beside the balance, never in it. Everything that it follows from comes along, so that a page can show how each
figure came about.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from cases.account.moves import Move, debt_moves
from cases.casework import CaseFile
from cases.interest.rules import Bearing, Level, Part, Pause, Stretch, accrue, due_parts, total
from cases.interest.terms import Term, bears, periods_for, terms_of_each
from portal.ledger.tables import Component
from portal.people.actor import Actor
from portal.tenancy.database import sql

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accrual:
    """Interest of a case to a day, in minor units of its currency."""

    through: date
    stretches: Sequence[Stretch]
    total_minor: int
    """All of it, rounded once."""
    posted_minor: int
    """What of it came into the books already, whenever that was dated."""
    booked_minor: int
    """What of it is in the balance of that day."""
    postings: int
    """In how many turns."""
    since_placement: bool = False
    """Earlier interest was placed with the claim: terms without a day of their own begin after the placement."""

    @property
    def minor(self) -> int:
        """What has accrued and is not posted; never below nought, although payments that become known later lower it."""
        return max(0, self.total_minor - self.posted_minor)

    @property
    def beside_minor(self) -> int:
        """What stood beside the balance of that day, also of one in the past."""
        return max(0, self.total_minor - self.booked_minor)

    @property
    def is_last_known(self) -> bool:
        """Whether a rate is taken that may have changed since."""
        return any(stretch.is_last_known and not stretch.paused for stretch in self.stretches)

    @property
    def is_unknown(self) -> bool:
        """Whether the rate of some days is not known, so that they bear nothing here."""
        return any(stretch.rate is None for stretch in self.stretches)


PAPERS: Final = """
select case_id, 'invoice' as kind, due_on as on_day, amount_minor, number, id as invoice_id
from invoices where agency_id = $1 and case_id = any($2)
union all
select case_id, 'credit', "on", amount_minor, invoice_number, null
from case_credits where agency_id = $1 and case_id = any($2)
union all
select case_id, 'share', "on", amount_minor, '', invoice_id
from invoice_shares where agency_id = $1 and case_id = any($2) and invoice_id is not null
"""
PAUSES: Final = """
select case_id, since, through, 'frozen' as why
from interest_freezes where agency_id = $1 and case_id = any($2) and through >= since
union all
select p.case_id, p.made_on + 1, case when p.ended_at is not null then
           greatest((p.ended_at at time zone a.time_zone)::date, (
               select max(l.due_on) from plan_lines l
               where l.agency_id = p.agency_id and l.plan_id = p.id and l.plan_id || ' ' || l.position = any($3)))
       end, 'plan'
from plans p join agencies a on a.id = p.agency_id
where p.agency_id = $1 and p.case_id = any($2) and (p.accepted_at is not null or p.status in ('offered', 'approved'))
union all
select o.case_id, o."on", least(o.until, (o.ended_at at time zone a.time_zone)::date), 'rests'
from outcomes o join agencies a on a.id = o.agency_id
where o.agency_id = $1 and o.case_id = any($2) and o.interest_frozen and o.status in ('stands', 'ended')
"""
POSTED: Final = """
select case_id, sum(amount_minor)::bigint as minor, count(*) as postings
from interest_postings where agency_id = $1 and case_id = any($2) group by case_id
"""


async def accrued(actor: Actor, case: CaseFile, through: date) -> Accrual | None:
    """What an open case bears to the end of a day; None when it is closed, or nothing is asked for on it."""
    return (await accrued_each(actor, [case], through)).get(case.id)


async def accrued_each(actor: Actor, cases: Sequence[CaseFile], through: date) -> dict[UUID, Accrual]:
    """What open cases bear to the end of a day; those that are closed, or on which nothing is asked for, are left out.

    Extensions and standstills say themselves whether interest runs meanwhile. While something that was offered or agreed
    stands, that is what is owed: those days bear nothing beside it, nor do those for which its own interest was posted
    already when it ended; only an offer that came to nothing never counted.
    """
    terms = await terms_of_each(actor, [case for case in cases if case.is_open])
    bearing = [case for case in cases if case.id in terms and bears(terms[case.id])]
    if not bearing:
        return {}
    ids = [case.id for case in bearing]
    all_moves = await debt_moves(ids)
    charged = [move.plan_period for move in all_moves if move.plan_period]
    papers = _by_case(await sql(PAPERS, actor.agency_id, ids))
    pauses = _by_case(await sql(PAUSES, actor.agency_id, ids, charged))
    posted = _by_case(await sql(POSTED, actor.agency_id, ids))
    found = {}
    for case in bearing:
        moves = [move for move in all_moves if move.case_id == case.id]
        placed_too = any(move.source == "placement" and move.component is Component.INTEREST for move in moves)
        begins = case.placed_on + _DAY if placed_too else date.min
        paused = [Pause(row["since"], row["through"], row["why"]) for row in pauses[case.id]]
        stretches = accrue(bearings(case, terms[case.id], moves, papers[case.id], begins), paused, through)
        found[case.id] = Accrual(
            through=through,
            stretches=stretches,
            total_minor=total(stretches),
            posted_minor=sum(row["minor"] for row in posted[case.id]),
            postings=sum(row["postings"] for row in posted[case.id]),
            booked_minor=sum(m.amount_minor for m in moves if m.source == "interest" and m.effective_on <= through),
            since_placement=placed_too,
        )
    return found


def _by_case(rows: Sequence[asyncpg.Record]) -> dict[UUID, list[asyncpg.Record]]:
    found: dict[UUID, list[asyncpg.Record]] = defaultdict(list)
    for row in rows:
        found[row["case_id"]].append(row)
    return found


def bearings(
    case: CaseFile, terms: Sequence[Term], moves: Sequence[Move], papers: Sequence[asyncpg.Record], begins: date
) -> list[Bearing]:
    """The sums of a case that bear interest, with their rates; terms without a day of their own hold from ``begins`` on."""
    found: list[Bearing] = []
    for due_on, levels in _due(case, moves, papers):
        each = periods_for(terms, Component.PRINCIPAL, due_on, begins)
        found += [Bearing(Component.PRINCIPAL, levels, periods) for periods in each]
    costs = _running(moves, Component.COSTS, 0)
    if len(costs) > 1:
        each = periods_for(terms, Component.COSTS, costs[1].on, begins)
        found += [Bearing(Component.COSTS, costs, periods) for periods in each]
    return found


def _due(case: CaseFile, moves: Sequence[Move], papers: Sequence[asyncpg.Record]) -> list[tuple[date, list[Level]]]:
    """The principal by the day on which it fell due. Before the placement, what was placed and what had not been credited
    yet was open; what no invoice explains is due with the placement, or where there are none, with the case.
    """
    credits = sorted(
        (row["on_day"], row["amount_minor"])
        for row in papers
        if row["kind"] == "credit" and _before(case, row["on_day"])
    )
    placed = sum(m.amount_minor for m in moves if m.source == "placement" and m.component is Component.PRINCIPAL)
    left = placed + sum(minor for _, minor in credits)
    levels = [Level(date.min, left)]
    for on, minor in credits:
        left -= minor
        levels.append(Level(on, left))
    levels += _running(moves, Component.PRINCIPAL, 0)[1:]
    invoices = _invoices(case, papers)
    return due_parts(levels, invoices, case.placed_on if invoices else case.oldest_due_on)


def _before(case: CaseFile, on: date | None) -> bool:
    """Whether a credit came on a known day before the placement, and was open until then; else it always was off."""
    return on is not None and on < case.placed_on


def _invoices(case: CaseFile, papers: Sequence[asyncpg.Record]) -> list[Part]:
    """The invoices of a case, with the credits that name each and what payments reached it with."""
    off: dict[UUID | str, list[tuple[date, int]]] = defaultdict(list)
    for row in papers:
        if row["kind"] == "share":
            off[row["invoice_id"]].append((row["on_day"], row["amount_minor"]))
        elif row["kind"] == "credit" and row["number"]:
            on = row["on_day"] if _before(case, row["on_day"]) else date.min
            off[row["number"]].append((on, row["amount_minor"]))
    return [
        Part(row["on_day"], row["amount_minor"], (*off[row["number"]], *off[row["invoice_id"]]))
        for row in papers
        if row["kind"] == "invoice"
    ]


def _running(moves: Sequence[Move], component: Component, begin: int) -> list[Level]:
    """What is open of a component at the end of each day on which it moved."""
    found = [Level(date.min, begin)]
    for move in moves:
        if move.component is component:
            minor = found[-1].minor + move.amount_minor
            if found[-1].on == move.effective_on:
                found.pop()
            found.append(Level(move.effective_on, minor))
    return found
