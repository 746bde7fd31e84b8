"""What a bank says in any of its forms: statements of accounts, their entries, and the lines of each entry.

An entry is what moved the balance. It has one line, or, where the bank collected several payments into it and says
each of them, as many lines, which add up to it. Money in is positive. Amounts are minor units of the currency.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cached_property
from typing import Any

from billing.bank.reading.faults import refuse
from portal.money import LARGEST_MINOR, exponent, is_currency


class Form(StrEnum):
    """In which form a bank said it."""

    CAMT = "camt"
    """ISO 20022: camt.052, camt.053, camt.054."""
    MT940 = "mt940"
    """SWIFT MT940, or MT942 within the day."""
    TABLE = "table"
    """CSV or a spreadsheet, by a map of its columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLine:
    """One payment of an entry."""

    amount_minor: int
    counterparty_name: str = ""
    counterparty_account: str = ""
    """IBAN or number, without blanks."""
    on_behalf_of: str = ""
    """Whose debt it is, where somebody else pays."""
    text: str = ""
    creditor_reference: str = ""
    """A structured reference (RF, ISR), without blanks."""
    end_to_end: str = ""
    mandate: str = ""
    return_reason: str = ""
    charges_minor: int = 0
    """Bank charges that the line tells of, in its own currency; whether they are in the amount is the bank's custom."""
    instructed: str = ""
    """What was sent, where that was another currency: ``USD 100.00``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadEntry:
    """What moved the balance once."""

    booked_on: date
    valued_on: date | None = None
    amount_minor: int
    bank_reference: str = ""
    code: str = ""
    """The bank's kind of transaction: ``PMNT/RCDT/ESCT``, ``NTRF 166``."""
    kind: str = ""
    """The same in the bank's words: ``SEPA-ÜBERWEISUNG``."""
    is_reversal: bool = False
    lines: tuple[ReadLine, ...]


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that a person should know: a code of `WARNINGS` and what fills its sentence."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ReadStatement:
    """One statement of one account. What the bank does not say is empty or None."""

    form: Form
    account: str
    """As the bank names it: an IBAN, ``bank code/number``, or a number."""
    number: str = ""
    currency: str
    opening_minor: int | None = None
    closing_minor: int | None = None
    from_on: date | None = None
    to_on: date | None = None
    entries: tuple[ReadEntry, ...] = ()
    warnings: tuple[Warned, ...] = ()

    @property
    def lines(self) -> tuple[ReadLine, ...]:
        """The lines of all entries."""
        return tuple(line for entry in self.entries for line in entry.lines)

    @cached_property
    def net_minor(self) -> int:
        """What all entries together moved."""
        return sum(entry.amount_minor for entry in self.entries)

    @property
    def in_minor(self) -> int:
        """What came in."""
        return sum(entry.amount_minor for entry in self.entries if entry.amount_minor > 0)

    @property
    def out_minor(self) -> int:
        """What went out, negative."""
        return sum(entry.amount_minor for entry in self.entries if entry.amount_minor < 0)

    @property
    def adds_up(self) -> bool | None:
        """Whether opening and entries make the closing balance; None where the bank does not say both."""
        if self.opening_minor is None or self.closing_minor is None:
            return None
        return self.opening_minor + self.net_minor == self.closing_minor


def judged(statement: ReadStatement) -> ReadStatement:
    """The statement with its period filled in from its entries, and warned of where its balances do not prove it."""
    days = [entry.booked_on for entry in statement.entries]
    warnings = list(statement.warnings)
    if statement.adds_up is None:
        warnings.append(Warned("no_balances"))
    elif not statement.adds_up:
        assert statement.opening_minor is not None
        assert statement.closing_minor is not None
        counted = statement.opening_minor + statement.net_minor
        difference = counted - statement.closing_minor
        figures = {"counted": counted, "closing": statement.closing_minor, "difference": difference}
        warnings.append(Warned("not_adding_up", figures))
    to_on = statement.to_on or max(days, default=statement.from_on)
    from_on = statement.from_on or min(days, default=to_on)
    return replace(statement, from_on=from_on, to_on=to_on, warnings=tuple(warnings))


def minor_of(text: str, currency: str, entry: object) -> int:
    """Minor units of an unsigned decimal amount. Noughts behind the currency's decimals say nothing and are let go.

    Raises:
        Refused: it is no amount, has more decimals than the currency, or the currency is unknown.
    """
    if not is_currency(currency):
        refuse("unknown_currency", currency=currency[:10])
    plain = text.strip()
    try:
        value = Decimal(plain) if re.fullmatch(r"\d{1,20}(\.\d{0,10})?|\.\d{1,10}", plain, re.ASCII) else None
    except InvalidOperation:
        value = None
    if value is None:
        refuse("bad_amount", text=plain[:40], currency=currency, entry=entry)
    scaled = value.scaleb(exponent(currency))
    if scaled != scaled.to_integral_value():
        refuse("too_many_decimals", text=plain[:40], currency=currency, entry=entry)
    if scaled > LARGEST_MINOR:
        refuse("bad_amount", text=plain[:40], currency=currency, entry=entry)
    return int(scaled)


_WRAPPED = frozenset({27, 35, 65})
"""Widths at which banks break a text in the middle of a word."""
_LONG = 120
"""A longer piece was broken as well, wherever that was: some banks count octets to 140."""


def joined(pieces: Iterable[str]) -> str:
    """Text that came in pieces: a full piece goes on without a blank, since it was cut and not ended."""
    text, width = "", 0
    for piece in pieces:
        cut = width in _WRAPPED or width >= _LONG
        kept = re.sub(r"\s+", " ", piece)
        kept = kept.rstrip() if cut else kept.strip()
        text += ("" if not text or cut else " ") + kept
        width = len(piece)
    return printable(text)


def printable(text: str) -> str:
    """A text in one line, without characters that cannot be kept or shown."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def compact(number: str) -> str:
    """An account's number or a reference without blanks and marks, in capitals."""
    return re.sub(r"[^0-9A-Za-z]", "", number).upper()
