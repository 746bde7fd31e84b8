"""A bank's file, told by its content and read."""

from typing import BinaryIO, Final

from billing.bank.reading.camt import read_camt, root_of
from billing.bank.reading.columns import TableMap
from billing.bank.reading.faults import refuse
from billing.bank.reading.mt940 import looks_like_mt940, read_mt940
from billing.bank.reading.statement import Form, ReadStatement
from billing.bank.reading.table import read_table

MEGABYTE: Final = 1024 * 1024


def check_size(size_bytes: int, limit_mb: int) -> None:
    """Refuse a file that is too large, before anything in it is looked at.

    Raises:
        Refused: it is, or it is empty.
    """
    if not size_bytes:
        refuse("empty_file")
    if size_bytes > limit_mb * MEGABYTE:
        refuse("too_large", limit=limit_mb)


def form_of(file: BinaryIO) -> Form:
    """What a file is, by its content. Its name is not asked: a name is what somebody typed.

    Raises:
        Refused: it is XML with definitions of its own, or XML of another kind.
    """
    root = root_of(file)
    if root == "Document":
        return Form.CAMT
    if root:
        refuse("unknown_format")
    return Form.MT940 if looks_like_mt940(file) else Form.TABLE


def read_file(file: BinaryIO, table: TableMap | None = None, currency: str = "") -> list[ReadStatement]:
    """The statements in a file; a table by the map of its columns.

    Raises:
        Refused: it cannot be read: with a code of `FAULTS`.
    """
    form = form_of(file)
    if form is Form.CAMT:
        return read_camt(file)
    if form is Form.MT940:
        return read_mt940(file)
    if table is None:
        refuse("no_rows")
    return read_table(file, table, currency)
