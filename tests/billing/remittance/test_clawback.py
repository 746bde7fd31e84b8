"""Money that goes back after the client was paid its part: it owes that part, and its next money pays it."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import asyncpg

from billing.payments.register import Payment
from billing.payments.returns import reverse
from portal import clock
from portal.errors import Refused
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.money import NOON, agreed, look, pay, wrong
from tests.billing.processing import charge, charged, charged_back, paid_out
from tests.billing.remitting import approved, paid, prepared, remitted, statement, terms
from tests.billing.remitting import look as run_of
from tests.billing.trade import event, journal
from tests.cases.casework import placed_case
from tests.people import Cast, Visit
from tests.spreadsheets import read_csv

LATER = NOON + timedelta(days=20)


async def charged_and_remitted(cast: Cast, owner: asyncpg.Connection, settings: Settings) -> Payment:
    """Events 1 to 5: a claim of 1,200, paid 500 by card, 300 by transfer and 200 to the client, and remitted."""
    await terms(owner, cast.brandt, vat="0.2")
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=120_000, currency="GBP")
    payment = await charged(cast.nordkai.id, case_id, charge("ch_1", 50_000, 770))
    await paid_out(cast.nordkai.id, "po_1", 49_230, topped_up=770)
    await pay(cast.finance, case_id, 30_000)
    await pay(cast.finance, case_id, 20_000, channel="direct")
    await remitted(cast, settings, at=NOON + timedelta(days=7))
    return payment


async def test_a_chargeback_after_the_remittance_is_booked_as_event_9(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    payment = await charged_and_remitted(cast, owner, settings)
    back = await charged_back(cast.nordkai.id, payment, "du_1", 50_000, 2_000, at=LATER)
    names = {"C1": cast.brandt.id, "K1": payment.case_id}
    assert await journal(owner, cast.nordkai.id, "payment", "du_1", **names) == event(9, "chargeback")
    assert (back.amount_minor, back.fee_minor, back.reverses) == (-50_000, -12_500, payment.id)
    assert (await look(cast.finance.actor, payment.case_id)).balance_minor == 70_000
    assert await wrong(cast.nordkai.id) == []


async def test_the_next_remittance_takes_the_claw_back_as_event_10(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, visit: Visit
) -> None:
    payment = await charged_and_remitted(cast, owner, settings)
    await charged_back(cast.nordkai.id, payment, "du_1", 50_000, 2_000, at=LATER)
    await pay(cast.finance, payment.case_id, 60_000, on=LATER.date(), at=LATER)
    run_id = await prepared(cast.finance, through=LATER.date(), at=LATER)
    drafted = await statement(owner, run_id)
    assert (drafted["clawed_in_minor"], drafted["clawed_out_minor"], drafted["net_minor"]) == (-35_000, 0, 7_000)
    await approved(cast.second_finance, run_id, settings, at=LATER)
    names = {"C1": cast.brandt.id}
    booked = await journal(owner, cast.nordkai.id, "remittance", f"{drafted['id']}:approval", **names)
    assert sorted(booked) == sorted(event(10, "approval"))
    await paid(cast.finance, run_id, on=LATER.date(), at=LATER)
    assert sorted(await journal(owner, cast.nordkai.id, "remittance", f"{drafted['id']}:draw")) == sorted(
        event(10, "draw")
    )
    assert await wrong(cast.nordkai.id) == []
    site = await visit(cast.brandt_viewer)
    page = (await site.get(f"/statements/{drafted['id']}")).text
    assert "charged back on" in page and "350.00" in page
    document = (await site.get(f"/statements/{drafted['id']}/pdf")).content
    assert document == (await site.get(f"/statements/{drafted['id']}/pdf")).content
    # Told once: the statement after it has nothing of it.
    third = LATER + timedelta(days=20)
    await pay(cast.finance, payment.case_id, 10_000, on=third.date(), at=third)
    closed = await statement(owner, await remitted(cast, settings, at=third))
    assert (closed["clawed_in_minor"], closed["net_minor"]) == (0, 7_000)
    assert "charged back on" not in (await site.get(f"/statements/{closed['id']}")).text


async def test_what_the_next_money_does_not_cover_is_carried_beside_what_else_is_owed(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, visit: Visit
) -> None:
    payment = await charged_and_remitted(cast, owner, settings)
    await charged_back(cast.nordkai.id, payment, "du_1", 50_000, 2_000, at=LATER)
    await pay(cast.finance, payment.case_id, 20_000, on=LATER.date(), at=LATER)
    await pay(cast.finance, payment.case_id, 10_000, channel="direct", on=LATER.date(), at=LATER)
    second = await statement(owner, await remitted(cast, settings, at=LATER))
    # 200 pays fees of 75 and VAT of 15; the other 110 go to the claw-back of 350.
    assert (second["net_minor"], second["carried_out_minor"], second["clawed_out_minor"]) == (0, 0, -24_000)
    assert await wrong(cast.nordkai.id) == []
    # Its files list the claw-back and what is carried, so that they add up to what is paid: nothing.
    with clock.at(LATER):
        site = await visit(cast.finance)
        for url in (f"/statements/{second['id']}/csv", f"/remittances/{second['run_id']}/csv"):
            rows = read_csv((await site.get(url)).content)
            assert [row["What it is"] for row in rows] == [
                "Payment", "Payment", "Claw-back", "Carried to the next statement",
            ]  # fmt: skip
            assert rows[2]["Gross"] == "-500.00" and rows[3]["Net before VAT"] == "240.00"
            assert sum(Decimal(row["Net before VAT"]) - Decimal(row["VAT"]) for row in rows) == 0


async def test_a_direct_payment_that_bounced_gives_the_client_its_fee_back(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    payment = await charged_and_remitted(cast, owner, settings)
    direct = await owner.fetchval(
        "select id from payments where case_id = $1 and received_by = 'client'", payment.case_id
    )
    with clock.at(LATER):
        async with transaction(cast.finance.actor.scope):
            await reverse(cast.finance.actor, direct, "not_received", LATER.date())
    await pay(cast.finance, payment.case_id, 60_000, on=LATER.date(), at=LATER)
    closed = await statement(owner, await remitted(cast, settings, at=LATER))
    assert (closed["clawed_in_minor"], closed["clawed_out_minor"], closed["net_minor"]) == (6_000, 0, 34_000)
    assert await wrong(cast.nordkai.id) == []


async def test_a_bank_payment_that_bounced_is_advanced_by_us_and_an_open_run_is_made_anew(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    payment = await charged_and_remitted(cast, owner, settings)
    bank = await owner.fetchval("select id from payments where case_id = $1 and channel = 'bank'", payment.case_id)
    await pay(cast.finance, payment.case_id, 10_000, on=LATER.date(), at=LATER)
    run_id = await prepared(cast.finance, through=LATER.date(), at=LATER)
    with clock.at(LATER):
        async with transaction(cast.finance.actor.scope):
            await reverse(cast.finance.actor, bank, "returned_by_bank", LATER.date())
    assert (await run_of(cast.finance, run_id)).status == "draft"
    drafted = await statement(owner, run_id)
    assert (drafted["clawed_in_minor"], drafted["net_minor"], drafted["clawed_out_minor"]) == (-21_000, 0, -14_000)
    assert await wrong(cast.nordkai.id) == []


async def test_a_chargeback_while_its_run_is_approved_comes_before_or_after_it_whole(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    await terms(owner, cast.brandt, vat="0.2")
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=120_000, currency="GBP")
    payment = await charged(cast.nordkai.id, case_id, charge("ch_1", 50_000, 770))
    await paid_out(cast.nordkai.id, "po_1", 49_230, topped_up=770)
    run_id = await prepared(cast.finance, through=LATER.date(), at=LATER)
    approval, back = await asyncio.gather(
        approved(cast.second_finance, run_id, settings, at=LATER),
        charged_back(cast.nordkai.id, payment, "du_1", 50_000, 2_000, at=LATER),
        return_exceptions=True,
    )
    assert isinstance(back, Payment)
    owed = await owner.fetchval("select sum(owed_minor) from clawbacks where client_id = $1", cast.brandt.id)
    assert (owed == 35_000) if approval is None else (isinstance(approval, Refused) and owed is None)
    assert await wrong(cast.nordkai.id) == []
