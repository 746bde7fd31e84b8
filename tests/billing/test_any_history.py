"""Whatever people do to the money, one after the other or at once: the books prove, and nothing is lost or doubled."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

import asyncpg
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from billing.bank_details.account import Account
from billing.costs.add import WantedCost, add_cost
from billing.costs.take_back import take_back
from billing.fees.agreements import SelectedBy, agree, flat
from billing.fees.terms import Conditions, Limits
from billing.invoices.costs import invoice_costs_of
from billing.payments.processor import chargeback_won, take_charge, take_charge_back, take_refund
from billing.payments.processor_journals import take_payout
from billing.payments.prove import prove_minimums
from billing.payments.receipts import record
from billing.payments.returns import reverse
from billing.payments.told import Charged, ChargedBack, PaidOut, Refunded, Won
from billing.refunds.decide import approve as approve_refund
from billing.refunds.pay import pay as pay_refund
from billing.remittance.approve import approve
from billing.remittance.draft import cancel, prepare, prepare_again, review
from billing.remittance.pay import pay
from billing.statements.told import told_of
from billing.surplus.refund import ask_to_refund
from billing.surplus.register import list_surplus
from billing.suspense.match import match
from billing.suspense.take_in import suspend
from billing.tables import Channel
from cases.remittance_terms import PayingOut
from cases.remittance_terms import agree as agree_terms
from portal import clock
from portal.errors import Refused
from portal.identity import new_id
from portal.ledger.tables import Component
from portal.money import share
from portal.settings import Settings
from portal.tenancy.database import as_job, sql, transaction
from tests.billing.books.ledgers import found_wrong, told
from tests.billing.money import NOON, wrong
from tests.billing.remitting import PROOF
from tests.cases.casework import placed_case
from tests.people import Cast, Person, found

CLAIMS = (("brandt", "GBP", 90_000), ("lanting", "GBP", 500), ("brandt", "JPY", 7), ("lanting", "KWD", 123_456))
"""Client, currency and amount of each case; a yen has no decimals, a dinar three."""

claims = st.integers(0, len(CLAIMS) - 1)
amounts = st.sampled_from([1, 2, 5, 99, 333, 499, 500, 3_333, 30_000, 123_456])
CHEQUES = {"cheque": "100217"}
"""The number of the one cheque that there is, which is presented again and again."""
channels = st.sampled_from(["bank", "bank", "bank", "direct", "cheque", "cash"])
currencies = st.sampled_from(["GBP", "GBP", "JPY", "KWD"])
clients = st.sampled_from(["brandt", "lanting"])
people = st.sampled_from(["finance", "second_finance", "owner"])
days = st.integers(0, 6)
rates = st.sampled_from(["0", "0.000001", "0.25", "0.333333", "0.5", "1"])
vats = st.sampled_from(["0", "0.2", "0.0775", "0.9999"])


@dataclass
class World:
    """Two clients' cases, and everybody who may touch their money."""

    cast: Cast
    cases: list[UUID]
    secret_key: str
    now: datetime = NOON

    async def payments(self) -> list[UUID]:
        """Payments that may be taken back, in the order in which they were recorded."""
        rows = await sql("select id from payments where agency_id = $1 order by id", self.cast.nordkai.id)
        return [row["id"] for row in rows]

    async def runs(self, currency: str) -> list[UUID]:
        """The runs in a currency, the newest first."""
        rows = await sql(
            "select id from remittance_runs where agency_id = $1 and currency = $2 order by id desc",
            *(self.cast.nordkai.id, currency),
        )
        return [row["id"] for row in rows]


@dataclass(frozen=True)
class Paid:
    """Money came."""

    who: str
    claim: int
    amount: int
    channel: str
    days_ago: int
    reference: str

    async def do(self, world: World, person: Person) -> None:
        case_id, day = world.cases[self.claim], (world.now - timedelta(days=self.days_ago)).date()
        await record(
            person.actor,
            case_id,
            self.amount,
            day,
            self.channel,
            self.reference or CHEQUES.get(self.channel, ""),
            "A payer",
            surplus_agreed=self.amount % 2 == 0,
        )


@dataclass(frozen=True)
class TakenBack:
    """Money went back."""

    who: str
    which: int
    days_ago: int

    async def do(self, world: World, person: Person) -> None:
        if known := await world.payments():
            day = (world.now - timedelta(days=self.days_ago)).date()
            await reverse(person.actor, known[self.which % len(known)], "not_received", day)


@dataclass(frozen=True)
class Processed:
    """Something happened to money that the processor has: it is told once or several times, in any order."""

    who: str
    claim: int
    what: str
    number: int
    amount: int
    fee: int

    async def do(self, world: World, person: Person) -> None:
        actor, day, currency = person.actor, world.now.date(), CLAIMS[self.claim][1]
        name = f"{self.claim}_{self.number}"
        if self.what == "payout":
            paid_out = PaidOut(payout_id=f"po_{name}", currency=currency, amount_minor=self.amount, on=day)
            await take_payout(actor, paid_out)
            return
        charge = Charged(
            charge_id=f"ch_{name}", amount_minor=self.amount, currency=currency, fee_minor=self.fee, received_on=day,
            channel=Channel.CARD,
        )  # fmt: skip
        payment = await take_charge(actor, world.cases[self.claim], charge)
        if self.what == "charged_back":
            back = ChargedBack(chargeback_id=f"du_{name}", amount_minor=self.amount, fee_minor=self.fee, on=day)
            await take_charge_back(actor, payment, back)
        elif self.what == "refunded":
            await take_refund(actor, payment, Refunded(refund_id=f"re_{name}", amount_minor=self.amount, on=day))
        elif self.what == "won":
            await chargeback_won(actor, payment, Won(chargeback_id=f"du_{name}", amount_minor=self.amount, on=day))


@dataclass(frozen=True)
class Suspended:
    """Money came that nobody knew, and perhaps found its case."""

    who: str
    claim: int
    amount: int
    number: int
    is_found: bool

    async def do(self, world: World, person: Person) -> None:
        token = uuid5(world.cast.nordkai.id, f"{self.claim} {self.number}")
        currency, day = CLAIMS[self.claim][1], world.now.date()
        piece = await suspend(person.actor, self.amount, currency, day, "bank", token=token)
        if self.is_found:
            await match(person.actor, piece, world.cases[self.claim])


@dataclass(frozen=True)
class PaidBack:
    """What was too much was led a step on its way to the debtor."""

    who: str
    which: int
    step: str

    async def do(self, world: World, person: Person) -> None:
        owed, _ = await list_surplus(person.actor)
        asked = await sql(
            "select id, status from refunds where agency_id = $1 and status in ('asked', 'approved') order by id",
            world.cast.nordkai.id,
        )
        if self.step == "ask" and owed:
            piece = owed[self.which % len(owed)]
            payee = Account(currency=piece.currency, holder="A payer", account_number="4711", bank_name="A bank")
            await ask_to_refund(person.actor, piece.payment_id, max(piece.free_minor - self.which, 1), payee)
        elif self.step == "approve" and asked:
            await approve_refund(person.actor, asked[self.which % len(asked)]["id"], PROOF, world.secret_key)
        elif self.step == "pay" and asked:
            await pay_refund(person.actor, asked[self.which % len(asked)]["id"], world.now.date(), "SEPA 8")


@dataclass(frozen=True)
class Advanced:
    """A cost was entered, taken back, or the client asked for what nobody repaid."""

    who: str
    claim: int
    what: str
    amount: int
    on_debtor: bool

    async def do(self, world: World, person: Person) -> None:
        actor, case_id = person.actor, world.cases[self.claim]
        known = await sql(
            "select id from case_costs where agency_id = $1 and case_id = $2 order by id", actor.agency_id, case_id
        )
        if self.what == "back" and known:
            await take_back(actor, known[self.amount % len(known)]["id"], "an error")
        elif self.what == "invoice":
            await invoice_costs_of(actor, case_id)
        else:
            by = "client" if self.amount == 5 and self.on_debtor else "agency"
            wanted = WantedCost(
                kind="court", amount_minor=self.amount, paid_on=world.now.date(), advanced_by=by, on_debtor=self.on_debtor
            )  # fmt: skip
            await add_cost(actor, case_id, wanted, new_id())


@dataclass(frozen=True)
class Prepared:
    """A run was drafted."""

    who: str
    currency: str
    days_ago: int

    async def do(self, world: World, person: Person) -> None:
        await prepare(person.actor, self.currency, (world.now - timedelta(days=self.days_ago)).date())


@dataclass(frozen=True)
class Moved:
    """The newest run in a currency was led a step on, or back."""

    who: str
    currency: str
    step: str

    async def do(self, world: World, person: Person) -> None:
        if not (known := await world.runs(self.currency)):
            return
        steps: dict[str, Callable[[], Awaitable[None]]] = {
            "again": lambda: prepare_again(person.actor, known[0]),
            "review": lambda: review(person.actor, known[0]),
            "cancel": lambda: cancel(person.actor, known[0]),
            "approve": lambda: approve(person.actor, known[0], PROOF, world.secret_key),
            "pay": lambda: pay(person.actor, known[0], world.now.date(), "SEPA 7"),
        }
        await steps[self.step]()


@dataclass(frozen=True)
class Agreed:
    """A client agreed another fee."""

    who: str
    client: str
    rate: str
    selected_by: SelectedBy
    components: tuple[Component, ...]
    least: int = 0

    async def do(self, world: World, person: Person) -> None:
        client = getattr(world.cast, self.client)
        rules = [flat(Decimal(self.rate), self.components)]
        if self.least:
            pounds = Conditions(currency="GBP")
            rules.insert(0, replace(rules[0], conditions=pounds, minimum_minor=self.least, limits=Limits.CASE))
        await agree(world.cast.owner.actor, client.id, rules, world.now.date(), self.selected_by)


@dataclass(frozen=True)
class Changed:
    """A client's terms changed: no page does so yet, a hand may."""

    who: str
    client: str
    vat: str
    floor_minor: int
    method: str

    async def do(self, world: World, person: Person) -> None:
        client = getattr(world.cast, self.client)
        await sql(
            "update clients set vat_rate = $3, vat_treatment = $4, remittance_floor_minor = $5 where agency_id = $1 and id = $2",
            *(client.agency_id, client.id, Decimal(self.vat), "standard" if Decimal(self.vat) else "outside"),
            self.floor_minor,
        )
        owner = world.cast.owner.actor
        wanted = PayingOut(remittance_method=self.method)
        await agree_terms(owner, client.id, wanted, await told_of(owner, client.id))


@dataclass(frozen=True)
class Passed:
    """Days went by."""

    number: int


Act = Paid | TakenBack | Processed | Suspended | PaidBack | Advanced | Prepared | Moved | Agreed | Changed


@dataclass(frozen=True)
class AtOnce:
    """Several people at the same moment."""

    acts: list[Act]


def back(which: int, steps: int) -> list[Act]:
    """A surplus led on its usual way to the debtor."""
    way: list[Act] = [
        PaidBack("finance", which, "ask"),
        PaidBack("second_finance", which, "approve"),
        PaidBack("finance", which, "pay"),
    ]
    return way[:steps]


def led(currency: str, steps: int) -> list[Act]:
    """A run led on its usual way, so that histories get beyond the first approval."""
    way: list[Act] = [
        Prepared("finance", currency, 0),
        Moved("finance", currency, "review"),
        Moved("second_finance", currency, "approve"),
        Moved("finance", currency, "pay"),
    ]
    return way[:steps]


happenings = st.sampled_from(["charged", "charged_back", "charged_back", "refunded", "won", "payout"])
moves = st.sampled_from(["review", "review", "approve", "approve", "pay", "pay", "again", "cancel"])
acts: st.SearchStrategy[Act] = st.one_of(
    st.builds(Paid, people, claims, amounts, channels, days, st.sampled_from(["", "", "E2E 1", "E2E 2"])),
    st.builds(Paid, people, claims, amounts, channels, days, st.just("")),
    st.builds(TakenBack, people, st.integers(0, 9), st.integers(0, 2)),
    st.builds(Processed, people, claims, happenings, st.integers(0, 1), amounts, st.sampled_from([0, 3])),
    st.builds(Processed, people, claims, happenings, st.integers(0, 1), amounts, st.sampled_from([0, 3])),
    st.builds(Suspended, people, claims, amounts, st.integers(0, 2), st.booleans()),
    st.builds(PaidBack, people, st.integers(0, 2), st.sampled_from(["ask", "approve", "pay"])),
    st.builds(
        Advanced,
        people,
        claims,
        st.sampled_from(["add", "add", "add", "back", "invoice"]),
        amounts,
        st.sampled_from([True, True, False]),
    ),
    st.builds(Prepared, people, currencies, st.integers(0, 3)),
    st.builds(Moved, people, currencies, moves),
    st.builds(Moved, people, currencies, moves),
    st.builds(
        Agreed,
        people,
        clients,
        rates,
        st.sampled_from(SelectedBy),
        st.sampled_from([tuple(Component), ("principal",)]),
        st.sampled_from([0, 0, 700]),
    ),
    st.builds(
        Changed, people, clients, vats, st.sampled_from([0, 0, 400]), st.sampled_from(["net", "gross", "combined"])
    ),
)
steps: st.SearchStrategy[list[Act | AtOnce | Passed]] = st.one_of(
    st.lists(acts, min_size=1, max_size=1),
    st.lists(acts, min_size=1, max_size=1),
    st.builds(Passed, st.integers(1, 12)).map(lambda one: [one]),
    st.lists(acts, min_size=2, max_size=4).map(lambda some: [AtOnce(some)]),
    st.builds(led, currencies, st.integers(2, 4)),
    st.builds(back, st.integers(0, 2), st.integers(2, 3)),
)


async def act(world: World, one: Act) -> None:
    """Do it in a transaction of its own; what the rules refuse leaves nothing behind."""
    person = getattr(world.cast, one.who)
    try:
        async with transaction(person.actor.scope):
            await one.do(world, person)
    except Refused:
        pass


async def go(world: World, step: Act | AtOnce | Passed) -> None:
    """One step of a history."""
    if isinstance(step, Passed):
        world.now += timedelta(days=step.number)
        return
    with clock.at(world.now):
        if isinstance(step, AtOnce):
            tasks = [asyncio.create_task(act(world, one), context=copy_context()) for one in step.acts]
            await asyncio.gather(*tasks)
        else:
            await act(world, step)


LINES = """
select account, client_id, currency, sum(amount_minor)::bigint as amount from journal_lines
where agency_id = $1 and account < 9000 group by account, client_id, currency
"""
PAYMENTS = """
select p.client_id, p.currency, p.received_by = 'agency' as ours, p.amount_minor as amount, p.costs_kept_minor as costs, p.surplus_minor as surplus,
       p.held_minor as held, p.charge_id, p.processor_fee_minor as kept, p.suspense_id,
       exists (select from clawbacks b where b.agency_id = p.agency_id and b.payment_id = p.id) as clawed, p.fee_minor as fee, p.fee_rate as rate, p.fee_facts, p.reverses, s.status, s.id as statement
from payments p
left join statement_lines l on l.agency_id = p.agency_id and l.payment_id = p.id
left join statements s on s.agency_id = l.agency_id and s.id = l.statement_id
where p.agency_id = $1
"""
SUSPENSE = "select currency, amount_minor as amount, status, payment_id from suspense where agency_id = $1"
SURPLUS = """
select currency, amount_minor as amount, way, exists (
    select from payments back where back.agency_id = f.agency_id and back.reverses = f.payment_id) as went_back
from refunds f where agency_id = $1 and status = 'paid' and payment_id is not null
"""
CLAWBACKS = "select client_id, currency, owed_minor as owed, vat_minor as vat from clawbacks where agency_id = $1"
COSTS = """
select o.client_id, o.currency, case when o.advanced_by = 'agency' and o.taken_back_at is null then o.amount_minor else 0 end as amount,
       coalesce((select sum(amount_minor) from invoiced_costs i where i.agency_id = $1 and i.cost_id = o.id), 0)::bigint as invoiced
from case_costs o where o.agency_id = $1
"""
PAYOUTS = """
select l.currency, l.amount_minor as amount from journals j
join journal_lines l on l.agency_id = j.agency_id and l.journal_id = j.id and l.account = 1000
where j.agency_id = $1 and j.source = 'processor' and j.kind = 'payout'
"""
OF_CHARGES = """
select j.external_id, l.account, l.amount_minor as amount from journals j
join journal_lines l on l.agency_id = j.agency_id and l.journal_id = j.id and l.account in (1010, 5010)
where j.agency_id = $1 and j.source in ('payment', 'processor') and substr(j.external_id, 1, 3) in ('ch_', 'du_', 're_')
"""
MOST_FEE = 3
"""What a chargeback costs at most: it stands on 5010 as well."""
STATEMENTS = """
select s.*, r.status as run_status,
       (select coalesce(sum(vat_minor), 0) from statement_lines l where l.agency_id = $1 and l.statement_id = s.id) as lines_vat
from statements s join remittance_runs r on r.agency_id = s.agency_id and r.id = s.run_id
where s.agency_id = $1 order by r.approved_at, s.id
"""


async def check(world: World) -> None:
    """The proofs hold, and the books are what payments and statements say, counted here from the rows alone."""
    agency_id = world.cast.nordkai.id
    assert await wrong(agency_id) == []
    async with transaction(as_job(agency_id), read_only=True):
        assert (await prove_minimums(agency_id))[1] == []
        asked = (LINES, PAYMENTS, STATEMENTS, SUSPENSE, SURPLUS, CLAWBACKS, PAYOUTS, COSTS, OF_CHARGES)
        lines, payments, statements, suspense, refunds, clawbacks, payouts, costs, of_charges = [
            await sql(query, agency_id) for query in asked
        ]
    loses_no_more_than_went_back_twice(of_charges)
    stands: dict[tuple[int, Any, str], int] = defaultdict(int)
    for row in lines:
        stands[row["account"], row["client_id"], row["currency"]] = row["amount"]
    should: dict[tuple[int, Any, str], int] = defaultdict(int)
    for row in payments:
        client, currency, settled = row["client_id"], row["currency"], row["status"] in ("approved", "closed")
        ours = row["amount"] if row["ours"] else 0
        if row["ours"] and row["suspense_id"] is None:
            bank = 1010 if row["charge_id"] else 1000
            should[bank, None, currency] += ours + row["surplus"] + row["held"] - row["kept"]
        should[2030, None, currency] -= row["surplus"]
        waits = not settled and not row["clawed"]
        repaid = row["costs"] if row["ours"] else 0
        should[2000, client, currency] -= ours - repaid if waits else 0
        should[2040, None, currency] -= repaid if waits else 0
        should[1240, client, currency] -= 0 if waits and not row["ours"] else row["costs"]
        should[1210, client, currency] += 0 if settled or row["clawed"] else row["fee"]
    for row in costs:
        should[1240, row["client_id"], row["currency"]] += row["amount"] - row["invoiced"]
        should[1200, row["client_id"], row["currency"]] += row["invoiced"]
    for row in suspense:
        should[1000, None, row["currency"]] += row["amount"] if row["payment_id"] is None else 0
        should[2020, None, row["currency"]] -= row["amount"] if row["status"] == "waiting" else 0
    for row in refunds:
        bank, currency = 1000 if row["way"] == "bank" else 1010, row["currency"]
        # Of a payment that went back afterwards it is our loss, which is counted below where the processor's losses are.
        should[1010 if row["went_back"] else 2030, None, currency] += row["amount"]
        should[bank, None, currency] -= row["amount"]
    for row in clawbacks:
        should[1230, row["client_id"], row["currency"]] += row["owed"]
        should[2100, None, row["currency"]] += row["vat"]
    for row in payouts:
        should[1000, None, row["currency"]] += row["amount"]
        should[1010, None, row["currency"]] -= row["amount"]
    for account, _, currency in [key for key in stands if key[0] == 5010]:
        should[1010, None, currency] -= stands[account, None, currency]
    carried: dict[tuple[Any, str], int] = defaultdict(int)
    for row in statements:
        client, currency = row["client_id"], row["currency"]
        assert row["vat_minor"] == share(row["fees_minor"], row["vat_rate"]), dict(row)
        assert row["deferred"] or row["vat_minor"] == row["lines_vat"]
        assert row["run_status"] != "cancelled" and row["net_minor"] >= 0
        if row["status"] == "draft":
            continue
        ours = row["collected_minor"] - row["direct_minor"]
        assert row["carried_in_minor"] == -carried[client, currency], "each begins where the one before it ended"
        carried[client, currency] = -row["carried_out_minor"]
        invoiced = row["invoiced_fees_minor"] + row["invoiced_vat_minor"] - row["credited_minor"]
        should[1200, client, currency] += invoiced + row["carried_in_minor"] - row["carried_out_minor"]
        should[1230, client, currency] += row["clawed_in_minor"] - row["clawed_out_minor"]
        should[2100, None, currency] -= row["vat_minor"]
        if row["status"] == "closed":
            should[1000, None, currency] -= ours
        else:
            should[2010, client, currency] -= row["net_minor"]
            should[2040, None, currency] -= ours - row["net_minor"]
    accounts = {1000, 1010, 2000, 2010, 2020, 2030, 2040, 1200, 1210, 1230, 1240, 2100}
    held = {key: amount for key, amount in stands.items() if key[0] in accounts and amount}
    assert held == {key: amount for key, amount in should.items() if amount}


def loses_no_more_than_went_back_twice(of_charges: list[asyncpg.Record]) -> None:
    """Of a charge we lose nothing as long as the processor gave no more of it back than it took."""
    took: dict[str, int] = defaultdict(int)
    lost: dict[str, int] = defaultdict(int)
    for row in of_charges:
        what, name = row["external_id"].split()[0].split("_", 1)
        came_again = row["external_id"].endswith((" won", " won ours"))
        if row["account"] == 5010:
            lost[name] += row["amount"]
        elif not came_again and (what != "ch" or row["amount"] > 0):  # without its fee for the charge itself
            took[name] += row["amount"]
    for name, minor in lost.items():
        assert minor <= max(0, -took[name]) + MOST_FEE, name


@examples(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
@given(history=st.lists(steps, min_size=4, max_size=12))
async def test_after_any_history_the_books_are_what_payments_and_statements_say(
    owner_pool: asyncpg.Pool, settings: Settings, history: list[list[Act | AtOnce | Passed]]
) -> None:
    async with owner_pool.acquire() as connection:
        cast = await found(connection)
    world = World(cast, [], settings.secret_key)
    for client, currency, amount in CLAIMS:
        world.cases.append(
            await placed_case(cast.nordkai, getattr(cast, client), currency=currency, amount_minor=amount)
        )
    with clock.at(world.now - timedelta(days=30)):
        for client in ("brandt", "lanting"):
            await act(world, Agreed("owner", client, "0.25", SelectedBy.PLACEMENT, tuple(Component)))
    for step in (one for some in history for one in some):
        await go(world, step)
        await check(world)
    began, middle, ended = NOON.date() - timedelta(days=60), NOON.date(), world.now.date()
    for since, through in ((began, ended), (middle, ended)):
        assert found_wrong(await told(cast.nordkai.id, since, through)) == [], "beancount adds up the same"
