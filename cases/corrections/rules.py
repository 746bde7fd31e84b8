"""What a new figure for a claim may be. Pure rules over what is claimed and open on one component."""

from dataclasses import dataclass
from datetime import date

from cases.contact.wording import Day, Sum
from cases.corrections.words import KINDS
from portal.errors import Refused
from portal.ledger.tables import Component
from portal.money import LARGEST_MINOR
from portal.pages.text import N_


@dataclass(frozen=True, slots=True)
class Figure:
    """One component of a claim: what is claimed on it, and what of that is still open. Minor units."""

    component: Component
    claimed_minor: int
    open_minor: int
    currency: str

    @property
    def least_minor(self) -> int:
        """The lowest claim there can be: what was paid on it already."""
        return self.claimed_minor - self.open_minor

    @property
    def fingerprint(self) -> str:
        """What a person saw when they entered a new figure."""
        return f"{self.claimed_minor} {self.open_minor}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A new figure as somebody entered it: what is claimed from now on, and why."""

    kind: str
    component: Component
    after_minor: int | None
    reason: str
    on: date | None


def check(wanted: Wanted, now: Figure, placed_on: date, today: date) -> int:
    """Look a new figure over; gives how much more (or, below nought, less) is claimed by it.

    Raises:
        Refused: it is none, or none that a correction can bring about; the text says which way to go instead.
    """
    if wanted.kind not in KINDS:
        raise Refused(N_("Please choose."), field="kind", code="missing")
    if wanted.after_minor is None:
        raise Refused(N_("Please fill this in."), field="claimed", code="missing")
    if not 0 <= wanted.after_minor <= LARGEST_MINOR:
        raise Refused(N_("An amount of zero or more."), field="claimed", code="bad_amount")
    if not wanted.reason.strip():
        raise Refused(N_("Please fill this in."), field="reason", code="missing")
    _check_day(wanted, placed_on, today)
    if wanted.after_minor == now.claimed_minor:
        raise Refused(N_("This is what is claimed already."), field="claimed", code="unchanged")
    if wanted.after_minor < now.least_minor:
        raise Refused(
            N_("%(paid)s was paid on it already: less than that cannot be claimed."),
            field="claimed",
            code="below_paid",
            paid=Sum(now.least_minor, now.currency),
        )
    if wanted.kind == "paid_before_placement" and wanted.after_minor > now.claimed_minor:
        raise Refused(N_("What was paid lowers the claim."), field="claimed", code="raises")
    return wanted.after_minor - now.claimed_minor


def _check_day(wanted: Wanted, placed_on: date, today: date) -> None:
    if wanted.on is None:
        raise Refused(N_("Please fill this in."), field="on", code="missing")
    if wanted.on > today:
        raise Refused(N_("This day has not come yet."), field="on", code="future")
    if wanted.kind == "paid_before_placement" and wanted.on >= placed_on:
        raise Refused(
            N_(
                "The case was placed on %(day)s: money since then is a payment, not a correction. Report it to the agency."
            ),
            field="on",
            code="paid_since",
            day=Day(placed_on),
        )
