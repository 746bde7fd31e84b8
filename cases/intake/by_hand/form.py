"""The form of one case: its fields with their choices, and the lines that are added and taken away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from cases.intake.as_given import CONTACT_FIELDS, CREDIT_FIELDS, INVOICE_FIELDS, LIMITS, LONGEST, Field
from cases.intake.fields import FormField, form_field
from cases.intake.issue import Issue
from cases.intake.options import options_of
from cases.intake.written import LISTS, Written, spot
from portal.errors import NotFound
from portal.pages.forms import Form

MOST_LINES: Final[Mapping[str, int]] = {"invoices": 100, "credits": 100, "contacts": LIMITS.contacts_per_case}
"""How many lines a form has; more come in a file."""

CASE_FIELDS: Final = (
    *(Field.REFERENCE, Field.CURRENCY, Field.INTEREST, Field.COSTS, Field.DESCRIPTION, Field.SECOND_PLACEMENT),
)
DEBTOR_FIELDS: Final = (
    *(Field.KIND, Field.NAME, Field.STREET, Field.POSTAL_CODE, Field.CITY, Field.REGION, Field.COUNTRY),
    *(Field.REGISTRATION_NUMBER, Field.TAX_ID, Field.EMAIL, Field.PHONE, Field.LANGUAGE, Field.CONTACT_PERSON),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One invoice, credit or contact of the form."""

    place: int
    fields: Sequence[FormField]


@dataclass(frozen=True, slots=True)
class CaseForm:
    """What the page shows of a case that is being written."""

    case: Sequence[FormField]
    debtor: Sequence[FormField]
    lines: Mapping[str, Sequence[Line]]


def case_form(written: Written, issues: Sequence[Issue], language: str) -> CaseForm:
    """The fields as they are typed, with what a check found in them. A field of choices offers what stands in it."""
    texts = written.texts()
    choices = {known: options_of(known, language) for known in Field}

    def field(known: Field, place: int = 0) -> FormField:
        plain = form_field(known, place, texts.get(spot(known, place), ""), issues)
        return replace(plain, options=tuple(choices[known]))

    fields = {"invoices": INVOICE_FIELDS, "credits": CREDIT_FIELDS, "contacts": CONTACT_FIELDS}
    return CaseForm(
        [field(known) for known in CASE_FIELDS],
        [field(known) for known in DEBTOR_FIELDS],
        {
            several: [
                Line(place, [field(known, place) for known in fields[several]])
                for place in range(len(written.entries(several)))
            ]
            for several in LISTS
        },
    )


def written_in(form: Form) -> Written:
    """What was typed, with as many lines as the form had.

    Raises:
        NotFound: no form of ours has so many lines.
        Refused: a text is longer than its field.
    """
    counts = {several: _count(form, several) for several in LISTS}
    blank = Written({}, *(({},) * counts[several] for several in LISTS))
    texts = {name: form.text(name, limit=LONGEST[Field(name.rpartition(".")[2])]) for name in blank.texts()}
    return Written.from_texts(texts, counts)


def _count(form: Form, several: str) -> int:
    text = form.text(several, limit=4)
    if not (text.isascii() and text.isdigit()) or int(text) > MOST_LINES[several]:
        raise NotFound
    return int(text)


def with_line(written: Written, several: str) -> Written:
    """With one more invoice, credit or contact, unless the form has as many as it may."""
    if several not in LISTS:
        raise NotFound
    entries = written.entries(several)
    return written.having(several, (*entries, {})) if len(entries) < MOST_LINES[several] else written


def without_line(written: Written, several: str, place: str) -> Written:
    """Without one of them. A case keeps an invoice, if an empty one."""
    if several not in LISTS or not (place.isascii() and place.isdigit()):
        raise NotFound
    entries = [entry for at, entry in enumerate(written.entries(several)) if at != int(place)]
    if several == "invoices" and not entries:
        entries = [{}]
    return written.having(several, tuple(entries))


def is_empty(written: Written, otherwise: Written) -> bool:
    """Whether nothing was typed yet but what stood in the form when it was opened."""
    return written.to_facts()["values"] == otherwise.to_facts()["values"] and not any(
        text for name, text in written.texts().items() if "." in name
    )
