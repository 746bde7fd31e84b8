"""The three sides of the trust money of a currency on a day: bank, ledger, funds. To the smallest unit, or by which items not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from billing.books.trial import Books, books_on
from billing.reconciliation.bank import AccountOn, accounts_on
from portal.ledger.accounts import GUARDED_TRUST, ON_ITS_WAY
from portal.ledger.tables import Book
from portal.people.actor import Actor


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """One currency. Minor units."""

    currency: str
    accounts: Sequence[AccountOn]
    books: Books

    @property
    def bank_minor(self) -> int | None:
        """What the trust accounts hold by their banks' word, adjusted; None where one has no statement yet."""
        adjusted = [account.adjusted_minor for account in self.accounts]
        return None if not adjusted or None in adjusted else sum(minor for minor in adjusted if minor is not None)

    @property
    def ledger_minor(self) -> int:
        """What our books have at the bank (1000)."""
        return self.books.held_minor

    @property
    def funds_minor(self) -> int:
        """Whose it is: clients, suspense, debtors, our fees, less what is on its way."""
        return self.books.owed_minor

    @property
    def unnamed_minor(self) -> int:
        """What the books have at the bank and on none of the accounts that were entered."""
        return self.ledger_minor - sum(account.ledger_minor for account in self.accounts)

    @property
    def uneven(self) -> list[AccountOn]:
        """The accounts whose bank says something else than our books: each by itself, since more on one does not make
        good what another lacks.
        """
        return [account for account in self.accounts if account.difference_minor]

    @property
    def is_even(self) -> bool:
        """Whether all sides that are known are the same, on each account."""
        return self.ledger_minor == self.funds_minor and not self.uneven

    @property
    def lines(self) -> list[tuple[int, int]]:
        """Whose money it is, account by account; below nought what is on its way."""
        of = {row.account.number: row.balance_minor for row in self.books.rows}
        owed = [(number, of.get(number, 0)) for number in GUARDED_TRUST]
        return [line for line in [*owed, *((number, -of.get(number, 0)) for number in ON_ITS_WAY)] if line[1]]


async def three_ways(actor: Actor, day: date) -> tuple[list[ThreeWay], list[AccountOn]]:
    """Every currency's trust money at the end of a day, and the operating accounts beside it."""
    accounts = await accounts_on(actor, day)
    found = [
        ThreeWay(
            books.currency,
            [one for one in accounts if one.book == Book.TRUST and one.currency == books.currency],
            books,
        )
        for books in await books_on(actor, day)
        if books.of(Book.TRUST)
    ]
    return found, [one for one in accounts if one.book == Book.OPERATING]
