"""What the processor is short of: chargebacks and fees took more than it had of the debtors' money (T1010 below nought). The
agency pays it, since the clients' money is nobody else's to use (events 8 and 9, funding the processor).
"""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from billing.cards.payouts import owed_to_trust
from billing.payments.processor_journals import fund_processor
from portal.errors import Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql, sql_value

SHORT: Final = """
select currency, -sum(amount_minor)::bigint as minor from journal_lines
where agency_id = $1 and account = 1010 group by currency having sum(amount_minor) < 0 order by currency
"""
ALONE: Final = "select pg_advisory_xact_lock(hashtextextended($1, 0))"


@dataclass(frozen=True, slots=True)
class Shortage:
    """What the processor is short of in a currency, in minor units."""

    currency: str
    minor: int


async def shortages(actor: Actor) -> list[Shortage]:
    """What the processor is short of, by currency."""
    actor.require("payments.read")
    return [Shortage(**row) for row in await sql(SHORT, actor.agency_id)]


async def fund(actor: Actor, currency: str, amount_minor: int | None, paid_on: date | None, token: UUID) -> UUID:
    """Book that the agency paid the processor what it is short of; gives the journal's id. The same form books once.

    Raises:
        Refused: it is not short of so much, the agency owes the trust less, or the day will not do.
    """
    actor.require("payments.record")
    await sql(ALONE, f"funding {actor.agency_id} {currency}")
    external_id = f"funding form {token}"
    known: UUID | None = await sql_value(
        "select id from journals where agency_id = $1 and source = 'processor' and external_id = $2",
        *(actor.agency_id, external_id),
    )
    if known is not None:
        return known
    short = {each.currency: each.minor for each in await shortages(actor)}.get(currency, 0)
    if amount_minor is None or not 0 < amount_minor <= min(short, await owed_to_trust(actor, currency)):
        raise Refused(N_("The processor is not short of so much any more. Look again."), code="not_short")
    if paid_on is None:
        raise Refused(N_("Please fill this in."), field="paid_on", code="missing")
    if paid_on > await agency_day(actor):
        raise Refused(N_("This day has not come yet."), field="paid_on", code="future")
    return await fund_processor(actor, currency, amount_minor, paid_on, external_id)
