"""Interest in words."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from cases.interest.statutory import TABLES
from cases.interest.terms import AGREED, Basis
from portal.audit.codes import speak
from portal.pages.formats import percent
from portal.pages.text import N_, translate

PER: Final = {
    365: N_("%(rate)s a year, by 365 days"),
    360: N_("%(rate)s a year, by 360 days"),
    1: N_("%(rate)s a day"),
}
DAY_COUNT_TEXTS: Final = {365: N_("a year of 365 days"), 360: N_("a year of 360 days"), 1: N_("a day")}
PAUSED: Final = {"frozen": N_("frozen"), "rests": N_("the case rests"), "plan": N_("an agreement or offer stands")}
DEBTOR_KIND_TEXTS: Final = {"company": N_("Companies"), "person": N_("Persons")}
TAKEN_TEXTS: Final = {
    "floating": N_("each day at the rate of that day"),
    "start": N_("the rate of the first day of interest stays"),
    "due": N_("the rate of the day on which it was due stays"),
}


def rate_text(rate: Decimal | str, day_count: int) -> str:
    """A rate with what it is for."""
    return translate(PER[day_count], rate=exact_percent(Decimal(rate)))


def exact_percent(rate: Decimal) -> str:
    """A rate as per cent with all of its decimals: daily ones have many."""
    places = max(0, -int(rate.normalize().as_tuple().exponent) - 2)
    return percent(rate, max(places, 2) if places else 0)


@dataclass(frozen=True, slots=True)
class Named:
    """What is asked for, in the viewer's language when printed."""

    basis: str
    rate: Decimal | str | None = None
    day_count: int = 365

    def __str__(self) -> str:
        if self.basis in TABLES:
            return TABLES[self.basis].name
        if self.basis == AGREED:
            if self.rate is None:
                return translate("Rate by agreement")
            return translate("%(rate)s by agreement", rate=rate_text(self.rate, self.day_count))
        return translate("No interest")


def named(basis: Basis) -> Named:
    """A basis by its name."""
    return Named(basis.basis, basis.rate, basis.day_count)


speak("basis", lambda value, _: str(Named(str(value))))
speak("added", lambda value, _: str(Named(str(value))), of="interest.judged")
speak("rate", lambda value, _: exact_percent(Decimal(str(value))), of="interest.set")
speak("rate", lambda value, _: exact_percent(Decimal(str(value))), of="interest.changed")
speak("debtor_kind", DEBTOR_KIND_TEXTS)
