"""Cases as a client wrote them, before anything is checked: one form for every door.

A door (CSV, JSON) only finds the values and names them in its own words; what they must be is decided in one place.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cases.intake.issue import Issue


class Field(StrEnum):
    """What can be said about a case and its invoices."""

    REFERENCE = "reference"
    """The client's own reference of the case; in the simple CSV the invoice number."""
    KIND = "kind"
    """Company or person."""
    NAME = "name"
    """The debtor's name."""
    EMAIL = "email"
    """The debtor's e-mail address."""
    PHONE = "phone"
    """The debtor's telephone number, national or international."""
    LANGUAGE = "language"
    """The debtor's language, as a tag."""
    CONTACT_PERSON = "contact_person"
    """Whom to ask for at the debtor's."""
    STREET = "street"
    """Street and number."""
    POSTAL_CODE = "postal_code"
    """Postal code."""
    CITY = "city"
    """City."""
    REGION = "region"
    """State, province or county."""
    COUNTRY = "country"
    """ISO 3166 alpha-2 code."""
    CURRENCY = "currency"
    """ISO 4217 code, one for the whole case."""
    DESCRIPTION = "description"
    """What the claim is about."""
    NUMBER = "number"
    """Of an invoice: its number."""
    ISSUED_ON = "issued_on"
    """Of an invoice: its date."""
    DUE_ON = "due_on"
    """Of an invoice: the day it fell due."""
    AMOUNT = "amount"
    """Of an invoice: what is still unpaid."""


LONGEST: Mapping[Field, int] = {
    Field.REFERENCE: 100,
    Field.KIND: 20,
    Field.NAME: 200,
    Field.EMAIL: 254,
    Field.PHONE: 50,
    Field.LANGUAGE: 35,
    Field.CONTACT_PERSON: 200,
    Field.STREET: 300,
    Field.POSTAL_CODE: 20,
    Field.CITY: 100,
    Field.REGION: 100,
    Field.COUNTRY: 100,
    Field.CURRENCY: 50,
    Field.DESCRIPTION: 2000,
    Field.NUMBER: 100,
    Field.ISSUED_ON: 50,
    Field.DUE_ON: 50,
    Field.AMOUNT: 50,
}
"""How many characters each field holds."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one placement may hold."""

    size_bytes: int = 25 * 1024 * 1024
    rows: int = 100_000
    columns: int = 100
    cell_characters: int = 32_767
    invoices_per_case: int = 1_000


LIMITS = Limits()

Name = Callable[[Field, int], str]
"""A door's own name of a field; the number is the invoice's place within the case."""


@dataclass(frozen=True, slots=True)
class GivenCase:
    """One case as written. `issues` is what the door itself found; when `unreadable`, there is nothing to check."""

    row: int
    values: Mapping[Field, str]
    invoices: tuple[Mapping[Field, str], ...]
    name: Name
    issues: tuple[Issue, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    cells: tuple[str, ...] = ()
    unreadable: bool = False
