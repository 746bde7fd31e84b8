"""From terms to payments: pure arithmetic over days and minor units.

Equal instalments are floored to the minor unit and the last takes the rest: 1,000.00 in seven is 6 × 142.85 + 142.90.
Monthly instalments keep to their day and fall on the last of a shorter month: 31 Jan, 28 Feb, 31 Mar, 30 Apr.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count as counting

from billing.parts import Parts
from billing.payments.allocation import allocate
from billing.plans.terms import DayOff, Line, Rhythm, Schedule, Terms
from cases.contact.calendar import is_working_day
from portal.errors import Refused
from portal.money import round_half_up
from portal.pages.text import N_

MOST_LINES = 120
"""Ten years of months: nobody agrees more, and nothing that somebody types takes long to count."""
LONGEST_AHEAD = timedelta(days=366 * 10)

_DAY = timedelta(days=1)
_STEPS = {Rhythm.WEEK: timedelta(days=7), Rhythm.FORTNIGHT: timedelta(days=14)}


def schedule(terms: Terms) -> Schedule:
    """The payments that follow from terms.

    Raises:
        Refused: the terms make no plan; it names the field: ``forgiven``, ``down``, ``down_on``, ``count``, ``amount``
            or ``first_on``.
    """
    _check(terms)
    return Schedule(terms, tuple(_lines(terms)))


def _check(terms: Terms) -> None:
    if terms.owed.total_minor <= 0:
        raise Refused(N_("Nothing is owed on this case."), code="nothing_owed")
    if not 0 <= terms.forgiven_minor < terms.owed.total_minor:
        raise Refused(N_("Something must be left to pay."), field="forgiven", code="out_of_range")
    _check_down(terms)
    if terms.total_minor > terms.down_minor:
        _check_instalments(terms)
    elif terms.count or terms.amount_minor:
        raise Refused(N_("The first payment pays everything: no instalment is left."), field="down", code="no_rest")


def _check_down(terms: Terms) -> None:
    if not 0 <= terms.down_minor <= terms.total_minor:
        raise Refused(N_("Not more than is to be paid."), field="down", code="out_of_range")
    if not terms.down_minor:
        return
    if terms.down_on is None:
        raise Refused(N_("Please fill this in."), field="down_on", code="missing")
    _check_day(terms, terms.down_on, "down_on")


def _check_instalments(terms: Terms) -> None:
    rest = terms.total_minor - terms.down_minor
    if (terms.count is None) == (terms.amount_minor is None):
        raise Refused(N_("Say how many instalments, or how much each."), field="count", code="missing")
    if terms.count is not None and not 1 <= terms.count <= MOST_LINES:
        raise Refused(N_("From 1 to %(most)s instalments."), field="count", code="out_of_range", most=MOST_LINES)
    if terms.count is not None and terms.count > rest:
        raise Refused(N_("Too many: an instalment would be nothing."), field="count", code="too_many")
    if terms.amount_minor is not None and terms.amount_minor <= 0:
        raise Refused(N_("An amount above zero."), field="amount", code="out_of_range")
    _check_day(terms, terms.first_on, "first_on")
    if terms.down_minor and terms.down_on is not None and terms.first_on <= terms.down_on:
        raise Refused(N_("The first instalment comes after the first payment."), field="first_on", code="before_down")


def _check_day(terms: Terms, day: date, field: str) -> None:
    if day < terms.made_on:
        raise Refused(N_("This day is past."), field=field, code="past")
    if day > terms.made_on + LONGEST_AHEAD:
        raise Refused(N_("This day is too far ahead."), field=field, code="too_far")


@dataclass(slots=True)
class _Course:
    """How far a plan is paid while its lines are made."""

    terms: Terms
    paid: Parts
    left_minor: int
    interest_since: date

    def interest_by(self, day: date) -> int:
        """The plan's interest of the period that ends on a day, on the principal that is left to pay."""
        bearing = min(self.terms.owed.principal_minor - self.paid.principal_minor, self.left_minor)
        days = max(0, (day - self.interest_since).days)
        return round_half_up(Decimal(bearing * days) * self.terms.yearly_rate / self.terms.day_count)

    def line(self, position: int, nominal_on: date, due_on: date, minor: int, interest_minor: int) -> Line:
        """The next line, which pays so much of the balance; the course moves on."""
        pays = allocate(minor, self.terms.owed - self.paid, self.terms.order).parts
        self.paid += pays
        self.left_minor -= minor
        self.interest_since = max(due_on, self.terms.charged_through)
        return Line(
            position=position,
            nominal_on=nominal_on,
            due_on=due_on,
            pays=pays,
            interest_minor=interest_minor,
            left_minor=self.left_minor,
        )


def _lines(terms: Terms) -> Iterator[Line]:
    course = _Course(terms, Parts(), terms.total_minor, terms.interest_from)
    if terms.down_minor:
        assert terms.down_on is not None
        # The first payment takes costs and interest to date; the plan's own interest begins with it.
        yield course.line(0, terms.down_on, terms.down_on, terms.down_minor, 0)
    each = course.left_minor // terms.count if terms.count else 0
    for position in counting(1):
        if not course.left_minor:
            return
        if position > MOST_LINES:
            raise Refused(
                N_("That would take more than %(most)s instalments."), field="amount", code="too_many", most=MOST_LINES
            )
        nominal = nominal_day(terms, position)
        due = moved(terms, nominal)
        interest = course.interest_by(due)
        yield course.line(position, nominal, due, _paid_of_balance(course, position, each, interest), interest)


def _paid_of_balance(course: _Course, position: int, each: int, interest_minor: int) -> int:
    """What the next instalment pays of the balance.

    Raises:
        Refused: payments of a fixed amount would not even pay the interest of their period.
    """
    terms = course.terms
    if terms.amount_minor is None:
        return course.left_minor if position == terms.count else each
    if terms.amount_minor <= interest_minor:
        raise Refused(
            N_("This amount does not cover the interest of its period."), field="amount", code="below_interest"
        )
    return min(course.left_minor, terms.amount_minor - interest_minor)


def nominal_day(terms: Terms, position: int) -> date:
    """The day of an instalment by the rhythm, counted from 1."""
    step = _STEPS.get(terms.rhythm)
    if step is not None:
        return terms.first_on + (position - 1) * step
    if position == 1:
        return terms.first_on
    months = terms.first_on.year * 12 + terms.first_on.month - 1 + position - 1
    year, month = divmod(months, 12)
    return date(year, month + 1, min(terms.anchor, monthrange(year, month + 1)[1]))


def moved(terms: Terms, day: date) -> date:
    """The day a payment is due, once days on which banks do not work are taken into account; never before the plan."""
    if terms.day_off is DayOff.SAME:
        return day
    step = _DAY if terms.day_off is DayOff.NEXT else -_DAY
    found = _working(terms, day, step)
    return found if found >= terms.made_on else _working(terms, day, _DAY)


def _working(terms: Terms, day: date, step: timedelta) -> date:
    while not is_working_day(day, terms.country, terms.region):
        day += step
    return day
