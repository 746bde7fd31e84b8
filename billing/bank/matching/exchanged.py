"""What the bank exchanged for an approved run, as its lines tell it: one currency sold, another bought."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from billing.bank.matching.affairs import AffairCode, AffairReason, OwnAffair, pays, says
from billing.bank.matching.candidates import Line
from billing.bank.matching.said import speaks_of_exchange
from billing.exchange.rate import rate_of, rate_text
from portal.people.actor import Actor
from portal.people.agency_time import agency_zone
from portal.tenancy.database import sql

DAYS: Final = 5
"""The two sides stand on statements of two accounts, seldom on the same day."""
NEAR: Final = 50
"""What is proposed is within a fiftieth of what was quoted."""
FAR: Final = 5
"""What a person may choose is within a fifth of it."""

# Statement by statement what was approved and is not exchanged yet, by run and other currency.
WAITS: Final = """
select r.id as run_id, r.number, s.currency, s.payout_currency as target, sum(s.net_minor)::bigint as sold_minor,
       sum(s.payout_minor)::bigint as quoted_minor, (r.approved_at at time zone $2)::date as since
from remittance_runs r join statements s on s.agency_id = r.agency_id and s.run_id = r.id and s.payout_currency is not null
where r.agency_id = $1 and r.status = 'approved' and s.status = 'approved' and not exists (
    select from exchange_parts x where x.agency_id = s.agency_id and x.statement_id = s.id)
group by r.id, r.number, s.currency, s.payout_currency order by r.id, s.payout_currency
"""
SIDES: Final = """
select l.id, l.booked_on, l.currency, l.amount_minor, b.name as account_name from bank_lines l
join bank_accounts b on b.agency_id = l.agency_id and b.id = l.bank_account_id and b.book = 'trust'
where l.agency_id = $1 and l.status = 'open' and l.currency = any($2) and l.booked_on between $3 and $4
  and not l.is_reversal and l.return_reason = ''
order by l.booked_on, l.id
"""
NAMES: Final = """
select holder as name from bank_accounts where agency_id = $1 and holder <> ''
union select name from agencies where id = $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """What of a run is to be exchanged. Minor units."""

    run_id: UUID
    number: str
    currency: str
    target: str
    sold_minor: int
    quoted_minor: int
    since: date
    """The day of its approval: nothing was exchanged for it before."""

    def is_sold(self, currency: str, amount_minor: int) -> bool:
        """Whether an amount of a line is all that is to be sold."""
        return (currency, amount_minor) == (self.currency, -self.sold_minor)

    def is_bought(self, currency: str, amount_minor: int, near: int = NEAR) -> bool:
        """Whether it may be what came for it: as much as was quoted, up to one part of ``near`` more or less."""
        return currency == self.target and abs(amount_minor - self.quoted_minor) * near <= self.quoted_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """An open line that may be the other side."""

    id: UUID
    booked_on: date
    currency: str
    amount_minor: int
    account_name: str


@dataclass(frozen=True, slots=True)
class Own:
    """How the agency is called at its banks."""

    accounts: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()


async def exchange_affairs(actor: Actor, lines: Sequence[Line], own_accounts: frozenset[str]) -> dict[UUID, OwnAffair]:
    """By line on a trust account, the exchange that it may be a side of. A few queries, however many lines there are."""
    waits, sides = await _waiting(actor, lines)
    if not waits:
        return {}
    own = Own(own_accounts, tuple(row["name"] for row in await sql(NAMES, actor.agency_id)))
    found = {line.id: exchange_of(line, waits, sides, own) for line in lines if line.book == "trust"}
    return {line_id: affair for line_id, affair in found.items() if affair is not None}


async def exchanges_for(actor: Actor, line: Line) -> list[OwnAffair]:
    """The exchanges that a person may say that a line is a side of, each with an other side."""
    waits, sides = await _waiting(actor, [line])
    return [
        OwnAffair("exchange", (), one.run_id, f"{one.number} · {side.account_name}", other_id=side.id)
        for one in waits
        for side in _others(line, one, sides, FAR)
    ]


async def _waiting(actor: Actor, lines: Sequence[Line]) -> tuple[list[Waits], list[Side]]:
    """What waits for its exchange, and the open lines around the days of these that may be sides of it."""
    trust = [line for line in lines if line.book == "trust" and not line.went_back]
    if not trust:
        return [], []
    waits = [Waits(**row) for row in await sql(WAITS, actor.agency_id, (await agency_zone(actor)).key)]
    if not waits:
        return [], []
    days = [line.booked_on for line in trust]
    around = (min(days) - timedelta(days=DAYS), max(days) + timedelta(days=DAYS))
    currencies = sorted({currency for one in waits for currency in (one.currency, one.target)})
    return waits, [Side(**row) for row in await sql(SIDES, actor.agency_id, currencies, *around)]


def exchange_of(line: Line, waits: Sequence[Waits], sides: Sequence[Side], own: Own) -> OwnAffair | None:
    """The likeliest exchange that a line may be a side of. Pure."""
    found = []
    for one in waits:
        is_sold = one.is_sold(line.currency, line.amount_minor)
        if line.went_back or line.booked_on < one.since:
            continue
        if is_sold or one.is_bought(line.currency, line.amount_minor):
            others = _others(line, one, sides, NEAR)
            reasons = tuple(_reasons(line, one, own, is_sold=is_sold, has_other=bool(others)))
            other = others[0] if others else None
            found.append(
                OwnAffair(
                    "exchange", reasons, one.run_id, one.number, other_id=other.id if other else None,
                    note=_rate(line, one, other) if other else "",
                )
            )  # fmt: skip
    return max(found, key=lambda affair: affair.confidence, default=None)


def _rate(line: Line, one: Waits, other: Side) -> str:
    """The rate that the bank did: that of its two amounts."""
    sold, bought = sorted((line.amount_minor, other.amount_minor))
    return rate_text(one.currency, rate_of(-sold, one.currency, bought, one.target), one.target)


def _others(line: Line, one: Waits, sides: Sequence[Side], near: int) -> list[Side]:
    """The open lines that may be the other side of a line, the nearest day first, and of a day the nearest amount."""
    if one.is_sold(line.currency, line.amount_minor):
        fitting = [side for side in sides if one.is_bought(side.currency, side.amount_minor, near)]
    elif one.is_bought(line.currency, line.amount_minor, near):
        fitting = [side for side in sides if one.is_sold(side.currency, side.amount_minor)]
    else:
        return []
    days = {side.id: abs((side.booked_on - line.booked_on).days) for side in fitting}
    return sorted(
        (side for side in fitting if days[side.id] <= DAYS and min(side.booked_on, line.booked_on) >= one.since),
        key=lambda side: (days[side.id], abs(side.amount_minor - one.quoted_minor), side.id),
    )


def _reasons(line: Line, one: Waits, own: Own, *, is_sold: bool, has_other: bool) -> Iterator[AffairReason]:
    yield AffairReason(AffairCode.TO_BE_SOLD, 45) if is_sold else AffairReason(AffairCode.NEAR_QUOTE, 30)
    if has_other:
        yield AffairReason(AffairCode.OTHER_CURRENCY_TOLD, 40)
    if speaks_of_exchange(f"{line.kind} {line.text}"):
        yield AffairReason(AffairCode.EXCHANGE_WORD, 15)
    if line.counterparty_account in own.accounts or pays(line, *own.names):
        yield AffairReason(AffairCode.OWN_SIDE, 15)
    if says(line, one.number):
        yield AffairReason(AffairCode.RUN_NAMED, 10)
