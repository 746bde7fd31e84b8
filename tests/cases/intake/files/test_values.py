from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.intake.files.values import DateOrder, DecimalMark, amount_text, date_text, is_credit, negated, sum_text

POINT, COMMA = DecimalMark.POINT, DecimalMark.COMMA


@pytest.mark.parametrize(
    ("written", "mark", "plain"),
    [
        ("1.234,56-", COMMA, "-1234.56"),
        ("(1,234.56)", POINT, "-1234.56"),
        ("($828.30)", POINT, "-828.30"),
        ("$1,887.64", POINT, "1887.64"),
        ("1'234.50", POINT, "1234.50"),
        ("CHF 1’234.50", POINT, "1234.50"),
        ("1\u202f234,56\u00a0€", COMMA, "1234.56"),
        ("1.234,56 H", COMMA, "-1234.56"),
        ("1.234,56 S", COMMA, "1234.56"),
        ("1,234.56 CR", POINT, "-1234.56"),
        ("−12,00", COMMA, "-12.00"),
        ("US$1,000.00", POINT, "1000.00"),
        ("1,23,456.00", POINT, "123456.00"),
        ("１２．５０", POINT, "12.50"),
        ("21.0000", POINT, "21.00"),
        ("0,00-", COMMA, "0.00"),
    ],
)
def test_an_amount_is_understood_as_its_country_writes_it(written, mark, plain):
    assert amount_text(written, mark) == plain


@pytest.mark.parametrize("written", ["", "abc", "RE2550", "1-2", "1,,234", "12 May", "1,23", "N/A", "1.2.3,4,5"])
def test_what_is_no_amount_stays_as_it_was_written_for_the_rules_to_say_so(written):
    assert amount_text(written, POINT) == written


def test_a_fraction_that_could_be_thousands_is_decided_by_the_mark_that_a_person_confirmed():
    assert amount_text("1.280", COMMA) == "1280"
    assert amount_text("1.280", POINT) == "1.280"  # three decimals, which the rules refuse in euros


def rendered(amount: Decimal, mark: str, group: str, style: int) -> str:
    whole = f"{abs(amount):,.2f}".replace(",", "\0").replace(".", mark).replace("\0", group)
    if amount >= 0:
        return [whole, f"€ {whole}", f"{whole} EUR", f"+{whole}", f"{whole} S"][style]
    return [f"-{whole}", f"({whole})", f"{whole}-", f"-€{whole}", f"{whole} H"][style]


@given(
    st.decimals(-(10**12), 10**12, places=2, allow_nan=False),
    st.sampled_from(
        [(".", ","), (".", ""), (".", "'"), (".", " "), (",", "."), (",", ""), (",", " "), (",", "\u202f")]
    ),
    st.integers(0, 4),
)
def test_any_amount_reads_back_from_any_of_its_spellings(amount, marks, style):
    assert Decimal(amount_text(rendered(amount, *marks, style), marks[0])) == amount


SPELLINGS = {
    DateOrder.DMY: ["%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y %H:%M", "%d %b %Y", "%d-%b-%Y", "%d. %B %Y"],
    DateOrder.MDY: ["%m/%d/%Y", "%m-%d-%Y", "%m/%d/%Y 06:12 PM", "%B %d, %Y", "%A, %B %d, %Y 06:12 PM"],
    DateOrder.YMD: ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y%m%d.0", "%Y年%m月%d日", "%Y-%m-%dT%H:%M:%SZ", "%y-%m-%d"],
}


@given(st.dates(date(1990, 1, 1), date(2068, 12, 31)), st.sampled_from(list(DateOrder)), st.data())
def test_any_day_reads_back_from_any_of_its_spellings(day, order, data):
    spelling = data.draw(st.sampled_from(SPELLINGS[order]))
    assert date_text(day.strftime(spelling), order) == day.isoformat()


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)), st.sampled_from(list(DateOrder)))
def test_a_day_number_of_excel_is_the_day_it_shows(day, order):
    assert date_text(str((day - date(1899, 12, 30)) // timedelta(days=1)), order) == day.isoformat()


@pytest.mark.parametrize(
    ("written", "iso"),
    [("3. März 2026", "2026-03-03"), ("5 févr. 2026", "2026-02-05"), ("05-mrt-2026", "2026-03-05"),
     ("1er août 2026", "2026-08-01"), ("12-Dez-25", "2025-12-12"), ("1.11.25", "2025-11-01"), ("2025-1-3", "2025-01-03")],
)  # fmt: skip
def test_months_are_known_by_their_names(written, iso):
    assert date_text(written, DateOrder.DMY) == iso


@pytest.mark.parametrize("written", ["31.02.2026", "", "1-30", "Older", "0-30天", "CUST1000", "13/13/2026", "2026"])
def test_what_is_no_day_stays_as_it_was_written(written):
    assert date_text(written, DateOrder.DMY) == written


def test_sums_and_signs_are_exact_and_leave_what_is_no_number_alone():
    assert sum_text(["0.10", "", "0.20", "-0.05"]) == "0.25"
    assert sum_text(["1", "n/a"]) == "n/a"
    assert sum_text(["", ""]) == ""
    assert [negated(text) for text in ("5.00", "-5.00", "0.00", "x")] == ["-5.00", "5.00", "0.00", "x"]
    assert [is_credit(word) for word in ("H", "S", "贷", "Credit", "?")] == [True, False, True, True, None]
