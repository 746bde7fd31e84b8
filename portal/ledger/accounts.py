"""The chart of accounts, for people. The database holds the same as checks on ``journal_lines``; a test compares them.

The database counts a debit as positive and a credit as negative; ``side`` says on which side an account normally
stands, so that its balance can be shown without a sign.
"""

from dataclasses import dataclass
from enum import StrEnum

from portal.ledger.tables import Book
from portal.pages.text import N_


class Holder(StrEnum):
    """Whose account it is: what a line on it must name."""

    AGENCY = "agency"
    """One account for the agency; the line names neither client nor case."""
    CLIENT = "client"
    """One account for each client."""
    CASE = "case"
    """One account for each case and component; the line may name the case's client as well."""


class Side(StrEnum):
    """The side of the book on which an account normally stands."""

    DEBIT = "debit"
    """Assets, costs, and what debtors owe."""
    CREDIT = "credit"
    """What is owed to others, and revenue."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account of the chart. A guarded one may not be negative on any date."""

    number: int
    book: Book
    name: str
    holder: Holder
    side: Side
    guarded: bool = False

    @property
    def sign(self) -> int:
        """What turns the database's debit-positive sum into this account's own balance."""
        return 1 if self.side is Side.DEBIT else -1


def _account(number: int, book: Book, name: str, holder: Holder, side: Side, *, guarded: bool = False) -> Account:
    return Account(number=number, book=book, name=name, holder=holder, side=side, guarded=guarded)


_T, _O, _M = Book.TRUST, Book.OPERATING, Book.MEMO
_AGENCY, _CLIENT, _CASE = Holder.AGENCY, Holder.CLIENT, Holder.CASE
_DR, _CR = Side.DEBIT, Side.CREDIT

CHART: dict[int, Account] = {
    account.number: account
    for account in (
        _account(1000, _T, N_("Trust bank"), _AGENCY, _DR),
        _account(1010, _T, N_("Processor clearing"), _AGENCY, _DR),
        _account(1090, _T, N_("Due from operating"), _AGENCY, _DR),
        _account(1900, _T, N_("Exchange clearing"), _AGENCY, _DR),
        _account(2000, _T, N_("Client funds"), _CLIENT, _CR, guarded=True),
        _account(2010, _T, N_("Remittance payable"), _CLIENT, _CR, guarded=True),
        _account(2020, _T, N_("Suspense"), _AGENCY, _CR, guarded=True),
        _account(2030, _T, N_("Debtor refunds"), _AGENCY, _CR, guarded=True),
        _account(2040, _T, N_("Due to operating"), _AGENCY, _CR, guarded=True),
        _account(1100, _O, N_("Operating bank"), _AGENCY, _DR),
        _account(1200, _O, N_("Client receivable"), _CLIENT, _DR),
        _account(1210, _O, N_("Accrued fees"), _CLIENT, _DR),
        _account(1220, _O, N_("Due from trust"), _AGENCY, _DR),
        _account(1230, _O, N_("Client claw-back"), _CLIENT, _DR),
        _account(1240, _O, N_("Recoverable costs"), _CLIENT, _DR),
        _account(2100, _O, N_("VAT"), _AGENCY, _CR),
        _account(2190, _O, N_("Due to trust"), _AGENCY, _CR),
        _account(3000, _O, N_("Opening balances"), _AGENCY, _CR),
        _account(4000, _O, N_("Fee revenue"), _AGENCY, _CR),
        _account(4010, _O, N_("Bank interest"), _AGENCY, _CR),
        _account(4090, _O, N_("Fee reversals"), _AGENCY, _DR),
        _account(5000, _O, N_("Processor fees"), _AGENCY, _DR),
        _account(5010, _O, N_("Dispute fees"), _AGENCY, _DR),
        _account(5020, _O, N_("Bank charges"), _AGENCY, _DR),
        _account(5030, _O, N_("Exchange differences"), _AGENCY, _DR),
        _account(9000, _M, N_("Debtor balances"), _CASE, _DR, guarded=True),
        _account(9100, _M, N_("Placed claims"), _CLIENT, _CR),
    )
}
"""Every account there is, by number."""

GUARDED_TRUST = tuple(number for number, account in CHART.items() if account.guarded and account.book is Book.TRUST)
"""The guarded accounts of the clients' money."""

ON_ITS_WAY = (1010, 1090, 1900)
"""The clients' money that is not at the bank: at the processor, owed by operating, in exchange."""

PAIRS = ((1090, 2190), (2040, 1220))
"""What the trust owes operating and the other way round: each pair moves together (invariant 4)."""
