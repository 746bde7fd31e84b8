"""Remittances are booked as the events of the trade say, and what they do not cover is carried."""

from datetime import timedelta

import asyncpg

from portal.settings import Settings
from tests.billing.money import NOON, TODAY, agreed, pay, wrong
from tests.billing.remitting import Books, approved, booked, books, look, paid, prepared, remitted, statement, terms
from tests.cases.casework import placed_case
from tests.people import Cast


async def test_800_less_fees_of_250_and_vat_of_50_is_booked_as_event_5(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    await terms(owner, cast.brandt, vat="0.2")
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=120_000, currency="GBP")
    await pay(cast.finance, case_id, 50_000)
    await pay(cast.finance, case_id, 30_000)
    await pay(cast.finance, case_id, 20_000, channel="direct")

    run_id = await prepared(cast.finance)
    drafted = await statement(owner, run_id)
    assert (drafted["collected_minor"], drafted["direct_minor"], drafted["fees_minor"], drafted["vat_minor"]) == (
        100_000, 20_000, 25_000, 5_000,
    )  # fmt: skip
    assert (drafted["net_minor"], drafted["carried_out_minor"], drafted["number"]) == (50_000, 0, None)
    assert await books(cast.brandt) == Books(80_000, 80_000, 0, 0, 0, 25_000, 0, 0)

    await approved(cast.second_finance, run_id, settings)
    assert await booked(owner, drafted["id"], "approval") == [
        "T Dr2000 80000", "T Cr2040 30000", "O Dr1220 30000", "T Cr2010 50000", "O Cr1210 25000", "O Cr2100 5000",
    ]  # fmt: skip
    assert await books(cast.brandt) == Books(80_000, 0, 50_000, 30_000, 0, 0, 5_000, 0)
    assert await wrong(cast.nordkai.id) == []

    await paid(cast.finance, run_id)
    assert await booked(owner, drafted["id"], "paid") == ["T Dr2010 50000", "T Cr1000 50000"]
    assert await booked(owner, drafted["id"], "draw") == [
        "T Dr2040 30000", "T Cr1000 30000", "O Dr1100 30000", "O Cr1220 30000",
    ]  # fmt: skip
    assert await books(cast.brandt) == Books(0, 0, 0, 0, 0, 0, 5_000, 30_000)
    assert await wrong(cast.nordkai.id) == []
    run = await look(cast.finance, run_id)
    assert (run.status, run.net_minor, run.kept_minor, run.paid_reference) == ("closed", 50_000, 30_000, "SEPA 1")


async def test_100_to_us_and_900_direct_leave_200_owed_as_event_11(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    await terms(owner, cast.brandt, vat="0.2", floor_minor=1_000)
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=100_000, currency="GBP")
    await pay(cast.finance, case_id, 10_000)
    await pay(cast.finance, case_id, 90_000, channel="direct")

    run_id = await remitted(cast, settings)
    closed = await statement(owner, run_id)
    assert (closed["net_minor"], closed["carried_in_minor"], closed["carried_out_minor"]) == (0, 0, -20_000)
    assert closed["paid_on"] is None
    assert await booked(owner, closed["id"], "approval") == [
        "T Dr2000 10000", "T Cr2040 10000", "O Dr1220 10000", "O Dr1200 20000", "O Cr1210 25000", "O Cr2100 5000",
    ]  # fmt: skip
    assert await booked(owner, closed["id"], "paid") == []
    assert await booked(owner, closed["id"], "draw") == [
        "T Dr2040 10000", "T Cr1000 10000", "O Dr1100 10000", "O Cr1220 10000",
    ]  # fmt: skip
    assert await books(cast.brandt) == Books(0, 0, 0, 0, 20_000, 0, 5_000, 10_000)
    assert await wrong(cast.nordkai.id) == []


async def test_what_a_client_still_owes_is_taken_from_its_next_money(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    await terms(owner, cast.brandt, vat="0.2")
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=200_000, currency="GBP")
    await pay(cast.finance, case_id, 90_000, channel="direct")
    await remitted(cast, settings)
    assert (await books(cast.brandt)).receivable == 27_000

    # 300 of it comes back out of a payment that does not cover all, the rest out of the one after.
    later = NOON + timedelta(days=30)
    await pay(cast.finance, case_id, 30_000, on=later.date(), at=later)
    second = await statement(owner, await remitted(cast, settings, at=later))
    assert (second["carried_in_minor"], second["net_minor"], second["carried_out_minor"]) == (-27_000, 0, -6_000)
    assert (await books(cast.brandt)).receivable == 6_000

    latest = NOON + timedelta(days=60)
    await pay(cast.finance, case_id, 30_000, on=latest.date(), at=latest)
    third = await statement(owner, await remitted(cast, settings, at=latest))
    assert (third["carried_in_minor"], third["net_minor"], third["carried_out_minor"]) == (-6_000, 15_000, 0)
    assert await books(cast.brandt) == Books(0, 0, 0, 0, 0, 0, 7_500, 45_000)
    assert await wrong(cast.nordkai.id) == []


async def test_only_direct_payments_are_carried_without_touching_the_trust_account(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    await terms(owner, cast.brandt)
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, currency="GBP")
    await pay(cast.finance, case_id, 40_000, channel="direct")
    closed = await statement(owner, await remitted(cast, settings))
    assert await booked(owner, closed["id"], "approval") == ["O Dr1200 10000", "O Cr1210 10000"]
    assert await booked(owner, closed["id"], "draw") == []
    assert (closed["number"], closed["period_to"]) == (f"C{cast.brandt.id.hex[-6:].upper()}-2026-11-1", TODAY)
    assert await wrong(cast.nordkai.id) == []
