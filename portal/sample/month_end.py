"""The end of a month in the sample world: costs, invoices and a payout that came back, what the bank tells of it all, and the
reconciliation that two people sign. This month's lines wait for whoever looks at the sample.

Nothing of it depends on chance.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Final
from uuid import UUID

import asyncpg

from billing.bank.accounts import OwnAccount
from billing.bank_details.account import Account
from billing.bank_details.change import confirm, propose
from billing.books.close import close_through
from billing.costs.add import WantedCost, add_cost
from billing.costs.words import Kind
from billing.invoices.credit import credit_invoice
from billing.invoices.pay import pay_invoice
from billing.invoices.tables import CreditReason
from billing.reconciliation.sign import sign_first, sign_second
from billing.reconciliation.three_way import three_ways
from billing.remittance.proof import Proof
from portal import clock
from portal.identity import new_id
from portal.ledger.tables import Book
from portal.money import exponent
from portal.people.permissions import Role
from portal.sample.agreements import Step
from portal.sample.bank import OF_CHARGES, OF_INTEREST, Bank
from portal.sample.cast import PASSWORD, ClientPlan
from portal.sample.founding import Office
from portal.sample.hours import local_day, moment, months_back, working_day
from portal.sample.quiet import QuietCases, part_of
from portal.tenancy.database import sql, sql_one, sql_value, transaction

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "interest": "Credit interest {month:%m/%Y}", "charge": "Account maintenance {month:%m/%Y}", "top_up": "Topping up the trust account",
        "rent": "Rent of the office {month:%m/%Y}", "landlord": "Speicherhof Vermietung KG", "thanks": "as agreed by telephone",
        "payer": "Bright Harbour Factoring", "returned": "Account closed, amount returned",
    },
    "zh-Hans": {
        "interest": "结息 {month:%Y-%m}", "charge": "账户管理费 {month:%Y-%m}", "top_up": "补足代收专户",
        "rent": "办公室租金 {month:%Y-%m}", "landlord": "上海仓苑物业管理有限公司", "thanks": "按电话约定付款",
        "payer": "上海汇港商业保理有限公司", "returned": "账户已销户，款项退回",
    },
}  # fmt: skip
INTEREST, CHARGE, RENT, TRACING, KEPT_BY_BANKS = 1284, 900, 185_000, 4500, 1250
"""Per cent of a unit of the base currency: what the bank pays and takes, the rent, what the search for a debtor costs, what banks
on the way keep of a payment."""
MONTHS_OF_INVOICES: Final = 6
DAY: Final = timedelta(days=1)

PAID_OUT: Final = """
select s.number, s.net_minor from statements s join remittance_runs r on r.agency_id = s.agency_id and r.id = s.run_id
where s.agency_id = $1 and s.client_id = $2 and s.currency = $3 and s.payout_currency is null and s.status = 'closed'
  and s.net_minor > 0 and r.paid_on between $4 and $5 order by r.paid_on desc limit 1
"""
WAITING: Final = """
select r.amount_minor, s.number from returned_payouts r join statements s on s.agency_id = r.agency_id and s.id = r.statement_id
where r.agency_id = $1 and r.client_id = $2 and r.status = 'waiting'
"""
ASKED: Final = """
select id, number, client_name, currency, total_minor - paid_minor - corrected_minor as left_minor, due_on
from client_invoices where agency_id = $1 and settled_on is null and issued_on between $2 and $3 order by number
"""
NEWEST: Final = """
select id from cases where agency_id = $1 and status = 'active' and currency = $2 and agreement = '' and on_hold_until is null
order by number desc limit 1
"""


@dataclass
class MonthEnd:
    """All of it in one agency."""

    office: Office
    now: datetime
    quiet: QuietCases
    secret_key: str
    first: date = field(init=False)
    """Of the last month that has been over for long enough to be signed."""
    last: date = field(init=False)
    bank: Bank = field(init=False)

    def __post_init__(self) -> None:
        self.words, self.currency = WORDS[self.office.plan.language], self.office.plan.base_currency
        self.finance, self.second = self.office.one(Role.FINANCE), self.office.one(Role.FINANCE, 1)
        self.today = local_day(self.now, self.office.plan.time_zone)
        for back in (1, 2):
            self.first = months_back(self.today, back)
            self.last = months_back(self.today, back - 1) - DAY
            if self._day(self.last, 2) < self.today:
                break
        self.bank = Bank(self.office, self.first)

    def steps(self) -> Iterator[tuple[datetime, Step]]:
        """When each of it happens."""
        before, middle, signed = self.first - DAY, self.first.replace(day=15), self._day(self.last, 2)
        for months in range(MONTHS_OF_INVOICES, 1, -1):
            month = months_back(self.first, months)
            until = months_back(self.first, months - 1)
            yield (
                self._at(self._day(until, -1), time(16)),
                partial(self.book_paid, month, until - DAY, less=months == 2),
            )
        yield self._at(self._day(before, 5), time(7)), self.have_a_payout_returned
        yield self._at(self._day(before, 7), time(11, 30)), partial(self.search, self._day(before, 7))
        yield (
            self._at(self._day(before, 9), time(7)),
            partial(self.have_invoices_paid, self.first, self._day(before, 9)),
        )
        told = self._day(middle, 1)
        yield self._at(told, time(8, 20)), partial(self.bank.give, self.first, middle)
        yield self._at(told, time(9, 40)), self.bank.clear
        yield self._at(told, time(11)), self.change_the_account
        yield self._at(self._day(told, 3), time(7)), self.have_it_paid_again
        yield self._at(self._day(self.last + DAY, -1), time(17)), self.have_the_month_ended
        yield self._at(signed, time(8, 20)), partial(self.bank.give, self.first, self.last)
        yield self._at(signed, time(9, 40)), self.bank.clear
        yield self._at(signed, time(14)), self.sign
        lately = self._day(self.today, -5)
        yield self._at(lately, time(15, 40)), partial(self.search, lately)
        this_morning = self._at(self.today, time(8, 5))
        yield min(this_morning, self.now - timedelta(minutes=20)), self.greet

    def _day(self, day: date, count: int) -> date:
        """The ``count``-th working day after a day, or before it."""
        country = self.office.plan.country
        return working_day(day, count, country, country)

    def _at(self, day: date, at: time) -> datetime:
        return moment(day, at, self.office.plan.time_zone)

    def _minor(self, percent: int) -> int:
        """So many per cent of a unit of the base currency."""
        unit: int = 10 ** exponent(self.currency)
        return percent * unit // 100

    async def _asked(self, since: date, until: date) -> list[asyncpg.Record]:
        """Invoices issued between two days that are not settled."""
        async with transaction(self.finance.scope, read_only=True):
            return await sql(ASKED, self.finance.agency_id, since, until)

    # Before the bank's files are read

    async def book_paid(self, since: date, until: date, *, less: bool) -> None:
        """Clients paid their invoices, of which one was made ``less`` as agreed."""
        for place, invoice in enumerate(await self._asked(since, until)):
            async with transaction(self.finance.scope):
                if less and place == 0:
                    tenth = invoice["left_minor"] // 10
                    await credit_invoice(self.finance, invoice["id"], CreditReason.AGREED, tenth, new_id())
                day = min(invoice["due_on"], clock.today(self.finance.time_zone))
                await pay_invoice(self.finance, invoice["id"], day, f"{day:%y%m%d} {invoice['number']}")

    # The month

    async def search(self, day: date) -> None:
        """The agency pays for a search for a debtor, which the debtor owes as well."""
        async with transaction(self.finance.scope):
            case_id = await sql_value(NEWEST, self.finance.agency_id, self.currency)
            wanted = WantedCost(kind=Kind.TRACING, amount_minor=self._minor(TRACING), paid_on=day)
            await add_cost(self.finance, case_id, wanted, new_id())

    async def have_a_payout_returned(self) -> None:
        """The bank of a client gives back what it was paid: its account is closed."""
        client, account = self._moved
        day = clock.today(self.finance.time_zone)
        async with transaction(self.finance.scope, read_only=True):
            of = (self.finance.agency_id, self.office.clients[client.key], account.currency)
            paid = await sql_one(PAID_OUT, *of, self.first, day)
        if paid is not None:
            trust = await self.bank.account(Book.TRUST, account.currency)
            text = f"{paid['number']} {self.words['returned']}"
            self.bank.moves(trust, paid["net_minor"], day, client.name, text, is_back=True)

    @property
    def _moved(self) -> tuple[ClientPlan, Account]:
        """The client that moves to another bank, and the account that it has there."""
        return next((client, client.moved_to) for client in self.office.plan.clients if client.moved_to)

    async def change_the_account(self) -> None:
        """The client says where it banks now, which another person asks it and confirms."""
        client, account = self._moved
        client_id = self.office.clients[client.key]
        async with transaction(self.finance.scope):
            if not await sql(WAITING, self.finance.agency_id, client_id):
                return
            detail_id = await propose(self.finance, account, client_id)
        async with transaction(self.second.scope):
            await confirm(self.second, detail_id, Proof(password=PASSWORD), self.secret_key)

    async def have_it_paid_again(self) -> None:
        """What came back leaves once more."""
        client, account = self._moved
        async with transaction(self.finance.scope, read_only=True):
            back = await sql(WAITING, self.finance.agency_id, self.office.clients[client.key])
        trust = await self.bank.account(Book.TRUST, account.currency)
        for one in back:
            day, number = clock.today(self.finance.time_zone), account.iban or account.account_number
            self.bank.moves(trust, -one["amount_minor"], day, client.name, one["number"], number)

    async def have_invoices_paid(self, since: date, day: date) -> None:
        """Clients transfer what their invoices ask for."""
        for invoice in await self._asked(since, day):
            own = await self.bank.account(Book.OPERATING, invoice["currency"])
            self.bank.moves(own, invoice["left_minor"], day, invoice["client_name"], invoice["number"])

    async def have_the_month_ended(self) -> None:
        """What the bank pays and takes for a month; the rent leaves."""
        day = clock.today(self.finance.time_zone)
        trust, own = await self._accounts()
        self.bank.moves(trust, self._minor(INTEREST), day, text=self._said("interest", day), code=OF_INTEREST)
        self._charge(trust, day)
        self._rent(own, day)

    async def _accounts(self) -> tuple[OwnAccount, OwnAccount]:
        """Of the base currency: the clients' money, and the agency's own."""
        return await self.bank.account(Book.TRUST, self.currency), await self.bank.account(
            Book.OPERATING, self.currency
        )

    def _charge(self, trust: OwnAccount, day: date) -> None:
        self.bank.moves(trust, -self._minor(CHARGE), day, text=self._said("charge", day), code=OF_CHARGES)

    def _rent(self, own: OwnAccount, day: date) -> None:
        self.bank.moves(own, -self._minor(RENT), day, self.words["landlord"], self._said("rent", day))

    def _said(self, what: str, day: date) -> str:
        return self.words[what].format(month=day)

    async def sign(self) -> None:
        """Two people sign what is even, the month before late, and the month is closed."""
        signed: list[UUID] = []
        async with transaction(self.finance.scope):
            for day in (self.last.replace(day=1) - DAY, self.last):
                found, _ = await three_ways(self.finance, day)
                even = [
                    one.currency for one in found if one.is_even and (one.bank_minor is not None or day < self.last)
                ]
                signed += [await sign_first(self.finance, currency, day) for currency in even]
        with clock.at(clock.now() + timedelta(minutes=25)):
            for reconciliation_id in signed:
                async with transaction(self.second.scope):
                    await sign_second(self.second, reconciliation_id, Proof(password=PASSWORD), self.secret_key)
            async with transaction(self.second.scope):
                await close_through(self.second, self.last)

    # Today

    async def greet(self) -> None:
        """The bank's file of this morning: most of it is known, the rest waits for whoever looks."""
        day = self._day(self.today, -1)
        trust, own = await self._accounts()
        by_number, by_name, by_another = [await self.quiet.take(currency=self.currency) for _ in range(3)]
        short = await self.quiet.take(of_first_client=True, currency=self.currency)
        self.bank.moves(
            trust, by_number.balance_minor, day, by_number.debtor_name, f"{by_number.number} {by_number.reference}"
        )
        self.bank.moves(trust, by_name.balance_minor, day, by_name.debtor_name, self.words["thanks"])
        self.bank.moves(trust, part_of(by_another, 40), day, self.words["payer"], by_another.reference)
        arrived = short.balance_minor - self._minor(KEPT_BY_BANKS)
        self.bank.moves(trust, arrived, day, short.debtor_name, f"{short.number} {short.reference}")
        self._charge(trust, day)
        self.bank.moves(
            trust, self._minor(CHARGE), day, own.holder, self.words["top_up"], own.iban or own.account_number
        )
        self.bank.moves(
            own, -self._minor(CHARGE), day, trust.holder, self.words["top_up"], trust.iban or trust.account_number
        )
        self._rent(own, day)
        await self.have_invoices_paid(self.last + DAY, day)
        await self.bank.give(self.last + DAY, self.today - DAY)
