"""Agreements to pay in words: why a payment falls on its day, whose word is needed and why, and how it stands."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from billing.plans.authority import Check, Matter, Rung
from billing.plans.terms import DayOff, Rhythm
from billing.spoken import Spoken
from cases.contact.calendar import holiday_name, is_holiday
from cases.plans.tables import PlanStatus
from portal.pages.formats import date_long, money, number
from portal.pages.text import N_, Text, current_language, say

RHYTHM_TEXTS: Final[Mapping[str, str]] = {
    Rhythm.MONTH: N_("month"),
    Rhythm.FORTNIGHT: N_("14 days"),
    Rhythm.WEEK: N_("7 days"),
}
DAY_OFF_TEXTS: Final[Mapping[str, str]] = {
    DayOff.NEXT: N_("next working day"),
    DayOff.PREVIOUS: N_("working day before"),
    DayOff.SAME: N_("stays as it is"),
}
STATUS_TEXTS: Final[Mapping[str, str]] = {
    PlanStatus.DRAFT: N_("Draft"),
    PlanStatus.OFFERED: N_("Waits for approval"),
    PlanStatus.APPROVED: N_("Offered to the debtor"),
    PlanStatus.ACTIVE: N_("Running"),
    PlanStatus.GRACE: N_("In grace"),
    PlanStatus.BROKEN: N_("Broken"),
    PlanStatus.COMPLETED: N_("Fulfilled"),
    PlanStatus.CANCELLED: N_("Ended"),
    PlanStatus.SUPERSEDED: N_("Replaced"),
}
STATUS_TONES: Final[Mapping[str, str]] = {
    PlanStatus.OFFERED: "warn",
    PlanStatus.APPROVED: "run",
    PlanStatus.ACTIVE: "run",
    PlanStatus.GRACE: "warn",
    PlanStatus.BROKEN: "bad",
    PlanStatus.COMPLETED: "good",
}
"""Every other is quiet."""
ENDED_TEXTS: Final[Mapping[str, str]] = {
    "declined": N_("declined"),
    "withdrawn": N_("withdrawn"),
    "given_up": N_("given up"),
    "lapsed": N_("its time was over"),
    "case_closed": N_("the case ended"),
    "paid": N_("the claim was paid"),
    "fulfilled": N_("everything has come"),
    "broken": N_("payments did not come"),
    "superseded": N_("a later version took its place"),
}
RUNG_TEXTS: Final[Mapping[str, str]] = {
    "own": N_("the negotiator's own"),
    "supervisor": N_("a supervisor"),
    "client": N_("the client"),
}
NEEDED_TEXTS: Final[Mapping[Rung, str]] = {
    Rung.OWN: N_("Within yours"),
    Rung.SUPERVISOR: N_("Needs your supervisor"),
    Rung.CLIENT: N_("Needs the client"),
}
RUNG_TONES: Final[Mapping[Rung, str]] = {Rung.OWN: "good", Rung.SUPERVISOR: "warn", Rung.CLIENT: "stop"}


def line_note(position: int, nominal_on: date, due_on: date, anchor: int, country: str) -> Text | None:
    """Why a payment falls on another day than its rhythm says; None where it does not."""
    if nominal_on != due_on:
        if is_holiday(nominal_on, country):
            name = Spoken(_holiday, nominal_on, country)
            return say("%(day)s is a holiday: %(name)s", day=Spoken(date_long, nominal_on), name=name)
        return say("%(day)s is no working day", day=Spoken(date_long, nominal_on, True))
    if position and nominal_on.day < anchor and nominal_on.day >= 28:
        return say("the month has %(days)s days", days=nominal_on.day)
    return None


def _holiday(day: date, country: str) -> str:
    return holiday_name(day, country, language=current_language())


SHARE_TEXTS: Final[Mapping[Matter, str]] = {
    Matter.OFFER: N_(
        "%(value)s %% of the balance; a negotiator's from %(own)s %%, a supervisor's from %(supervisor)s %%"
    ),
    Matter.KEPT: N_(
        "%(value)s %% of the claim is kept; a negotiator's from %(own)s %%, a supervisor's from %(supervisor)s %%"
    ),
}


def check_text(check: Check, currency: str) -> Text:
    """One thing that was looked at, with its limits."""
    match check.matter:
        case Matter.LENGTH:
            return say(
                "Months: %(months)s; a negotiator's to %(own)s, a supervisor's to %(supervisor)s",
                months=_plain(check.value),
                own=_plain(check.own),
                supervisor=_plain(check.supervisor),
            )
        case Matter.FIRST:
            return say(
                "First payment %(value)s %%; a negotiator's from %(own)s %%, a supervisor's from %(supervisor)s %%",
                value=Spoken(number, check.value, 1),
                own=_plain(check.own),
                supervisor=_plain(check.supervisor),
            )
        case Matter.OFFER | Matter.KEPT:
            return say(
                SHARE_TEXTS[check.matter],
                value=_cut(check.value),
                own=_plain(check.own),
                supervisor=_plain(check.supervisor),
            )
        case Matter.PAYMENTS:
            return say(
                "Payments: %(value)s; more than %(most)s are the client's to decide",
                value=_plain(check.value),
                most=_plain(check.own),
            )
        case Matter.DAYS:
            return say(
                "The last payment in %(value)s days; more than %(most)s are the client's to decide",
                value=_plain(check.value),
                most=_plain(check.own),
            )
        case Matter.FORGIVEN:
            return say(
                "%(value)s forgiven; more than %(most)s is the client's to decide",
                value=Spoken(money, int(check.value), currency),
                most=Spoken(money, int(check.own or 0), currency),
            )


def _plain(value: Decimal | None) -> str:
    return "–" if value is None else f"{value.normalize():f}"


def _cut(value: Decimal) -> str:
    """To two decimals and never rounded up: 79.999 % is not 80 %."""
    return f"{(value * 100 // 1 / 100).normalize():f}"
