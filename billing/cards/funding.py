"""What the agency owes the trust book (T1090) and pays from its own money: to the processor where that is short of debtors'
money, since chargebacks and fees took more than it had (events 8 and 9); else to the clients' account at the bank, for what
banks and processors charged and what was lost on exchange (events 2, 14, 17). It is booked here where no bank line tells of it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from billing.cards.payouts import owed_to_trust
from billing.payments.processor_journals import fund_processor, top_up
from billing.spoken import Spoken
from portal.errors import Refused
from portal.money import is_currency
from portal.pages.formats import money
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql, sql_value

SHORT: Final = """
select currency, -sum(amount_minor)::bigint as minor from journal_lines
where agency_id = $1 and account = 1010 group by currency having sum(amount_minor) < 0 order by currency
"""
# What the processor is short of goes there, not to the bank.
OWED: Final = """
select currency, minor from (
    select currency, (sum(amount_minor) filter (where account = 1090)
                      + least(0, coalesce(sum(amount_minor) filter (where account = 1010), 0)))::bigint as minor
    from journal_lines where agency_id = $1 and account in (1010, 1090) group by currency) as owed
where minor > 0 order by currency
"""
KNOWN: Final = "select id from journals where agency_id = $1 and source = 'processor' and external_id = $2"
ALONE: Final = "select pg_advisory_xact_lock(hashtextextended($1, 0))"


@dataclass(frozen=True, slots=True)
class Owed:
    """What the agency has to pay in a currency, in minor units."""

    currency: str
    minor: int


async def shortages(actor: Actor) -> list[Owed]:
    """What the processor is short of, by currency."""
    actor.require("payments.read")
    return [Owed(**row) for row in await sql(SHORT, actor.agency_id)]


async def owed_to_bank(actor: Actor) -> list[Owed]:
    """What the agency owes the clients' accounts at the bank, by currency."""
    actor.require("bank.read")
    return [Owed(**row) for row in await sql(OWED, actor.agency_id)]


async def fund(actor: Actor, currency: str, amount_minor: int | None, paid_on: date | None, token: UUID) -> UUID:
    """Book that the agency paid the processor what it is short of; gives the journal's id. The same form books once.

    Raises:
        Refused: it is not short of so much, the agency owes the trust less, or the day will not do.
    """

    async def most() -> tuple[int, Refused]:
        found = min(_in(await shortages(actor), currency), await owed_to_trust(actor, currency))
        return found, Refused(N_("The processor is not short of so much any more. Look again."), code="not_short")

    return await _once(actor, f"funding form {token}", currency, amount_minor, paid_on, most, fund_processor)


async def pay_in(actor: Actor, currency: str, amount_minor: int | None, paid_on: date | None, token: UUID) -> UUID:
    """Book that the agency paid the clients' account what it owes, or a part of it; gives the journal's id. The same form
    books once.

    Raises:
        Refused: it does not owe so much, or the day will not do.
    """

    async def most() -> tuple[int, Refused]:
        found = _in(await owed_to_bank(actor), currency)
        owed = Spoken(money, found, currency)
        return found, Refused(
            N_("The agency owes the clients' account %(owed)s."), field="amount", code="not_owed", owed=owed
        )

    return await _once(actor, f"top-up form {token}", currency, amount_minor, paid_on, most, top_up)


def _in(owed: list[Owed], currency: str) -> int:
    return next((each.minor for each in owed if each.currency == currency), 0)


async def _once(
    actor: Actor,
    external_id: str,
    currency: str,
    amount_minor: int | None,
    paid_on: date | None,
    most: Callable[[], Awaitable[tuple[int, Refused]]],
    book: Callable[[Actor, str, int, date, str], Awaitable[UUID]],
) -> UUID:
    """Book a payment of ours, alone in its currency, of no more than ``most`` says or by its refusal."""
    actor.require("payments.record")
    if not is_currency(currency):
        raise Refused(N_("This is not a currency."), field="currency", code="bad_currency")
    await sql(ALONE, f"funding {actor.agency_id} {currency}")
    known: UUID | None = await sql_value(KNOWN, actor.agency_id, external_id)
    if known is not None:
        return known
    limit, refusal = await most()
    if amount_minor is None or not 0 < amount_minor <= limit:
        raise refusal
    if paid_on is None:
        raise Refused(N_("Please fill this in."), field="paid_on", code="missing")
    if paid_on > await agency_day(actor):
        raise Refused(N_("This day has not come yet."), field="paid_on", code="future")
    return await book(actor, currency, amount_minor, paid_on, external_id)
