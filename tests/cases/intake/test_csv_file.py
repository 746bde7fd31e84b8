import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.intake.as_given import Limits
from cases.intake.csv_file import COLUMNS, read_placement_file
from cases.intake.issue import Code, FileError, FileFault
from tests.cases.intake.placements import check_bytes, check_text, codes, csv_text, fault_of, row

CHINESE = {
    "DebtorName": "杭州瑞丰阀门有限公司",
    "City": "杭州",
    "Country": "CN",
    "PhoneNumber": "",
    "CurrencyCode": "CNY",
}
GERMAN = {"DebtorName": "Müller & Söhne Großhandel", "City": "Köln", "Country": "DE", "PhoneNumber": ""}


def test_a_file_in_the_simple_form_is_read_row_by_row():
    rows, summary = check_text(csv_text([row(0), row(1), row(2)]))
    assert [checked.row for checked in rows] == [2, 3, 4]
    assert [checked.draft.reference for checked in rows if checked.draft] == ["RE-24188", "RE-24189", "RE-24190"]
    assert (summary.rows, summary.ready, summary.with_errors) == (3, 3, 0)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_delimiter_is_recognised_by_its_header(delimiter):
    rows, _ = check_text(csv_text([row(DebtorName="Kessel, Rohr; Sohn")], delimiter=delimiter))
    assert rows[0].draft
    assert rows[0].draft.debtor.name == "Kessel, Rohr; Sohn"


def test_columns_are_known_in_any_order_case_and_spelling():
    header = "currency code;PRINCIPALAMOUNT*;Invoice_Number ;debtor name;country;Due-Date;Überflüssig"
    file = read_placement_file(io.BytesIO(f"{header}\nEUR;12.50;R1;Altvater;DE;2026-01-31;x\n".encode()))
    with file:
        assert file.ignored == ("Überflüssig",)
        assert [(issue.row, issue.code) for issue in file.warnings] == [(1, Code.UNKNOWN_FIELD)]
        assert next(file).given["PrincipalAmount"] == "12.50"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("names", [CHINESE, GERMAN])
def test_unicode_files_are_read_without_a_question(encoding, names):
    content = csv_text([row(**names)]).encode(encoding)
    rows, _ = check_bytes(content)
    assert rows[0].draft
    assert rows[0].draft.debtor.name == names["DebtorName"]
    with read_placement_file(io.BytesIO(content)) as file:
        assert file.warnings == ()


@pytest.mark.parametrize(("encoding", "names"), [("gbk", CHINESE), ("gb18030", CHINESE), ("cp1252", GERMAN)])
def test_other_encodings_are_guessed_and_shown(encoding, names):
    content = csv_text([row(**names)]).encode(encoding)
    rows, _ = check_bytes(content)
    assert rows[0].draft
    assert rows[0].draft.debtor.name == names["DebtorName"]
    with read_placement_file(io.BytesIO(content)) as file:
        (warning,) = file.warnings
        assert (warning.row, warning.code) == (0, Code.ENCODING_GUESSED)
        assert file.encoding in warning.text()


def test_the_encoding_is_judged_by_the_whole_file_not_by_its_start():
    rows = [row(number) for number in range(3_000)]
    content = csv_text([*rows, row(3_000, **GERMAN)]).encode("cp1252")
    checked, _ = check_bytes(content)
    assert checked[-1].draft
    assert checked[-1].draft.debtor.name == GERMAN["DebtorName"]


def test_bytes_that_are_text_in_no_encoding_are_refused_with_their_row():
    content = csv_text([row(0), row(1)]).encode() + b"\x81\x8d\xff\xff,\x90\n"
    fault = fault_of(content)
    assert (fault.code, fault.params["row"]) == (FileFault.BAD_ENCODING, 4)
    assert fault_of(b"\xef\xbb\xbf" + csv_text([row()]).encode() + b"\xff\xff").code is FileFault.BAD_ENCODING
    assert fault_of(csv_text([row()]).encode("utf-16")[:-1]).code is FileFault.BAD_ENCODING


@pytest.mark.parametrize("content", [b"", b"\n\n  \r\n", b"\xef\xbb\xbf", b"\xff\xfe", b" ; ;\n,,,\n"])
def test_an_empty_file_is_refused(content):
    assert fault_of(content).code is FileFault.EMPTY_FILE


def test_a_header_without_rows_is_refused():
    assert fault_of(csv_text([]).encode()).code is FileFault.NO_ROWS
    assert fault_of(csv_text([]).encode() + b"\n,,,,\n\n").code is FileFault.NO_ROWS


def test_missing_columns_are_named():
    fault = fault_of(
        csv_text([row()], columns=[name for name in COLUMNS if name not in ("Country", "DebtorName")]).encode()
    )
    assert fault.code is FileFault.MISSING_COLUMN
    assert fault.params["columns"] == "DebtorName, Country"
    assert fault_of(b"a,b,c\n1,2,3\n").code is FileFault.MISSING_COLUMN


def test_one_of_the_two_date_columns_is_enough():
    some = [name for name in COLUMNS if name != "InvoiceDate"]
    rows, _ = check_text(csv_text([row()], columns=some))
    assert rows[0].ready
    fault = fault_of(csv_text([row()], columns=[name for name in some if name != "DueDate"]).encode())
    assert fault.params["columns"] == "InvoiceDate"


def test_a_column_that_stands_twice_is_named():
    fault = fault_of(csv_text([row()], columns=[*COLUMNS, "City"]).encode())
    assert (fault.code, fault.params["columns"]) == (FileFault.DUPLICATE_COLUMN, "City")


@pytest.mark.parametrize(
    "start",
    [
        b"PK\x03\x04\x14\x00",
        b"%PDF-1.7\n",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\x1f\x8b\x08\x00",
        b"\x89PNG\r\n\x1a\n",
        b"MZ\x90\x00\x03\x00",
        b"<!DOCTYPE html><html>",
        b'{"cases": []}',
        b"<?xml version='1.0'?>",
    ],
)
def test_another_kind_of_file_is_named_for_what_it_is(start):
    fault = fault_of(start + b"whatever follows")
    assert fault.code is FileFault.NOT_CSV
    assert str(fault.params["kind"]) in fault.text()


def test_fifty_megabytes_are_refused_before_they_are_read():
    taken = 0

    def upload():
        nonlocal taken
        for _ in range(50):
            taken += 1
            yield b"x" * 1024 * 1024

    with pytest.raises(FileError) as refused:
        read_placement_file(upload())
    assert refused.value.code is FileFault.TOO_LARGE
    assert refused.value.params == {"limit_mb": 25}
    assert taken == 26


def test_too_many_rows_and_columns_are_refused():
    content = csv_text([row(number) for number in range(4)]).encode()
    assert fault_of(content, limits=Limits(rows=3)).code is FileFault.TOO_MANY_ROWS
    assert check_bytes(content, limits=Limits(rows=4))[1].ready == 4
    assert fault_of(content, limits=Limits(columns=13)).code is FileFault.TOO_MANY_COLUMNS


def test_blank_lines_are_skipped_and_counted_and_rows_keep_their_number():
    header, first, second = csv_text([row(0), row(1)]).splitlines()
    rows, summary = check_text(f"\n{header}\r\n\r\n{first}\r\n,,,,,,,,,,,,,\r\n \r\n{second}\r\n\r\n")
    assert [checked.row for checked in rows] == [4, 7]
    assert (summary.rows, summary.blank_lines) == (2, 4)


def test_a_line_break_inside_an_address_is_one_row():
    rows, _ = check_text(csv_text([row(0, Address="Hof 2\r\nHintere Gasse 3"), row(1)]))
    assert [checked.row for checked in rows] == [2, 3]
    assert rows[0].draft
    assert rows[0].draft.debtor.address.street == "Hof 2 Hintere Gasse 3"


def test_a_ragged_row_is_an_error_of_that_row_alone():
    text = csv_text([row(0), row(1), row(2)]).splitlines()
    text[2] = text[2].rsplit(",", 3)[0]
    text[3] += ",one more"
    rows, summary = check_text("\n".join(text))
    assert [codes(checked) for checked in rows] == [[], [("", Code.RAGGED_ROW)], [("", Code.RAGGED_ROW)]]
    assert rows[1].issues[0].params == {"cells": 12, "columns": 15}
    assert (summary.ready, summary.with_errors) == (1, 2)


def test_delimiters_too_many_at_the_end_of_a_line_mean_nothing():
    header, line = csv_text([row()]).splitlines()
    assert check_text(f"{header}\n{line},,,\n")[0][0].ready


def test_a_quotation_mark_that_is_never_closed_is_refused_with_its_row():
    text = csv_text([row(0), row(1, DebtorName="OPEN"), row(2)]).replace("OPEN", '"Open')
    fault = fault_of(text.encode())
    assert (fault.code, fault.params["row"]) == (FileFault.UNREADABLE_ROW, 3)
    assert fault_of((text + "x" * 200_000).encode()).code is FileFault.UNREADABLE_ROW


def test_a_line_without_end_is_refused():
    assert fault_of(csv_text([row()]).encode() + b"x" * 3_000_000).code is FileFault.UNREADABLE_ROW


def test_a_cell_beyond_all_measure_is_an_error_of_its_row():
    text = csv_text([row(0) | {"Remark": "x" * 40_000}, row(1)], columns=[*COLUMNS, "Remark"])
    rows, _ = check_text(text)
    assert [codes(checked) for checked in rows] == [[("Remark", Code.TOO_LONG)], []]


@settings(max_examples=300)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content):
    try:
        check_bytes(content)
    except FileError as error:
        assert error.text()


@settings(max_examples=300)
@given(st.binary(max_size=200), st.integers(0, 2**32))
def test_a_good_file_with_bytes_damaged_is_read_or_refused(noise, seed):
    content = bytearray(csv_text([row(0), row(1), row(2)]).encode())
    dice = random.Random(seed)
    for byte in noise:
        content[dice.randrange(len(content))] = byte
    try:
        rows, summary = check_bytes(bytes(content))
    except FileError as error:
        assert error.text()
        return
    assert summary.ready + summary.with_errors == summary.rows == len(rows)
    for checked in rows:
        assert checked.ready == (not checked.errors)
        for each in checked.issues:
            assert each.text()
