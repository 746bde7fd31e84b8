"""An XLSX says what the list says, whatever people are called, and stays small in memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from portal.pages import workbook
from portal.pages.export import Amount, Cell
from tests.spreadsheets import Cell as Read
from tests.spreadsheets import read_xlsx, sheets

HOSTILE = (
    '=HYPERLINK("http://x","y")', "+49 30 1", "-1+1", "@SUM(A1)", "＝1+1", "\t=1", "{=1}", "http://example.com", "mailto:x@y",
    "<b>&amp;</b>", "宁波海川五金制品有限公司", "Müller & Söhne", " leading", "_x0041_", "a\u0007b", "x\uffffy", "'quoted", "1e5", "007",
)  # fmt: skip


async def one(*rows: Sequence[Cell]) -> AsyncIterator[Sequence[Sequence[Cell]]]:
    yield rows


async def book(columns: Sequence[str], pages: AsyncIterator[Sequence[Sequence[Cell]]]) -> bytes:
    content = await workbook.written("Cases", dict.fromkeys(columns, 10), pages)
    return b"".join([piece async for piece in content])


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_name_is_text_whatever_it_looks_like(name: str) -> None:
    (row,) = read_xlsx(await book(["Debtor"], one([name])))
    assert not row["Debtor"].is_number
    told = row["Debtor"].text
    assert told.replace("_x005F_", "_").replace("_x0007_", "\u0007") == name.replace("\uffff", "")


async def test_amounts_and_dates_are_numbers_and_the_currency_stands_beside_them() -> None:
    cells = (
        "KWD",
        Amount(-1_234_567, "KWD"),
        date(2026, 11, 24),
        datetime(2026, 11, 24, 12, tzinfo=UTC),
        7,
        Decimal("0.25"),
    )
    (row,) = read_xlsx(await book(["Currency", "Balance", "On", "At", "Days", "Rate"], one(cells)))
    assert row["Currency"] == Read("KWD", False)
    assert row["Balance"] == Read("-1234.567", True)
    assert (row["On"], row["At"]) == (Read("46350", True), Read("46350.5", True))
    assert (row["Days"], row["Rate"]) == (Read("7", True), Read("0.25", True))


async def test_an_amount_longer_than_a_spreadsheet_counts_is_kept_to_the_last_cent_as_text() -> None:
    (row,) = read_xlsx(await book(["Balance"], one([Amount(9_999_999_999_999_999, "EUR")])))
    assert row["Balance"] == Read("99999999999999.99", False)


async def test_a_day_before_the_calendar_of_spreadsheets_is_written_out() -> None:
    (row,) = read_xlsx(await book(["On"], one([date(1899, 12, 31)])))
    assert row["On"] == Read("1899-12-31", False)


async def test_no_rows_make_a_file_with_its_headings() -> None:
    assert read_xlsx(await book(["Debtor", "Balance"], one())) == []


async def test_a_list_longer_than_a_sheet_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "ROWS", 4)
    first, second = sheets(await book(["Number"], one(*([number] for number in range(5)))))
    assert [row["Number"].text for row in (*first, *second)] == ["0", "1", "2", "3", "4"]
    assert len(first) == 3


async def test_a_long_list_needs_the_memory_of_a_page() -> None:
    async def many() -> AsyncIterator[Sequence[Sequence[Cell]]]:
        for page in range(20):
            yield [
                (f"2026-{page:03}{row:03}", "宁波海川五金制品有限公司 " * 4, Amount(row, "CNY")) for row in range(500)
            ]

    tracemalloc.start()
    try:
        content = await workbook.written("Cases", {"Number": 10, "Debtor": 10, "Balance": 10}, many())
        _, peak = tracemalloc.get_traced_memory()
        length = sum([len(piece) async for piece in content])
    finally:
        tracemalloc.stop()
    assert length > 100_000
    assert peak < 2_000_000, f"{peak} bytes for 10,000 rows"
