"""What is claimed: it bears interest, costs are added, it is disputed, corrected, settled, given up, closed; and what clients are
asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st

from billing.costs.add import WantedCost, add_cost
from billing.costs.take_back import take_back
from billing.invoices.costs import invoice_costs_of
from billing.invoices.credit import credit_invoice
from billing.invoices.issue import invoice_clawback
from billing.invoices.pay import pay_invoice, take_payment_back
from billing.plans.agree import agree as agree_to
from billing.plans.offer import offer
from billing.write_offs.decide import decide
from billing.write_offs.propose import propose
from billing.write_offs.undo import undo
from cases.casework import Next, NextAction
from cases.corrections.correct import correct
from cases.corrections.rules import Wanted as Figure
from cases.disputes import answer, dispute
from cases.interest.change import WantedTerm, set_on_case
from cases.interest.post import fix
from cases.interest.terms import Basis
from cases.pauses import close
from portal.identity import new_id
from portal.ledger.tables import Component
from portal.people.actor import Actor
from portal.tenancy.database import sql_value
from tests.billing.giving_up import all_of_it, part
from tests.billing.history.passing_on import clients, currencies
from tests.billing.history.payments import amounts, claims, few, people
from tests.billing.history.world import CLAIMS, Act, World
from tests.billing.planning import settlement


@dataclass(frozen=True)
class Advanced:
    """A cost was entered, taken back, or the client asked for what nobody repaid."""

    who: str
    claim: int
    what: str
    amount: int
    on_debtor: bool

    async def do(self, world: World, actor: Actor) -> None:
        """Do one of the three."""
        case_id = world.cases[self.claim]
        if self.what == "back":
            known = "select id from case_costs where agency_id = $1 and case_id = $2 order by id"
            cost = await world.one_of(self.amount, known, case_id)
            if cost:
                await take_back(actor, cost, "an error")
        elif self.what == "invoice":
            await invoice_costs_of(actor, case_id)
        else:
            by = "client" if self.amount == 5 and self.on_debtor else "agency"
            wanted = WantedCost(
                kind="court", amount_minor=self.amount, paid_on=world.today, advanced_by=by, on_debtor=self.on_debtor
            )  # fmt: skip
            await add_cost(actor, case_id, wanted, new_id())


@dataclass(frozen=True)
class Bearing:
    """A claim bears interest from now on, or what it bore was fixed."""

    who: str
    claim: int
    rate: str

    async def do(self, world: World, actor: Actor) -> None:
        """Set a rate; without one, post what accrued."""
        case_id = world.cases[self.claim]
        if self.rate:
            bears = Basis(basis="agreed", rate=Decimal(self.rate))
            await set_on_case(actor, case_id, WantedTerm(terms=bears))
        else:
            await fix(actor, case_id)


@dataclass(frozen=True)
class Disputed:
    """The debtor disputes a part of a claim, or all of it; or the oldest dispute was answered."""

    who: str
    claim: int
    amount: int | None
    is_answer: bool

    async def do(self, world: World, actor: Actor) -> None:
        """Write it down."""
        case_id = world.cases[self.claim]
        if not self.is_answer:
            await dispute(actor, case_id, "price", amount_minor=self.amount)
            return
        waits = (
            "select id from disputes where agency_id = $1 and case_id = $2 and answered_at is null order by opened_at"
        )
        known = await world.one_of(0, waits, case_id)
        if known:
            following = Next(NextAction.CALL, world.now + timedelta(days=1), actor.user_id)
            await answer(actor, known, "The price is as agreed.", following)


@dataclass(frozen=True)
class GivenUp:
    """A part of a claim, or all of it, was written off by two people; or a write-off was taken back."""

    who: str
    claim: int
    amount: int
    how: str

    async def do(self, world: World, actor: Actor) -> None:
        """Propose and decide, or undo."""
        case_id, owner = world.cases[self.claim], world.cast.owner.actor
        if self.how == "undone":
            posted = (
                "select id from write_offs where agency_id = $1 and case_id = $2 and status = 'approved' order by id"
            )
            known = await world.one_of(self.amount, posted, case_id)
            if known:
                await undo(owner, known, "an heir turned up")
            return
        wanted = all_of_it() if self.how == "all" else part(self.amount)
        proposed = await propose(actor, case_id, wanted, new_id())
        await decide(owner, proposed.id, approved=True)


@dataclass(frozen=True)
class Corrected:
    """Less is claimed than before, as the client says."""

    claim: int
    after: int

    @property
    def who(self) -> str:
        """Somebody of the client whose claim it is."""
        return f"{CLAIMS[self.claim][0]}_admin"

    async def do(self, world: World, actor: Actor) -> None:
        """Another figure."""
        figure = Figure(
            kind="invoice_wrong",
            component=Component.PRINCIPAL,
            after_minor=self.after,
            reason="Counted twice.",
            on=world.today,
        )
        await correct(actor, world.cases[self.claim], figure)


OWED = "select principal_minor + interest_minor + costs_minor from cases where agency_id = $1 and id = $2"


@dataclass(frozen=True)
class Settled:
    """Less than all is agreed to settle a claim."""

    who: str
    claim: int
    percent: int

    async def do(self, world: World, actor: Actor) -> None:
        """Offered and agreed to at once."""
        owed: int = await sql_value(OWED, world.agency_id, world.cases[self.claim])
        first_on, until = world.today + timedelta(days=9), world.today + timedelta(days=5)
        wish = settlement(owed * self.percent // 100, first_on=first_on, valid_until=until, why="Insolvency is near.")
        plan_id = await offer(actor, world.cases[self.claim], wish, None)
        await agree_to(actor, plan_id, "told", "Sabine Weber", None)


@dataclass(frozen=True)
class Closed:
    """A case closed without money."""

    who: str
    claim: int

    async def do(self, world: World, actor: Actor) -> None:
        """It does not pay to go on."""
        await close(actor, world.cases[self.claim], "uneconomical")


@dataclass(frozen=True)
class Asked:
    """An invoice to a client was paid in part or whole, its payment taken back, or it was credited; or the client was asked
    for money that went back."""

    who: str
    which: int
    what: str
    client: str
    currency: str

    async def do(self, world: World, actor: Actor) -> None:
        """Do one of these."""
        if self.what == "claw back":
            await invoice_clawback(actor, getattr(world.cast, self.client).id, self.currency)
            return
        table = "invoice_payments" if self.what == "taken back" else "client_invoices"
        known = await world.one_of(self.which, f"select id from {table} where agency_id = $1 order by id")
        if known is None:
            return
        if self.what == "taken back":
            await take_payment_back(actor, known)
        elif self.what == "credit":
            await credit_invoice(actor, known, "error" if self.which % 2 else "agreed", self.which or None, new_id())
        else:
            await pay_invoice(actor, known, world.today, f"INV {self.which}", self.which or None)


ACTS: tuple[st.SearchStrategy[Act], ...] = (
    st.builds(
        Advanced, people, claims, st.sampled_from(["add", "add", "add", "back", "invoice"]), amounts,
        st.sampled_from([True, True, False]),
    ),
    st.builds(Bearing, st.just("manager"), claims, st.sampled_from(["0.1", "0.0525", "", ""])),
    st.builds(Disputed, st.just("negotiator"), claims, st.sampled_from([None, 1, 300, 60_000]), st.booleans()),
    st.builds(GivenUp, st.just("manager"), claims, amounts, st.sampled_from(["part", "part", "all", "undone"])),
    st.builds(Corrected, claims, st.sampled_from([0, 400, 80_000])),
    st.builds(Settled, st.just("manager"), claims, st.sampled_from([80, 90])),
    st.builds(Closed, st.just("negotiator"), claims),
    st.builds(
        Asked, people, few, st.sampled_from(["pay", "pay", "taken back", "credit", "claw back"]), clients, currencies
    ),
)  # fmt: skip
