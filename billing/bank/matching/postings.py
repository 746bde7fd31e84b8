"""The journals of lines that stand for something by themselves, as the money rules book them, and of what is booked by hand
where no line tells of it. Pure.
"""

from typing import Protocol
from uuid import UUID

from billing.bank.matching.candidates import Line
from portal.ledger.journal import Line as Posting
from portal.ledger.journal import cr, dr
from portal.ledger.tables import Book

_T, _O = Book.TRUST, Book.OPERATING


class Moved(Protocol):
    """What moved on an account of the agency, in minor units as the account has it: in is positive."""

    @property
    def book(self) -> str:
        """Whose money the account holds."""

    @property
    def bank_account_id(self) -> UUID:
        """The account."""

    @property
    def currency(self) -> str:
        """Of the account."""

    @property
    def amount_minor(self) -> int:
        """Signed."""


def charged(line: Moved) -> list[Posting]:
    """The bank took it: from the clients' money, which the agency makes good (event 17), or from its own."""
    minor, currency, account = -line.amount_minor, line.currency, line.bank_account_id
    if line.book == _O:
        return [dr(_O, 5020, minor, currency), cr(_O, 1100, minor, currency, bank_account=account)]
    return [
        dr(_T, 1090, minor, currency),
        cr(_T, 1000, minor, currency, bank_account=account),
        dr(_O, 5020, minor, currency),
        cr(_O, 2190, minor, currency),
    ]


def topped_up(line: Moved) -> list[Posting]:
    """The agency pays in what it owes the clients' money."""
    minor, currency = line.amount_minor, line.currency
    return [
        dr(_O, 2190, minor, currency),
        cr(_O, 1100, minor, currency),
        dr(_T, 1000, minor, currency, bank_account=line.bank_account_id),
        cr(_T, 1090, minor, currency),
    ]


def interest_paid(line: Moved) -> list[Posting]:
    """The bank paid interest. It is the agency's, on the clients' money too: due to it there, and drawn with the next run."""
    minor, currency, account = line.amount_minor, line.currency, line.bank_account_id
    if line.book == _O:
        return [dr(_O, 1100, minor, currency, bank_account=account), cr(_O, 4010, minor, currency)]
    return [
        dr(_T, 1000, minor, currency, bank_account=account),
        cr(_T, 2040, minor, currency),
        dr(_O, 1220, minor, currency),
        cr(_O, 4010, minor, currency),
    ]


def vat_paid(line: Moved) -> list[Posting]:
    """VAT went to the state (event 19), or came back from there."""
    minor, currency, account = abs(line.amount_minor), line.currency, line.bank_account_id
    if line.amount_minor > 0:
        return [dr(_O, 1100, minor, currency, bank_account=account), cr(_O, 2100, minor, currency)]
    return [dr(_O, 2100, minor, currency), cr(_O, 1100, minor, currency, bank_account=account)]


def moved(out: Line, into: Line) -> list[Posting]:
    """It left one account of the agency and reached another of the same kind."""
    book, number, minor, currency = Book(into.book), into.account_no, into.amount_minor, into.currency
    return [
        dr(book, number, minor, currency, bank_account=into.bank_account_id),
        cr(book, number, minor, currency, bank_account=out.bank_account_id),
    ]
