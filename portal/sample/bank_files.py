"""What a bank would send: statements as camt.053, or as the table that an online bank gives."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from billing.bank.reading.statement import ReadEntry, ReadStatement
from portal.money import decimal_string

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
CAPTIONS: Final = {
    "en": ("Booking date", "Counterparty", "Counterparty IBAN", "Description", "Transaction ID", "Amount", "Balance"),
    "zh-Hans": ("交易日期", "对方户名", "对方账号", "摘要", "交易流水号", "交易金额", "账户余额"),
}


def as_camt(statements: Sequence[ReadStatement]) -> bytes:
    """Statements of several accounts as one camt.053."""
    document = Element("Document", xmlns=NAMESPACE)
    message = SubElement(document, "BkToCstmrStmt")
    for statement in statements:
        _statement(SubElement(message, "Stmt"), statement)
    return bytes(tostring(document, encoding="utf-8", xml_declaration=True))


def _statement(element: Element, statement: ReadStatement) -> None:
    assert statement.from_on is not None and statement.to_on is not None
    _say(element, "Id", f"{statement.account[-4:]}-{statement.number}")
    _say(element, "ElctrncSeqNb", statement.number)
    _say(element, "FrToDt/FrDtTm", f"{statement.from_on}T00:00:00")
    _say(element, "FrToDt/ToDtTm", f"{statement.to_on}T23:59:59")
    _say(element, "Acct/Id/IBAN" if statement.account[:2].isalpha() else "Acct/Id/Othr/Id", statement.account)
    _say(element, "Acct/Ccy", statement.currency)
    _balance(element, "OPBD", statement.opening_minor or 0, statement.from_on, statement.currency)
    _balance(element, "CLBD", statement.closing_minor or 0, statement.to_on, statement.currency)
    for entry in statement.entries:
        _entry(SubElement(element, "Ntry"), entry, statement.currency)


def _balance(element: Element, code: str, minor: int, on: date, currency: str) -> None:
    balance = SubElement(element, "Bal")
    _say(balance, "Tp/CdOrPrtry/Cd", code)
    _amount(balance, minor, currency)
    _say(balance, "Dt/Dt", on.isoformat())


def _entry(element: Element, entry: ReadEntry, currency: str) -> None:
    [line] = entry.lines
    _amount(element, entry.amount_minor, currency)
    _say(element, "Sts/Cd", "BOOK")
    _say(element, "BookgDt/Dt", entry.booked_on.isoformat())
    _say(element, "ValDt/Dt", entry.booked_on.isoformat())
    _say(element, "AcctSvcrRef", entry.bank_reference)
    for path, code in zip(("Cd", "Fmly/Cd", "Fmly/SubFmlyCd"), entry.code.split("/"), strict=True):
        _say(element, f"BkTxCd/Domn/{path}", code)
    details = SubElement(SubElement(element, "NtryDtls"), "TxDtls")
    # In what goes back, payer and payee keep the parts that they had in the payment.
    side = "Dbtr" if (entry.amount_minor >= 0) != bool(line.return_reason) else "Cdtr"
    _say(details, "Refs/EndToEndId", line.end_to_end or "NOTPROVIDED")
    _say(details, f"RltdPties/{side}/Pty/Nm", line.counterparty_name)
    _say(details, f"RltdPties/{side}Acct/Id/Othr/Id", line.counterparty_account)
    _say(details, "RmtInf/Ustrd", line.text)
    _say(details, "RtrInf/Rsn/Cd", line.return_reason)


def _amount(element: Element, minor: int, currency: str) -> None:
    SubElement(element, "Amt", Ccy=currency).text = decimal_string(abs(minor), currency)
    _say(element, "CdtDbtInd", "DBIT" if minor < 0 else "CRDT")


def _say(element: Element, path: str, text: str) -> None:
    """Put a text at a path below an element, on which the last elements of each name are gone on with; nothing if empty."""
    if not text:
        return
    *way, last = path.split("/")
    for name in way:
        found = element.findall(name)
        element = found[-1] if found else SubElement(element, name)
    SubElement(element, last).text = text


def as_table(statement: ReadStatement, language: str) -> bytes:
    """A statement as a table with a balance in each row."""
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\r\n")
    rows.writerow(CAPTIONS[language])
    balance = statement.opening_minor or 0
    for entry in statement.entries:
        [line] = entry.lines
        balance += entry.amount_minor
        amounts = [decimal_string(minor, statement.currency) for minor in (entry.amount_minor, balance)]
        said = (line.counterparty_name, line.counterparty_account, line.text, entry.bank_reference)
        rows.writerow([entry.booked_on.isoformat(), *said, *amounts])
    return file.getvalue().encode("utf-8-sig")
