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
_MONEY: Final = frozenset({"counted", "closing", "difference", "amount"})


def warning_text(warning: Mapping[str, Any], currency: str) -> str:
    """A warning as a reader sees it, its amounts in the statement's currency."""
    params = {name: money(value, currency) if name in _MONEY else value for name, value in warning["params"].items()}
    sentence = WARNINGS[warning["code"]]
    return translate(sentence, **params)
