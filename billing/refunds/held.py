"""Until when the money that is paid back may still be taken from us: a cheque bounces, a direct debit or a card payment is
taken back. Paid out before, it would be our loss, so that a refund waits as long as a remittance of its payment would.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from billing.money_rules.rules import rules_of
from billing.refunds.register import Refund
from billing.tables import Channel
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql_one

MAY_TEXTS: Final = {
    Channel.CHEQUE: N_("The cheque may still bounce until %(day)s. It is paid from then on at the earliest."),
    Channel.DIRECT_DEBIT: N_("The direct debit may still be taken back until %(day)s. It is paid from then on at the earliest."),
    Channel.CARD: N_("The card payment may still be taken back until %(day)s. It is paid from then on at the earliest."),
}  # fmt: skip
"""Why money is held, msgids."""
MAY_TEXT: Final = N_("The payment may still be taken back until %(day)s. It is paid from then on at the earliest.")

# Suspended money of no payment is held by what holds for its channel now, as it would be when it is booked to a case.
CAME: Final = """
select coalesce(p.channel, s.channel) as channel, coalesce(p.received_on, s.received_on) as received_on, p.release_on
from refunds r
left join suspense s on s.agency_id = r.agency_id and s.id = r.suspense_id
left join payments p on p.agency_id = r.agency_id and p.id = coalesce(r.payment_id, s.payment_id)
where r.agency_id = $1 and r.id = $2
"""


@dataclass(frozen=True, slots=True)
class Held:
    """How the money of a refund came, and the day on which its hold is over."""

    channel: Channel
    until: date

    @property
    def text(self) -> str:
        """Why it waits, a msgid that names a day."""
        return MAY_TEXTS.get(self.channel, MAY_TEXT)


async def hold_of(actor: Actor, refund: Refund) -> Held:
    """Until when the money of a refund is held; the day on which it came, where its channel is not held."""
    row = await sql_one(CAME, actor.agency_id, refund.id)
    assert row is not None
    channel, until = Channel(row["channel"]), row["release_on"]
    if until is None:
        until = row["received_on"] + timedelta(days=(await rules_of(actor)).hold(channel))
    return Held(channel, max(until, row["received_on"]))


async def held_of(actor: Actor, refunds: Sequence[Refund]) -> Held | None:
    """Why the refund under way waits for its money, if it does."""
    one = next((refund for refund in refunds if refund.is_open), None)
    held = await hold_of(actor, one) if one is not None else None
    return held if held is not None and held.until > await agency_day(actor) else None
