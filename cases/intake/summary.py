"""What a placement adds up to, counted while it is checked, and whether that agrees with the client's own figures."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cases.intake.draft import CheckedRow
from cases.intake.issue import WHOLE_PLACEMENT, Code, Issue, Severity, found
from portal.money import decimal_string


@dataclass(slots=True)
class Total:
    """Cases in one currency and their sum in minor units."""

    cases: int = 0
    amount_minor: int = 0


@dataclass(slots=True)
class Summary:
    """Counts of a checked placement. Every row read is either ready or has an error.

    `totals` are those of the ready rows; `read_totals` those of every row whose currency and amount could be read,
    which is what a client's control totals speak of. `with_warnings` counts ready rows only, `proposals` the rows with
    errors for which something is proposed, by code.
    """

    rows: int = 0
    ready: int = 0
    with_errors: int = 0
    with_warnings: int = 0
    blank_lines: int = 0
    codes: Counter[Code] = field(default_factory=Counter)
    proposals: Counter[Code] = field(default_factory=Counter)
    totals: dict[str, Total] = field(default_factory=dict)
    read_totals: dict[str, Total] = field(default_factory=dict)

    def add(self, row: CheckedRow) -> None:
        """Counts one row."""
        self.rows += 1
        for issue in row.issues:
            self.codes[issue.code] += 1
        if row.draft is None:
            self.with_errors += 1
            self.proposals.update({issue.code for issue in row.issues if issue.proposal})
        else:
            self.ready += 1
            self.with_warnings += bool(row.issues)
        if row.currency is not None and row.amount_minor is not None:
            for totals in (self.read_totals, self.totals) if row.draft else (self.read_totals,):
                total = totals.setdefault(row.currency, Total())
                total.cases += 1
                total.amount_minor += row.amount_minor


@dataclass(frozen=True, slots=True)
class Control:
    """The client's own figures for what it hands over: cases, and minor units per currency. None: not given."""

    count: int | None = None
    totals: Mapping[str, int] | None = None


def compare(control: Control, summary: Summary) -> tuple[Issue, ...]:
    """Where the client's figures differ from what was read, each an error of the whole placement."""
    return tuple(_differences(control, summary))


def _differences(control: Control, summary: Summary) -> Iterator[Issue]:
    if control.count is not None and control.count != summary.rows:
        yield _mismatch("control.count", str(control.count), str(summary.rows))
    if control.totals is None:
        return
    for currency in sorted(control.totals.keys() | summary.read_totals.keys()):
        expected = control.totals.get(currency, 0)
        read = summary.read_totals[currency].amount_minor if currency in summary.read_totals else 0
        if expected != read:
            field = f"control.totals.{currency}"
            yield _mismatch(field, decimal_string(expected, currency), decimal_string(read, currency))


def _mismatch(field: str, expected: str, read: str) -> Issue:
    return found(Severity.ERROR, WHOLE_PLACEMENT, field, Code.CONTROL_MISMATCH, {"expected": expected, "read": read})
