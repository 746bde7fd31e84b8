"""Card money of the sample world: what debtors paid, what the processor paid out, what a bank took back, what goes back.

No processor is asked: what it would say of each is told here, and taken over as if it had said it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from billing.cards import chargebacks, payouts, refund_sending
from billing.cards.booking import take_over
from billing.cards.intents import begin
from billing.cards.objects import Charge, Dispute, Intent, Method, Payout, Refund, Transaction
from billing.cards.refunds import approve_refund, ask_for_refund
from billing.remittance.proof import Proof
from portal import clock
from portal.identity import new_id
from portal.money import exponent
from portal.people.permissions import Role
from portal.sample.agreements import Step
from portal.sample.cast import PASSWORD
from portal.sample.founding import Office
from portal.sample.hours import local_day, moment, working_day
from portal.sample.otherwise import debtor_of
from portal.sample.quiet import QuietCases, part_of
from portal.sample.words import words_of
from portal.tenancy.database import transaction

CARDS = (("visa", "4242", "2028-09"), ("mastercard", "4444", "2027-04"), ("visa", "1881", "2029-01"))


@dataclass
class CardMoney:
    """All of it in one agency."""

    office: Office
    now: datetime
    quiet: QuietCases
    secret_key: str
    taken: list[tuple[UUID, Transaction]] = field(default_factory=list)
    """Our id of each payment, and what moved at the processor."""

    def __post_init__(self) -> None:
        self.words = words_of(self.office.plan.language)
        self.currency = self.office.plan.base_currency
        self.today = local_day(self.now, self.office.plan.time_zone)

    def steps(self) -> Iterator[tuple[datetime, Step]]:
        """When each of it happens."""
        for days in (-5, -4, -4):
            yield self._at(days), self.pay
        yield self._at(-2, time(7)), self.pay_out
        yield self._at(-2), self.give_back
        yield self._at(-1, time(8, 30)), self.take_back
        yield self._at(-1), self.ask_to_give_back

    def _day(self, days: int) -> date:
        country = self.office.plan.country
        return working_day(self.today, days, country, country)

    def _at(self, days: int, at: time = time(16, 40)) -> datetime:
        return moment(self._day(days), at, self.office.plan.time_zone)

    async def pay(self) -> None:
        """A debtor pays a part by card, on its own page."""
        case = await self.quiet.take(currency=self.currency)
        debtor, minor = debtor_of(self.office, case), part_of(case, 35)
        async with transaction(debtor.scope):
            ours = (await begin(debtor, minor, new_id())).id
        brand, last4, expires = CARDS[len(self.taken)]
        name, now = ours.hex, clock.now()
        moved = Transaction(
            f"txn_{name}", "charge", self.currency, minor, _fee(minor, self.currency), f"ch_{name}", now
        )
        charge = Charge(f"ch_{name}", f"pi_{name}", self.currency, minor, 0, "succeeded", now, moved)
        method = Method(f"pm_{name}", "card", brand, last4, expires)
        intent = Intent(
            f"pi_{name}", "succeeded", self.currency, minor, "", ours=str(ours), method=method, charge=charge
        )
        async with transaction(self.office.system.scope):
            await take_over(self.office.system, intent)
        self.taken.append((ours, moved))

    async def pay_out(self) -> None:
        """The processor pays to the trust account what it has, less its fees."""
        made_of: Sequence[Transaction] = [moved for _, moved in self.taken]
        net, today = sum(moved.net_minor for moved in made_of), clock.today(self.office.plan.time_zone)
        payout = Payout(f"po_{self.taken[0][0].hex}", self.currency, net, "paid", today)
        async with transaction(self.office.system.scope):
            await payouts.take_over(self.office.system, payout, list(made_of))

    async def give_back(self) -> None:
        """A part of a payment goes back: one person asked for it, another approved it."""
        ours, moved = self.taken[1]
        finance, second = self.office.one(Role.FINANCE), self.office.one(Role.FINANCE, 1)
        minor = _third(moved.amount_minor, self.currency)
        async with transaction(finance.scope):
            refund_id = await ask_for_refund(finance, ours, minor, self.words.refunds[0], new_id())
        with clock.at(clock.now() + timedelta(minutes=25)):
            async with transaction(second.scope):
                await approve_refund(second, refund_id, Proof(password=PASSWORD), self.secret_key)
            back = Refund(
                f"re_{refund_id.hex}", moved.source_id, self.currency, minor, "succeeded", clock.now(), str(refund_id)
            )
            async with transaction(self.office.system.scope):
                await refund_sending.take_over(self.office.system, back)

    async def take_back(self) -> None:
        """The bank of another debtor takes its payment back; evidence is waited for."""
        ours, moved = self.taken[0]
        now, unit = clock.now(), 10 ** exponent(self.currency)
        withdrawn = Transaction(
            f"txn_back_{ours.hex}", "adjustment", self.currency, -moved.amount_minor, 20 * unit, f"dp_{ours.hex}", now
        )
        said = Dispute(
            f"dp_{ours.hex}", moved.source_id, self.currency, moved.amount_minor, "needs_response",
            "product_unacceptable", now, now + timedelta(days=11), (withdrawn,),
        )  # fmt: skip
        async with transaction(self.office.system.scope):
            await chargebacks.take_over(self.office.system, said)

    async def ask_to_give_back(self) -> None:
        """A refund that waits for a second person."""
        finance, (ours, moved) = self.office.one(Role.FINANCE), self.taken[2]
        minor = _third(moved.amount_minor, self.currency)
        async with transaction(finance.scope):
            await ask_for_refund(finance, ours, minor, self.words.refunds[1], new_id())


def _fee(minor: int, currency: str) -> int:
    """What a processor keeps: 1.5 % and a quarter of a unit."""
    unit: int = 10 ** exponent(currency)
    return minor * 15 // 1000 + unit // 4


def _third(minor: int, currency: str) -> int:
    """About a third of an amount, in whole units."""
    unit: int = 10 ** exponent(currency)
    return max(unit, minor // 3 // unit * unit)
