"""What the processor tells of charges: they are taken, refunded, charged back and paid out, and come again."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

from hypothesis import strategies as st

from billing.cards import booking, chargebacks, payouts, refund_sending
from billing.cards.funding import fund, owed_to_bank, pay_in, shortages
from billing.cards.objects import Charge, Dispute, Intent, Payout, Refund, Transaction
from portal.identity import new_id
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one
from tests.billing.history.payments import amounts, claims, people
from tests.billing.history.world import CLAIMS, PORTAL, Act, World

ATTEMPT = """
insert into card_payments (id, agency_id, client_id, case_id, token, currency, amount_minor, created_at, changed_at)
select $2, c.agency_id, c.client_id, c.id, $2, c.currency, $4, $5, $5 from cases c where c.agency_id = $1 and c.id = $3
on conflict do nothing
"""
TOLD = "select amount_minor from card_payments where agency_id = $1 and id = $2"


@dataclass(frozen=True)
class Processed:
    """Something happened to money that the processor has: it is told once or several times, in any order."""

    claim: int
    what: str
    number: int
    amount: int
    fee: int
    who: str = PORTAL

    async def do(self, world: World, actor: Actor) -> None:
        """Book the charge, and what became of it."""
        if self.what == "payout":
            said = Payout(f"po_{self.name}", self.currency, self.amount, "paid", world.today)
            await payouts.take_over(actor, said, None)
            return
        taken = await self._charged(world, actor)
        if self.what in ("charged_back", "won"):
            minor = world.told.setdefault(f"dp_{self.name}", min(self.amount, taken))
            came = [(minor, 0)] if self.what == "won" else []
            await chargebacks.take_over(actor, self._dispute(world, self.what, [(-minor, self.fee), *came]))
        elif self.what != "charged":
            minor = world.told.setdefault(f"re_{self.name}", min(self.amount, taken))
            for status in ("succeeded", "failed") if self.what == "refund_failed" else ("succeeded",):
                said = Refund(f"re_{self.name}", f"ch_{self.name}", self.currency, minor, status, world.now)
                await refund_sending.take_over(actor, said)

    @property
    def name(self) -> str:
        """Of the charge, and of what became of it."""
        return f"{self.claim}_{self.number}"

    @property
    def currency(self) -> str:
        """Of the claim."""
        return CLAIMS[self.claim][1]

    async def _charged(self, world: World, actor: Actor) -> int:
        ours = uuid5(world.agency_id, self.name)
        await sql(ATTEMPT, actor.agency_id, ours, world.cases[self.claim], self.amount, world.now)
        row = await sql_one(TOLD, actor.agency_id, ours)
        assert row is not None
        await booking.take_over(actor, self._intent(world, ours, row["amount_minor"]))
        return int(row["amount_minor"])

    def _intent(self, world: World, ours: UUID, minor: int) -> Intent:
        charge = Charge(
            f"ch_{self.name}", f"pi_{self.name}", self.currency, minor, 0, "succeeded", world.now,
            self._moved(world, "ch", minor, self.fee),
        )  # fmt: skip
        return Intent(f"pi_{self.name}", "succeeded", self.currency, minor, "", ours=str(ours), charge=charge)

    def _moved(self, world: World, of: str, minor: int, fee: int) -> Transaction:
        return Transaction(
            f"txn_{of}_{self.name}_{minor}", "charge", self.currency, minor, fee, f"{of}_{self.name}", world.now
        )

    def _dispute(self, world: World, status: str, moved: list[tuple[int, int]]) -> Dispute:
        transactions = tuple(self._moved(world, "dp", *one) for one in moved)
        return Dispute(
            f"dp_{self.name}", f"ch_{self.name}", self.currency, -moved[0][0], status, "fraudulent", world.now, None,
            transactions,
        )  # fmt: skip


@dataclass(frozen=True)
class PaidIn:
    """The agency paid what it owes the trust, or a part of it: to the processor or to the bank."""

    who: str
    to_processor: bool
    is_part: bool

    async def do(self, world: World, actor: Actor) -> None:
        """Book it."""
        owed = await (shortages if self.to_processor else owed_to_bank)(actor)
        for one in owed:
            minor = max(1, one.minor // 2) if self.is_part else one.minor
            await (fund if self.to_processor else pay_in)(actor, one.currency, minor, world.today, new_id())
            world.moved += [(1010 if self.to_processor else 1000, one.currency, minor), (1090, one.currency, -minor)]


happenings = st.sampled_from(["charged", "charged_back", "charged_back", "refunded", "refund_failed", "won", "payout"])
processed: st.SearchStrategy[Act] = st.builds(
    Processed, claims, happenings, st.integers(0, 1), amounts, st.sampled_from([0, 1, 3])
)
ACTS: tuple[st.SearchStrategy[Act], ...] = (
    processed,
    processed,
    st.builds(PaidIn, people, st.booleans(), st.booleans()),
)
