"""Money passed on to clients: by which fees and terms, in runs that are led on or back, also into another currency."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from hypothesis import strategies as st

from billing.exchange.execute import Executed, execute
from billing.exchange.quotes import pairs_of, quote
from billing.exchange.rate import converted
from billing.fees.agreements import SelectedBy, agree, flat
from billing.fees.terms import Conditions, Limits
from billing.remittance.approve import approve
from billing.remittance.draft import cancel, prepare, prepare_again, review
from billing.remittance.pay import pay
from billing.statements.told import told_of
from cases.remittance_terms import PayingOut
from cases.remittance_terms import agree as agree_terms
from portal.ledger.tables import Component
from portal.people.actor import Actor
from portal.tenancy.database import sql
from tests.billing.history.payments import people
from tests.billing.history.world import ABROAD, Act, Step, World
from tests.billing.remitting import PROOF

NEWEST = "select id from remittance_runs where agency_id = $1 and currency = $2 order by id desc"


@dataclass(frozen=True)
class Prepared:
    """A run was drafted."""

    who: str
    currency: str
    days_ago: int

    async def do(self, world: World, actor: Actor) -> None:
        """Prepare it."""
        await prepare(actor, self.currency, world.ago(self.days_ago))


@dataclass(frozen=True)
class Moved:
    """The newest run in a currency was led a step on, or back."""

    who: str
    currency: str
    step: str

    async def do(self, world: World, actor: Actor) -> None:
        """Take the step."""
        run_id = await world.one_of(0, NEWEST, self.currency)
        if run_id is None:
            return
        steps: dict[str, Callable[[], Awaitable[None]]] = {
            "again": lambda: prepare_again(actor, run_id),
            "review": lambda: review(actor, run_id),
            "cancel": lambda: cancel(actor, run_id),
            "approve": lambda: approve(actor, run_id, PROOF, world.secret_key),
            "pay": lambda: pay(actor, run_id, world.today, "SEPA 7"),
        }
        await steps[self.step]()


@dataclass(frozen=True)
class Exchanged:
    """What of the newest run in a currency is paid out in another was quoted, or exchanged a little better or worse."""

    who: str
    currency: str
    rate: str
    is_quote: bool

    async def do(self, world: World, actor: Actor) -> None:
        """Enter the rate, or what the bank did."""
        run_id = await world.one_of(0, NEWEST, self.currency)
        if run_id is None:
            return
        rate = Decimal(self.rate)
        for pair in await pairs_of(actor, run_id):
            if self.is_quote:
                await quote(actor, run_id, pair.target, rate, "Kontor Bank", world.now)
            elif not pair.is_executed:
                bought = converted(pair.net_minor, self.currency, rate, pair.target)
                done = Executed(
                    target=pair.target, sold_minor=pair.net_minor, bought_minor=bought, rate=rate, on=world.today,
                    reference="FX 7",
                )  # fmt: skip
                await execute(actor, run_id, done)


@dataclass(frozen=True)
class Agreed:
    """A client agreed another fee."""

    who: str
    client: str
    rate: str
    selected_by: SelectedBy
    components: tuple[Component, ...]
    least: int = 0

    async def do(self, world: World, actor: Actor) -> None:
        """The next version of its agreement."""
        rules = [flat(Decimal(self.rate), self.components)]
        if self.least:
            pounds = Conditions(currency="GBP")
            rules.insert(0, replace(rules[0], conditions=pounds, minimum_minor=self.least, limits=Limits.CASE))
        await agree(actor, getattr(world.cast, self.client).id, rules, world.today, self.selected_by)


@dataclass(frozen=True)
class Changed:
    """A client's terms changed: VAT and floor by a hand, how it is paid as any owner does."""

    who: str
    client: str
    vat: str
    floor_minor: int
    terms: PayingOut

    async def do(self, world: World, actor: Actor) -> None:
        """Agree other terms."""
        client = getattr(world.cast, self.client)
        await sql(
            "update clients set vat_rate = $3, vat_treatment = $4, remittance_floor_minor = $5 where agency_id = $1 and id = $2",
            *(client.agency_id, client.id, Decimal(self.vat), "standard" if Decimal(self.vat) else "outside"),
            self.floor_minor,
        )
        await agree_terms(actor, client.id, self.terms, await told_of(actor, client.id))


def led(currency: str, steps: int) -> list[Step]:
    """A run led on its usual way, so that histories get beyond the first approval."""
    way: list[Step] = [
        Prepared("finance", currency, 0),
        Exchanged("finance", currency, "0.5", is_quote=True),
        Moved("finance", currency, "review"),
        Moved("second_finance", currency, "approve"),
        Exchanged("finance", currency, "0.49", is_quote=False),
        Moved("finance", currency, "pay"),
    ]
    return way[:steps]


currencies = st.sampled_from(["GBP", "GBP", "JPY", "KWD"])
clients = st.sampled_from(["brandt", "lanting"])
rates = st.sampled_from(["0", "0.000001", "0.25", "0.333333", "0.5", "1"])
vats = st.sampled_from(["0", "0.2", "0.0775", "0.9999"])
moves = st.sampled_from(["review", "review", "approve", "approve", "pay", "pay", "again", "cancel"])
moved: st.SearchStrategy[Act] = st.builds(Moved, people, currencies, moves)
paying: st.SearchStrategy[PayingOut] = st.builds(
    PayingOut,
    remittance_method=st.sampled_from(["net", "gross", "combined"]),
    remittance_cycle=st.sampled_from(["weekly", "monthly"]),
    payout_currencies=st.sampled_from(["", ABROAD]),
    exchange_gain=st.sampled_from(["client", "agency"]),
    exchange_loss=st.sampled_from(["client", "agency"]),
)
ACTS: tuple[st.SearchStrategy[Act], ...] = (
    st.builds(Prepared, people, currencies, st.integers(0, 3)),
    moved,
    moved,
    st.builds(
        Exchanged, people, st.sampled_from(["JPY", "KWD"]), st.sampled_from(["0.49", "0.5", "193"]), st.booleans()
    ),
    st.builds(
        Agreed,
        st.just("owner"),
        clients,
        rates,
        st.sampled_from(SelectedBy),
        st.sampled_from([tuple(Component), ("principal",)]),
        st.sampled_from([0, 0, 700]),
    ),
    st.builds(Changed, st.just("owner"), clients, vats, st.sampled_from([0, 0, 400]), paying),
)
WAYS = (st.builds(led, currencies, st.integers(3, 6)), st.builds(led, currencies, st.just(6)))
