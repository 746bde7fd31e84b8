"""The receivables lists under tests/data/ar, and how a person would have to correct what the portal proposes."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from cases.intake.as_given import Field
from cases.intake.files.column_map import Column, ColumnMap, Source
from cases.intake.files.detect import detect
from cases.intake.files.guess import guess
from cases.intake.files.postings import Posting, Tally, read_postings
from cases.intake.files.shape import Shape
from cases.intake.files.table import Table, open_table

FOLDER = Path(__file__).parents[3] / "data" / "ar"
MANIFEST: Mapping[str, Mapping[str, Any]] = {
    entry["file"]: entry for entry in json.loads((FOLDER / "manifest.json").read_text("utf-8"))["files"]
}
SAMPLE_ROWS = 200

Correction = Callable[[ColumnMap], ColumnMap]


def constant(field: Field, text: str) -> Correction:
    """A person types what holds for the whole file."""

    def correct(proposed: ColumnMap) -> ColumnMap:
        source = replace(proposed.fields.get(field, Source()), constant=text)
        return replace(proposed, fields={**proposed.fields, field: source})

    return correct


def column(field: Field, place: int, caption: str, **part: str) -> Correction:
    """A person chooses a column for a field."""

    def correct(proposed: ColumnMap) -> ColumnMap:
        source = Source((Column(place, caption),), **part)  # type: ignore[arg-type]
        return replace(proposed, fields={**proposed.fields, field: source})

    return correct


def debtor(place: int, caption: str, **part: str) -> Correction:
    """A person says by what the client tells its debtors apart."""
    return lambda proposed: replace(proposed, debtor=Source((Column(place, caption),), **part))  # type: ignore[arg-type]


CORRECTIONS: Mapping[str, tuple[Correction, ...]] = {
    "creditor_handover_de.xlsx": (constant(Field.COUNTRY, "DE"),),
    "creditor_placement_en_latin1.csv": (),
    "datev_opos_debitoren.csv": (constant(Field.CURRENCY, "EUR"),),
    "ibm_accounts_receivable_shape.csv": (constant(Field.CURRENCY, "USD"),),
    "kingdee_k3cloud_ar_bills.xlsx": (),
    "netsuite_ar_aging_detail.csv": (),
    "odoo_aged_receivable.xlsx": (constant(Field.CURRENCY, "EUR"),),
    "quickbooks_ar_aging_detail.csv": (debtor(4, "Customer full name", before=":"),),
    "sap_fbl5n_de.csv": (column(Field.NAME, 16, "Text", before="; "),),
    "sap_fbl5n_en_alv.xlsx": (),
    "xero_aged_receivables_detail.xlsx": (constant(Field.CURRENCY, "GBP"),),
    "yonyou_u8_ar_ledger_gbk.csv": (),
}
"""What a person corrects in the proposed map before the true rows are read. No shape needs a correction."""


@dataclass(frozen=True)
class Read:
    """A file read under the proposed shape and the corrected map."""

    shape: Shape
    proposed: ColumnMap
    meaning: ColumnMap
    postings: tuple[Posting, ...]
    tally: Tally


def open_file(name: str) -> io.BytesIO:
    return io.BytesIO((FOLDER / name).read_bytes())


def opened(name: str) -> Table:
    file = open_file(name)
    return open_table(file, detect(file).shape)


def proposed_map(name: str) -> ColumnMap:
    table = opened(name)
    with table:
        return guess(table.columns, list(islice(table, SAMPLE_ROWS)), above=table.above).map


def corrected_map(name: str) -> ColumnMap:
    meaning = proposed_map(name)
    for correct in CORRECTIONS[name]:
        meaning = correct(meaning)
    return meaning


def read(name: str) -> Read:
    shape = detect(open_file(name)).shape
    proposed, meaning, tally = proposed_map(name), corrected_map(name), Tally()
    with opened(name) as table:
        postings = tuple(read_postings(table, table.columns, meaning, tally))
    return Read(shape, proposed, meaning, postings, tally)


def expected(name: str) -> list[Mapping[str, str]]:
    return json.loads((FOLDER / "expected" / f"{name}.json").read_text("utf-8"))


def first_lines(name: str, shape: Shape) -> Mapping[int, int]:
    """By row as a spreadsheet counts, the line of the text file in which it begins."""
    text = (FOLDER / name).read_bytes().decode(shape.encoding)
    return dict(enumerate(_starts(text, shape), 1))


def _starts(text: str, shape: Shape) -> Iterator[int]:
    reader, line = csv.reader(io.StringIO(text, newline=""), delimiter=shape.delimiter), 1
    for _ in reader:
        yield line
        line = reader.line_num + 1
