"""Who may agree to what as it is typed into a form, and as it is shown again. Lines are numbered (``floor_0``); a line left
empty is no line, and the last of each kind holds for everything."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from billing.plans.authority import Floor, Ladder, Length
from cases.plans.standing import BreakRules
from portal.errors import Refused
from portal.money import decimal_string
from portal.pages.forms import Form
from portal.pages.text import N_, translate

SPARE: Final = 1
MOST_LINES: Final = 12
MOST_MONTHS: Final = 120

_LINE_FIELDS: Final = {
    "length_to": N_("Balances to"),
    "length_own": N_("Negotiators, months"),
    "length_supervisor": N_("Supervisors, months"),
    "floor_days": N_("Past due for under, days"),
    "floor_under": N_("Balances under"),
    "floor": N_("Floor, per cent"),
}
_FIELDS: Final = {
    "own": N_("Limits of its own"),
    "own_first": N_("First payment, negotiators, per cent"),
    "supervisor_first": N_("First payment, supervisors, per cent"),
    "points": N_("Points under the floor, supervisors"),
    "payments": N_("Most payments of a settlement"),
    "days": N_("Days to its last payment"),
    "forgiven": N_("Most forgiven"),
    "debtor_may": N_("Debtors agree by themselves"),
    "person_days": N_("Persons: broken after days"),
    "person_misses": N_("Persons: broken after late payments in a row"),
    "person_tolerance": N_("Persons: working days of tolerance"),
    "company_days": N_("Companies: broken after days"),
    "company_misses": N_("Companies: broken after late payments in a row"),
    "company_tolerance": N_("Companies: working days of tolerance"),
}


def field_word(name: str) -> str:
    """What a field of the form is called."""
    stem, _, number = name.rpartition("_")
    if number.isdigit() and stem in _LINE_FIELDS:
        return f"{translate(_LINE_FIELDS[stem])} {int(number) + 1}"
    return translate(_FIELDS[name])


def ladder_from(form: Form, currency: str, *, of_client: bool) -> Ladder | None:
    """The limits of a form; None: a client without limits of its own.

    Raises:
        Refused: a field cannot be read, or a kind of line leaves claims out; it names the field.
    """
    if of_client and not form.flag("own"):
        return None
    return Ladder(
        currency=currency,
        lengths=_lengths(form, currency),
        own_first_percent=_percent(form, "own_first"),
        supervisor_first_percent=_percent(form, "supervisor_first"),
        floors=_floors(form, currency),
        supervisor_points=_percent(form, "points"),
        most_payments=_whole(form, "payments", 120),
        longest_days=_whole(form, "days", 3650),
        most_forgiven_minor=form.amount("forgiven", currency),
        debtor_may=form.flag("debtor_may"),
        person_breaks=_breaks(form, "person"),
        company_breaks=_breaks(form, "company"),
    )


def _breaks(form: Form, debtor_kind: str) -> BreakRules:
    days, misses = f"{debtor_kind}_days", f"{debtor_kind}_misses"
    if form.text(misses) and _whole(form, misses, 12) < 2:
        raise Refused(N_("Two or more; leave it empty where only the days count."), field=misses, code="below_two")
    if _whole(form, days, 365) < 1:
        raise Refused(N_("At least one day."), field=days, code="below_one")
    return BreakRules(
        days=_whole(form, days, 365),
        misses=_whole(form, misses, 12) if form.text(misses) else None,
        tolerance_days=_whole(form, f"{debtor_kind}_tolerance", 30),
    )


def _lengths(form: Form, currency: str) -> tuple[Length, ...]:
    found: list[Length] = []
    for number in range(MOST_LINES):
        own, supervisor = f"length_own_{number}", f"length_supervisor_{number}"
        if not form.text(own) and not form.text(supervisor):
            continue
        line = Length(
            form.amount(f"length_to_{number}", currency),
            _whole(form, own, MOST_MONTHS),
            _whole(form, supervisor, MOST_MONTHS),
        )
        if line.supervisor_months < line.own_months:
            raise Refused(N_("Not less than negotiators may."), field=supervisor, code="below_own")
        found.append(line)
    if not found or found[-1].up_to_minor is not None:
        raise Refused(
            N_("The last line holds for every balance: leave its limit empty."), field="length_to_0", code="gap"
        )
    return tuple(found)


def _floors(form: Form, currency: str) -> tuple[Floor, ...]:
    found: list[Floor] = []
    for number in range(MOST_LINES):
        if not form.text(f"floor_{number}"):
            continue
        days = _whole(form, f"floor_days_{number}", 36_500) if form.text(f"floor_days_{number}") else None
        under = form.amount(f"floor_under_{number}", currency)
        found.append(Floor(days, under, _percent(form, f"floor_{number}")))
    if not found or (found[-1].under_days, found[-1].under_minor) != (None, None):
        raise Refused(N_("The last line holds for every claim: leave its limits empty."), field="floor_0", code="gap")
    return tuple(found)


def _whole(form: Form, name: str, most: int) -> int:
    text = form.text(name, required=True)
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) <= most):
        raise Refused(N_("A whole number, at most %(most)s."), field=name, code="bad_number", most=most)
    return int(text)


def _percent(form: Form, name: str) -> Decimal:
    text = form.text(name, required=True).rstrip("%").strip()
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("nan")
    if not value.is_finite() or not 0 <= value <= 100 or round(value, 2) != value:
        raise Refused(N_("A number from 0 to 100."), field=name, code="out_of_range")
    return value


def ladder_texts(ladder: Ladder, *, own: bool) -> dict[str, str]:
    """Limits as they stand in the form."""
    currency = ladder.currency
    forgiven = ladder.most_forgiven_minor
    texts = {
        "own": "1" if own else "",
        "own_first": _plain(ladder.own_first_percent),
        "supervisor_first": _plain(ladder.supervisor_first_percent),
        "points": _plain(ladder.supervisor_points),
        "payments": str(ladder.most_payments),
        "days": str(ladder.longest_days),
        "forgiven": "" if forgiven is None else decimal_string(forgiven, currency),
        "debtor_may": "1" if ladder.debtor_may else "",
    }
    for kind, breaks in (("person", ladder.person_breaks), ("company", ladder.company_breaks)):
        texts[f"{kind}_days"] = str(breaks.days)
        texts[f"{kind}_misses"] = "" if breaks.misses is None else str(breaks.misses)
        texts[f"{kind}_tolerance"] = str(breaks.tolerance_days)
    for number, line in enumerate(ladder.lengths):
        texts[f"length_to_{number}"] = "" if line.up_to_minor is None else decimal_string(line.up_to_minor, currency)
        texts[f"length_own_{number}"] = str(line.own_months)
        texts[f"length_supervisor_{number}"] = str(line.supervisor_months)
    for number, floor in enumerate(ladder.floors):
        texts[f"floor_days_{number}"] = "" if floor.under_days is None else str(floor.under_days)
        texts[f"floor_under_{number}"] = (
            "" if floor.under_minor is None else decimal_string(floor.under_minor, currency)
        )
        texts[f"floor_{number}"] = _plain(floor.percent)
    return texts


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def lines(values: Mapping[str, str], stem: str) -> list[int]:
    """The numbers of the lines to show: through the last that is filled, and an empty one."""
    filled = [number for number in range(MOST_LINES) if values.get(f"{stem}_{number}")]
    return list(range(min(MOST_LINES, (filled[-1] + 1 if filled else 0) + SPARE)))
