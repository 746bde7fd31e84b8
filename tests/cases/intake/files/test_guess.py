import io
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from cases.intake.as_given import Field
from cases.intake.check import CheckContext, check_rows
from cases.intake.files.column_map import AmountKind, Grouping, Source
from cases.intake.files.detect import detect
from cases.intake.files.guess import Guess, guess
from cases.intake.files.mapped import mapped_cases
from cases.intake.files.postings import LeftOut
from cases.intake.files.reasons import Why
from cases.intake.files.table import open_table
from cases.intake.files.values import DateOrder, DecimalMark
from cases.intake.summary import Summary
from portal.pages.text import speaking
from tests.cases.intake.files import corpus
from tests.cases.intake.files.mapping import CONTEXT

IBM = Path(__file__).parents[3] / "data" / "ibm-receivables.csv"


def guessed(text: str, **options: object) -> Guess:
    file = io.BytesIO(text.encode())
    with open_table(file, detect(file).shape) as table:
        return guess(table.columns, list(islice(table, 200)), above=table.above, **options)  # type: ignore[arg-type]


def captions(found: Guess) -> dict[str, str]:
    return {name.value: source.columns[0].caption for name, source in found.map.fields.items() if source.columns}


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Invoice No,Customer Name,Invoice Date,Due Date,Outstanding Amount,Currency", "A1,Meyer Ltd,03/25/2026,04/24/2026,12.50,USD"),
        ("Rechnungsnummer,Firma,Rechnungsdatum,Fällig am,Offener Betrag,Währung", 'A1,Meyer,25.03.2026,24.04.2026,"12,50",EUR'),
        ("N° facture,Raison sociale,Date de facture,Échéance,Reste à payer,Devise", 'A1,Meunier,25/03/2026,24/04/2026,"12,50",EUR'),
        ("Factuurnummer,Debiteurnaam,Factuurdatum,Vervaldatum,Openstaand bedrag,Valuta", 'A1,Meijer,25-03-2026,24-04-2026,"12,50",EUR'),
        ("发票号码,客户名称,开票日期,到期日,未收金额,币种", "A1,苏州雨霏贸易有限公司,2026/3/25,2026/4/24,12.50,人民币"),
    ],
)  # fmt: skip
def test_captions_are_understood_in_five_languages(header, row):
    found = guessed(f"{header}\n{row}\n{row.replace('A1', 'A2')}\n")
    names = header.split(",")
    assert captions(found) == dict(
        zip(["number", "name", "issued_on", "due_on", "currency"], [*names[:4], names[5]], strict=True)
    )
    assert found.map.amount is not None
    assert found.map.amount.columns[0].caption == names[4]
    assert all(reason.text() for reason in found.reasons.values())


def test_contents_tell_what_captions_do_not():
    found = guessed('a,b,c,d\nRE-1,25.12.2025,"1.234,50",x@example.com\nRE-2,26.12.2025,"34,50",y@example.com\n')
    assert captions(found) == {"number": "a", "issued_on": "b", "email": "d"}
    assert found.map.amount is not None
    assert (found.map.amount.columns[0].caption, found.map.amount.mark) == ("c", DecimalMark.COMMA)
    assert found.map.date_order is DateOrder.DMY
    assert found.reasons["email"].why is Why.CONTENTS


def test_a_caption_whose_column_says_otherwise_is_not_believed():
    found = guessed("Invoice,Due Date,Amount,Balance\nA1,2026-01-05,open,1.50\nA2,2026-01-06,paid,2.50\n")
    assert found.map.amount is not None
    assert found.map.amount.columns[0].caption == "Balance"


def test_the_order_of_dates_is_the_one_in_which_nothing_is_due_before_it_was_issued():
    found = guessed(
        "Invoice,Invoice Date,Due Date,Amount\nA1,03/04/2026,04/03/2026,1.50\nA2,05/06/2026,06/05/2026,2.50\n"
    )
    assert found.map.date_order is DateOrder.MDY


def test_buckets_are_summed_where_no_total_is():
    found = guessed("Invoice,Date,Current,1-30,31-60,Older\nA1,2026-01-05,,1.50,,\nA2,2026-01-06,2.50,1.00,3.00,4.00\n")
    assert found.map.amount is not None
    assert found.map.amount.kind is AmountKind.SUMMED
    assert len(found.map.amount.columns) == 4


def test_a_currency_that_only_the_title_names_is_found():
    found = guessed(
        'Offene Posten,alle Beträge in EUR\nRechnung,Datum,Betrag\nA1,05.01.2026,"1,50"\nA2,06.01.2026,"2,50"\n'
    )
    assert found.map.fields[Field.CURRENCY].constant == "EUR"
    assert found.reasons["currency"].why is Why.SEEN


def test_what_a_client_confirmed_wins_while_its_captions_are_there():
    name = "sap_fbl5n_de.csv"
    confirmed = corpus.corrected_map(name)
    with corpus.opened(name) as table:
        rows = list(islice(table, 50))
        again = guess(table.columns, rows, confirmed)
        other = guess(table.columns[:-3], [replace(row, cells=row.cells[:-3]) for row in rows], confirmed)
    assert again.map == confirmed
    assert {reason.why for reason in again.reasons.values()} == {Why.REMEMBERED}
    assert other.map != confirmed


def test_a_reason_is_given_in_chinese_too():
    reason = guessed("Invoice,Date,Amount\nA1,2026-01-05,1.50\n").reasons["number"]
    with speaking("zh_Hans"):
        assert reason.text() == "该列名为“Invoice”。"


def test_a_real_history_is_accepted_as_it_is_once_a_person_said_what_it_does_not_say():
    content = IBM.read_bytes()
    shape = detect(io.BytesIO(content)).shape
    with open_table(io.BytesIO(content), shape) as table:
        proposed = guess(table.columns, list(islice(table, 200))).map
    assert proposed.filters == ()  # all of it was settled in the end: settled rows are what this file is about
    meaning = replace(
        proposed,
        fields={
            **proposed.fields,
            Field.NAME: Source(proposed.debtor.columns),
            Field.CURRENCY: Source(constant="USD"),
            Field.COUNTRY: Source(constant="US"),
        },
    )
    summary = Summary()
    cases = mapped_cases(open_table(io.BytesIO(content), shape), meaning)
    rows = list(check_rows(cases, CheckContext(CONTEXT.today), summary))
    assert len(rows) == summary.ready == 2586
    assert not cases.tally.reasons[LeftOut.TOTAL]
    by_debtor = mapped_cases(open_table(io.BytesIO(content), shape), replace(meaning, grouping=Grouping.DEBTOR))
    grouped = list(check_rows(by_debtor, CheckContext(CONTEXT.today), total := Summary()))
    assert len(grouped) == total.ready == 100
    assert total.totals["USD"].amount_minor == summary.totals["USD"].amount_minor
