"""The bank of a sample agency: what it tells of the journals that were posted, and what nobody has posted before it tells.

Its files are given, read, matched and cleared as anybody's are.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from billing.bank.accounts import OwnAccount, list_accounts
from billing.bank.files import load_file
from billing.bank.importing import Arrival, read_again, receive, say_columns
from billing.bank.matching.accept import accept, shown_of
from billing.bank.matching.candidates import Line
from billing.bank.matching.moves import MOVES
from billing.bank.matching.outside import explain
from billing.bank.matching.propose import What, propose
from billing.bank.matching.register import list_waiting
from billing.bank.reading.statement import Form, ReadEntry, ReadLine, ReadStatement
from billing.bank.tables import FileStatus
from billing.reconciliation.bank import accounts_on
from portal.ledger.tables import Book
from portal.people.actor import Actor
from portal.people.permissions import Role
from portal.sample.bank_files import as_camt, as_table
from portal.sample.founding import Office
from portal.tenancy.database import sql, transaction

IN, OUT, OF_INTEREST, OF_CHARGES = "PMNT/RCDT/ESCT", "PMNT/ICDT/ESCT", "ACMT/MCOP/INTR", "ACMT/MDOP/CHRG"
"""What a bank calls its kinds of transaction."""
CLOSED_THERE, NO_MONEY = "AC04", "AM04"
"""Why a bank gives money back: the account is closed, there is nothing on it."""
LARGEST_MB: Final = 20
NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "payout": "STRIPE PAYMENTS EUROPE",
        "exchange": "Musterbank Treasury",
        "advance": "Auskunftei Nordlicht e. K.",
    },
    "zh-Hans": {"payout": "STRIPE PAYMENTS", "exchange": "示例银行 资金部", "advance": "上海信诚资信调查有限公司"},
}
"""Who stands on a line where no case or client does, by the journal's kind."""


@dataclass
class Told:
    """What the bank tells of one account, since the day on which its files begin."""

    opening_minor: int
    through: date
    """The last day that it has told of."""
    entries: list[ReadEntry] = field(default_factory=list)
    journals: set[UUID] = field(default_factory=set)
    """Those that are among the entries."""


@dataclass
class Bank:
    """The bank of one agency. ``since`` is the first day of its first file."""

    office: Office
    since: date
    told: dict[UUID, Told] = field(default_factory=dict)
    numbers: Counter[str] = field(default_factory=Counter)

    @property
    def finance(self) -> Actor:
        """Who gives its files."""
        return self.office.one(Role.FINANCE)

    # What it tells

    async def account(self, book: str, currency: str) -> OwnAccount:
        """The agency's account of a book and currency."""
        return next(one for one in await self._accounts() if (one.book, one.currency) == (book, currency))

    async def _accounts(self) -> list[OwnAccount]:
        """The accounts, with what stood on them when the files begin."""
        async with transaction(self.finance.scope, read_only=True):
            accounts = await list_accounts(self.finance)
            if not self.told:
                before = self.since - timedelta(days=1)
                for one in await accounts_on(self.finance, before):
                    self.told[one.id] = Told(one.ledger_minor, before)
        return accounts

    def moves(
        self, account: OwnAccount, minor: int, on: date, name: str = "", text: str = "", number: str = "", *,
        code: str = "", is_back: bool = False,
    ) -> None:  # fmt: skip
        """Money moves that nobody has posted. ``number`` is the other side's account, ``is_back`` says that it returns."""
        reason = CLOSED_THERE if is_back else ""
        line = ReadLine(amount_minor=minor, counterparty_name=name, counterparty_account=number, text=text, return_reason=reason)  # fmt: skip
        self._add(account, on, line, code or (IN if minor > 0 else OUT))

    def _add(self, account: OwnAccount, on: date, line: ReadLine, code: str) -> None:
        self.numbers["lines"] += 1
        reference = f"{on:%y%m%d}{self.numbers['lines']:06}"
        entry = ReadEntry(
            booked_on=on, amount_minor=line.amount_minor, bank_reference=reference, code=code, lines=(line,)
        )
        self.told[account.id].entries.append(entry)

    async def _learn(self, account: OwnAccount, until: date) -> None:
        """What was posted on an account by a day; what it has told of that day already comes on the next."""
        told, place = self.told[account.id], 1000 if account.book == Book.TRUST else 1100
        where = (place, account.currency, self.since, until, account.id, account.book)
        async with transaction(self.finance.scope, read_only=True):
            rows = await sql(MOVES, self.finance.agency_id, *where)
        other = await self._other_side(account)
        for row in sorted(rows, key=lambda row: (row["effective_on"], row["id"])):
            # What is on no account stands on the first.
            is_here = account.position == 1 if row["is_elsewhere"] is None else not row["is_elsewhere"]
            if is_here and row["id"] not in told.journals:
                told.journals.add(row["id"])
                on = max(row["effective_on"], told.through + timedelta(days=1))
                self._add(account, on, self._line(row, other), IN if row["amount_minor"] > 0 else OUT)

    async def _other_side(self, account: OwnAccount) -> str:
        """The number of the account between which and this one our fees move."""
        book = Book.OPERATING if account.book == Book.TRUST else Book.TRUST
        there = [one for one in await self._accounts() if (one.book, one.currency) == (book, account.currency)]
        return next((one.iban or one.account_number for one in there), "")

    def _line(self, row: asyncpg.Record, other: str) -> ReadLine:
        """What it says of a journal."""
        plan, minor = self.office.plan, row["amount_minor"]
        is_draw, known = row["kind"] == "draw", NAMES[plan.language].get(row["kind"], "")
        said = (
            re.sub(r"^[A-Z_]+-\d{6}-", "", row["reference"]),
            row["payout_id"],
            row["exchange_reference"],
            row["statement_number"],
        )
        return ReadLine(
            amount_minor=minor,
            counterparty_name=row["payer"] or row["debtor_name"] or row["client_name"] or known or plan.accounts[0].holder,
            counterparty_account=other if is_draw else "",
            text=" ".join(filter(None, said if not is_draw else (row["run_number"], row["statement_number"]))),
            return_reason=NO_MONEY if minor < 0 and row["payment_id"] else "",
        )  # fmt: skip

    # Its files

    async def give(self, since: date, until: date) -> None:
        """One file of the trust accounts, and a table of each account of the agency's own, over some days."""
        accounts = await self._accounts()
        for account in accounts:
            await self._learn(account, until)
        statements = {account: self._statement(account, since, until) for account in accounts}
        trust = [statement for account, statement in statements.items() if account.book == Book.TRUST]
        await self._give(f"camt053-{since:%y%m%d}-{until:%y%m%d}.xml", as_camt(trust))
        for account, statement in statements.items():
            if account.book == Book.OPERATING and statement.entries:
                name = f"{account.currency}-{account.ends}-{since:%y%m%d}-{until:%y%m%d}.csv"
                await self._give(name, as_table(statement, self.office.plan.language), account.id)
        for account in accounts:
            self.told[account.id].through = until

    def _statement(self, account: OwnAccount, since: date, until: date) -> ReadStatement:
        told = self.told[account.id]
        told.entries.sort(key=lambda entry: (entry.booked_on, entry.bank_reference))
        entries = tuple(entry for entry in told.entries if since <= entry.booked_on <= until)
        opening = told.opening_minor + sum(entry.amount_minor for entry in told.entries if entry.booked_on < since)
        self.numbers[str(account.id)] += 1
        return ReadStatement(
            form=Form.CAMT, account=account.iban or account.account_number, number=str(self.numbers[str(account.id)]),
            currency=account.currency, opening_minor=opening,
            closing_minor=opening + sum(entry.amount_minor for entry in entries),
            from_on=since, to_on=until, entries=entries,
        )  # fmt: skip

    async def _give(self, name: str, content: bytes, bank_account_id: UUID | None = None) -> None:
        """Finance gives a file, and says what the columns of a table mean that is the first of its kind."""
        file_id, _ = await receive(self.finance, Arrival(name, content, bank_account_id), LARGEST_MB)
        async with transaction(self.finance.scope):
            file = await load_file(self.finance, file_id)
            asks = file.status is FileStatus.COLUMNS
            if asks and file.table is not None:
                await say_columns(self.finance, file_id, file.table, bank_account_id)
        if asks:
            await read_again(self.finance, file_id)

    async def clear(self) -> None:
        """Finance accepts what is proposed of each open line; what is nothing of ours is explained."""
        for book in (Book.TRUST, Book.OPERATING):  # what an account of the agency's own shows follows from the other
            async with transaction(self.finance.scope, read_only=True):
                waiting, _ = await list_waiting(self.finance, limit=200)
            for line in reversed(waiting):
                if line.status == "open" and line.book == book:
                    async with transaction(self.finance.scope):
                        await self._clear(line)

    async def _clear(self, line: Line) -> None:
        proposal = (await propose(self.finance, [line]))[line.id]
        if proposal.what is not What.NOTHING:
            await accept(self.finance, line.id, proposal.what, shown_of(proposal))
        elif line.book == Book.OPERATING:
            await explain(self.finance, line.id, line.text)
