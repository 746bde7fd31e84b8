"""Files of many banks are read to the figures that were counted apart from our readers, or refused with the reason."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from billing.bank.reading.columns import TableMap, propose
from billing.bank.reading.read import check_size, form_of, read_file
from billing.bank.reading.statement import Form, ReadStatement
from portal.errors import Refused

FILES = Path(__file__).parents[2] / "data" / "bank"
MANIFEST: dict[str, dict[str, Any]] = {
    one["file"]: one for one in json.loads((FILES / "manifest.json").read_text(encoding="utf-8"))["files"]
}


def read(name: str, currency: str = "CHF") -> list[ReadStatement]:
    """A file of the collection; a table as it is proposed."""
    with (FILES / name).open("rb") as file:
        table = propose(file).table if form_of(file) is Form.TABLE else None
        return read_file(file, table, currency)


def refusal(content: bytes) -> Refused:
    with pytest.raises(Refused) as refused:
        read_file(BytesIO(content))
    return refused.value


def minor(text: str | None) -> int | None:
    return None if text is None else int(Decimal(text) * 100)


def said(wanted: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    for one in wanted["statements"]:
        net = minor(one.get("net", one.get("net_of_booked")))
        backs = one.get("reversals", one.get("reversal_entries", 0))
        yield (one["account"], one["entries"], net, minor(one.get("opening")), minor(one.get("closing")),
               one["balance_check"], backs)  # fmt: skip


@pytest.mark.parametrize("name", sorted(name for name, one in MANIFEST.items() if "statements" in one))
def test_every_statement_is_read_to_its_entries_net_and_balances(name: str) -> None:
    found = [
        (one.account, len(one.entries), one.net_minor, one.opening_minor, one.closing_minor, one.adds_up,
         sum(entry.is_reversal for entry in one.entries))
        for one in read(name)
    ]  # fmt: skip
    assert found == list(said(MANIFEST[name]))


@pytest.mark.parametrize("name", sorted(name for name, one in MANIFEST.items() if one["format"] == "CSV"))
def test_every_table_is_read_to_its_rows_and_net(name: str) -> None:
    [statement] = read(name)
    assert (len(statement.entries), statement.net_minor) == (
        MANIFEST[name]["rows_with_amount"],
        minor(MANIFEST[name]["net"]),
    )
    assert statement.adds_up in (True, None)


def test_lines_of_every_entry_add_up_to_it() -> None:
    for name in MANIFEST:
        for statement in read(name):
            for entry in statement.entries:
                assert sum(line.amount_minor for line in entry.lines) == entry.amount_minor, name


def test_a_collective_entry_becomes_a_line_for_each_payment_that_the_bank_says() -> None:
    [statement] = read("camt053_v02_nl_abnamro.xml")
    assert [len(entry.lines) for entry in statement.entries] == [1, 1, 1, 10, 1, 1, 2, 1, 1, 7, 1, 1, 1]


def test_twins_give_the_same_entries() -> None:
    [camt], [swift] = read("synthetic_camt053_v08_de.xml"), read("synthetic_mt940_de_twin.sta")
    for one, other in zip(camt.entries, swift.entries, strict=True):
        assert (one.booked_on, one.amount_minor, one.bank_reference, one.is_reversal) == (
            *(other.booked_on, other.amount_minor, other.bank_reference, other.is_reversal),
        )
        if len(one.lines) == len(other.lines) == 1:
            assert one.lines[0].counterparty_account == other.lines[0].counterparty_account
            assert one.lines[0].charges_minor == other.lines[0].charges_minor
    assert (camt.opening_minor, camt.closing_minor) == (swift.opening_minor, swift.closing_minor)


def test_a_payment_says_who_paid_for_whom_and_what_came_back() -> None:
    [statement] = read("synthetic_camt053_v08_de.xml")
    returned, foreign, last = (statement.entries[place].lines[0] for place in (2, 5, 7))
    assert (returned.counterparty_name, returned.return_reason, returned.charges_minor) == ("Zoë Čapková", "AC04", 250)
    assert returned.end_to_end == "E2E-2026-003999-2"
    assert foreign.instructed == "USD 100.00"
    assert (last.counterparty_name, last.on_behalf_of) == ("Ann-Marie Großkopf", "Max Großkopf")
    assert "Ihr Schreiben vom 12.09.2026" in last.text  # the bank broke the word in two
    assert [line.creditor_reference for line in statement.entries[1].lines] == [
        *("RF342026004801", "RF072026004802", "RF772026004803"),
    ]


ARRIVED_SHORT = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>1</Id>
<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Ntry><Amt Ccy="EUR">985.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-23</Dt></BookgDt>
<Chrgs><TtlChrgsAndTaxAmt Ccy="EUR">15.00</TtlChrgsAndTaxAmt></Chrgs>
<NtryDtls><TxDtls><AmtDtls>{said}</AmtDtls></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"""


@pytest.mark.parametrize(
    ("said", "instructed"),
    [
        ('<InstdAmt><Amt Ccy="EUR">1000.00</Amt></InstdAmt>', "EUR 1000.00"),
        ('<TxAmt><Amt Ccy="EUR">1000.00</Amt></TxAmt>', "EUR 1000.00"),
        ('<InstdAmt><Amt Ccy="EUR">985.00</Amt></InstdAmt><TxAmt><Amt Ccy="EUR">985.00</Amt></TxAmt>', ""),
        ('<InstdAmt><Amt Ccy="USD">1100.00</Amt></InstdAmt>', "USD 1100.00"),
    ],
)
def test_what_was_sent_is_kept_where_less_of_it_arrived(said: str, instructed: str) -> None:
    [statement] = read_file(BytesIO(ARRIVED_SHORT.format(said=said).encode()))
    [line] = statement.entries[0].lines
    assert (line.amount_minor, line.charges_minor, line.instructed) == (985_00, 15_00, instructed)


def test_what_was_sent_stands_in_a_swift_statement_as_well() -> None:
    text = (
        ":20:1\n:25:DE89370400440532013000\n:28C:1\n:60F:C261122EUR0,00\n"
        ":61:2611231123C985,00NTRFNONREF//4711\n/OCMT/EUR1000,00/CHGS/EUR15,00/\n:86:RECHNUNG 4711\n:62F:C261123EUR985,00\n"
    )
    [statement] = read_file(BytesIO(text.encode()))
    [line] = statement.entries[0].lines
    assert (line.amount_minor, line.charges_minor, line.instructed) == (985_00, 15_00, "EUR 1000.00")


def test_a_list_from_the_newest_to_the_oldest_is_put_in_order_and_gives_its_balances() -> None:
    [statement] = read("csv_ch_ubs_de.csv")
    assert [entry.amount_minor for entry in statement.entries] == [116750, -1395]
    assert (statement.account, statement.opening_minor, statement.closing_minor) == (
        *("CH090000211110233004C", 10798261, 10913616),
    )


def test_a_map_of_columns_is_kept_and_read_again() -> None:
    with (FILES / "csv_at_hypo_vorarlberg.csv").open("rb") as file:
        table = propose(file).table
    assert TableMap.of(json.loads(json.dumps(table.kept()))) == table


def test_chinese_captions_and_an_indicator_are_understood() -> None:
    content = '交易日期,借贷标志,交易金额,余额,对方户名,对方账号,摘要\n2026-11-02,贷,"1,200.00","1,200.00",上海贸易,6222020200001234567,货款\n2026-11-03,借,15.00,"1,185.00",银行,,手续费\n'
    file = BytesIO(content.encode("gb18030"))
    [statement] = read_file(file, propose(file).table, "CNY")
    assert [entry.amount_minor for entry in statement.entries] == [120000, -1500]
    assert statement.entries[0].lines[0].counterparty_name == "上海贸易"
    assert statement.adds_up


def table_of(rows: str) -> list[ReadStatement]:
    file = BytesIO(f"Date;Name;Amount;Balance\n{rows}".encode())
    return read_file(file, propose(file).table, "EUR")


def test_a_payer_called_like_a_total_is_no_total() -> None:
    [statement] = table_of("02.11.2026;Total Energies SE;100,00;100,00\nTotal;;100,00;\n")
    assert [entry.amount_minor for entry in statement.entries] == [10000]


def test_rows_that_say_no_amount_are_told_and_a_row_out_of_its_columns_refuses_the_table() -> None:
    [statement] = table_of("02.11.2026;A;100,00;100,00\n03.11.2026;B;;100,00\n")
    assert [(one.code, one.params) for one in statement.warnings] == [("rows_left_out", {"count": 1})]
    with pytest.raises(Refused) as refused:
        table_of("02.11.2026;A; B;100,00;100,00\n")
    assert refused.value.code == "ragged_row"


CAMT = """<?xml version="1.0"?><Document><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id>
<Ccy>{currency}</Ccy></Acct>{entries}</Stmt></BkToCstmrStmt></Document>"""
ENTRY = """<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>{status}</Sts>
<BookgDt><Dt>{day}</Dt></BookgDt></Ntry>"""


def camt(
    amount: str = "1.00", currency: str = "EUR", day: str = "2026-11-02", status: str = "BOOK", own: str = ""
) -> bytes:
    entry = ENTRY.format(amount=amount, currency=currency, day=day, status=status)
    return CAMT.format(currency=own or currency, entries=entry).encode()


@pytest.mark.parametrize(
    ("amount", "currency", "wanted"), [("1500", "JPY", 1500), ("1.250", "KWD", 1250), ("1.25000", "EUR", 125)]
)
def test_amounts_have_the_decimals_of_their_currency(amount: str, currency: str, wanted: int) -> None:
    assert read_file(BytesIO(camt(amount, currency)))[0].net_minor == wanted


MT940 = ":20:X\n:25:1\n:28C:1\n:60F:C260101EUR1,00\n:61:{line}\n:62F:C260110EUR6,00\n"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"%PDF-1.7 nothing of a bank", "unknown_format"),
        (b'{"not": "a statement"}', "unknown_format"),
        (b"<html><body>Please log in</body></html>", "unknown_format"),
        (b'<!DOCTYPE D [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><Document>&b;</Document>', "has_doctype"),
        (b'<!DOCTYPE D SYSTEM "file:///etc/passwd"><Document/>', "has_doctype"),
        (b"<Document/>", "no_statement"),
        (camt()[:-40], "broken_xml"),
        (camt("1.234"), "too_many_decimals"),
        (camt("1.5", "JPY"), "too_many_decimals"),
        (camt("one"), "bad_amount"),
        (camt("1", "XXX"), "unknown_currency"),
        (camt(day="2026-02-30"), "bad_date"),
        (camt(day="soon"), "bad_date"),
        (camt(currency="USD", own="EUR"), "mixed_currencies"),
        (MT940.format(line="2601100230C5,00NTRFNONREF").encode(), "broken_line"),
        (MT940.format(line="garbage").encode(), "broken_line"),
        (MT940.format(line="2601100110C5,005NTRFNONREF").encode(), "too_many_decimals"),
    ],
)  # fmt: skip
def test_what_is_broken_is_refused_with_its_reason(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        file = BytesIO(content)
        read_file(file, propose(file).table if form_of(file) is Form.TABLE else None)
    assert (refused.value.code, refused.value.field) == (code, "files")


def test_a_broken_line_is_named_by_its_place_in_the_file() -> None:
    assert refusal(MT940.format(line="garbage").encode()).params == {"row": 5}


def test_a_line_without_a_transaction_type_is_not_overwritten_by_the_next() -> None:
    both = "2601100110C2,00 NTRFNONREF\n:86:one\n:61:2601100110C3,00NTRFNONREF\n:86:two"
    [statement] = read_file(BytesIO(MT940.format(line=both).encode()))
    assert [entry.amount_minor for entry in statement.entries] == [200, 300]


def test_a_value_date_of_the_thirtieth_of_february_is_taken_and_told() -> None:
    [statement] = read_file(BytesIO(MT940.format(line="2602300201C5,00NTRFNONREF").encode()))
    assert statement.entries[0].valued_on == date(2026, 2, 28)
    assert [one.code for one in statement.warnings] == ["clamped_date"]


def test_what_the_bank_has_not_booked_is_left_out_and_told() -> None:
    [statement] = read_file(BytesIO(camt(status="PDNG")))
    assert (statement.entries, [one.code for one in statement.warnings]) == ((), ["not_booked", "no_balances"])


def test_a_mark_at_the_beginning_and_a_ctrl_z_change_nothing() -> None:
    plain = (FILES / "synthetic_mt940_de_twin.sta").read_bytes()
    assert read_file(BytesIO(b"\xef\xbb\xbf" + plain + b"\x1a")) == read("synthetic_mt940_de_twin.sta")
    xml = (FILES / "synthetic_camt053_v08_de.xml").read_bytes()
    assert read_file(BytesIO(b"\xef\xbb\xbf" + xml)) == read("synthetic_camt053_v08_de.xml")


def test_an_xml_file_of_nothing_but_elements_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("billing.bank.reading.camt.MOST_ELEMENTS", 1000)
    assert refusal(b"<Document>" + b"<a/>" * 2000 + b"</Document>").code == "too_deep"


@pytest.mark.parametrize(("size", "code"), [(0, "empty_file"), (1024 * 1024 + 1, "too_large")])
def test_a_file_is_measured_before_it_is_opened(size: int, code: str) -> None:
    with pytest.raises(Refused) as refused:
        check_size(size, 1)
    assert refused.value.code == code
