"""Only released money is remitted: hold over, money at the bank, and what the agency owes for it paid in."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from billing.cards.objects import Payout, Transaction
from billing.cards.payouts import make_good, take_over
from billing.remittance.draft import prepare_again, review
from billing.remittance.released import CardMoney, Clearing, Stays, staying
from portal import clock
from portal.errors import Refused
from portal.ledger.journal import JournalDraft, cr, dr, post
from portal.ledger.tables import Book
from portal.people.actor import system
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.money import NOON, agreed, pay, wrong
from tests.billing.processing import charge, charged, paid_out, refunded
from tests.billing.remitting import approved, paid, prepared, statements, terms
from tests.cases.casework import placed_case
from tests.people import Cast, Visit

LATER = NOON + timedelta(days=9)
"""When the hold of a card payment is over."""
THEN = LATER.date()


@st.composite
def moneys(draw: st.DrawFn) -> list[CardMoney]:
    """Card payments of which no payout is known line by line, the newest first; a payout came since, perhaps."""
    return [
        CardMoney(
            payment_id=uuid4(), came_minor=draw(st.integers(1, 50)), fee_minor=draw(st.integers(0, 9)), is_named=False,
            has_come=False, is_made_good=False, may_have_come=True,
        )
        for _ in range(draw(st.integers(1, 6)))
    ]  # fmt: skip


@examples(max_examples=80)
@given(money=moneys(), at_processor=st.integers(0, 300), fees_open=st.integers(0, 60))
def test_what_is_released_is_at_the_bank_whole_and_no_more_than_need_be_stays(
    money: list[CardMoney], at_processor: int, fees_open: int
) -> None:
    stays = staying(money, Clearing(at_processor, fees_open))
    away = [one for one in money if stays.get(one.payment_id) is Stays.AT_PROCESSOR]
    unpaid = [one for one in money if one.payment_id in stays]
    assert money[: len(away)] == away, "the newest are those that the processor still has"
    if len(away) < len(money):
        assert sum(one.came_minor for one in away) >= at_processor
        assert sum(one.fee_minor for one in unpaid) >= min(fees_open, sum(one.fee_minor for one in money))
    assert sum(one.came_minor for one in away[:-1]) < at_processor or not away


async def card_and_bank(cast: Cast, owner: asyncpg.Connection) -> tuple[UUID, UUID]:
    """Brandt's debtor paid 500.00 by card, of which 7.70 are the processor's; Lanting's 300.00 by transfer."""
    made = []
    for client in (cast.brandt, cast.lanting):
        await terms(owner, client)
        await agreed(cast, client)
        made.append(await placed_case(cast.nordkai, client, currency="GBP"))
    await charged(cast.nordkai.id, made[0], charge("ch_1", 50_000, 770))
    await pay(cast.finance, made[1], 30_000)
    return made[0], made[1]


async def clients_of(owner: asyncpg.Connection, run_id: UUID) -> list[UUID]:
    return [row["client_id"] for row in await statements(owner, run_id)]


async def again(cast: Cast, run_id: UUID) -> None:
    with clock.at(LATER):
        async with transaction(cast.finance.actor.scope):
            await prepare_again(cast.finance.actor, run_id)
            await review(cast.finance.actor, run_id)


async def test_card_money_stays_behind_until_it_is_at_the_bank_whole_and_holds_nobody_elses_back(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, visit: Visit
) -> None:
    await card_and_bank(cast, owner)
    run_id = await prepared(cast.finance, through=THEN, at=LATER)
    assert await clients_of(owner, run_id) == [cast.lanting.id]
    with clock.at(LATER):
        finance, brandt, lanting = (
            await visit(cast.finance), await visit(cast.brandt_admin), await visit(cast.lanting_admin),
        )  # fmt: skip
        for page in ((await finance.get(f"/remittances/{run_id}")).text, (await brandt.get("/statements")).text):
            assert "500.00" in page and "at the card processor" in page
        assert "at the card processor" not in (await lanting.get("/statements")).text
    await paid_out(cast.nordkai.id, "po_1", 49_230, at=LATER)
    await again(cast, run_id)
    assert await clients_of(owner, run_id) == [cast.lanting.id], "7.70 of it would be other people's"
    with clock.at(LATER):
        assert "fee is not paid in yet" in (await brandt.get("/statements")).text
        await approved(cast.second_finance, run_id, settings, at=LATER)
        await paid(cast.finance, run_id, on=THEN, at=LATER)
        preview = f"/remittances/new?currency=GBP&through={THEN}&who=all"
        assert "stays behind until the processor's fee is paid in" in (await finance.get(preview)).text
    async with transaction(cast.finance.actor.scope):
        lines = (
            dr(Book.OPERATING, 2190, 770, "GBP"), cr(Book.OPERATING, 1100, 770, "GBP"),
            dr(Book.TRUST, 1000, 770, "GBP"), cr(Book.TRUST, 1090, 770, "GBP"),
        )  # fmt: skip
        await post(cast.finance.actor, [JournalDraft("bank", "top-up", "top-up", THEN, lines)])
    run_id = await prepared(cast.finance, through=THEN, at=LATER)
    assert [(row["client_id"], row["net_minor"]) for row in await statements(owner, run_id)] == [
        (cast.brandt.id, 37_500)
    ]
    await approved(cast.second_finance, run_id, settings, at=LATER)
    await paid(cast.finance, run_id, on=THEN, at=LATER)
    assert await wrong(cast.nordkai.id) == []


async def paid_out_as(cast: Cast, name: str, status: str, *charges: tuple[str, int, int]) -> None:
    """A payout that lists the charges it is made of."""
    made_of = [Transaction(f"txn_{one}", "charge", "GBP", minor, fee, one, LATER) for one, minor, fee in charges]
    said = Payout(name, "GBP", sum(minor - fee for _, minor, fee in charges), status, THEN)
    actor = system(cast.nordkai.id)
    with clock.at(LATER):
        async with transaction(actor.scope):
            await take_over(actor, said, made_of)


async def test_money_comes_with_the_payout_that_names_it_and_a_payout_that_fails_takes_it_away_again(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    card_case, _ = await card_and_bank(cast, owner)
    await charged(cast.nordkai.id, card_case, charge("ch_2", 20_000, 300))
    await paid_out_as(cast, "po_2", "paid", ("ch_2", 20_000, 300))
    payout_id = await owner.fetchval("select id from payouts where agency_id = $1", cast.nordkai.id)
    run_id = await prepared(cast.finance, through=THEN, at=LATER)
    assert await clients_of(owner, run_id) == [cast.lanting.id]
    with clock.at(LATER):
        async with transaction(cast.finance.actor.scope):
            await make_good(cast.finance.actor, payout_id, THEN)
    # A bank charge that the agency has not paid in is the agency's debt as a whole: it holds no client's money back.
    async with transaction(cast.finance.actor.scope):
        lines = (
            dr(Book.TRUST, 1090, 50, "GBP"), cr(Book.TRUST, 1000, 50, "GBP"),
            dr(Book.OPERATING, 5020, 50, "GBP"), cr(Book.OPERATING, 2190, 50, "GBP"),
        )  # fmt: skip
        await post(cast.finance.actor, [JournalDraft("bank", "charge", "charge", THEN, lines)])
    await pay(cast.finance, card_case, 100, at=LATER, on=THEN)
    await again(cast, run_id)
    made = {row["client_id"]: row for row in await statements(owner, run_id)}
    assert made[cast.brandt.id]["collected_minor"] == 20_100, "the newer charge has come, the older one has not"
    await paid_out_as(cast, "po_2", "failed", ("ch_2", 20_000, 300))
    with pytest.raises(Refused) as refused:
        await approved(cast.second_finance, run_id, settings, at=LATER)
    assert refused.value.code == "stale"
    await again(cast, run_id)
    made = {row["client_id"]: row for row in await statements(owner, run_id)}
    assert made[cast.brandt.id]["collected_minor"] == 100
    assert await wrong(cast.nordkai.id) == []


async def test_what_went_back_at_the_processor_waits_for_no_payout(cast: Cast, owner: asyncpg.Connection) -> None:
    card_case, _ = await card_and_bank(cast, owner)
    payment = await charged(cast.nordkai.id, card_case, charge("ch_3", 10_000, 150))
    await refunded(cast.nordkai.id, payment, "re_3", 10_000, at=LATER)
    run_id = await prepared(cast.finance, through=THEN, at=LATER)
    made = {row["client_id"]: row for row in await statements(owner, run_id)}
    assert (made[cast.brandt.id]["payments"], made[cast.brandt.id]["net_minor"]) == (2, 0)
