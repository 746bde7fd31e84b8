"""A list of debtors beside the file: the names and addresses that it lacks, by the client's number of the debtor."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Self

from cases.intake.as_given import DEBTOR_FIELDS, LIMITS, Field, Limits
from cases.intake.files.column_map import ColumnMap
from cases.intake.files.postings import Posting, RowReader, Tally
from cases.intake.files.table import Table
from cases.intake.issue import FileError, FileFault

Known = Mapping[Field, str]
"""What is known of one debtor."""


def same_number(number: str) -> str:
    """A number without leading noughts: one system writes ``0000020010``, another ``20010``."""
    return number.strip().lstrip("0")


@dataclass(slots=True)
class Looked:
    """The numbers that were looked up, in the order of the file, and whether the list knows them."""

    numbers: dict[str, bool] = field(default_factory=dict)

    @property
    def found(self) -> int:
        """How many debtors of the file are in the list."""
        return sum(self.numbers.values())

    @property
    def missing(self) -> int:
        """How many are not."""
        return len(self.numbers) - self.found

    def first_missing(self, most: int = 8) -> list[str]:
        """The first of those that are not."""
        return list(islice((number for number, known in self.numbers.items() if not known), most))


class Master:
    """Debtors by number. They lie in a temporary database on disk, so that memory holds one of them at a time."""

    def __init__(self, debtors: Iterable[tuple[str, Known]]) -> None:
        self.looked = Looked()
        # A check goes from thread to thread, one after the other. Without a name it lies on disk and goes with the connection.
        self._spool = sqlite3.connect("", check_same_thread=False)
        self._spool.execute("create table debtors (number text primary key, known text) without rowid")
        self._spool.executemany(
            "insert or ignore into debtors values (?, ?)",
            ((same_number(number), json.dumps(known)) for number, known in debtors if same_number(number)),
        )

    def __len__(self) -> int:
        return int(self._spool.execute("select count(*) from debtors").fetchone()[0])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Removes what was set aside on disk."""
        self._spool.close()

    def known(self, number: str) -> Known:
        """What the list says of a debtor; nothing when it does not know the number."""
        row = self._spool.execute("select known from debtors where number = ?", (same_number(number),)).fetchone()
        return {Field(name): text for name, text in json.loads(row[0]).items()} if row else {}

    def complete(self, posting: Posting, constants: Known) -> Posting:
        """The posting with what is known of its debtor, which it shows as given; what its own row says stays.

        ``constants`` hold where neither says anything. Whether the number was found is noted in ``looked``.
        """
        known = self.known(posting.debtor) if posting.debtor else {}
        if posting.debtor:
            self.looked.numbers[posting.debtor] = bool(known)
        own = {name: text for name, text in posting.values.items() if text}
        joined = {str(name): text for name, text in known.items() if name not in own}
        return replace(
            posting, values={**posting.values, **constants, **known, **own}, given={**posting.given, **joined}
        )


def read_master(table: Table, meaning: ColumnMap, limits: Limits = LIMITS) -> Master:
    """Reads a list of debtors to its end and closes it; of two rows with one number the first counts.

    `meaning` says where the debtor's number (`debtor`) and its fields stand. Raises `FileError`: missing_column,
    too_many_rows, and what reading raises.
    """
    missing = meaning.missing(table.columns)
    with table:
        if missing or not meaning.debtor.columns:
            raise FileError(FileFault.MISSING_COLUMN, columns=", ".join(missing))
        return Master(_debtors(table, meaning, limits))


def _debtors(table: Table, meaning: ColumnMap, limits: Limits) -> Iterator[tuple[str, Known]]:
    reader = RowReader(table.columns, meaning.placed(table.columns), Tally())
    for count, row in enumerate(table):
        if count >= limits.rows:
            raise FileError(FileFault.TOO_MANY_ROWS, limit=limits.rows)
        values, number = reader.values_of(row)
        kept = {name: text for name in DEBTOR_FIELDS if (text := values.get(name, ""))}
        if kept:
            yield number, kept


def as_list_of_debtors(meaning: ColumnMap) -> ColumnMap:
    """Of a map, what a list of debtors can say: the number, and what belongs to the debtor."""
    fields = {
        name: replace(source, constant="", heading=False)
        for name, source in meaning.fields.items()
        if name in DEBTOR_FIELDS and source.columns
    }
    return ColumnMap(fields=fields, debtor=replace(meaning.debtor, heading=False))


def says_debtors(meaning: ColumnMap) -> bool:
    """Whether a map says enough for a list to be read by it."""
    return bool(meaning.debtor.columns and meaning.fields)
