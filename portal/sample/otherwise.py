"""What comes of cases of the sample world besides money and agreements, and money that goes another way than to a case.

One of each in every agency; nothing of it depends on chance.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from billing.direct.decide import accept
from billing.direct.report import Paid, report_paid
from billing.outcomes.decide import decide
from billing.outcomes.record import record_outcome
from billing.outcomes.rules import Wanted
from billing.outcomes.words import Ground, Kind, Security
from billing.payments.receipts import record
from billing.suspense.take_in import suspend
from billing.tables import Channel
from billing.write_offs.propose import propose
from billing.write_offs.rules import Wanted as GivenUp
from billing.write_offs.words import How
from cases.casework import CaseFile
from cases.disputes import dispute
from cases.interest.change import WantedTerm, set_on_case
from cases.interest.terms import AGREED, Basis
from cases.write_offs import Reason
from portal import clock
from portal.identity import new_id
from portal.money import exponent
from portal.people.actor import Actor
from portal.people.permissions import Role
from portal.sample.agreements import Step
from portal.sample.founding import Office
from portal.sample.hours import local_day, moment, working_day
from portal.sample.papers import attach
from portal.sample.quiet import QuietCases, part_of
from portal.sample.words import words_of
from portal.tenancy.database import sql_value, transaction

LAWS: Final = {"CN": "cn_sale_50", "DE": "de_company", "GB": "uk_late_payment", "IE": "ie_late_payment"}
"""The table of statutory interest by the debtor's country."""


@dataclass
class Otherwise:
    """All of it in one agency."""

    office: Office
    now: datetime
    quiet: QuietCases

    def __post_init__(self) -> None:
        self.words = words_of(self.office.plan.language)
        self.negotiator, self.finance = self.office.one(Role.NEGOTIATOR), self.office.one(Role.FINANCE)
        self.today = local_day(self.now, self.office.plan.time_zone)

    def steps(self) -> Iterator[tuple[datetime, Step]]:
        """When each of it happens."""
        yield self._at(-6), self.bear_interest
        yield self._at(-5), self.extend
        yield self._at(-4), self.secure
        yield self._at(-4), self.set_off
        yield self._at(-3), self.stand_still
        yield self._at(-3), self.pay_the_client
        yield self._at(-3), self.pay_by_cheque
        yield self._at(-2), self.take_goods_back
        yield self._at(-2), self.pay_what_is_disputed_too
        yield self._at(-2), self.pay_from_nobody_known
        yield self._at(-1), self.say_that_the_client_was_paid
        yield self._at(-1), self.give_up

    def _day(self, days: int) -> date:
        country = self.office.plan.country
        return working_day(self.today, days, country, country)

    def _at(self, days: int) -> datetime:
        return moment(self._day(days), time(11, 20), self.office.plan.time_zone)

    # Interest

    async def bear_interest(self) -> None:
        """What the law gives runs on one case, what was agreed on another."""
        by_law, by_agreement = await self.quiet.take(), await self.quiet.take()
        law = LAWS.get(by_law.debtor_country, "eu_late_payment")
        agreed = Basis(basis=AGREED, rate=Decimal("0.06"))
        async with transaction(self.negotiator.scope):
            await set_on_case(self.negotiator, by_law.id, WantedTerm(terms=Basis(basis=law)))
            wanted = WantedTerm(terms=agreed, since=by_agreement.placed_on)
            await set_on_case(self.negotiator, by_agreement.id, wanted)

    # Outcomes

    async def secure(self) -> None:
        """The debtor gives a security."""
        case = await self.quiet.take()
        await self._record(case, Kind.COLLATERAL, value_minor=part_of(case, 60), security=Security.PLEDGE, ranking=1)

    async def set_off(self) -> None:
        """The client owes the debtor something, and says so the next day."""
        case = await self.quiet.take()
        outcome_id = await self._record(
            case, Kind.SET_OFF, value_minor=part_of(case, 15), document_id=await self._paper_of(case)
        )
        client = self._of_client(case, Role.ADMIN)
        with clock.at(clock.now() + timedelta(hours=4)):
            async with transaction(client.scope):
                await decide(client, outcome_id, confirmed=True)

    async def extend(self) -> None:
        """More time, because somebody answers for the debt."""
        case = await self.quiet.take()
        await self._record(case, Kind.EXTENSION, until=self._day(40), guarantor=self.words.guarantor)

    async def stand_still(self) -> None:
        """Nobody collects for a time."""
        case = await self.quiet.take()
        await self._record(case, Kind.STANDSTILL, until=self._day(20), ground=Ground.AGREEMENT)

    async def take_goods_back(self) -> None:
        """Goods went back; the client has not said yet that it has them."""
        case = await self.quiet.take(of_first_client=True)
        await self._record(case, Kind.GOODS, value_minor=part_of(case, 30), document_id=await self._paper_of(case))

    async def give_up(self) -> None:
        """Nobody finds the debtor; whether the claim is written off its client has to say."""
        case = await self.quiet.take(unpaid=True)
        wanted = GivenUp(how=How.ALL, reason=Reason.UNTRACEABLE, note=self.words.outcomes["write_off"])
        async with transaction(self.negotiator.scope):
            await propose(self.negotiator, case.id, wanted, new_id())

    async def _record(self, case: CaseFile, kind: Kind, **said: object) -> UUID:
        today = clock.today(self.office.plan.time_zone)
        wanted = Wanted(
            kind=kind, on=today, what=self.words.outcomes[kind], agreed_with=self.words.owner, **said,  # type: ignore[arg-type]
        )  # fmt: skip
        async with transaction(self.negotiator.scope):
            return (await record_outcome(self.negotiator, case.id, wanted, new_id())).id

    async def _paper_of(self, case: CaseFile) -> UUID:
        """A paper that shows it; the client sends one where the case has none."""
        query = (
            "select id from documents where agency_id = $1 and case_id = $2 and state = 'released' order by id limit 1"
        )
        found: UUID | None = None
        while found is None:
            async with transaction(self.negotiator.scope, read_only=True):
                found = await sql_value(query, self.negotiator.agency_id, case.id)
            if found is None:
                await attach(self._of_client(case, Role.SUBMITTER), [self.quiet.account_of(case)])
        return found

    def _of_client(self, case: CaseFile, role: Role) -> Actor:
        plan = next(one for one in self.office.plan.clients if self.office.clients[one.key] == case.client_id)
        return self.office.of(plan, role)

    # Money that goes another way

    async def pay_the_client(self) -> None:
        """A debtor paid the client, which reports it; finance posts it."""
        case = await self.quiet.take()
        client, day = self._of_client(case, Role.ADMIN), self._day(-4)
        minor = part_of(case, 40)
        async with transaction(client.scope):
            report = await report_paid(
                client, case.id, Paid(amount_minor=minor, paid_on=day, note=self.words.booked), new_id()
            )
        with clock.at(clock.now() + timedelta(hours=3)):
            async with transaction(self.finance.scope):
                await accept(self.finance, report.id, minor, day)

    async def pay_by_cheque(self) -> None:
        """A cheque comes, and is held until nobody can take it back any more."""
        case, day = await self.quiet.take(), self._day(-3)
        async with transaction(self.finance.scope):
            said = (day, Channel.CHEQUE, f"CHQ-{day:%y%m%d}-{case.reference}", case.debtor_name)
            await record(self.finance, case.id, part_of(case, 30), *said)

    async def say_that_the_client_was_paid(self) -> None:
        """A debtor says so on its page; nobody has answered yet."""
        case = await self.quiet.take(of_first_client=True)
        paid = Paid(amount_minor=part_of(case, 50), paid_on=self._day(-4), note=self.words.report)
        debtor = debtor_of(self.office, case)
        async with transaction(debtor.scope):
            await report_paid(debtor, case.id, paid, new_id())

    async def pay_what_is_disputed_too(self) -> None:
        """All of a claim is paid while a part of it is disputed: that part waits in suspense."""
        case = await self.quiet.take()
        async with transaction(self.negotiator.scope):
            await dispute(self.negotiator, case.id, "defective", note=self.words.partly, amount_minor=part_of(case, 20))
        with clock.at(clock.now() + timedelta(hours=3)):
            today = clock.today(self.office.plan.time_zone)
            async with transaction(self.finance.scope):
                await record(
                    self.finance, case.id, case.balance_minor, today, "bank", f"PAY {case.number}", case.debtor_name
                )

    async def pay_from_nobody_known(self) -> None:
        """Money arrives, and nobody knows whose."""
        payer, line = self.words.unknown
        currency = self.office.plan.base_currency
        minor = 128_450 * 10 ** exponent(currency) // 100
        async with transaction(self.finance.scope):
            await suspend(self.finance, minor, currency, self._day(-3), "bank", payer, line, token=new_id())


def debtor_of(office: Office, case: CaseFile) -> Actor:
    """The debtor of a case on its own page."""
    return Actor(
        kind="debtor",
        agency_id=office.system.agency_id,
        agency_name=office.plan.name,
        base_currency=office.plan.base_currency,
        role=Role.DEBTOR,
        name=case.debtor_name,
        case_id=case.id,
        language=office.plan.language,
        time_zone=office.plan.time_zone,
        is_sample=True,
    )
