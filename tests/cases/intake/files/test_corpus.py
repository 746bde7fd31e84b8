"""Each list of the corpus, read to exactly its true rows and totals."""

from collections import Counter
from decimal import Decimal

import pytest

from cases.intake.as_given import Field
from cases.intake.files.detect import detect
from cases.intake.files.postings import LeftOut
from tests.cases.intake.files.corpus import CORRECTIONS, MANIFEST, corrected_map, expected, first_lines, open_file, read

FILES = sorted(MANIFEST)
NAMES = {  # what the corpus calls it, and we
    "debtor_name": Field.NAME,
    "invoice_number": Field.NUMBER,
    "invoice_date": Field.ISSUED_ON,
    "due_date": Field.DUE_ON,
    "currency": Field.CURRENCY,
    "debtor_street": Field.STREET,
    "debtor_zip": Field.POSTAL_CODE,
    "debtor_city": Field.CITY,
    "debtor_country": Field.COUNTRY,
    "debtor_phone": Field.PHONE,
    "debtor_email": Field.EMAIL,
}
SAME_BYTES = {"gbk": "gb18030", "latin-1": "cp1252", "ascii": "utf-8"}
"""Encodings of which ours is the wider one."""


def test_the_corpus_is_complete():
    assert set(CORRECTIONS) == set(MANIFEST)
    assert len(FILES) == 12


@pytest.mark.parametrize("name", FILES)
def test_a_person_need_not_correct_how_a_file_is_read(name):
    shape, entry = detect(open_file(name)).shape, MANIFEST[name]
    height = 2 if "header2" in entry["row_counts"] else 1
    assert (shape.header_row, shape.header_rows) == (entry["header_line"] + height - 1, height)
    if entry["container"] == "text":
        encoding = entry["encoding"] + ("-sig" if entry["bom"] else "")
        assert (shape.encoding, shape.delimiter) == (SAME_BYTES.get(encoding, encoding), entry["delimiter"])
    else:
        assert (shape.kind, shape.sheet) == (entry["container"], entry["sheet"])


@pytest.mark.parametrize("name", FILES)
def test_every_true_row_is_read_and_no_other(name):
    result = read(name)
    lines = {} if result.shape.kind.is_sheet else first_lines(name, result.shape)
    true_rows = expected(name)
    assert [lines.get(posting.row, posting.row) for posting in result.postings] == [row["line"] for row in true_rows]
    told = {ours: field for ours, field in NAMES.items() if any(ours in row for row in true_rows)}
    for posting, row in zip(result.postings, true_rows, strict=True):
        assert posting.issue is None
        assert Decimal(posting.values[Field.AMOUNT]) == Decimal(row["amount"]), row
        assert {ours: posting.values[field] for ours, field in told.items()} == {
            ours: row.get(ours, "") for ours in told
        }
        if "client_reference" in row:
            assert (posting.debtor or posting.values[Field.NAME]) == row["client_reference"]


@pytest.mark.parametrize("name", FILES)
def test_the_totals_per_currency_are_those_of_the_true_rows(name):
    totals: Counter[str] = Counter()
    for posting in read(name).postings:
        totals[posting.values[Field.CURRENCY]] += Decimal(posting.values[Field.AMOUNT])  # type: ignore[assignment]
    assert dict(totals) == {
        currency: Decimal(total["all_rows"]) for currency, total in MANIFEST[name]["totals"].items()
    }


@pytest.mark.parametrize("name", FILES)
def test_every_row_left_out_is_counted_by_its_reason(name):
    counts, reasons = MANIFEST[name]["row_counts"], read(name).tally.reasons
    aside = sum(counts.get(kind, 0) for kind in ("total", "subtotal", "opening"))
    percentages = 1 if name.startswith("xero") else 0  # "Percentage of total" begins with no word of ours, but is one
    headline = 1 if name.startswith("odoo") else 0  # the grand total that stands where the first debtor would
    assert reasons[LeftOut.TOTAL] == aside + percentages - headline
    assert reasons[LeftOut.FILTERED] == counts.get("settled", 0) + counts.get("void", 0)
    assert reasons[LeftOut.HEADING] + reasons[LeftOut.TEXT] == (
        counts.get("group", 0) + counts.get("detail", 0) + counts.get("footer", 0) - percentages + headline
    )


@pytest.mark.parametrize("name", ["datev_opos_debitoren.csv", "netsuite_ar_aging_detail.csv", "quickbooks_ar_aging_detail.csv",
                                  "sap_fbl5n_de.csv", "sap_fbl5n_en_alv.xlsx", "yonyou_u8_ar_ledger_gbk.csv"])  # fmt: skip
def test_payments_are_told_from_credit_notes(name):
    told = ["payment" if posting.is_payment else "other" for posting in read(name).postings if posting.is_credit]
    wanted = [row["kind"] for row in expected(name) if Decimal(row["amount"]) < 0]
    assert told == ["payment" if kind == "payment" else "other" for kind in wanted]


def test_most_files_are_understood_with_one_correction_or_none():
    by_corrections = Counter(len(corrections) for corrections in CORRECTIONS.values())
    assert by_corrections == {0: 5, 1: 7}


def test_a_map_survives_being_stored():
    for name in FILES:
        meaning = corrected_map(name)
        assert type(meaning).from_facts(meaning.to_facts()) == meaning
