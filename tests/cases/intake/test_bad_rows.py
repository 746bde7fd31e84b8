import csv
import io
from collections.abc import Awaitable, Callable

import httpx
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from cases.intake.bad_rows import errors_csv
from cases.intake.csv_file import COLUMNS, read_placement_file
from cases.intake.issue import Code
from portal.jobs import work_off
from portal.pages.export import neutral, plain
from portal.pages.text import speaking
from tests.cases.intake.placements import check_text, codes, csv_text, row
from tests.cases.intake.test_columns import confirmed
from tests.cases.intake.test_placing_pages import hand_in
from tests.people import Cast
from tests.spreadsheets import read_xlsx


def give_back(text, delimiter=","):
    rows, _ = check_text(text)
    with read_placement_file([text.encode()]) as file:
        columns = file.columns
    return "".join(errors_csv(columns, rows, delimiter=delimiter))


def read(text):
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_bad_rows_come_back_as_the_same_file_with_the_reason_behind():
    header, *rest = read(give_back(csv_text([row(0), row(1, Country="Italien", DebtorName=""), row(2)])))
    assert header == [*COLUMNS, "Error"]
    (bad,) = rest
    assert bad[: len(COLUMNS)] == list(row(1, Country="Italien", DebtorName="").values())
    assert bad[-1] == "The debtor's name is missing. “Italien” is no country code."


def test_a_formula_is_given_back_as_text_and_comes_in_again_as_it_was():
    text = csv_text([row(DebtorName="=1+1", PhoneNumber="+39 030 2423400", PrincipalAmount="-5.00")])
    (_, bad) = read(give_back(text))
    assert (bad[1], bad[8], bad[11]) == ("'=1+1", "'+39 030 2423400", "-5.00")
    again, _ = check_text(give_back(text).replace("-5.00", "5.00"))
    assert again[0].draft
    assert (again[0].draft.debtor.name, again[0].draft.debtor.phone) == ("=1+1", "+390302423400")


def test_rows_corrected_and_still_wrong_come_back_with_one_reason_column():
    once = give_back(csv_text([row(PrincipalAmount="0.00", CurrencyCode="RMB")]))
    twice = read(give_back(once.replace("RMB", "CNY").removeprefix("\ufeff")))
    assert twice[0] == [*COLUMNS, "Error"]
    assert twice[1][-1] == "The amount is zero."


def test_a_ragged_row_keeps_its_cells_where_they_were():
    header, line = csv_text([row()]).splitlines()
    rows = read(give_back(f"{header}\n{line.rsplit(',', 2)[0]}\n"))
    assert len(rows[1]) == len(rows[0])
    assert rows[1][-1] == "The row has 13 cells, the header has 15."


def test_the_reasons_are_told_in_the_language_spoken():
    with speaking("zh-Hans"):
        assert give_back(csv_text([row(PrincipalAmount="0")])).splitlines()[1]


@given(st.text(max_size=20))
def test_a_neutral_cell_is_no_formula_and_can_be_had_back(cell):
    assert not neutral(cell).startswith(("=", "+", "@", "\t", "\r"))
    assert plain(neutral(cell)) in (cell, plain(cell))


def test_amounts_stay_numbers():
    assert neutral("-12.00") == "-12.00"
    assert neutral("-12.00-A1") == "'-12.00-A1"
    assert codes(check_text(csv_text([row(DebtorName="'Kringle'")]))[0][0]) == []
    assert codes(check_text(csv_text([row(DebtorName="'@home")]))[0][0]) == [("DebtorName", Code.LOOKS_LIKE_FORMULA)]


async def test_duplicates_of_earlier_cases_come_back_as_they_stood_with_the_case_and_the_score(
    cast: Cast, visit: Callable[..., Awaitable[httpx.AsyncClient]]
) -> None:
    actor = cast.brandt_submitter.actor
    client = await visit(cast.brandt_submitter)
    first = await hand_in(client, actor, csv_text([row(0), row(1)]))
    await client.post(first + "/hand-over")
    await work_off(agency_id=actor.agency_id)
    columns = [*COLUMNS, "Ours"]
    lines = [row(2, Ours="new"), row(0, Ours="'007", Country="Italy"), row(0, Ours="again"), row(1)]
    again = await hand_in(client, actor, "\n" + csv_text(lines, columns=columns))
    header, *back = read((await client.get(again + "/bad-rows.csv")).text)
    assert header == [*columns, "Error", "DuplicateOf", "DuplicateScore"]
    by_reason = {line[0]: dict(zip(header, line, strict=True)) for line in back}
    wrong, placed = by_reason["RE-24188"], by_reason["RE-24189"]
    assert (placed["DebtorName"], placed["Ours"], placed["DuplicateScore"]) == ("Ferretti Pompe S.p.A.", "", "100")
    assert placed["DuplicateOf"] and f"Case {placed['DuplicateOf']} already has this reference." in placed["Error"]
    assert wrong["Ours"] == "again" and not wrong["DuplicateOf"], "an error names no case"
    assert len(back) == 3
    # In a spreadsheet the cells stand as they were, the columns that nobody needs too.
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as workbook:
        sheet = workbook.add_worksheet()
        for place, line in enumerate(
            [
                ("Customer", "Invoice no", "Due date", "Amount due", "Currency", "Country", "Our mark"),
                ("Ferretti Pompe S.p.A.", "RE-24188", "2026-07-02", "8412.00", "EUR", "IT", "007"),
                ("Ferretti Pompe S.p.A.", "RE-9", "2026-07-02", "12.00", "EUR", "IT", "008"),
            ]
        ):
            sheet.write_row(place, 0, line)
    sheets = await hand_in(client, actor, book.getvalue(), name="open.xlsx")
    assert "Bad rows, XLSX" in await confirmed(client, actor, sheets)
    (line,) = read_xlsx((await client.get(sheets + "/bad-rows.xlsx")).content)
    assert (line["Our mark"].text, line["DuplicateScore"].text) == ("007", "100")
    assert line["DuplicateOf"].text < placed["DuplicateOf"]
    sibling = await visit(cast.lanting_submitter)
    assert (await sibling.get(again + "/bad-rows.csv")).status_code == 404
