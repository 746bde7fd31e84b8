"""A payment file in any currency is valid, carries each amount in the currency's digits, and who cannot be paid is told why."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from uuid import uuid4
from xml.etree import ElementTree

import pytest
import xmlschema

from billing.bank_details.account import Account
from billing.payment_files.transfers import Payer, Plan, Transfer, can_pay, why_not
from billing.payment_files.writing import written

SCHEMA = Path(__file__).parents[2] / "data" / "bank" / "xsd" / "pain.001.001.09.xsd"
SPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
SORTED = Account(
    currency="GBP", holder="Élan & Söhne Ltd", account_number="12345678", bank_code="202015", bank_name="Bank"
)
IBAN = Account(currency="GBP", holder="K. Weber", iban="GB33BUKB20201555555555")
ROUTED = Account(currency="USD", holder="Acme Inc", account_number="000123456", bank_code="021000021", bank_name="Bank")
CNAPS = Account(
    currency="CNY", holder="苏州兰亭轴承有限公司", account_number="622202100111", bank_code="102100099996",
    bank_name="工商银行", branch="苏州分行",
)  # fmt: skip
YEN = Account(currency="JPY", holder="Tanaka KK", account_number="1234567", bic="BOTKJPJT", bank_name="Bank")
DINAR = Account(currency="KWD", holder="Al Salam", iban="KW81CBKU0000000000001234560101")


def text(root: ElementTree.Element, path: str) -> list[str | None]:
    return [one.text for one in root.iterfind(f".//{path}", SPACE)]


@pytest.mark.parametrize(
    ("account", "amount", "code", "member"),
    [
        (SORTED, "123.45", "GBDSC", "202015"), (ROUTED, "123.45", "USABA", "021000021"),
        (CNAPS, "123.45", "CNAPS", "102100099996"), (YEN, "12345", None, None), (DINAR, "12.345", None, None),
    ],
)  # fmt: skip
def test_a_transfer_outside_sepa_names_account_and_bank_as_they_are_named_at_home(
    account: Account, amount: str, code: str | None, member: str | None
) -> None:
    payer = Payer(uuid4(), "Trust", replace(account, holder="Nordkai"))
    transfer = Transfer(account=account, amount_minor=12_345, text="R0ABC 2026-00001 Nordkai", reference="R0ABC")
    plan = Plan(
        currency=account.currency, payer=payer, transfers=[transfer], by_hand=[], execution_on=date(2026, 11, 27)
    )
    content = written(plan, payer, uuid4().hex, datetime(2026, 11, 27, 12))
    xmlschema.XMLSchema(SCHEMA).validate(content.decode())
    root = ElementTree.fromstring(content)
    [paid] = root.iterfind(".//p:InstdAmt", SPACE)
    assert (paid.get("Ccy"), paid.text, text(root, "p:CtrlSum")) == (account.currency, amount, [amount, amount])
    assert text(root, "p:CdtTrfTxInf//p:EndToEndId") == ["R0ABC"] and text(root, "p:ReqdExctnDt/p:Dt") == ["2026-11-27"]
    assert not text(root, "p:SvcLvl/p:Cd"), "no scheme is claimed"
    assert text(root, "p:CdtrAgt//p:ClrSysId/p:Cd") == ([code] if code else [])
    assert text(root, "p:CdtrAgt//p:MmbId") == ([member] if member else [])
    number = "p:CdtrAcct/p:Id/p:IBAN" if account.iban else "p:CdtrAcct/p:Id/p:Othr/p:Id"
    assert text(root, number) == [account.iban or account.account_number]
    [name] = text(root, "p:Cdtr/p:Nm")
    assert name == (account.holder if account is not SORTED else "Elan & Sohne Ltd")


def test_who_cannot_be_paid_by_a_file_is_told_why() -> None:
    for account in (SORTED, IBAN, ROUTED, CNAPS, YEN, DINAR):
        assert why_not(account) is None and can_pay(account)
    for account, why in (
        (replace(SORTED, bank_code="2020"), "Its bank is named neither"),
        (replace(ROUTED, bank_code="021000022"), "Its bank is named neither"),
        (replace(CNAPS, currency="USD"), "Its bank is named neither"),
        (replace(IBAN, holder="苏州兰亭"), "Its name cannot be written"),
        (replace(DINAR, currency="EUR"), "Its account takes no SEPA transfer"),
        (replace(SORTED, currency="EUR"), "Its account takes no SEPA transfer"),
    ):
        told = why_not(account)
        assert told is not None and told.startswith(why), (account, told)
    assert not can_pay(replace(SORTED, currency="EUR")) and not can_pay(replace(SORTED, bank_code=""))
