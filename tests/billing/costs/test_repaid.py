"""Costs that the agency advanced come back to it first, and go again when the money goes back (event 16)."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest

from billing.payments.returns import reverse
from portal import clock
from portal.errors import Refused
from portal.ledger.tables import Component
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.costs.advancing import advanced, costs, of_trust, still_open, took_back
from tests.billing.money import NOON, TODAY, agreed, look, pay, wrong
from tests.billing.processing import charge, charged, charged_back, paid_out
from tests.billing.remitting import approved, booked, paid, prepared, remitted, statement, terms
from tests.billing.trade import event, journal
from tests.cases.casework import placed_case
from tests.people import Cast, Person

LATER = NOON + timedelta(days=20)
NO_FEE_ON_COSTS = (Component.PRINCIPAL, Component.INTEREST)


async def a_case(cast: Cast, owner: asyncpg.Connection, amount_minor: int = 50_000, currency: str = "GBP") -> UUID:
    await terms(owner, cast.brandt, vat="0.2")
    await agreed(cast, cast.brandt, components=NO_FEE_ON_COSTS)
    return await placed_case(cast.nordkai, cast.brandt, amount_minor=amount_minor, currency=currency)


def summed(lines: list[str]) -> dict[str, Decimal]:
    """The lines of a journal by account and holder, since what is owed less of two components is booked as two lines."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        account, minor = line.replace("K8.costs", "K8").rsplit(" ", 1)
        found[account] += Decimal(minor)
    return found


async def went_back(person: Person, payment_id: UUID) -> None:
    with clock.at(LATER):
        async with transaction(person.actor.scope):
            await reverse(person.actor, payment_id, "returned_by_bank", LATER.date())


async def test_70_advanced_and_repaid_out_of_200_are_booked_as_event_16(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    case_id = await a_case(cast, owner)
    cost_id = await advanced(cast.manager, case_id, 7_000)
    names = {"C1": cast.brandt.id, "K8": case_id}
    assert summed(await journal(owner, cast.nordkai.id, "costs", str(cost_id), **names)) == summed(event(16, "advance"))
    assert (await look(cast.finance.actor, case_id)).costs_minor == 7_000

    payment = await pay(cast.finance, case_id, 20_000)
    external_id = await owner.fetchval("select external_id from journals where id = $1", payment.journal_id)
    receipt = await journal(owner, cast.nordkai.id, "payment", external_id, **names)
    assert summed(receipt) == summed(event(16, "receipt"))
    assert (payment.costs_kept_minor, payment.fee_minor, payment.net_minor) == (7_000, 3_250, 9_750)
    assert await still_open(cast.brandt) == 0 and await of_trust(cast.brandt) == {1090: 0, 2000: 13_000, 2040: 7_000}
    assert await wrong(cast.nordkai.id) == []

    run_id = await prepared(cast.finance)
    drafted = await statement(owner, run_id)
    assert (drafted["collected_minor"], drafted["costs_minor"], drafted["fees_minor"], drafted["vat_minor"]) == (
        20_000, 7_000, 3_250, 650,
    )  # fmt: skip
    assert drafted["net_minor"] == 20_000 - 7_000 - 3_250 - 650
    await approved(cast.second_finance, run_id, settings)
    assert await booked(owner, drafted["id"], "approval") == [
        "T Dr2000 13000", "T Cr2040 3900", "O Dr1220 3900", "T Cr2010 9100", "O Cr1210 3250", "O Cr2100 650",
    ]  # fmt: skip
    assert await wrong(cast.nordkai.id) == []
    # The run draws the costs with the fees.
    await paid(cast.finance, run_id)
    assert await booked(owner, drafted["id"], "draw") == [
        "T Dr2040 10900", "T Cr1000 10900", "O Dr1100 10900", "O Cr1220 10900",
    ]  # fmt: skip
    assert await of_trust(cast.brandt) == {1090: 0, 2000: 0, 2040: 0}
    assert await wrong(cast.nordkai.id) == []


async def test_money_that_goes_back_before_its_remittance_takes_the_costs_with_it(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id = await a_case(cast, owner)
    await advanced(cast.manager, case_id, 7_000)
    payment = await pay(cast.finance, case_id, 20_000)
    run_id = await prepared(cast.finance, through=LATER.date(), at=LATER)
    await went_back(cast.finance, payment.id)
    assert await still_open(cast.brandt) == 7_000 and await of_trust(cast.brandt) == {1090: 0, 2000: 0, 2040: 0}
    drafted = await statement(owner, run_id)
    assert (drafted["collected_minor"], drafted["costs_minor"], drafted["payments"]) == (0, 0, 2)
    assert [cost.open_minor for cost in await costs(cast.manager, case_id)] == [7_000]
    assert await wrong(cast.nordkai.id) == []


@pytest.mark.parametrize("drawn", [True, False])
async def test_money_that_goes_back_after_its_remittance_is_advanced_to_the_trust_and_the_costs_are_open_again(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, *, drawn: bool
) -> None:
    case_id = await a_case(cast, owner)
    await advanced(cast.manager, case_id, 7_000)
    payment = await charged(cast.nordkai.id, case_id, charge("ch_1", 20_000, 300))
    await paid_out(cast.nordkai.id, "po_1", 19_700, topped_up=300)
    assert payment.costs_kept_minor == 7_000
    run_id = await prepared(cast.finance, through=LATER.date(), at=LATER)
    await approved(cast.second_finance, run_id, settings, at=LATER)
    if drawn:
        await paid(cast.finance, run_id, on=LATER.date(), at=LATER)
    await charged_back(cast.nordkai.id, payment, "du_1", 20_000, 2_000, at=LATER)
    # The client gives back what it had of it, 130 less fee and VAT; the costs were never the client's.
    assert await journal(owner, cast.nordkai.id, "payment", "du_1", C1=cast.brandt.id, K8=case_id) == [
        "trust Dr1090 220.00", "trust Cr1010 220.00", "operating Dr1230 C1 91.00", "operating Dr4090 32.50",
        "operating Dr2100 6.50", "operating Dr5010 20.00", "operating Cr2190 220.00", "operating Dr1240 C1 70.00",
        "memo Dr9000 K8 130.00", "memo Cr9100 C1 130.00", "memo Dr9000 K8 70.00", "memo Cr9100 C1 70.00",
    ]  # fmt: skip
    assert await still_open(cast.brandt) == 7_000 and await wrong(cast.nordkai.id) == []
    if not drawn:
        await paid(cast.finance, run_id, on=LATER.date(), at=LATER)
    # The next money repays the costs first, and what is left of it the claw-back.
    third = LATER + timedelta(days=1)
    await pay(cast.finance, case_id, 22_000, on=third.date(), at=third)
    closed = await statement(owner, await remitted(cast, settings, at=third))
    assert (closed["costs_minor"], closed["clawed_in_minor"], closed["net_minor"]) == (7_000, -9_100, 1_400)
    assert await still_open(cast.brandt) == 0 and await wrong(cast.nordkai.id) == []


async def test_costs_that_the_client_received_itself_its_next_statement_takes_like_a_fee(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    case_id = await a_case(cast, owner)
    await advanced(cast.manager, case_id, 7_000)
    direct = await pay(cast.finance, case_id, 20_000, channel="direct")
    assert (direct.costs_kept_minor, direct.net_minor) == (7_000, -10_250) and await still_open(cast.brandt) == 7_000
    await pay(cast.finance, case_id, 10_000)
    closed = await statement(owner, await remitted(cast, settings))
    # Of 100 received: 70 of costs, fees of 32.50 and 25, VAT of 11.50; 39 stay owed.
    assert (closed["costs_minor"], closed["direct_costs_minor"], closed["net_minor"]) == (7_000, 7_000, 0)
    assert closed["carried_out_minor"] == -3_900
    assert await booked(owner, closed["id"], "approval") == [
        "T Dr2000 10000", "T Cr2040 10000", "O Dr1220 10000", "O Dr1200 3900", "O Cr1210 5750", "O Cr2100 1150",
        "O Cr1240 7000",
    ]  # fmt: skip
    assert await still_open(cast.brandt) == 0 and await wrong(cast.nordkai.id) == []
    # It bounces after that: the client is given back what the statement took for it.
    await went_back(cast.finance, direct.id)
    assert await still_open(cast.brandt) == 7_000 and await wrong(cast.nordkai.id) == []
    await pay(cast.finance, case_id, 10_000, on=LATER.date(), at=LATER)
    again = await statement(owner, await remitted(cast, settings, at=LATER))
    assert (again["clawed_in_minor"], again["costs_minor"], again["carried_out_minor"]) == (10_900, 7_000, 0)
    # No more can be paid than its funds hold: the rest of what it is given back is carried.
    assert (again["net_minor"], again["clawed_out_minor"]) == (3_000, 10_900 - 3_900 - 750 - 150)
    assert await wrong(cast.nordkai.id) == []


async def test_the_oldest_advance_is_repaid_first_and_what_the_client_paid_itself_is_passed_on(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id = await a_case(cast, owner, 5_000, "JPY")
    await advanced(cast.manager, case_id, 300, kind="lawyer", on=TODAY)
    await advanced(cast.finance, case_id, 500, on=TODAY - timedelta(days=1))
    own = await advanced(cast.owner, case_id, 250, kind="tracing", advanced_by="client")
    with pytest.raises(Refused) as refused:
        await advanced(cast.owner, case_id, 1, on=TODAY - timedelta(days=400))
    assert refused.value.field == "paid_on"
    first = await pay(cast.finance, case_id, 600)
    court, lawyer, tracing = await costs(cast.manager, case_id)
    assert (first.costs_kept_minor, court.repaid_minor, lawyer.repaid_minor, tracing.open_minor) == (600, 500, 100, 0)
    second = await pay(cast.finance, case_id, 600)
    # 450 of costs are left: 200 that we advanced, and 250 that the client paid.
    assert (second.costs_minor, second.costs_kept_minor) == (450, 200)
    assert await of_trust(cast.brandt, "JPY") == {1090: 0, 2000: 400, 2040: 800}
    # Neither what is repaid nor what the debtor paid to the client can be taken back.
    for cost_id in (court.id, own):
        with pytest.raises(Refused):
            await took_back(cast.manager, cost_id)
    assert await wrong(cast.nordkai.id) == []


async def test_where_it_is_agreed_otherwise_costs_are_passed_on_and_money_of_a_day_pays_no_later_cost(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id = await a_case(cast, owner)
    await owner.execute("update clients set costs_first = false where id = $1", cast.brandt.id)
    error = await advanced(cast.manager, case_id, 7_000, what="fee", kind="other", note="for the file")
    before = await pay(cast.finance, case_id, 1_000, on=TODAY - timedelta(days=1))
    assert before.costs_minor == 0
    await took_back(cast.finance, error)
    await took_back(cast.finance, error)
    assert (await look(cast.finance.actor, case_id)).costs_minor == 0 and await still_open(cast.brandt) == 0
    await advanced(cast.manager, case_id, 7_000)
    payment = await pay(cast.finance, case_id, 7_000)
    assert (payment.costs_minor, payment.costs_kept_minor, payment.net_minor) == (7_000, 0, 7_000)
    assert await still_open(cast.brandt) == 7_000 and await wrong(cast.nordkai.id) == []
    assert Decimal(payment.fee_rate) == Decimal("0.25")
