"""Cases as a client wrote them, before anything is checked: one form for every door.

A door (CSV, JSON) only finds the values and names them in its own words; what they must be is decided in one place.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cases.intake.issue import Issue


class Field(StrEnum):
    """What can be said about a case, its invoices, the credits on them, and people to speak to."""

    REFERENCE = "reference"
    """The client's own reference of the case; in the simple CSV the invoice number."""
    KIND = "kind"
    """Company or person."""
    NAME = "name"
    """The debtor's name."""
    REGISTRATION_NUMBER = "registration_number"
    """The debtor's number in a public register: of companies, or the Chinese unified social credit code."""
    TAX_ID = "tax_id"
    """The debtor's tax or VAT number."""
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
    INTEREST = "interest"
    """Interest that the client claims at placement."""
    COSTS = "costs"
    """Costs of reminding that the client claims at placement."""
    SECOND_PLACEMENT = "second_placement"
    """Whether another agency had the case before, or it was placed before: its fee may be another."""
    NUMBER = "number"
    """Of an invoice: its number."""
    ISSUED_ON = "issued_on"
    """Of an invoice: its date."""
    DUE_ON = "due_on"
    """Of an invoice: the day it fell due."""
    AMOUNT = "amount"
    """Of an invoice: what is still unpaid, before the credits that are given beside it."""
    CREDIT_KIND = "credit_kind"
    """Of a credit: a credit note or a payment."""
    CREDIT_NUMBER = "credit_number"
    """Of a credit: its number or the payment's reference."""
    CREDITED_ON = "credited_on"
    """Of a credit: its day."""
    CREDITED_INVOICE = "credited_invoice"
    """Of a credit: the number of the invoice that it is for."""
    CREDIT_AMOUNT = "credit_amount"
    """Of a credit: how much it takes off."""
    CONTACT_NAME = "contact_name"
    """Of a contact: the person's name."""
    CONTACT_POSITION = "contact_position"
    """Of a contact: their work."""
    CONTACT_EMAIL = "contact_email"
    """Of a contact: their e-mail address."""
    CONTACT_PHONE = "contact_phone"
    """Of a contact: their telephone number."""
    CONTACT_AUTHORISED = "contact_authorised"
    """Of a contact: filled when they may speak for the debtor."""


AMOUNTS = frozenset({Field.AMOUNT, Field.INTEREST, Field.COSTS, Field.CREDIT_AMOUNT})
"""Fields that hold money."""

FLAGS = frozenset({Field.SECOND_PLACEMENT, Field.CONTACT_AUTHORISED})
"""Fields that are so, or not."""

DEBTOR_FIELDS = (
    Field.NAME, Field.KIND, Field.REGISTRATION_NUMBER, Field.TAX_ID, Field.EMAIL, Field.PHONE, Field.LANGUAGE,
    Field.CONTACT_PERSON, Field.STREET, Field.POSTAL_CODE, Field.CITY, Field.REGION, Field.COUNTRY,
)  # fmt: skip
"""What belongs to the debtor, whatever is claimed."""

INVOICE_FIELDS = (Field.NUMBER, Field.ISSUED_ON, Field.DUE_ON, Field.AMOUNT)
"""What belongs to an invoice; what belongs to no list belongs to the case."""

CREDIT_FIELDS = (
    Field.CREDIT_KIND,
    Field.CREDIT_NUMBER,
    Field.CREDITED_ON,
    Field.CREDITED_INVOICE,
    Field.CREDIT_AMOUNT,
)
"""What belongs to a credit."""

CONTACT_FIELDS = (
    Field.CONTACT_NAME,
    Field.CONTACT_POSITION,
    Field.CONTACT_EMAIL,
    Field.CONTACT_PHONE,
    Field.CONTACT_AUTHORISED,
)
"""What belongs to a contact."""

LONGEST: Mapping[Field, int] = {
    Field.REFERENCE: 100,
    Field.KIND: 20,
    Field.NAME: 200,
    Field.REGISTRATION_NUMBER: 50,
    Field.TAX_ID: 50,
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
    Field.INTEREST: 50,
    Field.COSTS: 50,
    Field.SECOND_PLACEMENT: 20,
    Field.CREDIT_KIND: 20,
    Field.CREDIT_NUMBER: 100,
    Field.CREDITED_ON: 50,
    Field.CREDITED_INVOICE: 100,
    Field.CREDIT_AMOUNT: 50,
    Field.CONTACT_NAME: 200,
    Field.CONTACT_POSITION: 100,
    Field.CONTACT_EMAIL: 254,
    Field.CONTACT_PHONE: 50,
    Field.CONTACT_AUTHORISED: 10,
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
    credits_per_case: int = 1_000
    contacts_per_case: int = 50


LIMITS = Limits()

Name = Callable[[Field, int], str]
"""A door's own name of a field; the number is the place of its invoice, credit or contact within the case."""


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
    credits: tuple[Mapping[Field, str], ...] = ()
    contacts: tuple[Mapping[Field, str], ...] = ()
