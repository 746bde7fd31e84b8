"""Money of debtors: received, taken back, suspended, and what was too much led back to them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid5

from hypothesis import strategies as st

from billing.bank_details.account import Account
from billing.payments.receipts import record
from billing.payments.returns import reverse
from billing.refunds.decide import approve
from billing.refunds.pay import pay
from billing.surplus.refund import ask_to_refund
from billing.surplus.register import list_surplus
from billing.suspense.match import match
from billing.suspense.send_back import ask_to_send_back
from billing.suspense.take_in import suspend
from portal.people.actor import Actor
from portal.tenancy.database import sql
from tests.billing.history.world import CLAIMS, Act, Step, World
from tests.billing.remitting import PROOF

CHEQUES = {"cheque": "100217"}
"""The number of the one cheque that there is, which is presented again and again."""
claims = st.integers(0, len(CLAIMS) - 1)
amounts = st.sampled_from([1, 2, 5, 99, 333, 499, 500, 3_333, 30_000, 123_456])
people = st.sampled_from(["finance", "second_finance", "owner"])
few = st.integers(0, 9)


@dataclass(frozen=True)
class Paid:
    """Money came, to us or to the client itself."""

    who: str
    claim: int
    amount: int
    channel: str
    days_ago: int
    reference: str

    async def do(self, world: World, actor: Actor) -> None:
        """Record it."""
        reference = self.reference or CHEQUES.get(self.channel, "")
        await record(
            actor, world.cases[self.claim], self.amount, world.ago(self.days_ago), self.channel, reference, "A payer",
            surplus_agreed=self.amount % 2 == 0,
        )  # fmt: skip


@dataclass(frozen=True)
class TakenBack:
    """Money went back, or had never come."""

    who: str
    which: int
    days_ago: int
    reason: str

    async def do(self, world: World, actor: Actor) -> None:
        """Take a payment back."""
        payment = await world.one_of(self.which, "select id from payments where agency_id = $1 order by id")
        if payment:
            await reverse(actor, payment, self.reason, world.ago(self.days_ago))


@dataclass(frozen=True)
class Suspended:
    """Money came that nobody knew, and perhaps found its case."""

    who: str
    claim: int
    amount: int
    number: int
    is_found: bool

    async def do(self, world: World, actor: Actor) -> None:
        """Take it in, and match it."""
        token = uuid5(world.agency_id, f"{self.claim} {self.number}")
        piece = await suspend(actor, self.amount, CLAIMS[self.claim][1], world.today, "bank", token=token)
        if self.is_found:
            await match(actor, piece, world.cases[self.claim])


@dataclass(frozen=True)
class PaidBack:
    """What was too much, or what nobody knew, was led a step on its way back."""

    who: str
    which: int
    step: str

    async def do(self, world: World, actor: Actor) -> None:
        """Ask, approve or pay."""
        if self.step == "ask":
            owed, _ = await list_surplus(actor)
            if owed:
                piece = owed[self.which % len(owed)]
                await ask_to_refund(
                    actor, piece.payment_id, max(piece.free_minor - self.which, 1), payee(piece.currency)
                )
            return
        if self.step == "ask for suspended":
            await self._ask_for_suspended(world, actor)
            return
        under_way = "select id from refunds where agency_id = $1 and status in ('asked', 'approved') order by id"
        refund = await world.one_of(self.which, under_way)
        if refund and self.step == "approve":
            await approve(actor, refund, PROOF, world.secret_key)
        elif refund:
            await pay(actor, refund, world.today, "SEPA 8")

    async def _ask_for_suspended(self, world: World, actor: Actor) -> None:
        waits = "select id, currency from suspense where agency_id = $1 and status = 'waiting' order by id"
        known = await sql(waits, world.agency_id)
        if known:
            piece = known[self.which % len(known)]
            await ask_to_send_back(actor, piece["id"], payee(piece["currency"]))


def payee(currency: str) -> Account:
    """The account of whoever paid."""
    return Account(currency=currency, holder="A payer", account_number="4711", bank_name="A bank")


def led_back(which: int, steps: int) -> list[Step]:
    """A surplus led on its usual way to the debtor."""
    way: list[Step] = [
        PaidBack("finance", which, "ask"),
        PaidBack("second_finance", which, "approve"),
        PaidBack("finance", which, "pay"),
    ]
    return way[:steps]


channels = st.sampled_from(["bank", "bank", "bank", "direct", "cheque", "cash"])
reasons = st.sampled_from(["not_received", "returned_by_bank"])
references = st.sampled_from(["", "", "", "", "E2E 1", "E2E 2"])
paid: st.SearchStrategy[Act] = st.builds(Paid, people, claims, amounts, channels, st.integers(0, 6), references)
ACTS: tuple[st.SearchStrategy[Act], ...] = (
    paid,
    paid,
    st.builds(TakenBack, people, few, st.integers(0, 2), reasons),
    st.builds(Suspended, people, claims, amounts, st.integers(0, 2), st.booleans()),
    st.builds(PaidBack, people, st.integers(0, 2), st.sampled_from(["ask", "ask for suspended", "approve", "pay"])),
)
WAYS = (st.builds(led_back, st.integers(0, 2), st.integers(2, 3)),)
