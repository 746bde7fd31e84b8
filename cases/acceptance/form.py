"""The rules as they are typed into a form, and as they are shown again.

Lines are numbered fields (``minimum_0``, ``kind_2``); a line left empty is no line. Each ticked country is a field of
its own in the browser, and one text, ``countries``, once the form was read.
"""

from collections.abc import Mapping
from typing import Final

from cases.acceptance.rules import DebtorKind, DocumentRule, Rules
from cases.documents.words import Kind
from cases.intake.proposals import COUNTRIES
from portal.errors import Refused
from portal.money import CURRENCIES, decimal_string
from portal.pages.forms import Form
from portal.pages.text import N_, translate

SPARE: Final = 2
"""Empty lines below the filled ones."""
MOST_LINES: Final = 60
LONGEST_DAYS: Final = 36_500

_LINE_FIELDS: Final = {
    "minimum": N_("Smallest claim"),
    "minimum_currency": N_("Currency"),
    "kind": N_("Document"),
    "from": N_("From"),
    "from_currency": N_("Currency"),
    "debtor": N_("Debtors"),
}
_FIELDS: Final = {
    "own": N_("Rules of its own"),
    "longest_days": N_("Days past due, at most"),
    "countries": N_("Countries"),
}


def field_word(name: str) -> str:
    """What a field of the form is called."""
    stem, _, number = name.rpartition("_")
    if number.isdigit() and stem in _LINE_FIELDS:
        return f"{translate(_LINE_FIELDS[stem])} {int(number) + 1}"
    return translate(_FIELDS[name])


def gathered(form: Form) -> Form:
    """The form with its ticked countries as one text."""
    values = form.values()
    ticked = sorted(name[8:] for name, value in values.items() if name.startswith("country_") and value)
    plain = {name: value for name, value in values.items() if not name.startswith("country_")}
    return Form({**plain, "countries": values.get("countries") or " ".join(ticked)})


def rules_in(form: Form, *, of_client: bool) -> Rules | None:
    """The rules of a gathered form; None: a client without rules of its own, or a default that asks for nothing.

    Raises:
        Refused: a field cannot be read, with its name.
    """
    if of_client and not form.flag("own"):
        return None
    rules = Rules(
        minimums=_minimums(form),
        longest_days=_days(form),
        countries=frozenset(code for code in form.text("countries").split() if code in COUNTRIES),
        documents=_documents(form),
    )
    return None if rules.ask_nothing and not of_client else rules


def _minimums(form: Form) -> dict[str, int]:
    minimums: dict[str, int] = {}
    for number in range(MOST_LINES):
        field, currency_field = f"minimum_{number}", f"minimum_currency_{number}"
        if not form.text(field):
            continue
        currency = _currency(form, currency_field)
        if currency in minimums:
            raise Refused(N_("There is a line for this currency already."), field=currency_field, code="taken")
        minimums[currency] = _positive(form, field, currency)
    return minimums


def _days(form: Form) -> int | None:
    text = form.text("longest_days")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) <= LONGEST_DAYS):
        raise Refused(N_("A whole number of days."), field="longest_days", code="bad_number")
    return int(text)


def _documents(form: Form) -> tuple[DocumentRule, ...]:
    rules: list[DocumentRule] = []
    for number in range(MOST_LINES):
        kind, from_field = form.text(f"kind_{number}"), f"from_{number}"
        if not kind:
            if form.text(from_field):
                raise Refused(N_("Choose a kind of document."), field=f"kind_{number}", code="unknown_kind")
            continue
        if kind not in set(Kind):
            raise Refused(N_("Choose a kind of document."), field=f"kind_{number}", code="unknown_kind")
        currency = _currency(form, f"from_currency_{number}") if form.text(from_field) else ""
        from_minor = _positive(form, from_field, currency) if currency else 0
        debtor = form.text(f"debtor_{number}")
        rule = DocumentRule(
            kind, currency, from_minor, DebtorKind(debtor) if debtor in set(DebtorKind) else DebtorKind.ANY
        )
        if rule not in rules:
            rules.append(rule)
    return tuple(rules)


def _currency(form: Form, field: str) -> str:
    currency = form.text(field)
    if currency not in CURRENCIES:
        raise Refused(N_("Choose a currency."), field=field, code="unknown_currency")
    return currency


def _positive(form: Form, field: str, currency: str) -> int:
    minor = form.amount(field, currency)
    if not minor or minor < 0:
        raise Refused(N_("An amount above zero."), field=field, code="out_of_range")
    return minor


def texts_of(rules: Rules | None) -> dict[str, str]:
    """Rules as they stand in the form."""
    shown = rules or Rules()
    texts = {
        "own": "1" if rules is not None else "",
        "longest_days": "" if shown.longest_days is None else str(shown.longest_days),
        "countries": " ".join(sorted(shown.countries)),
    }
    for number, (currency, minor) in enumerate(sorted(shown.minimums.items())):
        texts[f"minimum_{number}"] = decimal_string(minor, currency)
        texts[f"minimum_currency_{number}"] = currency
    for number, rule in enumerate(shown.documents):
        texts[f"kind_{number}"] = rule.kind
        texts[f"from_{number}"] = decimal_string(rule.from_minor, rule.currency) if rule.currency else ""
        texts[f"from_currency_{number}"] = rule.currency
        texts[f"debtor_{number}"] = str(rule.debtor)
    return texts


def lines(values: Mapping[str, str], stem: str, *, more: int = 0) -> list[int]:
    """The numbers of the lines to show: through the last that is filled, some empty ones, and ``more`` of those."""
    filled = [number for number in range(MOST_LINES) if values.get(f"{stem}_{number}")]
    return list(range(min(MOST_LINES, (filled[-1] + 1 if filled else 0) + SPARE + more)))
