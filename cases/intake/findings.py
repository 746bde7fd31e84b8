"""Gathering what is found in one case, in the words of the door it came through."""

from collections.abc import Mapping

from cases.intake.as_given import LONGEST, Field, GivenCase
from cases.intake.files.vocabulary import is_word
from cases.intake.issue import Code, Issue, Severity, found
from cases.intake.values import clean, without_invisible
from portal.pages.export import FORMULA_STARTS, starts_like_formula
from portal.pages.text import N_

MISSING: Mapping[Field, str] = {
    Field.REFERENCE: N_("The reference is missing."),
    Field.NAME: N_("The debtor's name is missing."),
    Field.COUNTRY: N_("The country is missing."),
    Field.CURRENCY: N_("The currency is missing."),
    Field.NUMBER: N_("The invoice number is missing."),
    Field.ISSUED_ON: N_("The invoice date and the due date are missing; one of them is needed."),
    Field.AMOUNT: N_("The amount is missing."),
    Field.CREDIT_AMOUNT: N_("The amount is missing."),
    Field.CONTACT_NAME: N_("The contact's name is missing."),
}

_TEXTS = frozenset(
    {
        Field.REFERENCE,
        Field.NAME,
        Field.REGISTRATION_NUMBER,
        Field.TAX_ID,
        Field.CONTACT_PERSON,
        Field.STREET,
        Field.POSTAL_CODE,
        Field.CITY,
        Field.REGION,
        Field.DESCRIPTION,
        Field.NUMBER,
        Field.CREDIT_NUMBER,
        Field.CREDITED_INVOICE,
        Field.CONTACT_NAME,
        Field.CONTACT_POSITION,
    }
)
"""Fields in which a formula may hide; in the others it is no valid value anyway (or, as +49, a telephone number)."""


class Findings:
    """The issues of one case, each field and code once: the simple CSV's invoice number is reference and number."""

    def __init__(self, given: GivenCase) -> None:
        self._given = given
        self._issues = {(issue.field, issue.code): issue for issue in given.issues}
        self.has_error = any(issue.severity is Severity.ERROR for issue in given.issues)

    @property
    def issues(self) -> tuple[Issue, ...]:
        """All that was found, in the order of finding."""
        return tuple(self._issues.values())

    def error(
        self,
        field: Field,
        code: Code,
        *,
        invoice: int = 0,
        message: str | None = None,
        proposal: str | None = None,
        **params: str | int,
    ) -> None:
        """Notes what keeps the case from being placed."""
        name = self._given.name(field, invoice)
        issue = found(Severity.ERROR, self._given.row, name, code, params, message=message, proposal=proposal)
        self._issues.setdefault((name, code), issue)
        self.has_error = True

    def warn(self, field: Field, code: Code, *, invoice: int = 0, **params: str | int) -> None:
        """Notes what a person should look at."""
        name = self._given.name(field, invoice)
        self._issues.setdefault((name, code), found(Severity.WARNING, self._given.row, name, code, params))

    def missing(self, field: Field, *, invoice: int = 0) -> None:
        """Notes that a required value is empty, unless it is empty because what was written could not be used."""
        name = self._given.name(field, invoice)
        if not any((name, code) in self._issues for code in _UNUSABLE):
            # In the simple CSV the invoice number is the reference: it is named as its column is.
            called = Field.NUMBER if name == self._given.name(Field.NUMBER, invoice) else field
            self.error(field, Code.MISSING, invoice=invoice, message=MISSING[called])

    def text(self, values: Mapping[Field, str], field: Field, *, invoice: int = 0) -> str:
        """The text of a field as it will be kept; empty when there is none or it cannot be kept."""
        written = values.get(field, "")
        if not written:
            return ""
        text = clean(written)
        if text is None:
            self.error(field, Code.CONTROL_CHARACTERS, invoice=invoice, proposal=without_invisible(written))
            return ""
        if len(text) > LONGEST[field]:
            self.error(field, Code.TOO_LONG, invoice=invoice, length=len(text), limit=LONGEST[field])
            return ""
        if written[0] in FORMULA_STARTS and field in _TEXTS and starts_like_formula(written):
            self.warn(field, Code.LOOKS_LIKE_FORMULA, invoice=invoice, value=text)
        return text

    def flag(self, values: Mapping[Field, str], field: Field) -> bool:
        """Whether a field says yes; what is empty says no."""
        text = self.text(values, field)
        if text and not (is_word(text, "yes") or is_word(text, "no")):
            self.error(field, Code.BAD_FLAG, value=text)
        return is_word(text, "yes")


_UNUSABLE = (Code.CONTROL_CHARACTERS, Code.TOO_LONG, Code.WRONG_TYPE, Code.AMOUNT_IS_NUMBER)
