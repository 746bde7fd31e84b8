"""A rate is entered before the review and kept; whoever may not, does not; what was stopped halfway is there afterwards."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from billing.exchange import execute as executing
from billing.exchange.execute import Executed, execute
from billing.exchange.journals import Promised, divided
from billing.exchange.quotes import pairs_of, quote
from billing.exchange.rate import belongs, converted, rate_in, rate_of
from billing.remittance.draft import prepare_again, review
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.exchange.exchanging import collected, drafted, executed, pays_in, quoted
from tests.billing.money import NOON, TODAY, wrong
from tests.billing.remitting import approved, look, prepared, statement
from tests.people import Cast


@pytest.mark.parametrize(
    ("minor", "currency", "rate", "target", "gives"),
    [
        (76_000, "USD", "0.7900", "GBP", 60_040),
        (1, "JPY", "0.005", "USD", 1),
        (76_000, "USD", "150.25", "JPY", 114_190),
        (114_190, "JPY", "0.0066556", "USD", 76_000),
        (76_004, "KWD", "2.5421", "GBP", 19_321),
        (100_00, "EUR", "0.335555", "KWD", 33_556),
    ],
)
def test_an_amount_in_another_currency_is_rounded_once_by_that_currencys_exponent(
    minor: int, currency: str, rate: str, target: str, gives: int
) -> None:
    assert converted(minor, currency, Decimal(rate), target) == gives


@pytest.mark.parametrize(
    "text", ["", "0", "0.000", "-1", "0,79", "1e3", "12345678901", "1.2345678901", "0.12345678901", "x"]
)
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        rate_in(text)
    assert refused.value.field == "rate"


@examples(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=8), st.integers(1, 10**10), st.booleans())
def test_a_deal_is_spread_without_a_rest_and_nobody_is_paid_less_than_promised(
    quotes: list[int], bought: int, is_clients: bool
) -> None:
    one = UUID(int=1)
    promised = [
        Promised(statement_id=one, client_id=one, sold_minor=minor, quoted_minor=minor, gain_is_clients=is_clients)
        for minor in quotes
    ]
    parts = divided(promised, bought)
    assert sum(part.bought_minor for part in parts) == bought
    assert all(part.paid_minor >= part.promised.quoted_minor for part in parts)
    assert not (any(part.gain_minor for part in parts) and any(part.lost_minor for part in parts)), (
        "gain or loss, not both"
    )
    assert sum(part.paid_minor + part.drawn_minor - part.lost_minor for part in parts) == bought


@examples(max_examples=30, deadline=None)
@given(st.integers(100, 10**9), st.integers(100, 10**9))
def test_the_rate_worked_out_of_two_amounts_is_theirs(sold: int, bought: int) -> None:
    rate = rate_of(sold, "USD", bought, "JPY")
    assert rate > 0
    assert belongs(sold, "USD", rate, bought, "JPY")


async def test_a_run_without_its_rate_is_not_reviewed_and_one_prepared_again_keeps_it(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    await pays_in(owner, cast.brandt)
    await collected(cast, owner, cast.brandt, 100_000)
    with clock.at(NOON):
        run_id = await prepared(cast.finance, "USD", reviewed=False)
        with pytest.raises(Refused) as refused:
            async with transaction(cast.finance.actor.scope):
                await review(cast.finance.actor, run_id)
        assert refused.value.code == "no_rate"
        await quoted(cast.finance, run_id, "0.78")
        await quoted(cast.finance, run_id, "0.7900", source="Second quote")
        await collected(cast, owner, cast.lanting, 5_000)
        await pays_in(owner, cast.lanting)
        async with transaction(cast.finance.actor.scope):
            await prepare_again(cast.finance.actor, run_id)
            [pair] = await pairs_of(cast.finance.actor, run_id)
            assert (pair.quoted_rate, pair.source, pair.statements) == (Decimal("0.7900"), "Second quote", 2)
            assert (pair.net_minor, pair.payout_minor) == (79_800, 63_042)
            await review(cast.finance.actor, run_id)
        with pytest.raises(Refused) as refused:
            await quoted(cast.finance, run_id, "0.8")
        assert refused.value.code == "not_draft"
        # What is agreed since is for a later cycle: the run is as it was prepared.
        await pays_in(owner, cast.brandt, "USD>EUR")
        await approved(cast.second_finance, run_id, settings)


async def test_whoever_entered_the_rate_does_not_approve_the_run(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    await pays_in(owner, cast.brandt)
    await collected(cast, owner, cast.brandt, 100_000)
    run_id = await prepared(cast.finance, "USD", reviewed=False)
    await quoted(cast.second_finance, run_id, "0.79")
    with clock.at(NOON):
        async with transaction(cast.finance.actor.scope):
            await review(cast.finance.actor, run_id)
    with pytest.raises(Refused) as refused:
        await approved(cast.second_finance, run_id, settings)
    assert refused.value.code == "quoter"


async def test_others_enter_no_rate_and_no_exchange(cast: Cast, owner: asyncpg.Connection) -> None:
    await pays_in(owner, cast.brandt)
    await collected(cast, owner, cast.brandt, 100_000)
    run_id = await drafted(cast)
    told = Executed(
        target="GBP", sold_minor=76_000, bought_minor=60_040, rate=Decimal("0.79"), on=TODAY, reference="FX"
    )
    for name, refusal in (
        ("auditor", Forbidden), ("negotiator", Forbidden), ("brandt_admin", Forbidden), ("lanting_admin", Forbidden),
        ("huadong_finance", NotFound),
    ):  # fmt: skip
        actor = getattr(cast, name).actor
        async with transaction(actor.scope):
            with pytest.raises(refusal):
                await quote(actor, run_id, "GBP", Decimal("0.79"), "Bank", NOON)
            with pytest.raises(refusal):
                await execute(actor, run_id, told)
    with pytest.raises(NotFound):
        await quoted(cast.finance, run_id, "0.9", "EUR")
    with clock.at(NOON), pytest.raises(Refused) as refused:
        async with transaction(cast.finance.actor.scope):
            await execute(cast.finance.actor, run_id, told)
    assert refused.value.code == "not_approved"


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"sold_minor": 75_000, "bought_minor": 59_250}, "other_amount"),
        ({"bought_minor": 6_004}, "other_rate"),
        ({"bought_minor": 0}, "missing"),
        ({"on": None}, "missing"),
        ({"on": TODAY - timedelta(days=1)}, "before_approval"),
        ({"on": TODAY + timedelta(days=1)}, "future"),
        ({"reference": " "}, "missing"),
    ],
)
async def test_an_exchange_that_cannot_be_is_refused_and_one_that_was_stopped_halfway_is_done_again(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, monkeypatch: pytest.MonkeyPatch,
    told: dict[str, object], code: str,
) -> None:  # fmt: skip
    await pays_in(owner, cast.brandt)
    await collected(cast, owner, cast.brandt, 100_000)
    run_id = await drafted(cast)
    with clock.at(NOON):
        async with transaction(cast.finance.actor.scope):
            await review(cast.finance.actor, run_id)
    await approved(cast.second_finance, run_id, settings)
    right: dict[str, object] = {
        "sold_minor": 76_000, "bought_minor": 60_040, "rate": Decimal("0.79"), "on": TODAY, "reference": "FX",
    }  # fmt: skip
    with clock.at(NOON), pytest.raises(Refused) as refused:
        async with transaction(cast.finance.actor.scope):
            await execute(cast.finance.actor, run_id, Executed(target="GBP", **{**right, **told}))  # type: ignore[arg-type]
    assert refused.value.code == code

    async def killed(*_: object, **__: object) -> None:
        raise RuntimeError("the process ends here")

    monkeypatch.setattr(executing, "record", killed)
    with pytest.raises(RuntimeError):
        await executed(cast.finance, run_id, 76_000, 60_040, "0.79")
    monkeypatch.undo()
    assert await wrong(cast.nordkai.id) == []
    assert (await look(cast.finance, run_id)).status == "approved"
    await executed(cast.finance, run_id, 76_000, 60_040, "0.79")
    assert (await statement(owner, run_id))["payout_minor"] == 60_040
    assert await wrong(cast.nordkai.id) == []
    with pytest.raises(Refused) as refused:
        await executed(cast.finance, run_id, 76_000, 60_041, "0.79")
    assert refused.value.code == "already_exchanged"
