from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.intake.check import CheckContext, check_rows
from cases.intake.csv_file import COLUMNS, read_placement_file
from cases.intake.draft import DebtorKind
from cases.intake.issue import Code, Severity
from cases.intake.summary import Control, Summary, compare
from portal.money import CURRENCIES, LARGEST_MINOR, decimal_string
from tests.cases.intake.placements import CONTEXT, TODAY, check_one, check_text, codes, csv_text, issue, row


def test_a_good_row_becomes_a_draft_of_everything_it_says():
    draft = check_one().draft
    assert draft
    assert (draft.reference, draft.currency, draft.total_minor, draft.description) == ("RE-24188", "EUR", 841200, "")
    debtor = draft.debtor
    assert (debtor.kind, debtor.name, debtor.contact_person) == (
        DebtorKind.COMPANY,
        "Ferretti Pompe S.p.A.",
        "Anna Ferretti",
    )
    assert (debtor.email, debtor.phone, debtor.phone_given) == (
        "conti@ferretti.example",
        "+390302423400",
        "030 2423400",
    )
    assert (debtor.address.city, debtor.address.region, debtor.address.country) == ("Brescia", "BS", "IT")
    (invoice,) = draft.invoices
    assert (invoice.number, invoice.amount_minor) == ("RE-24188", 841200)
    assert (invoice.issued_on, invoice.due_on, invoice.due_assumed) == (date(2026, 6, 2), date(2026, 7, 2), False)


@pytest.mark.parametrize("column", ["InvoiceNumber", "DebtorName", "Country", "PrincipalAmount", "CurrencyCode"])
def test_what_every_door_requires_is_missed_by_name(column):
    checked = check_one(**{column: "  "})
    assert codes(checked) == [(column, Code.MISSING)]
    assert not checked.ready


def test_one_of_the_two_dates_is_enough():
    assert codes(check_one(InvoiceDate="", DueDate="")) == [("InvoiceDate", Code.MISSING)]
    due_only = check_one(InvoiceDate="").draft
    assert due_only
    assert due_only.invoices[0].issued_on is None
    issued_only = check_one(DueDate="").draft
    assert issued_only
    assert (issued_only.invoices[0].due_on, issued_only.invoices[0].due_assumed) == (date(2026, 7, 2), True)


def test_a_missing_due_date_follows_from_the_clients_terms():
    with read_placement_file([csv_text([row(DueDate="")]).encode()]) as file:
        (checked,) = check_rows(file, CheckContext(TODAY, terms_days=14))
    assert checked.draft
    assert checked.draft.invoices[0].due_on == date(2026, 6, 16)


@pytest.mark.parametrize("changed", [{"Address": ""}, {"City": ""}, {"Address": "", "City": "", "PostalCode": ""}])
def test_a_missing_address_is_a_warning(changed):
    checked = check_one(**changed)
    assert checked.ready
    assert issue(checked, Code.ADDRESS_MISSING).severity is Severity.WARNING


def test_no_postal_code_is_nothing_to_warn_of():
    assert codes(check_one(PostalCode="", Country="HK", PhoneNumber="")) == []


@pytest.mark.parametrize(
    ("written", "proposal"),
    [
        ("2026-02-30", None),
        ("2026-13-01", None),
        ("13/03/2026", "2026-03-13"),
        ("03/13/2026", "2026-03-13"),
        ("03/04/2026", None),
        ("04/04/2026", "2026-04-04"),
        ("2.3.2026", "2026-03-02"),
        ("30.02.2026", None),
        ("2026/3/5", "2026-03-05"),
        ("20260305", "2026-03-05"),
        ("20260305.0", "2026-03-05"),
        ("2026-03-05T00:00:00", "2026-03-05"),
        ("2026-03-05 10:15", "2026-03-05"),
        ("2026年3月5日", "2026-03-05"),
        ("5 Mar 2026", "2026-03-05"),
        ("August 5, 2026", "2026-08-05"),
        ("5 Ma 2026", None),
        ("05/03/26", None),
        ("2026-W10-1", None),
        ("yesterday", None),
        ("46086", None),
    ],
)
def test_a_date_in_another_form_is_refused_and_read_where_it_has_one_meaning(written, proposal):
    checked = check_one(InvoiceDate=written, DueDate="2026-12-31")
    found = issue(checked, Code.BAD_DATE)
    assert (found.field, found.severity, found.proposal) == ("InvoiceDate", Severity.ERROR, proposal)


def test_dates_must_follow_each_other_and_have_come():
    assert codes(check_one(InvoiceDate="2026-07-14", DueDate="2026-06-14")) == [("DueDate", Code.DUE_BEFORE_ISSUE)]
    assert codes(check_one(InvoiceDate="2026-11-25", DueDate="")) == [("InvoiceDate", Code.FUTURE_ISSUE_DATE)]
    assert codes(check_one(InvoiceDate="2026-11-24", DueDate="2027-01-24")) == []
    assert codes(check_one(InvoiceDate="1026-06-02")) == [("InvoiceDate", Code.IMPLAUSIBLE_DATE)]
    assert codes(check_one(DueDate="9999-12-31")) == [("DueDate", Code.IMPLAUSIBLE_DATE)]


@pytest.mark.parametrize(
    ("written", "currency", "code", "proposal"),
    [
        ("1.280,50", "EUR", Code.BAD_AMOUNT, "1280.50"),
        ("1,280.50", "EUR", Code.BAD_AMOUNT, "1280.50"),
        ("1 280,50", "EUR", Code.BAD_AMOUNT, "1280.50"),
        ("1'280.50", "CHF", Code.BAD_AMOUNT, "1280.50"),
        ("1,280,500", "EUR", Code.BAD_AMOUNT, "1280500"),
        ("12,5", "EUR", Code.BAD_AMOUNT, "12.5"),
        ("1,280", "EUR", Code.BAD_AMOUNT, None),
        ("€ 12.00", "EUR", Code.BAD_AMOUNT, "12.00"),
        ("12,00 EUR", "EUR", Code.BAD_AMOUNT, "12.00"),
        ("(12.00)", "EUR", Code.BAD_AMOUNT, "-12.00"),
        ("1.234,56-", "EUR", Code.BAD_AMOUNT, "-1234.56"),
        ("１２．５０", "EUR", Code.BAD_AMOUNT, "12.50"),
        ("twelve", "EUR", Code.BAD_AMOUNT, None),
        ("1e3", "EUR", Code.BAD_AMOUNT, None),
        ("NaN", "EUR", Code.BAD_AMOUNT, None),
        ("12.345", "EUR", Code.TOO_MANY_DECIMALS, None),
        ("12.500", "EUR", Code.TOO_MANY_DECIMALS, None),
        ("12.5000", "EUR", Code.TOO_MANY_DECIMALS, "12.50"),
        ("1234.00", "JPY", Code.TOO_MANY_DECIMALS, "1234"),
        ("99999999999999999999", "EUR", Code.AMOUNT_OUT_OF_RANGE, None),
        ("-640.00", "USD", Code.NEGATIVE_AMOUNT, None),
        ("0.00", "USD", Code.ZERO_AMOUNT, None),
    ],
)
def test_an_amount_that_cannot_be_placed_is_refused_and_read_where_it_has_one_meaning(
    written, currency, code, proposal
):
    found = issue(check_one(PrincipalAmount=written, CurrencyCode=currency), code)
    assert found.field == "PrincipalAmount"
    assert found.proposal == proposal


def test_three_decimals_are_right_where_the_currency_has_them():
    draft = check_one(PrincipalAmount="1.250", CurrencyCode="KWD").draft
    assert draft
    assert draft.total_minor == 1250


@pytest.mark.parametrize(
    ("written", "proposal"),
    [
        ("RMB", "CNY"),
        ("人民币", "CNY"),
        ("Euro", "EUR"),
        ("€", "EUR"),
        ("US$", "USD"),
        ("US Dollar", "USD"),
        ("$", None),
        ("¥", None),
        ("XXX", None),
        ("EURO5", None),
    ],
)
def test_an_unknown_currency_is_refused_and_named_where_the_word_has_one_meaning(written, proposal):
    checked = check_one(CurrencyCode=written)
    assert codes(checked) == [("CurrencyCode", Code.UNKNOWN_CURRENCY)]
    assert checked.issues[0].proposal == proposal


@pytest.mark.parametrize(
    ("written", "proposal"),
    [
        ("Italien", "IT"),
        ("Italy", "IT"),
        ("意大利", "IT"),
        ("Italie", "IT"),
        ("ITA", "IT"),
        ("UK", "GB"),
        ("USA", "US"),
        ("United Kingdom", "GB"),
        ("Côte d’Ivoire", "CI"),
        ("中国", "CN"),
        ("EU", None),
        ("ZZ", None),
        ("Atlantis", None),
    ],
)
def test_an_unknown_country_is_refused_and_named_where_the_word_has_one_meaning(written, proposal):
    checked = check_one(Country=written, PhoneNumber="")
    assert codes(checked) == [("Country", Code.UNKNOWN_COUNTRY)]
    assert checked.issues[0].proposal == proposal


def test_codes_may_be_typed_in_small_letters():
    draft = check_one(Country="it", CurrencyCode="eur").draft
    assert draft
    assert (draft.debtor.address.country, draft.currency) == ("IT", "EUR")


def test_a_reference_that_occurs_twice_names_the_other_row():
    rows, summary = check_text(csv_text([row(0), row(1), row(0, DebtorName="Another Ltd")]))
    assert [checked.ready for checked in rows] == [True, True, False]
    found = issue(rows[2], Code.DUPLICATE_REFERENCE)
    assert (found.row, found.field, found.params["other_row"]) == (4, "InvoiceNumber", 2)
    assert summary.codes == Counter({Code.DUPLICATE_REFERENCE: 1})


@pytest.mark.parametrize("name", ["=HYPERLINK(A1)", "+Plus GmbH", "-Minus AG", "@home Ltd", "\tTabbed", "＝SUM(A1)"])
def test_a_formula_in_a_name_is_kept_as_text_and_shown(name):
    checked = check_one(DebtorName=name)
    assert checked.draft
    assert checked.draft.debtor.name == name.strip()
    assert issue(checked, Code.LOOKS_LIKE_FORMULA).severity is Severity.WARNING


def test_an_international_phone_number_is_no_formula():
    checked = check_one(PhoneNumber="+49 30 123456")
    assert codes(checked) == []
    assert checked.draft
    assert checked.draft.debtor.phone == "+4930123456"


def test_what_cannot_be_reached_is_kept_as_written_and_shown():
    checked = check_one(Email="accounts(at)ferretti", PhoneNumber="12")
    assert codes(checked) == [("Email", Code.BAD_EMAIL), ("PhoneNumber", Code.BAD_PHONE)]
    assert checked.draft
    debtor = checked.draft.debtor
    assert (debtor.email, debtor.phone) == ("", "")
    assert (debtor.email_given, debtor.phone_given) == ("accounts(at)ferretti", "12")


@pytest.mark.parametrize(
    "address", ["a@b", "a b@c.de", "a@b@c.de", "a@c..de", "a@c.de; d@e.fr", "@c.de", "x" * 65 + "@c.de"]
)
def test_what_is_no_address_for_mail_is_shown(address):
    assert codes(check_one(Email=address)) == [("Email", Code.BAD_EMAIL)]


@pytest.mark.parametrize("address", ["info@müller.example", "o'neil+ar@sub.acme.co.uk", "张@例子.中国"])
def test_addresses_beyond_ascii_are_addresses(address):
    assert codes(check_one(Email=address)) == []


@pytest.mark.parametrize("name", ["Acme\x00Ltd", "Acme\x1bLtd", "Acme\u202eLtd", "Acme\u200bLtd", "\ufeffAcmeLtd"])
def test_invisible_characters_are_refused_with_the_text_as_it_looks(name):
    found = issue(check_one(DebtorName="x" + name), Code.CONTROL_CHARACTERS)
    assert (found.field, found.proposal) == ("DebtorName", "xAcmeLtd")


def test_text_longer_than_its_field_is_refused_with_its_length():
    checked = check_one(DebtorName="x" * 4_000, City="y" * 101)
    assert codes(checked) == [("DebtorName", Code.TOO_LONG), ("City", Code.TOO_LONG)]
    assert checked.issues[0].params == {"length": 4000, "limit": 200}


def test_a_row_may_have_several_faults_at_once():
    checked = check_one(
        DebtorName="", Country="Italien", PhoneNumber="", PrincipalAmount="-1.00", InvoiceDate="02/30/2026"
    )
    assert {found.code for found in checked.errors} == {
        Code.MISSING,
        Code.UNKNOWN_COUNTRY,
        Code.NEGATIVE_AMOUNT,
        Code.BAD_DATE,
    }


good_rows = st.fixed_dictionaries(
    {
        "DebtorName": st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=40),
        "Country": st.sampled_from(["DE", "CN", "US", "GB"]),
        "currency": st.sampled_from(sorted(CURRENCIES)),
        "minor": st.integers(1, LARGEST_MINOR // 100),
        "issued": st.dates(date(1950, 1, 1), TODAY),
        "terms": st.integers(0, 365),
    }
)


@settings(max_examples=60)
@given(st.lists(good_rows, min_size=1, max_size=8), st.sampled_from([",", ";", "\t"]))
def test_good_rows_come_out_as_they_went_in_and_add_up(facts, delimiter):
    lines = [
        row(
            number,
            DebtorName=fact["DebtorName"],
            Country=fact["Country"],
            PhoneNumber="",
            CurrencyCode=fact["currency"],
            PrincipalAmount=decimal_string(fact["minor"], fact["currency"]),
            InvoiceDate=fact["issued"].isoformat(),
            DueDate=(fact["issued"] + timedelta(days=fact["terms"])).isoformat(),
        )
        for number, fact in enumerate(facts)
    ]
    rows, summary = check_text(csv_text(lines, delimiter=delimiter))
    expected: Counter[str] = Counter()
    for checked, fact in zip(rows, facts, strict=True):
        assert checked.draft, [found.text() for found in checked.issues]
        (invoice,) = checked.draft.invoices
        assert (checked.draft.currency, invoice.amount_minor) == (fact["currency"], fact["minor"])
        assert invoice.due_on - fact["issued"] == timedelta(days=fact["terms"])
        expected[fact["currency"]] += fact["minor"]
    assert {currency: total.amount_minor for currency, total in summary.totals.items()} == expected


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from(sorted(COLUMNS)), st.text(max_size=60), max_size=14))
def test_any_cells_are_ready_or_have_an_error(changed):
    rows, summary = check_text(csv_text([row(0), row(1)]))
    checked = next(check_rows([_given(changed)], CONTEXT, summary))
    assert checked.ready == (not checked.errors)
    for found in checked.issues:
        assert "%(" not in found.text().replace(str(found.params.get("value")), "")
    ready = [each for each in [*rows, checked] if each.draft]
    assert summary.ready == len(ready)
    assert sum(total.amount_minor for total in summary.totals.values()) == sum(each.draft.total_minor for each in ready)


def _given(changed):
    with read_placement_file([csv_text([row()]).encode()]) as file:
        case = next(file)
    values = dict(case.values) | {COLUMNS[name]: text for name, text in changed.items()}
    return type(case)(case.row, values, (values,), case.name)


def test_the_clients_figures_speak_of_everything_it_sent():
    lines = [row(0), row(1, DebtorName=""), row(2, CurrencyCode="USD", PrincipalAmount="")]
    _, summary = check_text(csv_text(lines))
    assert summary.totals["EUR"].amount_minor == 841200
    assert summary.read_totals["EUR"].amount_minor == 2 * 841200
    assert compare(Control(3, {"EUR": 2 * 841200}), summary) == ()
    count, euro, dollar = compare(Control(4, {"EUR": 841200, "USD": 1248000}), summary)
    assert (count.field, count.params) == ("control.count", {"expected": "4", "read": "3"})
    assert (euro.field, euro.params) == ("control.totals.EUR", {"expected": "8412.00", "read": "16824.00"})
    assert (dollar.code, dollar.params) == (Code.CONTROL_MISMATCH, {"expected": "12480.00", "read": "0.00"})


def test_a_currency_the_client_did_not_count_is_a_difference():
    _, summary = check_text(csv_text([row(0), row(1, CurrencyCode="GBP")]))
    (only,) = compare(Control(None, {"EUR": 841200}), summary)
    assert only.field == "control.totals.GBP"
    assert compare(Control(), Summary()) == ()
