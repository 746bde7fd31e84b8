"""Money paid out in another currency is booked as event 14 of the trade says, and no smallest unit is lost on the way."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest

from billing.payments.returns import reverse
from billing.reconciliation.three_way import three_ways
from billing.remittance.draft import review
from portal import clock
from portal.errors import Refused
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.exchange.exchanging import (
    collected,
    drafted,
    executed,
    in_journal,
    pays_in,
    topped_up,
)
from tests.billing.money import NOON, TODAY, wrong
from tests.billing.processing import charge, charged
from tests.billing.remitting import approved, paid, prepared, statement, statements
from tests.cases.casework import placed_case
from tests.people import Cast, Person


async def reviewed(person: Person, run_id: UUID) -> None:
    with clock.at(NOON):
        async with transaction(person.actor.scope):
            await review(person.actor, run_id)


async def test_1000_dollars_paid_out_in_pounds_are_booked_as_event_14(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    await pays_in(owner, cast.brandt)
    await collected(cast, owner, cast.brandt, 100_000)
    await collected(cast, owner, cast.lanting, 500_000, "GBP")
    run_id = await drafted(cast)
    await reviewed(cast.finance, run_id)
    await approved(cast.second_finance, run_id, settings)
    told = await statement(owner, run_id)
    assert (told["net_minor"], told["payout_currency"], told["quoted_rate"], told["payout_minor"]) == (
        76_000, "GBP", Decimal("0.7900"), 60_040,
    )  # fmt: skip
    assert await in_journal(owner, "remittance", f"{told['id']}:approval") == [
        "T-USD Dr2000 100000", "T-USD Cr2040 24000", "O-USD Dr1220 24000", "T-USD Cr1900 76000", "O-USD Cr1210 20000",
        "O-USD Cr2100 4000", "T-GBP Dr1900 60040", "T-GBP Cr2010 60040",
    ]  # fmt: skip
    assert await wrong(cast.nordkai.id) == []
    with pytest.raises(Refused) as refused:
        await paid(cast.finance, run_id)
    assert refused.value.code == "not_exchanged"

    exchange_id = await executed(cast.finance, run_id, 76_000, 59_926, "0.7885")
    assert await in_journal(owner, "exchange", str(exchange_id)) == [
        "T-USD Dr1900 76000", "T-USD Cr1000 76000", "T-GBP Dr1000 59926", "T-GBP Dr1090 114", "T-GBP Cr1900 60040",
        "O-GBP Dr5030 114", "O-GBP Cr2190 114",
    ]  # fmt: skip
    assert await executed(cast.finance, run_id, 76_000, 59_926, "0.7885") == exchange_id, "told twice, booked once"
    assert await wrong(cast.nordkai.id) == []
    with pytest.raises(Refused) as refused:
        await paid(cast.finance, run_id)
    assert refused.value.code == "short", "no other client's pounds pay for the loss"

    await topped_up(cast.finance, 114)
    await charged(
        cast.nordkai.id, await placed_case(cast.nordkai, cast.lanting, currency="GBP"), charge("ch_1", 9_000, 50)
    )
    await paid(cast.finance, run_id)  # what the agency owes since then is not this loss
    assert await in_journal(owner, "remittance", f"{told['id']}:paid") == ["T-GBP Dr2010 60040", "T-GBP Cr1000 60040"]
    assert await in_journal(owner, "remittance", f"{told['id']}:draw") == [
        "T-USD Dr2040 24000", "T-USD Cr1000 24000", "O-USD Dr1100 24000", "O-USD Cr1220 24000",
    ]  # fmt: skip
    assert await wrong(cast.nordkai.id) == []


async def through(
    cast: Cast, settings: Settings, rate: str = "0.7900", target: str = "GBP", currency: str = "USD"
) -> UUID:
    """A run with its quote, approved."""
    run_id = await drafted(cast, rate, target, currency)
    await reviewed(cast.finance, run_id)
    await approved(cast.second_finance, run_id, settings)
    return run_id


async def test_nothing_is_paid_before_the_day_of_the_exchange(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    await pays_in(owner, cast.brandt)
    await collected(cast, owner, cast.brandt, 100_000)
    run_id, later = await through(cast, settings), NOON + timedelta(days=4)
    await executed(cast.finance, run_id, 76_000, 60_040, "0.79", on=later.date(), at=later)
    with pytest.raises(Refused) as refused:
        await paid(cast.finance, run_id, on=later.date() - timedelta(days=1), at=later)
    assert refused.value.code == "before_exchange"
    await paid(cast.finance, run_id, on=later.date(), at=later)


@pytest.mark.parametrize(
    ("gain", "booked", "payout", "draw"),
    [
        ("client", ["T-GBP Cr2010 76"], 60_116, []),
        (
            "agency", ["T-GBP Cr2040 76", "O-GBP Dr1220 76", "O-GBP Cr5030 76"], 60_040,
            ["T-GBP Dr2040 76", "T-GBP Cr1000 76", "O-GBP Dr1100 76", "O-GBP Cr1220 76"],
        ),
    ],
)  # fmt: skip
async def test_a_better_rate_is_the_clients_gain_unless_its_terms_say_the_agencys(
    cast: Cast,
    owner: asyncpg.Connection,
    settings: Settings,
    gain: str,
    booked: list[str],
    payout: int,
    draw: list[str],
) -> None:
    await pays_in(owner, cast.brandt, gain=gain)
    await collected(cast, owner, cast.brandt, 100_000)
    run_id = await through(cast, settings)
    exchange_id = await executed(cast.finance, run_id, 76_000, 60_116, "0.7910")
    assert await in_journal(owner, "exchange", str(exchange_id)) == [
        "T-USD Dr1900 76000", "T-USD Cr1000 76000", "T-GBP Dr1000 60116", "T-GBP Cr1900 60040", *booked,
    ]  # fmt: skip
    await paid(cast.finance, run_id)
    told = await statement(owner, run_id)
    assert await in_journal(owner, "remittance", f"{told['id']}:paid") == [
        f"T-GBP Dr2010 {payout}",
        f"T-GBP Cr1000 {payout}",
    ]
    assert (await in_journal(owner, "remittance", f"{told['id']}:draw"))[4:] == draw
    assert await wrong(cast.nordkai.id) == []


async def test_one_deal_for_two_clients_is_spread_over_them_to_the_last_yen(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    for client, minor in ((cast.brandt, 10_003), (cast.lanting, 10_004)):
        await pays_in(owner, client, "KWD>EUR,USD>JPY")
        await collected(cast, owner, client, minor)
    run_id = await through(cast, settings, "150.255", "JPY")
    parts = [(row["net_minor"], row["payout_minor"]) for row in await statements(owner, run_id)]
    assert sorted(parts) == [(7_602, 11_422), (7_603, 11_424)], "76.02 USD are 11,422.39 yen, 76.03 are 11,423.89"
    exchange_id = await executed(cast.finance, run_id, 15_205, 22_801, "149.95", "JPY")
    rows = await owner.fetch("select * from exchange_parts where exchange_id = $1", exchange_id)
    assert sorted((row["bought_minor"], row["paid_minor"], row["drawn_minor"]) for row in rows) == [
        (11_400, 11_422, 0), (11_401, 11_424, 0),
    ]  # fmt: skip
    assert await wrong(cast.nordkai.id) == []
    async with transaction(cast.finance.actor.scope, read_only=True):
        ways = {way.currency: way for way in (await three_ways(cast.finance.actor, TODAY))[0]}
    assert ways["JPY"].is_even
    assert dict(ways["JPY"].lines)[2010] == 22_846
    await topped_up(cast.finance, 45, "JPY")
    await paid(cast.finance, run_id)
    assert await wrong(cast.nordkai.id) == []


async def test_between_approval_and_exchange_both_sides_of_the_reconciliation_show_the_money_on_its_way(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    await pays_in(owner, cast.brandt, "KWD>GBP")
    await collected(cast, owner, cast.brandt, 100_005, "KWD")
    run_id = await through(cast, settings, "2.5421", "GBP", "KWD")
    told = await statement(owner, run_id)
    assert (told["net_minor"], told["payout_minor"]) == (76_004, 19_321), "76.004 KWD are 193.2097 pounds"
    async with transaction(cast.finance.actor.scope, read_only=True):
        ways = {way.currency: dict(way.lines) for way in (await three_ways(cast.finance.actor, TODAY))[0]}
    assert (ways["KWD"][1900], ways["GBP"][1900], ways["GBP"][2010]) == (76_004, -19_321, 19_321)
    # Nothing of it can be spent a second time.
    await collected(cast, owner, cast.lanting, 50_000, "KWD")
    other = await prepared(cast.finance, "KWD")
    await approved(cast.second_finance, other, settings)
    assert await wrong(cast.nordkai.id) == []


async def test_a_claw_back_after_it_is_owed_in_what_was_collected(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    await pays_in(owner, cast.brandt)
    await collected(cast, owner, cast.brandt, 100_000)
    run_id = await through(cast, settings)
    await executed(cast.finance, run_id, 76_000, 60_040, "0.7900")
    await paid(cast.finance, run_id)
    told = await statement(owner, run_id)
    payment_id = await owner.fetchval("select payment_id from statement_lines where statement_id = $1", told["id"])
    with clock.at(NOON):
        async with transaction(cast.finance.actor.scope):
            await reverse(cast.finance.actor, payment_id, "returned_by_bank", TODAY)
    assert await wrong(cast.nordkai.id) == []
    await topped_up(cast.finance, 100_000, "USD")
    await collected(cast, owner, cast.brandt, 200_000)
    again = await drafted(cast)
    told = await statement(owner, again)
    assert (told["clawed_in_minor"], told["net_minor"], told["payout_minor"]) == (-76_000, 76_000, 60_040)
    await reviewed(cast.finance, again)
    await approved(cast.second_finance, again, settings)
    assert await wrong(cast.nordkai.id) == []
