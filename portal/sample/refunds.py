"""What debtors of the sample paid too much: one has it back, another's waits for the second person."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Final
from uuid import UUID

from billing.bank_details.account import Account
from billing.payments.receipts import record
from billing.refunds.decide import approve
from billing.refunds.pay import pay
from billing.remittance.proof import Proof
from billing.surplus.refund import ask_to_refund
from portal import clock
from portal.money import exponent
from portal.people.permissions import Role
from portal.sample.agreements import Step
from portal.sample.cast import PASSWORD
from portal.sample.founding import Office
from portal.sample.hours import local_day, moment, working_day
from portal.sample.quiet import QuietCases
from portal.tenancy.database import transaction

TOO_MUCH: Final = 12_500
"""Per cent of a unit of the base currency."""
PAYEES: Final[Mapping[str, tuple[dict[str, str], ...]]] = {
    "en": ({"iban": "AT611904300234573201"}, {"iban": "FR1420041010050500013M02606"}),
    "zh-Hans": (
        {
            "account_number": "6222000000000000067",
            "bank_name": "示例银行",
            "branch": "杭州西湖支行",
            "bank_code": "102331000018",
        },
        {
            "account_number": "6222000000000000075",
            "bank_name": "示例银行",
            "branch": "苏州园区支行",
            "bank_code": "102305000018",
        },
    ),
}
"""Where the debtors bank, by the agency's language."""


@dataclass
class Refunds:
    """Both of them in one agency."""

    office: Office
    now: datetime
    quiet: QuietCases
    secret_key: str
    asked: list[UUID] = field(default_factory=list)

    def steps(self) -> Iterator[tuple[datetime, Step]]:
        """When each of it happens."""
        for days, step in ((-12, self.overpay), (-11, self.approve), (-6, self.pay), (-3, self.overpay)):
            yield self._at(days), step

    def _at(self, days: int) -> datetime:
        plan = self.office.plan
        day = working_day(local_day(self.now, plan.time_zone), days, plan.country, plan.country)
        return moment(day, time(11, 20), plan.time_zone)

    def _today(self) -> date:
        return clock.today(self.office.plan.time_zone)

    async def overpay(self) -> None:
        """A debtor pays more than it owes, and asks for the rest."""
        finance, currency = self.office.one(Role.FINANCE), self.office.plan.base_currency
        case = await self.quiet.take(currency=currency)
        over = TOO_MUCH * 10 ** exponent(currency) // 100
        payee = Account(
            currency=currency, holder=case.debtor_name, **PAYEES[self.office.plan.language][len(self.asked)]
        )
        async with transaction(finance.scope):
            payment_id = await record(
                finance, case.id, case.balance_minor + over, self._today(), "bank", case.reference, case.debtor_name,
                surplus_agreed=True,
            )  # fmt: skip
            self.asked.append(await ask_to_refund(finance, payment_id, over, payee))

    async def approve(self) -> None:
        """Another person approves the first."""
        second = self.office.one(Role.FINANCE, 1)
        async with transaction(second.scope):
            await approve(second, self.asked[0], Proof(password=PASSWORD), self.secret_key)

    async def pay(self) -> None:
        """The bank has carried it out."""
        finance = self.office.one(Role.FINANCE)
        async with transaction(finance.scope):
            await pay(finance, self.asked[0], self._today(), f"REFUND {self._today():%y%m%d}")
