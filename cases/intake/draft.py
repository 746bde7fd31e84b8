"""A case as it will be placed: what is left of a row once every rule has been satisfied.

Optional texts that were not given are empty, never None. Amounts are minor units of the case's currency.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cases.intake.as_given import Field
from cases.intake.issue import Issue, Severity
from cases.intake.written import Written


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
    `phone_given`, so that a person can make sense of it. Numbers are as written, whether they can be right or not. `language` is a BCP 47 tag.
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
    registration_number: str = ""
    tax_id: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceDraft:
    """An unpaid invoice. `due_assumed`: the client gave no due date, it follows from its terms."""

    number: str
    issued_on: date | None
    due_on: date
    due_assumed: bool
    amount_minor: int


class CreditKind(StrEnum):
    """What lowered a claim before it was placed."""

    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class CreditDraft:
    """A credit note or part payment from before the placement; the invoice keeps its full amount.

    `number` and `invoice_number` may be empty, `on` None; the amount is positive.
    """

    kind: CreditKind
    number: str
    on: date | None
    invoice_number: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ContactDraft:
    """A person to speak to at the debtor's. `email` and `phone` (E.164) are filled only when they can be used."""

    name: str
    position: str
    email: str
    phone: str
    authorised: bool


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """One case ready to be placed; `reference` is the client's own and unique within the placement."""

    reference: str
    debtor: DebtorDraft
    currency: str
    invoices: tuple[InvoiceDraft, ...]
    description: str
    interest_minor: int = 0
    costs_minor: int = 0
    credits: tuple[CreditDraft, ...] = ()
    contacts: tuple[ContactDraft, ...] = ()
    second_placement: bool = False

    @property
    def principal_minor(self) -> int:
        """What is left of the invoices once the credits are taken off."""
        invoiced = sum(invoice.amount_minor for invoice in self.invoices)
        return invoiced - sum(credit.amount_minor for credit in self.credits)

    @property
    def total_minor(self) -> int:
        """What is claimed, in minor units of `currency`: principal, interest and costs."""
        return self.principal_minor + self.interest_minor + self.costs_minor


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """The outcome of checking one row: a draft when nothing forbids placing it, and all that was found.

    `given` is what was written, by the door's own names; `cells` the row as it stood in the file (empty for JSON).
    `currency` and `amount_minor` are set wherever both could be read, even if the row has other errors: control
    totals compare what was sent. `written` is kept of a row with an error, so that a person may correct it.
    """

    row: int
    draft: CaseDraft | None
    issues: tuple[Issue, ...]
    given: Mapping[str, str]
    cells: tuple[str, ...]
    currency: str | None
    amount_minor: int | None
    written: Written | None = None

    @property
    def reference(self) -> str:
        """The client's reference, as far as it could be read."""
        if self.draft is not None:
            return self.draft.reference
        return self.written.values.get(Field.REFERENCE, "").strip() if self.written else ""

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
