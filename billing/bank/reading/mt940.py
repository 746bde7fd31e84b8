"""MT940 statements and MT942 interim reports, by the mt-940 library.

The library reads the tags; what money hangs on is seen to here: that each ``:61:`` became an entry (one without a
transaction type would be overwritten by the next), that a broken line refuses the file instead of the entry, and that
days exist.
"""

import logging
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO, Final

import mt940
from mt940.models import Transactions
from mt940.options import Options
from mt940.processors import date_fixup_pre_processor
from mt940.tags import Tag

from billing.bank.reading.faults import refuse
from billing.bank.reading.statement import (
    Form,
    ReadEntry,
    ReadLine,
    ReadStatement,
    Warned,
    compact,
    joined,
    judged,
    minor_of,
    printable,
)
from cases.intake.encoding import detect_encoding
from cases.intake.issue import FileError

logging.getLogger("mt940").setLevel(logging.CRITICAL)
"""The library would write what it cannot read into the log, and that is other people's payments."""

_BLOCK: Final = re.compile(r"^(?=:20:)", re.MULTILINE)
_ENTRY: Final = re.compile(r"^:61:", re.MULTILINE)
_ACCOUNT: Final = re.compile(r"^:25[A-Z]?:(.*)$", re.MULTILINE)
_SENDER_END: Final = "\x1a"
"""Ctrl-Z, with which old programs end a file, and which stays where files are put together."""
_SUBFIELD: Final = re.compile(r"/(EREF|MARF|CSID|NAME|IBAN|BIC|REMI|ORDP|BENM|UDTR|RTRN|PREF|TRTP|ISDT|SWOC)/")
_IBAN: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_START: Final = 4096


def looks_like_mt940(file: BinaryIO) -> bool:
    """Whether the beginning has the tags of a statement. Leaves the file at its beginning."""
    file.seek(0)
    start = file.read(_START)
    file.seek(0)
    return re.search(rb"(?:^|[\r\n\x1a])(?:\xef\xbb\xbf)?:20:", start) is not None and b":25:" in start


def read_mt940(file: BinaryIO) -> list[ReadStatement]:
    """The statements of an MT940 or MT942 file in their order.

    Raises:
        Refused: a line of it is broken, or says something that cannot be: with a code of `FAULTS`.
    """
    text = _text_of(file)
    head, *blocks = _BLOCK.split(text)
    row = head.count("\n") + 1
    statements: list[ReadStatement] = []
    for block in blocks:
        statements.append(_statement(block, row))
        row += block.count("\n")
    if not statements:
        refuse("no_statement")
    return statements


def _text_of(file: BinaryIO) -> str:
    try:
        encoding = detect_encoding(file)
    except FileError:
        refuse("bad_encoding")
    file.seek(0)
    text = file.read().decode(encoding).replace(_SENDER_END, "\n").lstrip("\ufeff")
    # A closing bracket of the SWIFT envelope ends the last block; what stands before the first tag is not read.
    return re.sub(r"\r\n?", "\n", text).replace("\n-}", "\n-")


def _keep_each(_: Transactions, __: Tag, ___: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    """Each line stays an entry of its own, also one whose transaction type is missing."""
    return {**result, "id": result.get("id") or "    "}


def _statement(block: str, row: int) -> ReadStatement:
    clamped: list[str] = []

    def clamp(transactions: Transactions, tag: Tag, found: dict[str, Any], *rest: Any) -> dict[str, Any]:
        """30 February is how some banks count interest: the library takes the month's last day, and we say so."""
        day, fixed = found.get("day"), date_fixup_pre_processor(transactions, tag, found, *rest)
        clamped.extend([str(day)] if str(fixed.get("day")) != str(day) else [])
        return fixed

    ways = Transactions.DEFAULT_PROCESSORS
    processors: dict[str, list[Callable[..., dict[str, Any]]]] = {
        "pre_statement": [clamp],
        "post_statement": [*ways["post_statement"], _keep_each],
    }
    wanted = len(_ENTRY.findall(block))
    try:
        [read] = mt940.parse_statements(block, processors=processors, options=Options.all())
    except (RuntimeError, ValueError, ArithmeticError, KeyError, TypeError):
        refuse("broken_line", row=row + _broken_at(block))
    number = "/".join(str(read.data[name]) for name in ("statement_number", "sequence_number") if read.data.get(name))
    found = [one.data for one in read.transactions if "amount" in one.data]
    if len(found) != wanted:
        refuse("lost_lines", number=number, wanted=wanted, found=len(found))
    accounts = _ACCOUNT.findall(block)
    # A bank's text under a second :25: is no account: the first one counts.
    warnings = [Warned("broken_details")] if len(accounts) > 1 else []
    warnings += [Warned("clamped_date")] if clamped else []
    return _made(read, found, number, accounts[0] if accounts else "", warnings)


def _broken_at(block: str) -> int:
    """How many lines into a block the first line stands that the library cannot read."""
    tags = [match.start() for match in re.finditer(r"^:(\d\d[A-Z]?|NS):", block, re.MULTILINE)]
    for start, end in zip(tags, [*tags[1:], len(block)], strict=True):
        try:
            mt940.parse_statements(":20:X\n:60F:C000101EUR0,\n" + block[start:end], options=Options.all())
        except (RuntimeError, ValueError, ArithmeticError, KeyError, TypeError):
            return block.count("\n", 0, start)
    return 0


def _made(
    read: Transactions, found: list[dict[str, Any]], number: str, account: str, warnings: list[Warned]
) -> ReadStatement:
    currency = str(read.currency or "")
    if not currency:
        refuse("no_currency")
    opening, opened_on = _balance(read.data, "opening", currency)
    closing, closed_on = _balance(read.data, "closing", currency)
    entries = tuple(_entry(one, currency, place) for place, one in enumerate(found, 1))
    reported_at = read.data.get("date")
    return judged(
        ReadStatement(
            form=Form.MT940,
            account=printable(account)[:40],
            number=number,
            currency=currency,
            opening_minor=opening,
            closing_minor=closing,
            from_on=min((one.booked_on for one in entries), default=opened_on or closed_on),
            to_on=closed_on or (reported_at.date() if reported_at is not None else None),
            entries=entries,
            warnings=tuple(warnings),
        )
    )


def _balance(data: Mapping[str, Any], which: str, currency: str) -> tuple[int | None, date | None]:
    said = next(
        (data[name] for kind in ("final_", "intermediate_", "") if (name := f"{kind}{which}_balance") in data), None
    )
    if said is None:
        return None, None
    if said.amount.currency != currency:
        refuse("mixed_currencies", number="", one=currency, other=said.amount.currency)
    return _minor(said.amount.amount, currency, which), date(said.date.year, said.date.month, said.date.day)


def _entry(data: Mapping[str, Any], currency: str, place: int) -> ReadEntry:
    amount = _minor(data["amount"].amount, currency, place)
    valued = data["date"]
    booked = data.get("entry_date") or valued
    code = f"{str(data['id']).strip()} {data.get('transaction_code') or ''}".strip()
    return ReadEntry(
        booked_on=date(booked.year, booked.month, booked.day),
        valued_on=date(valued.year, valued.month, valued.day),
        amount_minor=amount,
        bank_reference=printable(str(data.get("bank_reference") or ""))[:70],
        code=code[:70],
        kind=printable(str(data.get("posting_text") or ""))[:200],
        is_reversal=str(data["status"]).upper().startswith("R"),
        lines=(_line(data, amount, currency),),
    )


def _line(data: Mapping[str, Any], amount: int, currency: str) -> ReadLine:
    """What the library took apart, or the codes in slashes that Dutch banks use, or the text as it stands."""
    free = str(data.get("transaction_details") or data.get("non_swift_text") or "")
    said = _slashed(free)
    parts = {name: printable(str(data.get(name) or "")) for name in _GIVEN}
    text = parts["purpose"] or (said.get("REMI", "") if said else joined(free.split("\n")))
    extra = printable(str(data.get("extra_details") or ""))
    charges = re.search(r"/CHGS/([A-Z]{3})(\d+,\d*)", extra)
    sent = re.search(r"/OCMT/([A-Z]{3})(\d+,\d*)", extra + free)
    sent_text = f"{sent[1]} {sent[2].replace(',', '.')}" if sent and _is_other(sent, amount, currency) else ""
    given = printable(str(data.get("customer_reference") or ""))
    end_to_end = parts["end_to_end_reference"] or said.get("EREF", "") or ("" if given in _NO_REFERENCE else given)
    other = extra if _IBAN.fullmatch(extra) else ""
    return ReadLine(
        amount_minor=amount,
        counterparty_name=(parts["applicant_name"] or said.get("NAME", ""))[:140],
        counterparty_account=compact(parts["applicant_iban"] or said.get("IBAN", "") or other)[:40],
        on_behalf_of=parts["deviate_applicant"][:140],
        text=text or ("" if other else extra),
        end_to_end="" if end_to_end == "NOTPROVIDED" else end_to_end[:70],
        mandate=(parts["additional_position_reference"] or said.get("MARF", ""))[:70],
        return_reason=parts["return_debit_notes"][:35] if data.get("transaction_code") in _RETURNS else "",
        charges_minor=minor_of(charges[2].replace(",", "."), currency, "") if charges and charges[1] == currency else 0,
        instructed=sent_text,
    )


def _is_other(sent: re.Match[str], amount: int, currency: str) -> bool:
    """Whether what was sent is another currency, or more than came in."""
    return sent[1] != currency or 0 < amount < minor_of(sent[2].replace(",", ".").rstrip("."), currency, "")


_GIVEN: Final = (
    "purpose", "applicant_name", "applicant_iban", "deviate_applicant", "end_to_end_reference",
    "additional_position_reference", "return_debit_notes",
)  # fmt: skip
"""The library's names for what German banks put into the subfields of ``:86:``."""
_NO_REFERENCE: Final = frozenset({"", "NONREF", "EREF", "KREF+", "KREF", "MREF", "X"})
"""What stands for a customer's reference where there is none, or where it stands in the text."""
_RETURNS: Final = frozenset({"108", "109", "159", "181", "184"})
"""Business transaction codes of what came back: direct debits and transfers."""


def _slashed(text: str) -> dict[str, str]:
    """``/EREF/…/NAME/…/REMI/…`` by its codes; a line that is full goes on in the next without a blank."""
    if not _SUBFIELD.search(text):
        return {}
    pieces = _SUBFIELD.split(text.replace("\n", ""))
    return {name: printable(value) for name, value in zip(pieces[1::2], pieces[2::2], strict=True)}


def _minor(amount: Decimal, currency: str, entry: object) -> int:
    minor = minor_of(f"{abs(amount):f}", currency, entry)
    return -minor if amount < 0 else minor
