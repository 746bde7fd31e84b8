"""Whether money of a bank line arrived short: by what the line tells, else by what was expected of its case."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from billing.short.rules import Shortfall, shortfall
from billing.short.terms import terms_on
from cases.casework import CaseFile
from portal.money import BadAmount, UnknownCurrency, parse_amount
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

NEAR_DAYS: Final = 14
"""What was promised or agreed is expected so many days around its day."""

EXPECTED: Final = """
select amount_minor - received_minor as minor from promises
where agency_id = $1 and case_id = $2 and status = 'open' and due_on between $3::date - $4::int and $3::date + $4::int
union
select next_due_minor from plans
where agency_id = $1 and case_id = $2 and status in ('active', 'grace') and next_due_on between $3::date - $4::int and $3::date + $4::int
"""
LINE: Final = """
select l.amount_minor, l.currency, l.instructed, l.charges_minor from bank_matches m
join bank_lines l on l.agency_id = m.agency_id and l.id = m.bank_line_id
where m.agency_id = $1 and m.journal_id = $2 and m.undone_at is null
"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a bank tells of money that came: what was sent, if it says so, and its charges. Minor units."""

    told_minor: int | None = None
    charges_minor: int = 0


def arrival(currency: str, instructed: str, charges_minor: int) -> Arrival:
    """What a line tells, from what it was ``instructed`` as: an amount behind its currency, ``EUR 1000.00``."""
    told, _, amount = instructed.partition(" ")
    try:
        return Arrival(parse_amount(amount, currency) if told == currency else None, charges_minor)
    except (BadAmount, UnknownCurrency):
        return Arrival(None, charges_minor)


async def arrival_of(actor: Actor, journal_id: UUID, amount_minor: int) -> Arrival | None:
    """What the bank told of money that one journal brought, if all of it is one line's."""
    row = await sql_one(LINE, actor.agency_id, journal_id)
    if row is None or row["amount_minor"] != amount_minor:
        return None
    return arrival(row["currency"], row["instructed"], row["charges_minor"])


async def shortfall_of(actor: Actor, case: CaseFile, arrived_minor: int, day: date, came: Arrival) -> Shortfall | None:
    """What is missing of money for a case that came on a day; None where nothing is."""
    terms = await terms_on(actor, case.client_id, day)
    rows = await sql(EXPECTED, actor.agency_id, case.id, day, NEAR_DAYS)
    expected = [row["minor"] for row in rows if row["minor"]] + [case.balance_minor]
    return shortfall(
        arrived_minor,
        case.currency,
        terms,
        told_minor=came.told_minor,
        charges_minor=came.charges_minor,
        expected=expected,
    )
