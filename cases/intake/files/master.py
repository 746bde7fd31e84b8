"""A second file with what the first lacks: names and addresses of debtors, by the client's number of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cases.intake.as_given import INVOICE_FIELDS, LIMITS, Field, Limits
from cases.intake.files.column_map import ColumnMap
from cases.intake.files.postings import Posting, RowReader, Tally
from cases.intake.files.table import Table
from cases.intake.issue import FileError, FileFault


@dataclass(frozen=True, slots=True)
class Master:
    """Debtors by number, without leading noughts: one system writes ``0000020010``, another ``20010``."""

    debtors: Mapping[str, Mapping[Field, str]]

    def complete(self, posting: Posting) -> Posting:
        """The posting with what is known of its debtor; what it says itself stays. Unknown debtors stay as they are."""
        known = self.debtors.get(posting.debtor.lstrip("0"))
        if known is None:
            return posting
        own = {field: text for field, text in posting.values.items() if text}
        return replace(posting, values={**posting.values, **known, **own})


def read_master(table: Table, meaning: ColumnMap, limits: Limits = LIMITS) -> Master:
    """Reads a master file to its end and closes it; of two rows with one number the first counts.

    `meaning` says where the debtor's number (`debtor`) and its fields stand. Raises `FileError`: missing_column,
    too_many_rows, and what reading raises.
    """
    missing = meaning.missing(table.columns)
    with table:
        if missing or not meaning.debtor.columns:
            raise FileError(FileFault.MISSING_COLUMN, columns=", ".join(missing))
        reader = RowReader(table.columns, meaning.placed(table.columns), Tally())
        debtors: dict[str, Mapping[Field, str]] = {}
        for row in table:
            values, number = reader.values_of(row)
            kept = {name: text for name, text in values.items() if text and name not in INVOICE_FIELDS}
            if number and kept:
                debtors.setdefault(number.lstrip("0"), kept)
            if len(debtors) > limits.rows:
                raise FileError(FileFault.TOO_MANY_ROWS, limit=limits.rows)
    return Master(debtors)
