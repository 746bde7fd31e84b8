"""The monthly remittances: prepared by one person in finance, approved by another, exchanged where a client is paid in another
currency, and paid the day after, by payment files where the agency has accounts to pay from.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from billing.cards.funding import owed_to_bank, pay_in
from billing.exchange.execute import Executed, execute
from billing.exchange.quotes import pairs_of, quote
from billing.exchange.rate import converted
from billing.remittance.approve import approve
from billing.remittance.draft import prepare, review
from billing.remittance.pay import pay
from billing.remittance.payment_file import currencies_of, make_file, plan_of
from billing.remittance.proof import Proof
from billing.remittance.run import load_run
from portal import clock
from portal.errors import Refused
from portal.identity import new_id
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.permissions import Role
from portal.sample.cast import PASSWORD
from portal.sample.founding import Office, rate_between
from portal.sample.hours import moment, months_back, working_day
from portal.tenancy.database import transaction

BETTER = Decimal("1.0012")
"""So much more than it quoted the bank gives when it exchanges."""


class Remittance:
    """One run, in one currency, over what came in up to the end of a month."""

    def __init__(self, office: Office, currency: str, period_to: date, months_ago: int = 0) -> None:
        self.office = office
        self.currency = currency
        self.period_to = period_to
        self.months_ago = months_ago
        """So long ago the month after it began."""
        self.run_id: UUID | None = None

    def steps(self) -> Iterator[tuple[datetime, str]]:
        """When each step is due."""
        zone, country = self.office.plan.time_zone, self.office.plan.country
        third = working_day(self.period_to, 3, country)
        yield moment(third, time(10), zone), "prepare"
        yield moment(third, time(14, 30), zone), "approve"
        yield moment(third, time(16, 20), zone), "exchange"
        yield moment(working_day(third, 1, country), time(11), zone), "pay"

    async def prepare(self, *, reviewed: bool = True) -> None:
        """Draft it. In a month without any money there is none."""
        first = self.office.one(Role.FINANCE)
        try:
            async with transaction(first.scope):
                self.run_id = await prepare(first, self.currency, self.period_to)
                if reviewed:
                    await self._quote(self.run_id)
                    await review(first, self.run_id)
        except Refused as refused:
            if refused.code != "nothing":
                raise
            self.run_id = None

    async def _quote(self, run_id: UUID) -> None:
        """The rates at which clients are paid in other currencies."""
        first, now = self.office.one(Role.FINANCE), clock.now()
        for pair in await pairs_of(first, run_id):
            rate = rate_between(self.currency, pair.target, self.months_ago)
            await quote(first, run_id, pair.target, rate, self.office.plan.accounts[0].bank_name, now)

    async def approve(self, secret_key: str) -> None:
        """The second pair of eyes."""
        second = self.office.one(Role.FINANCE, 1)
        if self.run_id is not None:
            async with transaction(second.scope):
                await self._pay_in(second)
                await approve(second, self.run_id, Proof(password=PASSWORD), secret_key)

    async def _pay_in(self, finance: Actor) -> None:
        """What the agency owes the clients' account is paid in first: no run takes more than is there."""
        for owed in await owed_to_bank(finance):
            if owed.currency == self.currency:
                await pay_in(finance, owed.currency, owed.minor, await agency_day(finance), new_id())

    async def exchange(self) -> None:
        """The bank sells what was collected, at a rate a little better than it quoted."""
        first = self.office.one(Role.FINANCE)
        if self.run_id is None:
            return
        async with transaction(first.scope):
            for pair in await pairs_of(first, self.run_id):
                assert pair.quoted_rate is not None
                rate, day = (pair.quoted_rate * BETTER).quantize(pair.quoted_rate), clock.today(first.time_zone)
                bought = converted(pair.net_minor, self.currency, rate, pair.target)
                told = Executed(
                    target=pair.target, sold_minor=pair.net_minor, bought_minor=bought, rate=rate, on=day,
                    reference=f"FX {day:%y%m%d} {self.currency}{pair.target}",
                )  # fmt: skip
                await execute(first, self.run_id, told)

    async def pay(self) -> None:
        """The bank has carried it out."""
        first = self.office.one(Role.FINANCE)
        if self.run_id is not None:
            async with transaction(first.scope):
                day = clock.today(first.time_zone)
                run = await load_run(first, self.run_id)
                for currency in currencies_of(run, await pairs_of(first, self.run_id)):
                    plan = await plan_of(first, run, currency)
                    if plan.payer is not None and plan.transfers:
                        await make_file(first, self.run_id, currency)
                await pay(first, self.run_id, day, f"SEPA {day:%y%m%d} {self.currency}")


def remittances(office: Office, now: datetime, months: int) -> list[Remittance]:
    """The runs of the months that are over, for every currency of the agency."""
    today = now.date()
    currencies = sorted({market.currency for client in office.plan.clients for market in client.markets})
    ends = [(months_back(today, back) - timedelta(days=1), back) for back in range(months, -1, -1)]
    return [Remittance(office, currency, end, back) for end, back in ends for currency in currencies]
