"""A case as a person writes it in a form, field by field: what is corrected of a file, or typed by hand.

Every field of a form has a spot: ``name`` of the case, ``invoices.0.amount`` of its first invoice. The check names what
it finds by spots, so that each finding stands beside its field.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cases.intake.as_given import CONTACT_FIELDS, CREDIT_FIELDS, INVOICE_FIELDS, Field, GivenCase
from cases.intake.issue import Issue
from portal.money import decimal_string

LISTS: Final[Mapping[str, tuple[Field, ...]]] = {
    "invoices": INVOICE_FIELDS,
    "credits": CREDIT_FIELDS,
    "contacts": CONTACT_FIELDS,
}
"""What a case has several of, and what is said of each."""

OF_CASE: Final = tuple(known for known in Field if not any(known in fields for fields in LISTS.values()))
"""What is said once of a case."""

_LIST_OF: Final = {known: several for several, fields in LISTS.items() for known in fields}

Entries = tuple[Mapping[Field, str], ...]


def spot(known: Field, place: int = 0) -> str:
    """The name of a field in a form."""
    several = _LIST_OF.get(known)
    return f"{several}.{place}.{known}" if several else known.value


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, unchecked. A field that is not there is empty."""

    values: Mapping[Field, str] = field(default_factory=dict)
    invoices: Entries = ()
    credits: Entries = ()
    contacts: Entries = ()

    def entries(self, several: str) -> Entries:
        """The invoices, credits or contacts."""
        found: Entries = getattr(self, several)
        return found

    def having(self, several: str, entries: Entries) -> "Written":
        """With other invoices, credits or contacts."""
        lists = {**{name: self.entries(name) for name in LISTS}, several: entries}
        return Written(self.values, *(lists[name] for name in LISTS))

    def texts(self) -> dict[str, str]:
        """Every field with its spot, empty ones too: what stands in a form."""
        return dict(self._spots())

    def _spots(self) -> Iterator[tuple[str, str]]:
        for known in OF_CASE:
            yield spot(known), self.values.get(known, "")
        for several, fields in LISTS.items():
            for place, entry in enumerate(self.entries(several)):
                for known in fields:
                    yield spot(known, place), entry.get(known, "")

    def given(self, row: int, name: Any = spot, issues: tuple[Issue, ...] = ()) -> GivenCase:
        """The case as the rules take it, its findings named by ``name``."""
        return GivenCase(*(row, self.values, self.invoices, name, issues), credits=self.credits, contacts=self.contacts)

    def to_facts(self) -> dict[str, object]:
        """As it is stored: without what is empty."""
        lists = {several: [_filled(entry) for entry in self.entries(several)] for several in LISTS}
        return {"values": _filled(self.values), **{several: entries for several, entries in lists.items() if entries}}

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> "Written":
        """As it was stored."""
        lists = {several: tuple(map(_known, facts.get(several, ()))) for several in LISTS}
        return cls(_known(facts["values"]), **lists)

    @classmethod
    def from_texts(cls, texts: Mapping[str, str], counts: Mapping[str, int]) -> "Written":
        """What came back in a form with so many invoices, credits and contacts."""
        lists = {
            several: tuple(
                {known: texts[spot(known, place)] for known in fields if texts.get(spot(known, place))}
                for place in range(counts.get(several, 0))
            )
            for several, fields in LISTS.items()
        }
        return cls({known: texts[known] for known in OF_CASE if texts.get(known)}, **lists)


def as_written(given: GivenCase) -> Written:
    """What was written of a case that came through a door."""
    return Written(
        {known: given.values[known] for known in OF_CASE if known in given.values},
        tuple({known: entry.get(known, "") for known in INVOICE_FIELDS} for entry in given.invoices),
        given.credits,
        given.contacts,
    )


def _filled(entry: Mapping[Field, str]) -> dict[str, str]:
    return {known.value: text for known, text in entry.items() if text}


def _known(entry: Mapping[str, str]) -> dict[Field, str]:
    return {Field(name): text for name, text in entry.items()}


def written_of(draft: Mapping[str, Any]) -> Written:
    """A checked case as it would be written, from the draft that is stored of it."""
    currency = draft["currency"]
    same = (
        *(Field.REFERENCE, Field.KIND, Field.NAME, Field.LANGUAGE, Field.CONTACT_PERSON, Field.STREET),
        *(Field.POSTAL_CODE, Field.CITY, Field.REGION, Field.COUNTRY, Field.CURRENCY, Field.DESCRIPTION),
    )
    values = {known: draft[known] for known in same}
    values |= {Field.EMAIL: draft["email_given"], Field.PHONE: draft["phone_given"]}
    values |= {known: draft[known] for known in (Field.REGISTRATION_NUMBER, Field.TAX_ID) if known in draft}
    for known in (Field.INTEREST, Field.COSTS):
        if minor := draft.get(f"{known}_minor"):
            values[known] = decimal_string(minor, currency)
    if draft.get("second_placement"):
        values[Field.SECOND_PLACEMENT] = "true"
    return Written(
        values,
        tuple(_invoice(invoice, currency) for invoice in draft["invoices"]),
        tuple(_credit(credit, currency) for credit in draft.get("credits", ())),
        tuple(_contact(contact) for contact in draft.get("contacts", ())),
    )


def _invoice(invoice: Mapping[str, Any], currency: str) -> dict[Field, str]:
    return {
        Field.NUMBER: invoice["number"],
        Field.ISSUED_ON: invoice["issued_on"] or "",
        Field.DUE_ON: invoice["due_on"],
        Field.AMOUNT: decimal_string(invoice["amount_minor"], currency),
    }


def _credit(credit: Mapping[str, Any], currency: str) -> dict[Field, str]:
    return {
        Field.CREDIT_KIND: credit["kind"],
        Field.CREDIT_NUMBER: credit["number"],
        Field.CREDITED_ON: credit["on"] or "",
        Field.CREDITED_INVOICE: credit["invoice_number"],
        Field.CREDIT_AMOUNT: decimal_string(credit["amount_minor"], currency),
    }


def _contact(contact: Mapping[str, Any]) -> dict[Field, str]:
    return {
        Field.CONTACT_NAME: contact["name"],
        Field.CONTACT_POSITION: contact["position"],
        Field.CONTACT_EMAIL: contact["email"],
        Field.CONTACT_PHONE: contact["phone"],
        Field.CONTACT_AUTHORISED: "true" if contact["authorised"] else "",
    }


def findings_by_spot(issues: Sequence[Issue]) -> dict[str, list[Issue]]:
    """What a check by spots found, for each field; what belongs to none stands under the empty spot."""
    found: dict[str, list[Issue]] = {}
    for issue in issues:
        found.setdefault(issue.field, []).append(issue)
    return found
