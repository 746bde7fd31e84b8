"""ISO 20022 statements: camt.052, camt.053 and camt.054 in any version, with or without their namespace.

The file is parsed as it is read, entry by entry. Definitions of its own (a DOCTYPE) refuse it before its first
element: without them there are no entities to expand. A file that breaks its own schema, as many real ones do, is read
as far as it says something.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import BinaryIO, Final, NoReturn
from xml.etree.ElementTree import Element, ParseError, iterparse
from xml.parsers import expat

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

STATEMENTS: Final = frozenset({"Stmt", "Rpt", "Ntfctn"})
MOST_ELEMENTS: Final = 1_000_000
"""So many elements may be held at once: an entry of ten thousand payments has half of that."""
_CHUNK: Final = 64 * 1024


class _Found(Exception):
    """The first element begins."""


def root_of(file: BinaryIO) -> str:
    """The name of the file's first element, without its namespace; empty where it is no XML. Leaves it at its beginning.

    Raises:
        Refused: it brings definitions of its own.
    """
    file.seek(0)
    parser = expat.ParserCreate()
    found: list[str] = []

    def doctype(*_: object) -> NoReturn:
        refuse("has_doctype")

    def start(name: str, _: object) -> None:
        found.append(name.rpartition(":")[2])
        raise _Found

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = start
    try:
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk)
    except _Found:
        return found[0]
    except (expat.ExpatError, ValueError):
        return ""
    finally:
        file.seek(0)
    return ""


def read_camt(file: BinaryIO) -> list[ReadStatement]:
    """The statements of a camt file in their order.

    Raises:
        Refused: it is broken, or says something that cannot be: with a code of `FAULTS`.
    """
    root_of(file)
    statements: list[ReadStatement] = []
    open_one = _Open()
    try:
        for inside, element in _elements(file):
            if inside is not None:
                _take(open_one, element, inside)
            else:
                statements.append(_statement(element, open_one))
                open_one = _Open()
    except ParseError as error:
        refuse("broken_xml", row=error.position[0])
    if not statements:
        refuse("no_statement")
    return statements


@dataclass(slots=True)
class _Open:
    """What was read of a statement that has not ended."""

    currency: str = ""
    entries: list[ReadEntry] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)
    waiting: int = 0


def _elements(file: BinaryIO) -> Iterator[tuple[Element | None, Element]]:
    """Each entry with the statement it stands in, and each statement (with None) at its end. Entries are let go."""
    way: list[Element] = []
    held = 0
    for event, element in iterparse(file, events=("start", "end")):  # noqa: S314 - see the head of this file
        if event == "start":
            held += 1
            if held > MOST_ELEMENTS:
                refuse("too_deep")
            element.tag = element.tag.rpartition("}")[2]
            way.append(element)
            continue
        way.pop()
        parent = way[-1] if way else None
        if element.tag == "Ntry" and parent is not None and parent.tag in STATEMENTS:
            yield parent, element
            parent.remove(element)
            held = len(way) + len(parent)
        elif element.tag in STATEMENTS and len(way) == 2:
            yield None, element
            element.clear()


def _statement(element: Element, read: _Open) -> ReadStatement:
    balances = {_text(one, "Tp/CdOrPrtry/Cd"): one for one in element.iterfind("Bal")}
    opening = balances.get("OPBD", balances.get("PRCD"))
    closing = balances.get("CLBD")
    number = _text(element, "LglSeqNb") or _text(element, "ElctrncSeqNb") or _text(element, "Id")
    currency = read.currency or _currency_of(element)
    if not currency:
        refuse("no_currency")
    others = {_amount_currency(one) for one in (opening, closing) if one is not None} - {currency}
    if others:
        refuse("mixed_currencies", number=number, one=currency, other=others.pop())
    if read.waiting:
        read.warnings.append(Warned("not_booked", {"count": read.waiting}))
    closed_on = _day(closing.find("Dt"), "Dt", "DtTm", entry=number) if closing is not None else None
    to_on = closed_on or _day(element.find("FrToDt"), "ToDt", "ToDtTm", entry=number)
    return judged(
        ReadStatement(
            form=Form.CAMT,
            account=compact(_text(element, "Acct/Id/IBAN") or _text(element, "Acct/Id/Othr/Id"))[:40],
            number=printable(number)[:40],
            currency=currency,
            opening_minor=_balance(opening, currency),
            closing_minor=_balance(closing, currency),
            from_on=_day(element.find("FrToDt"), "FrDt", "FrDtTm", entry=number),
            to_on=to_on,
            entries=_dated(read.entries, to_on),
            warnings=tuple(read.warnings),
        )
    )


def _dated(entries: list[ReadEntry], to_on: date | None) -> tuple[ReadEntry, ...]:
    """Entries without a day of their own were booked on the statement's."""
    for place, entry in enumerate(entries, 1):
        if entry.booked_on == date.min and to_on is None:
            refuse("no_date", entry=place)
    return tuple(replace(one, booked_on=to_on) if to_on and one.booked_on == date.min else one for one in entries)


def _currency_of(element: Element) -> str:
    """The account's currency: as it says, else as its balances do."""
    balance = element.find("Bal/Amt")
    return _text(element, "Acct/Ccy") or (balance.get("Ccy", "") if balance is not None else "")


def _take(read: _Open, element: Element, statement: Element) -> None:
    """Take in an entry. What the bank has not booked yet only counts."""
    place = len(read.entries) + 1
    if (_text(element, "Sts/Cd") or _text(element, "Sts") or "BOOK") != "BOOK":
        read.waiting += 1
        return
    said = _amount_currency(element)
    read.currency = read.currency or _currency_of(statement) or said
    currency = read.currency
    if said and said != currency:
        refuse("mixed_currencies", number=_text(statement, "Id"), one=currency, other=said)
    amount = _signed(element, minor_of(_text(element, "Amt"), currency, place))
    details = list(element.iterfind("NtryDtls/TxDtls"))
    lines, warned = _lines(element, details, amount, currency, place)
    read.warnings += warned
    reference = _text(element, "AcctSvcrRef") or (_text(details[0], "Refs/AcctSvcrRef") if len(details) == 1 else "")
    booked_on = _day(element.find("BookgDt"), "Dt", "DtTm", entry=place)
    valued_on = _day(element.find("ValDt"), "Dt", "DtTm", entry=place)
    read.entries.append(
        ReadEntry(
            booked_on=booked_on or valued_on or date.min, valued_on=valued_on, amount_minor=amount,
            bank_reference=printable(reference)[:70], code=_code(element, details)[:70],
            kind=joined([_text(element, "AddtlNtryInf")])[:200],
            is_reversal=_text(element, "RvslInd") == "true", lines=lines,
        )
    )  # fmt: skip


def _lines(
    element: Element, details: list[Element], amount: int, currency: str, place: int
) -> tuple[tuple[ReadLine, ...], list[Warned]]:
    """A line for each payment that the entry is made of, where they add up to it; otherwise one for all."""
    if len(details) <= 1:
        line = _line(element, details[0] if details else element, amount, currency)
        return (replace(line, charges_minor=line.charges_minor or _charges(element, currency)),), []
    for amounts in _amounts_of(details, amount, currency, place):
        if sum(amounts) == amount:
            pairs = zip(details, amounts, strict=True)
            return tuple(_line(element, detail, part, currency) for detail, part in pairs), []
    text = joined([_text(element, "AddtlNtryInf")]) or _text(element, "NtryDtls/Btch/PmtInfId")
    return (ReadLine(amount_minor=amount, text=text),), [Warned("batch_differs", {"amount": amount})]


def _amounts_of(details: list[Element], amount: int, currency: str, place: int) -> Iterator[list[int]]:
    """What the details may amount to: with the signs they say, and all with the entry's."""
    found: list[tuple[int, str]] = []
    for detail in details:
        said = next(
            (
                one
                for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt")
                if (one := detail.find(path)) is not None
            ),
            None,
        )
        if said is None or said.get("Ccy", currency) != currency:
            return
        found.append((minor_of(said.text or "", currency, place), _text(detail, "CdtDbtInd")))
    own = 1 if amount >= 0 else -1
    yield [minor * {"CRDT": 1, "DBIT": -1}.get(sign, own) for minor, sign in found]
    yield [minor * own for minor, _ in found]


def _line(element: Element, detail: Element, amount: int, currency: str) -> ReadLine:
    """One payment. ``detail`` is the entry itself where the bank says nothing of its payments."""
    reason = _text(detail, "RtrInf/Rsn/Cd") or _text(detail, "RtrInf/Rsn/Prtry")
    # In what goes back, payer and payee keep the parts that they had in the payment.
    back = _text(element, "RvslInd") == "true" or detail.find("RtrInf") is not None
    side, other = ("Dbtr", "Cdtr") if (amount >= 0) != back else ("Cdtr", "Dbtr")
    parties = detail.find("RltdPties")
    if not _name(parties, side) and _name(parties, other) and back:
        side = other
    added = [one for one in _texts(detail, "RmtInf/Strd/AddtlRmtInf") if not one.startswith("?")]  # ?REJECT?0
    text = joined(_texts(detail, "RmtInf/Ustrd")) or joined(added)
    end_to_end = _text(detail, "Refs/EndToEndId")
    return ReadLine(
        amount_minor=amount,
        counterparty_name=_name(parties, side)[:140],
        counterparty_account=_account(parties, f"{side}Acct"),
        on_behalf_of=_name(parties, f"Ultmt{side}")[:140],
        text=text or joined([_text(detail, "AddtlTxInf")]) or joined([_text(element, "AddtlNtryInf")]),
        creditor_reference=compact(_text(detail, "RmtInf/Strd/CdtrRefInf/Ref"))[:40],
        end_to_end="" if end_to_end == "NOTPROVIDED" else printable(end_to_end)[:70],
        mandate=printable(_text(detail, "Refs/MndtId"))[:70],
        return_reason=printable(reason)[:35],
        charges_minor=_charges(detail, currency),
        instructed=_instructed(detail, amount, currency),
    )


def _charges(detail: Element, currency: str) -> int:
    total = detail.find("Chrgs/TtlChrgsAndTaxAmt")
    said = [total] if total is not None else [*detail.iterfind("Chrgs/Rcrd/Amt"), *detail.iterfind("Chrgs/Amt")]
    return sum(minor_of(one.text or "", currency, "") for one in said if one.get("Ccy", currency) == currency)


def _instructed(detail: Element, amount: int, currency: str) -> str:
    """What was sent, where that is another currency, or more than arrived."""
    for path in ("AmtDtls/InstdAmt/Amt", "AmtDtls/TxAmt/Amt"):
        said = detail.find(path)
        if said is None or (said.get("Ccy", currency) == currency and not _is_more(said.text or "", amount, currency)):
            continue
        return printable(f"{said.get('Ccy', currency)} {said.text or ''}")[:40]
    return ""


def _is_more(text: str, amount: int, currency: str) -> bool:
    """Whether an amount is more than what came in with a line."""
    return 0 < amount < minor_of(text, currency, "")


def _code(element: Element, details: list[Element]) -> str:
    for one in (element, *details[:1]):
        code = one.find("BkTxCd")
        if code is None:
            continue
        parts = [_text(code, path) for path in ("Domn/Cd", "Domn/Fmly/Cd", "Domn/Fmly/SubFmlyCd")]
        if said := "/".join(filter(None, parts)) or _text(code, "Prtry/Cd"):
            return printable(said)
    return ""


def _name(parties: Element | None, side: str) -> str:
    if parties is None:
        return ""
    name = printable(_text(parties, f"{side}/Nm") or _text(parties, f"{side}/Pty/Nm"))
    return "" if name == "keine Information vorhanden" else name


def _account(parties: Element | None, side: str) -> str:
    if parties is None:
        return ""
    return compact(_text(parties, f"{side}/Id/IBAN") or _text(parties, f"{side}/Id/Othr/Id"))[:40]


def _balance(element: Element | None, currency: str) -> int | None:
    return None if element is None else _signed(element, minor_of(_text(element, "Amt"), currency, 0))


def _amount_currency(element: Element) -> str:
    amount = element.find("Amt")
    return "" if amount is None else amount.get("Ccy", "").strip()


def _signed(element: Element, minor: int) -> int:
    return -minor if _text(element, "CdtDbtInd") == "DBIT" else minor


def _day(element: Element | None, *paths: str, entry: object) -> date | None:
    """The day of a date, or of a moment as it is written.

    Raises:
        Refused: there is no such day.
    """
    if element is None:
        return None
    text = next((said for path in paths if (said := _text(element, path))), "")
    if not text:
        return None
    match = re.match(r"\d{4}-\d{2}-\d{2}", text, re.ASCII)
    try:
        return date.fromisoformat(match[0]) if match else refuse("bad_date", text=text[:40], entry=entry)
    except ValueError:
        refuse("bad_date", text=text[:40], entry=entry)


def _text(element: Element, path: str) -> str:
    found = element.find(path)
    return (found.text or "").strip() if found is not None else ""


def _texts(element: Element, path: str) -> list[str]:
    return [(one.text or "").strip("\r\n\t") for one in element.iterfind(path)]
