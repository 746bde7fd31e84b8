"""What a law or licence asks of money held for clients, as data: days to deposit it, to remit it, and to prove it.

They are for the agency's people to see and never stand in the way: what is late is shown, and done all the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from cases.contact.calendar import add_working_days
from portal.pages.text import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """A place's rules. What is None is not asked for there.

    Cash and cheques are at the bank within ``deposit_days``, counted from the day after they came, working days of the
    place where ``deposit_working``. What came in a month is remitted within ``remit_days`` after its end, or by the day
    ``remit_on`` of the month that follows. With ``monthly_proof`` each month is reconciled by the end of the next.
    """

    name: str
    """A msgid."""
    source: str
    country: str
    region: str
    deposit_days: int | None = None
    deposit_working: bool = False
    remit_days: int | None = None
    remit_on: int | None = None
    monthly_proof: bool = False

    def deposit_by(self, received_on: date) -> date | None:
        """The last day on which what came in hand is brought to the bank."""
        if self.deposit_days is None:
            return None
        if self.deposit_working:
            return add_working_days(received_on, self.deposit_days, self.country, self.region)
        return received_on + timedelta(days=self.deposit_days)

    def remit_by(self, received_on: date) -> date | None:
        """The last day on which the clients are paid what came on a day."""
        end = month_end(received_on)
        if self.remit_on is not None:
            return end + timedelta(days=self.remit_on)
        return None if self.remit_days is None else end + timedelta(days=self.remit_days)

    def prove_by(self, month: date) -> date | None:
        """The last day on which a month, given by a day of it, is reconciled."""
        return month_end(month_end(month) + timedelta(days=1)) if self.monthly_proof else None


LAWS: Final[Mapping[str, Law]] = {
    "us-wa": Law(
        name=N_("Washington"), source="RCW 19.16", country="US", region="WA", deposit_days=10, remit_days=30
    ),
    "us-il": Law(
        name=N_("Illinois"), source="225 ILCS 425", country="US", region="IL", deposit_days=5, deposit_working=True,
        monthly_proof=True,
    ),
    "ca-on": Law(
        name=N_("Ontario"), source="R.R.O. 1990, Reg. 74", country="CA", region="ON", deposit_days=2,
        deposit_working=True, remit_on=20,
    ),
}  # fmt: skip
"""By the code that an agency chooses; an agency that chooses none has no deadlines here."""


def month_end(day: date) -> date:
    """The last day of a day's month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
