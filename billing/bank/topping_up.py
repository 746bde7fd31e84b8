"""What the agency owes the clients' account at the bank (T1090): for charges that the bank took there, processor's fees and
exchange losses. It pays that in from its own money, and books it here where no bank line tells of it (events 2, 14, 17).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from billing.payments.processor_journals import top_up
from billing.spoken import Spoken
from portal.errors import Refused
from portal.pages.formats import money
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql, sql_value

# What the processor is short of goes there, not to the bank (`billing.cards.funding`).
OWED: Final = """
select currency, minor from (
    select currency, sum(amount_minor) filter (where account = 1090)
           + least(0, coalesce(sum(amount_minor) filter (where account = 1010), 0))::bigint as minor
    from journal_lines where agency_id = $1 and account in (1010, 1090) group by currency) as owed
where minor > 0 order by currency
"""
KNOWN: Final = "select id from journals where agency_id = $1 and source = 'processor' and external_id = $2"
ALONE: Final = "select pg_advisory_xact_lock(hashtextextended($1, 0))"


@dataclass(frozen=True, slots=True)
class Owed:
    """What the agency has to pay in, in minor units."""

    currency: str
    minor: int


async def owed_to_bank(actor: Actor) -> Sequence[Owed]:
    """What the agency owes the clients' accounts, by currency."""
    actor.require("bank.read")
    return [Owed(row["currency"], int(row["minor"])) for row in await sql(OWED, actor.agency_id)]


async def pay_in(actor: Actor, currency: str, amount_minor: int | None, paid_on: date | None, token: UUID) -> UUID:
    """Book that the agency paid in what it owes, or a part of it; gives the journal's id. The same form books once.

    Raises:
        Refused: it does not owe so much, or the day will not do.
    """
    actor.require("payments.record")
    await sql(ALONE, f"top-up {actor.agency_id} {currency}")
    external_id = f"top-up form {token}"
    known: UUID | None = await sql_value(KNOWN, actor.agency_id, external_id)
    if known is not None:
        return known
    owed = {each.currency: each.minor for each in await owed_to_bank(actor)}.get(currency, 0)
    if amount_minor is None or not 0 < amount_minor <= owed:
        raise Refused(
            N_("The agency owes the clients' account %(owed)s."),
            field="amount", code="not_owed", owed=Spoken(money, owed, currency),
        )  # fmt: skip
    if paid_on is None:
        raise Refused(N_("Please fill this in."), field="paid_on", code="missing")
    if paid_on > await agency_day(actor):
        raise Refused(N_("This day has not come yet."), field="paid_on", code="future")
    return await top_up(actor, currency, amount_minor, paid_on, external_id)
