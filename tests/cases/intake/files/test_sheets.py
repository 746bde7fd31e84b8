"""Spreadsheets good and bad: what they say is kept, what they cost is bounded, and nothing is left running."""

import io
import json
import os
import zipfile
from datetime import datetime

import psutil
import pytest

from cases.intake.as_given import Limits
from cases.intake.files.detect import detect
from cases.intake.files.shape import Kind, Shape
from cases.intake.files.sheet_child import text_of
from cases.intake.files.sheets import SHEET_LIMITS, SheetLimits, SheetReader
from cases.intake.files.table import letters, open_table
from cases.intake.issue import FileError, FileFault
from tests.cases.intake.files import hostile
from tests.cases.intake.files.hostile import inline, number, row, xlsx

GOOD = row(1, [inline("A1", "name"), inline("B1", "amount")]) + row(2, [inline("A2", "Meyer"), number("B2", "12.5")])
SHEET = Shape(Kind.XLSX, sheet="S")


def fault_of(content: bytes, *, limits: SheetLimits = SHEET_LIMITS) -> FileFault:
    with pytest.raises(FileError) as refused:
        file = io.BytesIO(content)
        with open_table(file, detect(file, sheet_limits=limits).shape, sheet_limits=limits) as table:
            list(table)
    assert refused.value.text()
    assert [child for child in psutil.Process().children() if "sheet_child" in " ".join(child.cmdline())] == []
    return refused.value.code


@pytest.mark.parametrize(
    ("cell", "text", "is_number"),
    [
        (1930659387.0, "1930659387", True),
        (0.1 + 0.2, "0.3", True),
        (1e-9, "0.000000001", True),
        (1e17, "100000000000000000", True),
        (-970.24, "-970.24", True),
        ("00123", "00123", False),
        (True, "TRUE", False),
        (datetime(2026, 1, 2), "2026-01-02", False),
        (datetime(2026, 1, 2, 3, 4, 5), "2026-01-02 03:04:05", False),
        (datetime(2026, 1, 2, 3, 4).time(), "03:04:00", False),
    ],
)
def test_a_cell_is_written_without_inventing_digits(cell, text, is_number):
    assert text_of(cell) == (text, is_number)


def test_a_sheet_keeps_its_row_numbers_and_tells_numbers_from_texts():
    content = xlsx(row(3, [inline("B3", "name"), inline("C3", "no")]) + row(5, [inline("B5", "x"), number("C5", 7)]))
    file = io.BytesIO(content)
    shape = detect(file).shape
    assert (shape.kind, shape.sheet, shape.header_row) == (Kind.XLSX, "S", 3)
    with open_table(file, shape) as table:
        only = next(table)
        assert (only.number, only.cells, only.numbers) == (5, ("", "x", "7"), {2})
        assert list(table) == []
        assert table.blank_lines == 1


def test_opendocument_is_read_like_excel():
    cells = "".join(map(hostile.ods_cell, ("Name", "Amount")))
    content = hostile.ods(hostile.ods_table(f"<table:table-row>{cells}</table:table-row>" * 2))
    assert detect(io.BytesIO(content)).shape == Shape(Kind.ODS, sheet="S")


def test_the_sheet_that_was_chosen_must_be_there():
    with pytest.raises(FileError) as refused:
        open_table(io.BytesIO(xlsx(GOOD)), Shape(Kind.XLSX, sheet="T"))
    assert (refused.value.code, refused.value.params["sheet"]) == (FileFault.NO_SUCH_SHEET, "T")


def other_zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("readme.txt", "hello")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        pytest.param(lambda: hostile.overlapping(3000), FileFault.TOO_HEAVY, id="a ZIP bomb of overlapping entries"),
        pytest.param(lambda: xlsx(hostile.SHEET_START.encode() + b" " * (200 << 20)), FileFault.TOO_HEAVY, id="a huge sheet"),
        pytest.param(lambda: xlsx(row(1, [inline("A1", "a")]) + row(1048576, [inline("XFD1048576", "z")])), FileFault.TOO_HEAVY, id="two corners"),
        pytest.param(lambda: xlsx(row(1, [inline(f"{letters(n)}1", "c") for n in range(16384)])), FileFault.TOO_MANY_COLUMNS, id="all columns"),
        pytest.param(lambda: xlsx(row(1, [inline("ZZZZZZ1", "c")])), FileFault.TOO_MANY_COLUMNS, id="a column that no sheet has"),
        pytest.param(lambda: hostile.lying_xlsx(1000, 50 << 20), FileFault.BROKEN_SPREADSHEET, id="a directory that lies"),
        pytest.param(other_zip, FileFault.NOT_A_TABLE, id="a ZIP of something else"),
        pytest.param(lambda: xlsx(GOOD)[:-60], FileFault.BROKEN_SPREADSHEET, id="a truncated directory"),
        pytest.param(lambda: xlsx(GOOD)[:300], FileFault.BROKEN_SPREADSHEET, id="a truncated file"),
        pytest.param(lambda: xlsx("<row"), FileFault.BROKEN_SPREADSHEET, id="a sheet that is no XML"),
        pytest.param(lambda: hostile.ods("<not xml"), FileFault.BROKEN_SPREADSHEET, id="ODS garbage"),
        pytest.param(lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 20, FileFault.BROKEN_SPREADSHEET, id="XLS garbage"),
    ],
)  # fmt: skip
def test_a_spreadsheet_made_to_hurt_is_refused_with_a_reason(content, fault):
    assert fault_of(content()) == fault


def test_repeated_cells_of_opendocument_do_not_fill_the_memory():
    rows = f'<table:table-row table:number-rows-repeated="1048576">{hostile.ods_cell("abc", 16384)}</table:table-row>'
    fault = fault_of(hostile.ods(hostile.ods_table(rows)))
    assert fault in (FileFault.TOO_HEAVY, FileFault.BROKEN_SPREADSHEET)


def test_a_shared_string_repeated_without_end_does_not_fill_the_memory():
    strings = os.urandom(200_000).hex().encode()  # does not compress, so that the directory looks harmless
    shared = (
        b'<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>' + strings
    )
    cells = [f'<c r="{letters(n)}1" t="s"><v>0</v></c>' for n in range(5000)]
    assert fault_of(xlsx(row(1, cells) * 100, shared=shared + b"</t></si></sst>")) == FileFault.TOO_HEAVY


@pytest.mark.parametrize("entity", ['SYSTEM "file:///etc/passwd"', '"lol"'])
def test_an_entity_in_a_sheet_is_never_expanded(entity):
    sheet = hostile.SHEET_START.replace("<worksheet", f"<!DOCTYPE x [<!ENTITY e {entity}>]><worksheet")
    body = sheet + row(1, [inline("A1", "name")]) + row(2, [inline("A2", "&e;")]) + hostile.SHEET_END
    assert fault_of(xlsx(body)) == FileFault.BROKEN_SPREADSHEET


def test_the_child_may_take_only_so_much_memory():
    content = xlsx(row(1, [inline("A1", "name")]) + row(60_000, [inline("Z60000", "far away")]))
    with open_table(io.BytesIO(content), SHEET) as table:
        assert [entry.number for entry in table] == [60_000]
    assert fault_of(content, limits=SheetLimits(memory_bytes=64 * 1024 * 1024)) == FileFault.TOO_HEAVY


def test_the_child_may_take_only_so_much_time():
    rows = "".join(row(n, [inline(f"A{n}", f"name {n}")]) for n in range(1, 5001))
    # No second at all: the system ends it at the first tick, however slow the machine is.
    assert fault_of(xlsx(rows), limits=SheetLimits(cpu_seconds=0)) == FileFault.TOO_HEAVY


def test_a_reader_that_is_closed_early_leaves_nothing_running():
    rows = "".join(row(n, [inline(f"A{n}", "x" * 500)]) for n in range(1, 3001))
    reader = SheetReader(io.BytesIO(xlsx(rows)), "S")
    next(reader.rows())
    assert psutil.pid_exists(reader.pid)
    reader.close()
    assert not psutil.pid_exists(reader.pid)


def test_the_child_knows_nothing_of_our_environment(monkeypatch):
    monkeypatch.setenv("PORTAL_SECRET", "s3cret")
    with SheetReader(io.BytesIO(xlsx(GOOD)), "S") as reader:
        assert "PORTAL_SECRET" not in psutil.Process(reader.pid).environ()
        assert [json.dumps(cells) for _, (cells, _) in reader.rows()] == ['["name", "amount"]', '["Meyer", "12.5"]']


def test_a_spreadsheet_beyond_the_size_of_a_placement_is_not_even_opened():
    with pytest.raises(FileError) as refused:
        open_table(io.BytesIO(xlsx(GOOD)), SHEET, Limits(size_bytes=100))
    assert refused.value.code == FileFault.TOO_LARGE


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", FileFault.EMPTY_FILE),
        (b"\n\n , \n", FileFault.EMPTY_FILE),
        (b"%PDF-1.4\n", FileFault.NOT_A_TABLE),
        (b"MZ\x90\0" + b"\0" * 500, FileFault.NOT_A_TABLE),
        (b"<html><table><tr><td>1", FileFault.NOT_A_TABLE),
        (b'name,amount\n"Meyer,1\nx,2\n', FileFault.UNREADABLE_ROW),
        (b"name," + b"x" * 1_100_000, FileFault.UNREADABLE_ROW),
        ("name,amount\nx,1\n".encode("utf-16") + b"x", FileFault.BAD_ENCODING),
        (b"a" + b",a" * 5000 + b"\n", FileFault.TOO_MANY_COLUMNS),
    ],
)
def test_a_text_made_to_hurt_is_refused_with_a_reason(content, fault):
    assert fault_of(content) == fault


def test_noughts_in_a_text_are_for_the_rules_to_judge():
    file = io.BytesIO(b"name,amount\nMey\0er,1\n")
    with open_table(file, detect(file).shape) as table:
        assert next(table).cells == ("Mey\0er", "1")
