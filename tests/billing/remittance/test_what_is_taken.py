"""Which payments a run takes, what VAT falls on each, and what waits."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import asyncpg
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from billing.payments.returns import reverse
from billing.remittance import shares as taking
from billing.remittance.shares import shares
from portal import clock
from portal.errors import Refused
from portal.money import share as part_of
from portal.money import split
from portal.settings import Settings
from portal.tenancy.database import sql, transaction
from tests.billing.money import NOON, TODAY, agreed, pay, wrong
from tests.billing.remitting import approved, books, look, paid, prepared, remitted, statement, statements, terms
from tests.cases.casework import placed_case
from tests.people import Cast


async def lines(owner: asyncpg.Connection, statement_id: object) -> list[tuple[int, int, int, int]]:
    """Gross, fee, VAT and net of a statement's lines."""
    rows = await owner.fetch(
        "select gross_minor, fee_minor, vat_minor, net_minor from statement_lines where statement_id = $1 order by position",
        statement_id,
    )
    return [tuple(row) for row in rows]


async def test_vat_is_counted_once_and_spread_by_largest_remainder(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    await terms(owner, cast.brandt, vat="0.19")
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=120_000, currency="GBP")
    for amount in (33_33, 33_33, 33_33, 50_01):
        await pay(cast.finance, case_id, amount, reference=f"R {amount} {await _count(owner, cast)}")
    made = await statement(owner, await prepared(cast.finance))
    fees = [8_33, 8_33, 8_33, 12_50]
    assert (made["fees_minor"], made["vat_minor"]) == (sum(fees), part_of(sum(fees), Decimal("0.19")))
    assert [line[2] for line in await lines(owner, made["id"])] == split(made["vat_minor"], fees)


async def test_what_is_recorded_while_vat_is_rounded_is_rounded_with_the_rest(
    cast: Cast, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await terms(owner, cast.brandt, vat="0.19")
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=120_000, currency="GBP")
    await pay(cast.finance, case_id, 33_33)
    real, asked = taking._rounded, []

    async def before_it_was_recorded(sums: Sequence[object]) -> tuple[list[int], list[Decimal], list[int]]:
        asked.append(sums)
        return ([], [], []) if len(asked) % 2 else await real(sums)

    monkeypatch.setattr(taking, "_rounded", before_it_was_recorded)
    made = await statement(owner, await prepared(cast.finance))
    assert (made["fees_minor"], made["vat_minor"], len(asked)) == (8_33, 1_58, 4), (
        "for what is shown, and what is written"
    )


async def _count(owner: asyncpg.Connection, cast: Cast) -> int:
    return int(await owner.fetchval("select count(*) from payments where agency_id = $1", cast.nordkai.id))


SPREAD = """
with fees as (select ordinality as position, fee from unnest($1::bigint[]) with ordinality as f (fee, ordinality)),
parts as (
    select position, div($2::numeric * fee, sum(fee) over ()) as whole, mod($2::numeric * fee, sum(fee) over ()) as rest
    from fees)
select (whole + (row_number() over (order by rest desc, position) <= $2 - sum(whole) over ())::int)::bigint as vat
from parts order by position
"""


@examples(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fees=st.lists(st.integers(0, 10**9), min_size=1, max_size=30), rate=st.integers(1, 3000))
async def test_the_database_spreads_vat_as_money_split_does(cast: Cast, fees: list[int], rate: int) -> None:
    if not sum(fees):
        fees = [*fees, 1]
    vat = part_of(sum(fees), Decimal(rate).scaleb(-4))
    async with transaction(cast.finance.actor.scope, read_only=True):
        spread = [row["vat"] for row in await sql(SPREAD, fees, vat)]
    assert spread == split(vat, fees)


async def test_no_vat_where_none_is_due(cast: Cast, owner: asyncpg.Connection) -> None:
    await terms(owner, cast.brandt)
    await owner.execute(
        "update clients set vat_treatment = 'reverse_charge', vat_rate = 0.2 where id = $1", cast.brandt.id
    )
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, currency="GBP")
    await pay(cast.finance, case_id, 10_000)
    made = await statement(owner, await prepared(cast.finance))
    assert (made["vat_rate"], made["vat_minor"], made["net_minor"]) == (0, 0, 7_500)


async def test_sums_under_the_floor_wait_whole_and_come_with_the_next_run(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    await terms(owner, cast.brandt, floor_minor=1_000)
    await terms(owner, cast.lanting, floor_minor=1_000)
    await agreed(cast, cast.brandt)
    await agreed(cast, cast.lanting)
    small = await placed_case(cast.nordkai, cast.brandt, currency="GBP")
    large = await placed_case(cast.nordkai, cast.lanting, currency="GBP")
    await pay(cast.finance, small, 1_332)
    await pay(cast.finance, large, 1_334)
    run_id = await remitted(cast, settings)
    made = {row["client_id"]: row for row in await statements(owner, run_id)}
    waiting, closed = made[cast.brandt.id], made[cast.lanting.id]
    assert (waiting["deferred"], waiting["status"], waiting["number"], waiting["net_minor"]) == (
        True,
        "draft",
        None,
        999,
    )
    assert (closed["deferred"], closed["status"], closed["net_minor"]) == (False, "closed", 1_000)
    assert await lines(owner, waiting["id"]) == []
    assert (await books(cast.brandt)).funds == 1_332

    later = NOON + timedelta(days=30)
    await pay(cast.finance, small, 100, on=later.date(), at=later)
    second = await statement(owner, await remitted(cast, settings, at=later))
    assert (second["payments"], second["net_minor"], second["status"]) == (2, 999 + 75, "closed")
    assert await wrong(cast.nordkai.id) == []


async def test_a_floor_counts_alike_in_every_currency(cast: Cast, owner: asyncpg.Connection) -> None:
    await terms(owner, cast.brandt, floor_minor=1_000)
    await agreed(cast, cast.brandt)
    for currency, amount, deferred in (("JPY", 12, True), ("JPY", 13, False), ("KWD", 13_332, True)):
        case_id = await placed_case(cast.nordkai, cast.brandt, currency=currency)
        payment = await pay(cast.finance, case_id, amount)
        async with transaction(cast.finance.actor.scope):
            (found,) = await shares(cast.finance.actor, currency, TODAY)
        assert found.deferred is deferred, (currency, amount)
        with clock.at(NOON):
            async with transaction(cast.finance.actor.scope):
                await reverse(cast.finance.actor, payment.id, "not_received", TODAY)


async def test_money_that_may_still_be_taken_back_is_not_remitted(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    await terms(owner, cast.brandt)
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, currency="GBP")
    await pay(cast.finance, case_id, 40_000, channel="cheque", reference="100217")
    with pytest.raises(Refused) as refused:
        await prepared(cast.finance)
    assert refused.value.code == "nothing"
    async with transaction(cast.finance.actor.scope):
        (held,) = await shares(cast.finance.actor, "GBP", TODAY)
    assert (held.payments, held.held, held.held_minor, held.held_until) == (0, 1, 40_000, TODAY + timedelta(days=10))
    released = NOON + timedelta(days=10)
    made = await statement(owner, await remitted(cast, settings, at=released))
    assert (made["net_minor"], made["period_from"]) == (30_000, TODAY)


async def test_a_payment_is_on_one_statement_only(cast: Cast, owner: asyncpg.Connection, settings: Settings) -> None:
    await terms(owner, cast.brandt)
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, currency="GBP")
    await pay(cast.finance, case_id, 10_000)
    await remitted(cast, settings)
    with pytest.raises(Refused) as refused:
        await prepared(cast.finance)
    assert refused.value.code == "nothing"
    await pay(cast.finance, case_id, 20_000)
    second = await statement(owner, await prepared(cast.finance))
    assert (second["collected_minor"], second["payments"]) == (20_000, 1)


async def test_a_payment_and_its_reversal_before_the_run_both_stand_on_it(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    await terms(owner, cast.brandt, vat="0.2")
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, currency="GBP")
    first = await pay(cast.finance, case_id, 10_003)
    await pay(cast.finance, case_id, 20_000)
    with clock.at(NOON):
        async with transaction(cast.finance.actor.scope):
            await reverse(cast.finance.actor, first.id, "returned_by_bank", TODAY)
    made = await statement(owner, await remitted(cast, settings))
    assert (made["collected_minor"], made["fees_minor"], made["vat_minor"], made["payments"]) == (
        20_000,
        5_000,
        1_000,
        3,
    )
    assert sorted(await lines(owner, made["id"])) == [
        (-10_003, -2_501, -500, -7_502), (10_003, 2_501, 500, 7_502), (20_000, 5_000, 1_000, 15_000),
    ]  # fmt: skip
    assert await wrong(cast.nordkai.id) == []


async def test_money_that_goes_back_before_the_approval_returns_the_run_to_draft(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    await terms(owner, cast.brandt)
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, currency="GBP")
    first = await pay(cast.finance, case_id, 10_000)
    await pay(cast.finance, case_id, 20_000)
    run_id = await prepared(cast.finance)
    next_day = NOON + timedelta(days=1)
    with clock.at(next_day):
        async with transaction(cast.second_finance.actor.scope):
            await reverse(cast.second_finance.actor, first.id, "returned_by_bank", next_day.date())
    run = await look(cast.finance, run_id)
    assert (run.status, run.reviewed_at, run.collected_minor, run.payments) == ("draft", None, 20_000, 1)
    with pytest.raises(Refused) as refused:
        await approved(cast.second_finance, run_id, settings, at=next_day)
    assert refused.value.code == "not_reviewed"
    # The next run shows both, which come to nothing.
    from billing.remittance.draft import review

    async with transaction(cast.finance.actor.scope):
        await review(cast.finance.actor, run_id)
    await approved(cast.second_finance, run_id, settings, at=next_day)
    await paid(cast.finance, run_id, on=next_day.date(), at=next_day)
    second = await statement(owner, await remitted(cast, settings, at=next_day))
    assert (second["payments"], second["collected_minor"], second["net_minor"]) == (2, 0, 0)
    assert await wrong(cast.nordkai.id) == []
