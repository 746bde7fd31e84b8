"""Bank files, statements and lines in words."""

from collections.abc import Mapping
from typing import Any, Final

from billing.bank.reading.faults import WARNINGS
from billing.bank.reading.statement import Form
from billing.bank.tables import FileStatus, LineStatus
from portal.pages.formats import money
from portal.pages.text import N_, translate

FORM_TEXTS: Final[Mapping[str, str]] = {
    Form.CAMT: N_("camt (ISO 20022)"),
    Form.MT940: N_("MT940 or MT942"),
    Form.TABLE: N_("table (CSV, XLSX)"),
}
ENTRY_TEXTS: Final[Mapping[str, str]] = {
    "charge": N_("A charge of the bank"),
    "interest": N_("Interest that the bank paid"),
    "vat_paid": N_("VAT paid to the state"),
    "vat_back": N_("VAT that came back from the state"),
}
"""What is booked on an account by hand (`billing.bank.entries`)."""
FILE_TEXTS: Final[Mapping[FileStatus, str]] = {
    FileStatus.ARRIVED: N_("Being read"),
    FileStatus.COLUMNS: N_("Its columns are to be confirmed"),
    FileStatus.KEPT: N_("Taken in"),
    FileStatus.REFUSED: N_("Refused"),
}
FILE_TONES: Final[Mapping[FileStatus, str]] = {
    FileStatus.ARRIVED: "run",
    FileStatus.COLUMNS: "warn",
    FileStatus.KEPT: "good",
    FileStatus.REFUSED: "bad",
}
LINE_TEXTS: Final[Mapping[LineStatus, str]] = {
    LineStatus.OPEN: N_("To be matched"),
    LineStatus.BOOKED: N_("In the books"),
    LineStatus.EXPLAINED: N_("Explained"),
}
LINE_TONES: Final[Mapping[LineStatus, str]] = {
    LineStatus.OPEN: "warn",
    LineStatus.BOOKED: "good",
    LineStatus.EXPLAINED: "quiet",
}
RETURNED: Final[Mapping[str, str]] = {
    "AC01": N_("the account number is wrong"), "AC03": N_("the account number is wrong"),
    "AC04": N_("the account is closed"), "AC06": N_("the account is blocked"),
    "AC13": N_("the account is not of the right kind"), "AG01": N_("such a transfer is not allowed there"),
    "AM04": N_("there was not enough money"), "AM05": N_("it came twice"), "BE01": N_("name and account do not fit"),
    "BE04": N_("the address is missing"), "CUST": N_("its customer asked for it"), "DUPL": N_("it came twice"),
    "FOCR": N_("it was called back"), "MD01": N_("there is no mandate"), "MD06": N_("the debtor objects"),
    "MD07": N_("the holder has died"), "MS02": N_("its customer gives no reason"), "MS03": N_("no reason is given"),
    "NOAS": N_("the holder does not answer"), "RC01": N_("the bank code is wrong"), "TECH": N_("of a technical fault"),
    "TM01": N_("it came too late"), "UPAY": N_("it was not due"),
}  # fmt: skip
"""Why a transfer or a direct debit came back, by the codes of ISO 20022 (external status and return reasons)."""


def returned_text(told: str) -> str:
    """Why money came back, in the reader's words where the bank gave a code, else as the bank says it."""
    code, _, rest = told.partition(" ")
    known = RETURNED.get(code)
    return f"{translate(known)} ({told})" if known and not rest else told


_MONEY: Final = frozenset({"counted", "closing", "difference", "amount"})


def warning_text(warning: Mapping[str, Any], currency: str) -> str:
    """A warning as a reader sees it, its amounts in the statement's currency."""
    params = {name: money(value, currency) if name in _MONEY else value for name, value in warning["params"].items()}
    sentence = WARNINGS[warning["code"]]
    return translate(sentence, **params)
