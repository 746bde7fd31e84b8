"""Cases out of a creditor's table: by row, by invoice, by debtor or by a column, as the rules take them.

Rows of one case need not stand together, so that grouping reads the whole table first. What was read lies in a
temporary database on disk, and memory holds one case at a time.
"""

import json
import sqlite3
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from itertools import groupby

from cases.intake.as_given import CREDIT_FIELDS, DEBTOR_FIELDS, INVOICE_FIELDS, LIMITS, Field, GivenCase, Limits, Name
from cases.intake.draft import CreditKind
from cases.intake.files.amounts import claims, components
from cases.intake.files.column_map import ColumnMap, Grouping, Source
from cases.intake.files.master import Master
from cases.intake.files.netting import Credited, Item, net
from cases.intake.files.postings import LeftOut, Posting, Tally, read_postings
from cases.intake.files.table import Table
from cases.intake.issue import Code, FileError, FileFault, Issue, Severity, found

_HOLDER, _NUMBER = 60, 39
"""How much of a debtor's number or name, and of an invoice's number, stands in a reference of 100 characters."""

_SCHEMA = "create table postings (place integer primary key, holder text, currency text, fact text)"
_GROUPED = """
select p.holder, p.currency, p.fact
from postings p
join (select holder, currency, min(place) as first from postings group by 1, 2) c using (holder, currency)
order by c.first, p.place
"""


def mapped_cases(
    table: Table, meaning: ColumnMap, limits: Limits = LIMITS, *, master: Master | None = None
) -> "MappedCases":
    """The cases of a table under a map of its columns. Raises `FileError` (missing_column) before reading a row.

    Iterate once, to the end or close it. A `master` adds names and addresses by the debtor's number, and is closed with it.
    """
    missing = meaning.missing(table.columns)
    if missing:
        table.close()
        raise FileError(FileFault.MISSING_COLUMN, columns=", ".join(missing))
    return MappedCases(table, meaning.placed(table.columns), limits, master)


class MappedCases(Iterator[GivenCase]):
    """Cases as written. `tally` and `blank_lines` are complete when the last one was read.

    Raises `FileError` while reading: too_many_rows, no_rows, and what the file's kind raises.
    """

    def __init__(self, table: Table, meaning: ColumnMap, limits: Limits, master: Master | None) -> None:
        self.columns = table.columns
        self.tally = Tally()
        self._table = table
        self._master = master
        self._map = meaning
        self._constants: Mapping[Field, str] = {}
        if master is not None:  # what holds for all rows holds where the list says nothing either
            self._map, self._constants = _without_constants(meaning)
        self._limits = limits
        self._cases = self._read()

    @property
    def blank_lines(self) -> int:
        """How many lines were blank."""
        return self._table.blank_lines

    def __next__(self) -> GivenCase:
        return next(self._cases)

    def close(self) -> None:
        """Ends reading and removes what was set aside on disk."""
        self._cases.close()
        self._table.close()
        if self._master is not None:
            self._master.close()

    def _read(self) -> Generator[GivenCase, None, None]:
        try:
            if self._map.grouping is Grouping.ROW:
                yield from map(self._by_row, self._postings())
            else:
                yield from self._grouped()
        finally:
            self._table.close()

    def _postings(self) -> Iterator[Posting]:
        count = 0
        for posting in read_postings(self._table, self.columns, self._map, self.tally):
            count += 1
            if count > self._limits.rows:
                raise FileError(FileFault.TOO_MANY_ROWS, limit=self._limits.rows)
            yield self._completed(posting)
        if not count:
            raise FileError(FileFault.NO_ROWS)

    def _completed(self, posting: Posting) -> Posting:
        if self._master is None or posting.issue is not None:
            return posting
        return self._master.complete(posting, self._constants)

    def _by_row(self, posting: Posting) -> GivenCase:
        name = _names(self._map, (posting.row,), (), posting.row)
        if posting.issue is not None:
            return GivenCase(posting.row, {}, (), name, (posting.issue,), posting.given, posting.cells, unreadable=True)
        values = dict(posting.values)
        values.setdefault(Field.REFERENCE, values.get(Field.NUMBER, ""))
        return GivenCase(posting.row, values, (values,), name, (), posting.given, posting.cells)

    def _grouped(self) -> Iterator[GivenCase]:
        """Cases in the order of their first rows. Rows that cannot be trusted come first, each as what it is."""
        # Without a name it lies on disk and goes with the connection; threads take their turns in reading.
        with closing(sqlite3.connect("", check_same_thread=False)) as spool:
            spool.execute(_SCHEMA)
            for place, posting in enumerate(self._postings()):
                if posting.issue is not None:
                    yield self._by_row(posting)
                    continue
                key = (place, *self._key(place, posting), _fact(posting))
                spool.execute("insert into postings values (?, ?, ?, ?)", key)
            for (holder, currency), rows in groupby(spool.execute(_GROUPED), key=lambda row: row[:2]):
                postings = [_posting(fact) for _, _, fact in rows]
                for of_case in self._cases_of(postings):
                    case = self._case(holder, currency, of_case)
                    if case is not None:
                        yield case

    def _cases_of(self, postings: list[Posting]) -> list[list[Posting]]:
        """The postings of a case together; credits whose invoice is not in the file each as what they are."""
        if self._map.grouping is Grouping.INVOICE and all(posting.is_credit for posting in postings):
            return [[posting] for posting in postings]
        return [postings]

    def _key(self, place: int, posting: Posting) -> tuple[str, str]:
        """What the rows of one case have in common, and their currency. A row without it stands alone."""
        debtor = posting.debtor or posting.values.get(Field.NAME, "")
        number = (posting.is_credit and posting.settles) or posting.values.get(Field.NUMBER, "")
        holder = {
            Grouping.INVOICE: json.dumps([debtor, number]) if number else "",
            Grouping.DEBTOR: debtor,
            Grouping.COLUMN: posting.group,
        }[self._map.grouping]
        return holder or f"\x00{place}", posting.values.get(Field.CURRENCY, "")

    def _case(self, holder: str, currency: str, rows: list[Posting]) -> GivenCase | None:
        """One case of its postings, None when they settle one another and nothing is claimed beside."""
        netted = net(rows, same_invoice=self._map.grouping is Grouping.INVOICE)
        beside = components(posting.values for posting in rows)
        first = rows[0]
        still = netted.open
        if not still:
            if not claims(beside):
                self.tally.reasons[LeftOut.SETTLED] += len(rows)
                return None
            still = (Item(first, Decimal(0)),)  # interest alone is no claim, and the rules say so
        head = {**still[0].posting.values, **beside}
        head[Field.REFERENCE] = self._reference(head, holder)
        invoices = tuple(
            {name: item.posting.values.get(name, "") for name in INVOICE_FIELDS} | {Field.AMOUNT: item.text}
            for item in still
        )
        credits = tuple(map(_credit, netted.credits))
        at = (tuple(item.posting.row for item in still), tuple(credited.posting.row for credited in netted.credits))
        name = _names(self._map, *at, first.row)
        issues: tuple[Issue, ...] = ()
        if netted.settled:
            params = {"amount": f"{netted.settled:f} {currency}".strip()}
            issues = (found(Severity.WARNING, first.row, name(Field.AMOUNT, 0), Code.CREDIT_TAKEN_OFF, params),)
        return GivenCase(first.row, head, invoices, name, issues, first.given, first.cells, credits=credits)

    def _reference(self, head: Mapping[Field, str], holder: str) -> str:
        """The client's own reference, else the invoice, else whom or what the case is of with its first invoice.

        Next month's list of the same debtor has other invoices, and is another claim.
        """
        number = head.get(Field.NUMBER, "")
        if head.get(Field.REFERENCE) or self._map.grouping is Grouping.INVOICE or holder.startswith("\x00"):
            return head.get(Field.REFERENCE) or number
        return f"{holder[:_HOLDER]}/{number[:_NUMBER]}" if number else holder


def _without_constants(meaning: ColumnMap) -> tuple[ColumnMap, dict[Field, str]]:
    """A map without what it says of every debtor, and that."""
    fields = {
        name: replace(source, constant="") if name in DEBTOR_FIELDS else source
        for name, source in meaning.fields.items()
    }
    constants = {name: meaning.fields[name].constant for name in DEBTOR_FIELDS if name in meaning.fields}
    return replace(meaning, fields=fields), {name: text for name, text in constants.items() if text}


def _fact(posting: Posting) -> str:
    """A posting as it is set aside; what was wrong with it has been said."""
    told = (posting.debtor, posting.settles, posting.group, posting.is_payment)
    return json.dumps([posting.row, posting.values, posting.given, posting.cells, *told])


def _posting(fact: str) -> Posting:
    row, values, given, cells, *told = json.loads(fact)
    return Posting(row, {Field(name): text for name, text in values.items()}, given, tuple(cells), *told)


def _credit(credited: Credited) -> dict[Field, str]:
    """A credit as the rules take it. Where a payment has the number of its invoice, it has none of its own."""
    values = credited.posting.values
    number = values.get(Field.NUMBER, "")
    return {
        Field.CREDIT_KIND: CreditKind.PAYMENT if credited.posting.is_payment else CreditKind.CREDIT_NOTE,
        Field.CREDIT_NUMBER: number if number != credited.invoice else "",
        Field.CREDITED_ON: values.get(Field.ISSUED_ON) or values.get(Field.DUE_ON) or "",
        Field.CREDITED_INVOICE: credited.invoice,
        Field.CREDIT_AMOUNT: f"{credited.amount:f}",
    }


def _names(meaning: ColumnMap, invoices: tuple[int, ...], credits: tuple[int, ...], first: int) -> Name:
    """The file's own captions; of an invoice or credit in another row than the case's first, with its row."""

    def name(field: Field, place: int) -> str:
        caption = caption_of(meaning, field)
        rows = invoices if field in INVOICE_FIELDS else credits if field in CREDIT_FIELDS else ()
        row = rows[place] if place < len(rows) else first
        return caption if row == first else f"{caption} ({row})"

    return name


_OF_CREDITS: Mapping[Field, Callable[[ColumnMap], Source | None]] = {
    Field.CREDIT_KIND: lambda meaning: meaning.type,
    Field.CREDIT_NUMBER: lambda meaning: meaning.fields.get(Field.NUMBER),
    Field.CREDITED_ON: lambda meaning: meaning.fields.get(Field.ISSUED_ON) or meaning.fields.get(Field.DUE_ON),
    Field.CREDITED_INVOICE: lambda meaning: meaning.settles,
}
"""Where the facts of a credit stand: it is a row like others."""


def caption_of(meaning: ColumnMap, field: Field) -> str:
    """What a file calls a field; the field's own name where a constant stands for it."""
    if field in (Field.AMOUNT, Field.CREDIT_AMOUNT):
        return meaning.amount.columns[0].caption if meaning.amount and meaning.amount.columns else str(field)
    source = _OF_CREDITS[field](meaning) if field in _OF_CREDITS else meaning.fields.get(field)
    if source is None and field is Field.REFERENCE:
        by = {Grouping.DEBTOR: meaning.debtor if meaning.debtor.columns else meaning.fields.get(Field.NAME)}
        if meaning.grouping is Grouping.COLUMN and meaning.group_by:
            return meaning.group_by.caption
        source = by.get(meaning.grouping, meaning.fields.get(Field.NUMBER))
    return source.columns[0].caption if source and source.columns else str(field)
