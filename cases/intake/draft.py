"""A case as it will be placed: what is left of a row once every rule has been satisfied.

Optional texts that were not given are empty, never None. Amounts are minor units of the case's currency.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cases.intake.issue import Issue, Severity


class DebtorKind(StrEnum):
    """What a debtor is before the law; it decides which contact rules hold."""

    COMPANY = "company"
    """A company or other body; what a creditor's list means unless it says otherwise."""
    PERSON = "person"
    """A natural person."""


@dataclass(frozen=True, slots=True)
class AddressDraft:
    """A debtor's address. Only the country (ISO 3166 alpha-2) is certain."""

    street: str
    postal_code: str
    city: str
    region: str
    country: str


@dataclass(frozen=True, slots=True)
class DebtorDraft:
    """A debtor as the client describes it.

    `email` and `phone` (E.164) are filled only when they can be used; what was written stands in `email_given` and
    `phone_given`, so that a person can make sense of it. `language` is a BCP 47 tag.
    """

    kind: DebtorKind
    name: str
    email: str
    email_given: str
    phone: str
    phone_given: str
    language: str
    contact_person: str
    address: AddressDraft


@dataclass(frozen=True, slots=True)
class InvoiceDraft:
    """An unpaid invoice. `due_assumed`: the client gave no due date, it follows from its terms."""

    number: str
    issued_on: date | None
    due_on: date
    due_assumed: bool
    amount_minor: int


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """One case ready to be placed; `reference` is the client's own and unique within the placement."""

    reference: str
    debtor: DebtorDraft
    currency: str
    invoices: tuple[InvoiceDraft, ...]
    description: str

    @property
    def total_minor(self) -> int:
        """What is claimed: the sum of the invoices, in minor units of `currency`."""
        return sum(invoice.amount_minor for invoice in self.invoices)


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """The outcome of checking one row: a draft when nothing forbids placing it, and all that was found.

    `given` is what was written, by the door's own names; `cells` the row as it stood in the file (empty for JSON).
    `currency` and `amount_minor` are set wherever both could be read, even if the row has other errors: control
    totals compare what was sent.
    """

    row: int
    draft: CaseDraft | None
    issues: tuple[Issue, ...]
    given: Mapping[str, str]
    cells: tuple[str, ...]
    currency: str | None
    amount_minor: int | None

    @property
    def ready(self) -> bool:
        """Whether the row may be placed."""
        return self.draft is not None

    @property
    def errors(self) -> tuple[Issue, ...]:
        """What must be corrected before the row may be placed."""
        return tuple(issue for issue in self.issues if issue.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Issue, ...]:
        """What a person should look at; it does not keep the row from being placed."""
        return tuple(issue for issue in self.issues if issue.severity is Severity.WARNING)
