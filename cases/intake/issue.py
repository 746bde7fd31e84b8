"""What can be wrong with a placement: stable codes for machines, a sentence for people.

An `Issue` belongs to a row (or, as row 0, to the whole placement) and leaves the rest of the file readable; a
`FileError` means that no row can be trusted. Neither text contains more of the file than the value it speaks of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cases.intake.likeness import Likeness
from portal.pages.text import N_, gettext

WHOLE_PLACEMENT = 0
"""The row number of what concerns no single row."""

_LONGEST_QUOTE = 60
_MSGIDS = frozenset({"kind", "wanted"})
"""Parameters that are words of ours, translated like the sentence around them."""


class Severity(StrEnum):
    """Whether a row may be placed in spite of an issue."""

    ERROR = "error"
    """The row cannot be placed."""
    WARNING = "warning"
    """The row can be placed; a person should look."""


class Code(StrEnum):
    """Why a row cannot be placed as it is, or should be looked at. Clients' systems rely on these words."""

    MISSING = "missing"
    """A value that every door requires is empty."""
    RAGGED_ROW = "ragged_row"
    """The row has not as many cells as the header, so that no cell can be trusted."""
    TOO_LONG = "too_long"
    """The text is longer than the field."""
    CONTROL_CHARACTERS = "control_characters"
    """The text holds control or direction-changing characters; the proposal is the text without them."""
    LOOKS_LIKE_FORMULA = "looks_like_formula"
    """The text starts like a spreadsheet formula. A name is data: it is kept, and neutralised in exports."""
    DUPLICATE_REFERENCE = "duplicate_reference"
    """An earlier row of the same placement has this reference."""
    ALREADY_PLACED = "already_placed"
    """A case that the client placed before has this reference."""
    INVOICE_PLACED = "invoice_placed"
    """A case of the same debtor that the client placed before has this invoice, with the same amount."""
    LOOKS_LIKE_CASE = "looks_like_case"
    """A case that the client placed before is nearly the same; it may be placed all the same."""
    LOOKS_LIKE_ROW = "looks_like_row"
    """An earlier row of the same placement is nearly the same; it may be placed all the same."""
    DUPLICATE_INVOICE = "duplicate_invoice"
    """The case names the same invoice number twice."""
    TOO_MANY_INVOICES = "too_many_invoices"
    """More invoices than one case may hold."""
    TOO_MANY_ENTRIES = "too_many_entries"
    """More credits or contacts than one case may hold."""
    UNKNOWN_CREDIT = "unknown_credit"
    """A credit is a credit note or a payment."""
    UNKNOWN_INVOICE = "unknown_invoice"
    """The credit names an invoice that is not in the case; it is taken off the whole."""
    NOTHING_CLAIMED = "nothing_claimed"
    """The credits leave nothing of the invoices."""
    FUTURE_CREDIT_DATE = "future_credit_date"
    """The date of the credit has not come yet."""
    NEGATIVE_COMPONENT = "negative_component"
    """Interest and costs are never below zero."""
    BAD_DATE = "bad_date"
    """No ISO date, or a day that does not exist; a proposal where only one day can be meant."""
    IMPLAUSIBLE_DATE = "implausible_date"
    """A real day, but outside 1950–2100."""
    FUTURE_ISSUE_DATE = "future_issue_date"
    """The invoice date has not come yet."""
    DUE_BEFORE_ISSUE = "due_before_issue"
    """The due date lies before the invoice date."""
    BAD_AMOUNT = "bad_amount"
    """No plain decimal number; a proposal where only one number can be meant."""
    AMOUNT_OUT_OF_RANGE = "amount_out_of_range"
    """More than any claim may be."""
    AMOUNT_IS_NUMBER = "amount_is_number"
    """A JSON number where a decimal string is required."""
    TOO_MANY_DECIMALS = "too_many_decimals"
    """More decimals than the currency has."""
    NEGATIVE_AMOUNT = "negative_amount"
    """A credit note, which can be no case of its own."""
    ZERO_AMOUNT = "zero_amount"
    """Nothing to collect."""
    UNKNOWN_CURRENCY = "unknown_currency"
    """No ISO 4217 code; a proposal where the word has one meaning."""
    UNKNOWN_COUNTRY = "unknown_country"
    """No ISO 3166 alpha-2 code; a proposal where the name has one meaning."""
    UNKNOWN_KIND = "unknown_kind"
    """A debtor is a company or a person."""
    BAD_FLAG = "bad_flag"
    """Neither yes nor no."""
    UNKNOWN_LANGUAGE = "unknown_language"
    """No language tag; the case is placed without one."""
    UNKNOWN_FIELD = "unknown_field"
    """A field or column nobody here knows; it is left out."""
    WRONG_TYPE = "wrong_type"
    """The JSON value has another type than the field."""
    BAD_EMAIL = "bad_email"
    """No e-mail address; it is kept as written and not used."""
    BAD_PHONE = "bad_phone"
    """No telephone number of that country; it is kept as written and not used."""
    BAD_NUMBER = "bad_number"
    """A registration or tax number whose check digit is wrong; it is kept as written."""
    ADDRESS_MISSING = "address_missing"
    """No street or no city: a work item."""
    CONTROL_MISMATCH = "control_mismatch"
    """The client's own count or total differs from what was read."""
    ENCODING_GUESSED = "encoding_guessed"
    """The file is not Unicode; its encoding was guessed and should be looked at."""
    SHEET_CHOSEN = "sheet_chosen"
    """The workbook has several sheets; one of them was proposed."""
    HEADER_FOUND = "header_found"
    """The header is not the first row; it was found further down."""
    CREDIT_TAKEN_OFF = "credit_taken_off"
    """Credit notes or payments of the file were taken off the invoices of the case."""


MESSAGES: Mapping[Code, str] = {
    Code.MISSING: N_("A value is missing."),
    Code.RAGGED_ROW: N_("The row has %(cells)s cells, the header has %(columns)s."),
    Code.TOO_LONG: N_("The text has %(length)s characters; at most %(limit)s fit."),
    Code.CONTROL_CHARACTERS: N_("The text contains invisible control characters."),
    Code.LOOKS_LIKE_FORMULA: N_("“%(value)s” starts like a spreadsheet formula. It is kept as text."),
    Code.DUPLICATE_REFERENCE: N_("Row %(other_row)s already has the reference “%(value)s”."),
    Code.ALREADY_PLACED: N_("Case %(number)s already has this reference."),
    Code.INVOICE_PLACED: N_("Invoice %(invoice)s of this debtor, with the same amount, is in case %(number)s already."),
    Code.LOOKS_LIKE_CASE: N_("This looks like case %(number)s."),
    Code.LOOKS_LIKE_ROW: N_("This looks like row %(other_row)s."),
    Code.DUPLICATE_INVOICE: N_("The case already has an invoice “%(value)s”."),
    Code.TOO_MANY_INVOICES: N_("The case has %(count)s invoices; at most %(limit)s fit."),
    Code.TOO_MANY_ENTRIES: N_("The case has %(count)s entries here; at most %(limit)s fit."),
    Code.UNKNOWN_CREDIT: N_("“%(value)s” is neither “credit_note” nor “payment”."),
    Code.UNKNOWN_INVOICE: N_("The case has no invoice “%(value)s”; the credit is taken off the whole."),
    Code.NOTHING_CLAIMED: N_("The credits and payments leave nothing of the invoices to claim."),
    Code.FUTURE_CREDIT_DATE: N_("The date %(value)s is in the future."),
    Code.NEGATIVE_COMPONENT: N_("This amount cannot be below zero."),
    Code.BAD_DATE: N_("“%(value)s” is no date of the form YYYY-MM-DD."),
    Code.IMPLAUSIBLE_DATE: N_("“%(value)s” is not between 1950 and 2100."),
    Code.FUTURE_ISSUE_DATE: N_("The invoice date %(value)s is in the future."),
    Code.DUE_BEFORE_ISSUE: N_("The due date %(value)s is before the invoice date %(issued_on)s."),
    Code.BAD_AMOUNT: N_("“%(value)s” is no amount of the form 1234.56."),
    Code.AMOUNT_OUT_OF_RANGE: N_("The amount is larger than any claim may be."),
    Code.AMOUNT_IS_NUMBER: N_('Amounts are written as text, like "1234.56", not as a number.'),
    Code.TOO_MANY_DECIMALS: N_("“%(value)s” has too many decimals: %(currency)s has %(decimals)s."),
    Code.NEGATIVE_AMOUNT: N_("A credit note cannot be a case of its own."),
    Code.ZERO_AMOUNT: N_("The amount is zero."),
    Code.UNKNOWN_CURRENCY: N_("“%(value)s” is no currency code."),
    Code.UNKNOWN_COUNTRY: N_("“%(value)s” is no country code."),
    Code.BAD_FLAG: N_("“%(value)s” is neither yes nor no."),
    Code.UNKNOWN_KIND: N_("“%(value)s” is neither “company” nor “person”."),
    Code.UNKNOWN_LANGUAGE: N_("“%(value)s” is no language."),
    Code.UNKNOWN_FIELD: N_("“%(value)s” is not a field of a placement and was left out."),
    Code.WRONG_TYPE: N_("The value should be %(wanted)s."),
    Code.BAD_EMAIL: N_("“%(value)s” is no e-mail address. It will not be used."),
    Code.BAD_PHONE: N_("“%(value)s” is no phone number in %(country)s. It will not be used."),
    Code.BAD_NUMBER: N_("“%(value)s” has a slip: its check digit is wrong. It is kept as written."),
    Code.ADDRESS_MISSING: N_("The address is incomplete."),
    Code.CONTROL_MISMATCH: N_("Your control figure says %(expected)s, the file holds %(read)s."),
    Code.ENCODING_GUESSED: N_("The file is not in Unicode. It was read as %(encoding)s; please look at the names."),
    Code.SHEET_CHOSEN: N_("The file has %(count)s sheets. “%(sheet)s” was read."),
    Code.HEADER_FOUND: N_("The column names were found in row %(row)s."),
    Code.CREDIT_TAKEN_OFF: N_("Credits and payments of %(amount)s were taken off the invoices."),
}


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing found in one row.

    `row` counts as a spreadsheet does, the header being row 1; in JSON the first case is row 1. `field` is the
    door's own name (``PrincipalAmount``, ``invoices[0].amount``). `message` is an English msgid with named
    parameters; `proposal` the value that would mend it, if only one can be meant; `likeness` what a duplicate has in
    common with the other claim.
    """

    row: int
    field: str
    code: Code
    severity: Severity
    message: str
    params: Mapping[str, str | int]
    proposal: str | None = None
    likeness: Likeness | None = None

    def text(self) -> str:
        """The sentence, in the language being spoken; of a duplicate with its score and the reasons."""
        sentence = _sentence(self.message, self.params)
        return sentence if self.likeness is None else f"{sentence} {self.likeness.words()}"


def found(
    severity: Severity,
    row: int,
    field: str,
    code: Code,
    params: Mapping[str, str | int],
    *,
    message: str | None = None,
    proposal: str | None = None,
    likeness: Likeness | None = None,
) -> Issue:
    """An issue with the sentence of its code, or a more telling one; long values are quoted only in part."""
    shown = {name: quote(value) if isinstance(value, str) else value for name, value in params.items()}
    return Issue(row, field, code, severity, message or MESSAGES[code], shown, proposal, likeness)


def _sentence(message: str, params: Mapping[str, str | int]) -> str:
    words = {name: gettext(str(value)) if name in _MSGIDS else value for name, value in params.items()}
    return gettext(message) % words


def quote(value: str) -> str:
    """A value as a message may show it: its first characters, on one line, without anything invisible."""
    shown = "".join(letter if letter.isprintable() else "�" for letter in value[: _LONGEST_QUOTE + 1])
    return shown if len(shown) <= _LONGEST_QUOTE else f"{shown[:_LONGEST_QUOTE]}…"


class FileFault(StrEnum):
    """Why a file or payload cannot be read as a placement at all."""

    EMPTY_FILE = "empty_file"
    """No bytes, or nothing but blanks."""
    NO_ROWS = "no_rows"
    """A header and nothing under it, or a payload without cases."""
    MISSING_COLUMN = "missing_column"
    """A column that every placement needs is not there."""
    DUPLICATE_COLUMN = "duplicate_column"
    """Two columns of the same name: nobody knows which one counts."""
    BAD_ENCODING = "bad_encoding"
    """The bytes are text in no encoding known here."""
    TOO_LARGE = "too_large"
    """More bytes than a placement may have."""
    TOO_MANY_ROWS = "too_many_rows"
    """More rows than a placement may have."""
    TOO_MANY_COLUMNS = "too_many_columns"
    """More columns than a placement may have."""
    NOT_CSV = "not_csv"
    """Another kind of file: a spreadsheet, a PDF, an archive."""
    UNREADABLE_ROW = "unreadable_row"
    """A row without end, most often a quotation mark that is never closed."""
    NOT_A_TABLE = "not_a_table"
    """Another kind of file: neither text with delimiters nor a spreadsheet."""
    BROKEN_SPREADSHEET = "broken_spreadsheet"
    """It begins as a spreadsheet does and cannot be read as one."""
    PROTECTED = "protected"
    """A spreadsheet that wants a password."""
    TOO_HEAVY = "too_heavy"
    """A spreadsheet that takes more memory or time than reading one may, or is packed far too tightly."""
    NO_SUCH_SHEET = "no_such_sheet"
    """The sheet that was chosen is not in the workbook."""
    NO_HEADER = "no_header"
    """The file ends above the row that should name the columns."""
    BAD_PAYLOAD = "bad_payload"
    """JSON of another shape than a placement."""


FILE_MESSAGES: Mapping[FileFault, str] = {
    FileFault.EMPTY_FILE: N_("The file is empty."),
    FileFault.NO_ROWS: N_("The file has no rows to place."),
    FileFault.MISSING_COLUMN: N_("These columns are missing: %(columns)s."),
    FileFault.DUPLICATE_COLUMN: N_("These columns occur more than once: %(columns)s."),
    FileFault.BAD_ENCODING: N_("Row %(row)s cannot be read as text. Please save the file as CSV in UTF-8."),
    FileFault.TOO_LARGE: N_("The file is larger than %(limit_mb)s MB. Please divide it."),
    FileFault.TOO_MANY_ROWS: N_("The file has more than %(limit)s rows. Please divide it."),
    FileFault.TOO_MANY_COLUMNS: N_("The file has more than %(limit)s columns."),
    FileFault.NOT_CSV: N_("This is no CSV file but %(kind)s. Please save it as CSV in UTF-8."),
    FileFault.UNREADABLE_ROW: N_("Row %(row)s does not end. A closing quotation mark may be missing."),
    FileFault.NOT_A_TABLE: N_("This is no table but %(kind)s. Please hand in CSV, XLSX, XLS or ODS."),
    FileFault.BROKEN_SPREADSHEET: N_("The spreadsheet cannot be read. It may be damaged; please save it again."),
    FileFault.PROTECTED: N_("The spreadsheet is protected by a password. Please save it without one."),
    FileFault.TOO_HEAVY: N_("The spreadsheet takes too much memory to open. Please divide it or save it as CSV."),
    FileFault.NO_SUCH_SHEET: N_("The file has no sheet “%(sheet)s”."),
    FileFault.NO_HEADER: N_("The file ends before row %(row)s, where the column names should be."),
    FileFault.BAD_PAYLOAD: N_("“%(name)s” should be %(wanted)s."),
}


class FileError(Exception):
    """The whole file or payload is refused; nothing of it may be placed."""

    def __init__(self, code: FileFault, **params: str | int) -> None:
        super().__init__(code.value)
        self.code = code
        self.message = FILE_MESSAGES[code]
        self.params: Mapping[str, str | int] = {
            name: quote(value) if isinstance(value, str) and name != "columns" else value
            for name, value in params.items()
        }

    def text(self) -> str:
        """The sentence, in the language being spoken."""
        return _sentence(self.message, self.params)
