"""The trial balance: every account of the three books on a day, by currency, and what must hold between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from portal.ledger.accounts import CHART, GUARDED_TRUST, ON_ITS_WAY, PAIRS, Account, Holder, Side
from portal.ledger.tables import Book
from portal.people.actor import Actor
from portal.tenancy.database import sql

BALANCES: Final = """
select currency, account, sum(amount_minor)::bigint as amount_minor from ledger_moved($1)
group by currency, account order by currency, account
"""

# Each client is looked up on each account: an agency has fewer clients than lines. A client has memo lines from the day
# of its first case.
CLIENTS: Final = """
select currency, account, count(*) as clients
from clients k, unnest($3::text[]) as currency, unnest($4::smallint[]) as account
where k.agency_id = $1 and case when account < 9000
    then exists (select from journal_lines l
                 where l.agency_id = $1 and l.account = account.account and coalesce(l.client_id, l.agency_id) = k.id
                   and l.currency = currency.currency and l.effective_on <= $2 and l.account < 9000)
    else exists (select from cases c
                 where c.agency_id = $1 and c.client_id = k.id and c.currency = currency.currency and c.placed_on <= $2) end
group by currency, account
"""


@dataclass(frozen=True, slots=True)
class Row:
    """An account on a day, in minor units and positive on its own side."""

    account: Account
    balance_minor: int

    @property
    def debit_minor(self) -> int | None:
        """The balance where it stands in the debit column."""
        signed = self.account.sign * self.balance_minor
        return signed if signed > 0 else None

    @property
    def credit_minor(self) -> int | None:
        """The balance where it stands in the credit column."""
        signed = self.account.sign * self.balance_minor
        return -signed if signed < 0 else None


@dataclass(frozen=True, slots=True)
class Books:
    """The three books of one currency on a day."""

    currency: str
    rows: Sequence[Row]

    def of(self, book: Book) -> list[Row]:
        """The accounts of one book."""
        return [row for row in self.rows if row.account.book is book]

    def total_minor(self, book: Book, side: Side) -> int:
        """What stands on one side of a book; the other side is the same, or the ledger is wrong."""
        column = "debit_minor" if side is Side.DEBIT else "credit_minor"
        return sum(getattr(row, column) or 0 for row in self.of(book))

    @property
    def held_minor(self) -> int:
        """What the trust account at the bank should hold: the clients' and debtors' money that we have."""
        return self._balance(1000)

    @property
    def owed_minor(self) -> int:
        """Whose the trust money is, less what is on its way to the bank."""
        return sum(map(self._balance, GUARDED_TRUST)) - sum(map(self._balance, ON_ITS_WAY))

    @property
    def pairs(self) -> list[tuple[int, int, int]]:
        """What trust and operating owe each other: both accounts, and by how much they differ."""
        return [(trust, own, self._balance(trust) - self._balance(own)) for trust, own in PAIRS]

    def _balance(self, number: int) -> int:
        return next((row.balance_minor for row in self.rows if row.account.number == number), 0)


async def books_on(actor: Actor, day: date) -> list[Books]:
    """The books of every currency at the end of a day."""
    actor.require("ledger.read")
    found: dict[str, list[Row]] = {}
    for row in await sql(BALANCES, day):
        account = CHART[row["account"]]
        found.setdefault(row["currency"], []).append(Row(account, account.sign * row["amount_minor"]))
    return [Books(currency, rows) for currency, rows in found.items()]


async def clients_on(actor: Actor, day: date, kept: Sequence[Books]) -> dict[tuple[str, int], int]:
    """How many clients have a part of an account at the end of a day, by currency and account; those that are clients'."""
    actor.require("ledger.read")
    numbers = [number for number, account in CHART.items() if account.holder is not Holder.AGENCY]
    rows = await sql(CLIENTS, actor.agency_id, day, [books.currency for books in kept], numbers)
    return {(row["currency"], row["account"]): row["clients"] for row in rows}
