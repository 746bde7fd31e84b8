"""The bytes of a payment file: ISO 20022 pain.001.001.09, proved against its schema before anybody gets it.

Euros are written by a library as SEPA credit transfers. It knows no other currency, account number or clearing code, so that
these are written here, as plain credit transfers: each booked by itself, and the charges shared.
"""

from datetime import datetime
from typing import Final
from xml.etree import ElementTree

from sepaxml.transfer import SepaTransfer
from sepaxml.validation import try_valid_xml
from text_unidecode import unidecode

from billing.bank_details.account import Account
from billing.payment_files.transfers import EURO, LONGEST_TEXT, OWN_LETTERS, Payer, Plan, Transfer, clearing_of
from portal.money import decimal_string

SCHEMA: Final = "pain.001.001.09"
SPACE: Final = f"urn:iso:std:iso:20022:tech:xsd:{SCHEMA}"
UNKNOWN: Final = "NOTPROVIDED"
"""What the standard has for a bank that is not named; its own account's bank knows itself."""


def written(plan: Plan, payer: Payer, message: str, now: datetime) -> bytes:
    """The file of a plan. ``message`` names it, at most 35 letters and digits. Takes a moment: call it in a thread.

    Raises:
        sepaxml.validation.ValidationError: what was planned does not fit the schema.
    """
    if plan.currency == EURO:
        return _sepa(plan, payer)
    content = _plain(plan, payer, message, now)
    try_valid_xml(content, SCHEMA)
    return content


def _sepa(plan: Plan, payer: Payer) -> bytes:
    account = payer.account
    config = {
        "name": account.holder, "IBAN": account.iban, "currency": EURO, "batch": False,
        **({"BIC": account.bic} if account.bic else {}),
    }  # fmt: skip
    file = SepaTransfer(config, schema=SCHEMA, clean=True)
    for transfer in plan.transfers:
        to = transfer.account
        file.add_payment(
            {
                "name": to.holder, "IBAN": to.iban, "amount": transfer.amount_minor, "execution_date": plan.execution_on,
                "description": transfer.text, "endtoend_id": transfer.reference, **({"BIC": to.bic} if to.bic else {}),
            }
        )  # fmt: skip
    return bytes(file.export(validate=True))


def _plain(plan: Plan, payer: Payer, message: str, now: datetime) -> bytes:
    document = ElementTree.Element("Document", xmlns=SPACE)
    root = _in(document, "CstmrCdtTrfInitn")
    head = _in(root, "GrpHdr")
    _say(head, "MsgId", message)
    _say(head, "CreDtTm", now.strftime("%Y-%m-%dT%H:%M:%S"))
    _count(head, plan)
    holder = _name(payer.account)
    _say(head, "InitgPty/Nm", holder)
    payment = _in(root, "PmtInf")
    _say(payment, "PmtInfId", message)
    _say(payment, "PmtMtd", "TRF")
    _say(payment, "BtchBookg", "false")
    _count(payment, plan)
    _say(payment, "ReqdExctnDt/Dt", plan.execution_on.isoformat())
    _say(payment, "Dbtr/Nm", holder)
    _account(_in(payment, "DbtrAcct"), payer.account, with_currency=True)
    _bank(_in(payment, "DbtrAgt"), payer.account)
    _say(payment, "ChrgBr", "SHAR")
    for transfer in plan.transfers:
        _transfer(_in(payment, "CdtTrfTxInf"), transfer)
    return bytes(ElementTree.tostring(document, encoding="UTF-8", xml_declaration=True))


def _transfer(place: ElementTree.Element, transfer: Transfer) -> None:
    to = transfer.account
    _say(place, "PmtId/EndToEndId", transfer.reference)
    _say(place, "Amt/InstdAmt", decimal_string(transfer.amount_minor, to.currency)).set("Ccy", to.currency)
    if to.bic or clearing_of(to) is not None:
        _bank(_in(place, "CdtrAgt"), to)
    _say(place, "Cdtr/Nm", _name(to))
    _account(_in(place, "CdtrAcct"), to)
    _say(place, "RmtInf/Ustrd", _letters(transfer.text, to.currency)[:LONGEST_TEXT].strip())


def _count(place: ElementTree.Element, plan: Plan) -> None:
    _say(place, "NbOfTxs", str(len(plan.transfers)))
    _say(place, "CtrlSum", decimal_string(plan.total_minor, plan.currency))


def _account(place: ElementTree.Element, account: Account, *, with_currency: bool = False) -> None:
    if account.iban:
        _say(place, "Id/IBAN", account.iban)
    else:
        _say(place, "Id/Othr/Id", account.account_number)
    if with_currency:
        _say(place, "Ccy", account.currency)


def _bank(place: ElementTree.Element, account: Account) -> None:
    bank, member = _in(place, "FinInstnId"), clearing_of(account)
    if account.bic:
        _say(bank, "BICFI", account.bic)
    if member is not None:
        clearing = _in(bank, "ClrSysMmbId")
        _say(clearing, "ClrSysId/Cd", member[0])
        _say(clearing, "MmbId", member[1])
    if account.bank_name and not account.bic:
        _say(bank, "Nm", _letters(f"{account.bank_name} {account.branch}".strip(), account.currency))
    if not account.bic and member is None:
        _say(bank, "Othr/Id", UNKNOWN)


def _in(place: ElementTree.Element, path: str) -> ElementTree.Element:
    """A new element within another one, by its path from there."""
    for name in path.split("/"):
        place = ElementTree.SubElement(place, name)
    return place


def _say(place: ElementTree.Element, path: str, text: str) -> ElementTree.Element:
    found = _in(place, path)
    found.text = text
    return found


def _name(account: Account) -> str:
    return _letters(account.holder, account.currency)


def _letters(text: str, currency: str) -> str:
    """A text in the letters that banks of a currency read."""
    return text if currency in OWN_LETTERS else unidecode(text)
