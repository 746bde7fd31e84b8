"""The monthly net remittances: prepared by one person in finance, approved by another, paid the day after."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID

from billing.remittance.approve import approve
from billing.remittance.draft import prepare, review
from billing.remittance.pay import pay
from billing.remittance.proof import Proof
from portal import clock
from portal.errors import Refused
from portal.people.permissions import Role
from portal.sample.cast import PASSWORD
from portal.sample.founding import Office
from portal.sample.hours import moment, months_back, working_day
from portal.tenancy.database import transaction


class Remittance:
    """One run, in one currency, over what came in up to the end of a month."""

    def __init__(self, office: Office, currency: str, period_to: date) -> None:
        self.office = office
        self.currency = currency
        self.period_to = period_to
        self.run_id: UUID | None = None

    def steps(self) -> Iterator[tuple[datetime, str]]:
        """When each step is due."""
        zone, country = self.office.plan.time_zone, self.office.plan.country
        third = working_day(self.period_to, 3, country)
        yield moment(third, time(10), zone), "prepare"
        yield moment(third, time(14, 30), zone), "approve"
        yield moment(working_day(third, 1, country), time(11), zone), "pay"

    async def prepare(self, *, reviewed: bool = True) -> None:
        """Draft it. In a month without any money there is none."""
        first = self.office.one(Role.FINANCE)
        try:
            async with transaction(first.scope):
                self.run_id = await prepare(first, self.currency, self.period_to)
                if reviewed:
                    await review(first, self.run_id)
        except Refused as refused:
            if refused.code != "nothing":
                raise
            self.run_id = None

    async def approve(self, secret_key: str) -> None:
        """The second pair of eyes."""
        second = self.office.one(Role.FINANCE, 1)
        if self.run_id is not None:
            async with transaction(second.scope):
                await approve(second, self.run_id, Proof(password=PASSWORD), secret_key)

    async def pay(self) -> None:
        """The bank has carried it out."""
        first = self.office.one(Role.FINANCE)
        if self.run_id is not None:
            async with transaction(first.scope):
                day = clock.today(first.time_zone)
                await pay(first, self.run_id, day, f"SEPA {day:%y%m%d} {self.currency}")


def remittances(office: Office, now: datetime, months: int) -> list[Remittance]:
    """The runs of the months that are over, for every currency of the agency."""
    today = now.date()
    currencies = sorted({market.currency for client in office.plan.clients for market in client.markets})
    ends = [months_back(today, back) - timedelta(days=1) for back in range(months, -1, -1)]
    return [Remittance(office, currency, end) for end in ends for currency in currencies]
