"""How a client is paid: by which method, how often, in which currency, and whose the difference of an exchange is.

The terms are versions. A client's first hold from the start; each later one holds from the first day of a cycle on, since
a change takes effect with the next cycle and never re-opens one (the money rules). Until then it waits, and may be changed
again or withdrawn. `remittance_terms_of` is the one place that says what holds for a client on a day.
"""

import calendar
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import asyncpg

from portal import clock
from portal.errors import Refused
from portal.identity import new_id
from portal.money import is_currency
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql

FROM_THE_START: Final = date.min
"""Since when a client's first terms hold."""
WEEK: Final = timedelta(days=7)
MID_MONTH: Final = 15
"""The last day of the first half of a month."""


class RemittanceMethod(StrEnum):
    """What of the agency's fees is kept back from the money it passes on."""

    NET = "net"
    """All fees, those on direct payments too."""
    GROSS = "gross"
    """None: they are invoiced."""
    COMBINED = "combined"
    """Fees on what the agency received; those on direct payments are invoiced."""


class RemittanceCycle(StrEnum):
    """How often the client is paid."""

    WEEKLY = "weekly"
    TWICE_A_MONTH = "twice_a_month"
    MONTHLY = "monthly"


class Bearer(StrEnum):
    """Whose the difference between the quoted and the executed rate is."""

    CLIENT = "client"
    AGENCY = "agency"


@dataclass(frozen=True, slots=True, kw_only=True)
class PayingOut:
    """How a client is paid."""

    remittance_method: str = RemittanceMethod.NET
    remittance_cycle: str = RemittanceCycle.MONTHLY
    payout_currencies: str = ""
    """What it is paid out in another currency than was collected: ``USD>GBP``, comma-separated, in order."""
    exchange_gain: str = Bearer.CLIENT
    """Whose a better rate than the quoted one is."""
    exchange_loss: str = Bearer.AGENCY
    """Whose a worse one is."""


FIELDS: Final = tuple(PayingOut.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What holds for a client now, and what will."""

    current: PayingOut
    coming: PayingOut | None = None
    coming_on: date | None = None
    """The first day of ``coming``."""

    @property
    def latest(self) -> PayingOut:
        """What was agreed last."""
        return self.coming or self.current

    @property
    def current_until(self) -> date | None:
        """The last day of ``current``, where that is known."""
        return None if self.coming_on is None else self.coming_on - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Told:
    """What a client was told of its money: that has to stay as it is."""

    through: date | None
    """The end of its latest statement; its weeks count from there."""
    has_money: bool
    """Whether there ever was a payment for it. Before the first no cycle has begun, and any terms are its first."""


def cycle_end(cycle: str, begins: date) -> date:
    """The last day of the cycle that a day is in, or, of weekly ones, that begins with it."""
    if cycle == RemittanceCycle.WEEKLY:
        return begins + WEEK - timedelta(days=1)
    if cycle == RemittanceCycle.TWICE_A_MONTH and begins.day <= MID_MONTH:
        return begins.replace(day=MID_MONTH)
    return begins.replace(day=calendar.monthrange(begins.year, begins.month)[1])


def next_cycle(cycle: str, today: date, told_through: date | None) -> date:
    """The first day of the cycle after the one that today is in. Weeks count from the end of the latest statement; before
    the first they begin on Mondays.
    """
    begins = today
    if cycle == RemittanceCycle.WEEKLY:
        since = today - timedelta(days=today.weekday()) if told_through is None else told_through + timedelta(days=1)
        begins = since + (today - since) // WEEK * WEEK
    return cycle_end(cycle, begins) + timedelta(days=1)


def check_paying_out(terms: PayingOut) -> None:
    """Look over how a client is to be paid.

    Raises:
        Refused: the first thing that will not do, with its field.
    """
    for field, known in (
        ("remittance_method", RemittanceMethod),
        ("remittance_cycle", RemittanceCycle),
        ("exchange_gain", Bearer),
        ("exchange_loss", Bearer),
    ):
        if getattr(terms, field) not in set(known):
            raise Refused(N_("Please choose one of the list."), field=field, code="unknown")
    pairs = [pair.split(">") for pair in terms.payout_currencies.split(",") if pair]
    for pair in pairs:
        if len(pair) != 2 or pair[0] == pair[1] or not all(map(is_currency, pair)):
            raise Refused(N_("Please choose one of the list."), field=f"pays_in_{pair[0]}", code="unknown")
    collected = [pair[0] for pair in pairs]
    if collected != sorted(set(collected)):
        raise Refused(N_("Please choose one of the list."), field="payout_currencies", code="unknown")


# What holds today, and a change that waits.
STANDING: Final = """
select * from remittance_terms t
where agency_id = $1 and client_id = $2 and withdrawn_at is null
  and effective_from >= (select o.effective_from from remittance_terms_of($1, $2, $3) o)
order by effective_from
"""
WITHDRAW: Final = """
update remittance_terms set withdrawn_at = $4, withdrawn_by_name = $5
where agency_id = $1 and client_id = $2 and withdrawn_at is null and effective_from >= $3
"""
INSERT: Final = f"""
insert into remittance_terms (id, agency_id, client_id, effective_from, agreed_by, agreed_by_name, agreed_at, {", ".join(FIELDS)})
values ($1, $2, $3, $4, $5, $6, $7, {", ".join(f"${place}" for place in range(8, 8 + len(FIELDS)))})
"""  # noqa: S608 - own column names


async def agreed_with(actor: Actor, client_id: UUID) -> Agreed:
    """What holds for a client today, and what will. The client is there and the actor's to see."""
    rows = await sql(STANDING, actor.agency_id, client_id, await agency_day(actor))
    if len(rows) == 1:
        return Agreed(_terms(rows[0]))
    return Agreed(_terms(rows[0]), _terms(rows[1]), rows[1]["effective_from"])


async def begin(actor: Actor, client_id: UUID, terms: PayingOut) -> None:
    """Keep the first terms of a client."""
    await _insert(actor, client_id, FROM_THE_START, terms)


async def agree(actor: Actor, client_id: UUID, wanted: PayingOut, told: Told) -> date | None:
    """Have a client be paid so from its next cycle on, in place of any change that waits; gives the first day of that.
    None where that is how it is paid now, or has been from the start. The caller holds the client, and records it.

    Raises:
        Refused: something will not do, with its field.
    """
    check_paying_out(wanted)
    standing, today = await agreed_with(actor, client_id), await agency_day(actor)
    if not told.has_money:
        await _withdraw(actor, client_id, FROM_THE_START)
        await _insert(actor, client_id, FROM_THE_START, wanted)
        return None
    await _withdraw(actor, client_id, today + timedelta(days=1))
    if wanted == standing.current:
        return None
    since = next_cycle(standing.current.remittance_cycle, today, told.through)
    await _insert(actor, client_id, since, wanted)
    return since


async def _insert(actor: Actor, client_id: UUID, since: date, terms: PayingOut) -> None:
    by = (actor.user_id, actor.name, clock.now())
    await sql(INSERT, new_id(), actor.agency_id, client_id, since, *by, *asdict(terms).values())


async def _withdraw(actor: Actor, client_id: UUID, since: date) -> None:
    await sql(WITHDRAW, actor.agency_id, client_id, since, clock.now(), actor.name)


def _terms(row: asyncpg.Record) -> PayingOut:
    return PayingOut(**{name: row[name] for name in FIELDS})
