"""What a line was taken to be is taken back: its money is in the bank all the same, on every day, and nothing hangs on it."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest

from billing.bank.accounts import OwnAccount
from billing.bank.matching.accept import accept, shown_of
from billing.bank.matching.by_hand import name
from billing.bank.matching.undo import undo
from billing.bank_details.account import creditor_reference
from billing.payments.returns import reverse
from portal.errors import Refused
from portal.ledger.balances import balance
from portal.settings import Settings
from portal.tenancy.database import as_job, transaction
from tests.billing.bank.matching.arriving import LATER, arrived, kinds, matched, said
from tests.billing.bank.matching.test_booking import MUELLER, did, number, proposed
from tests.billing.bank.statements import DUPLICATE_IBAN, opened
from tests.billing.costs.advancing import advanced, took_back
from tests.billing.money import TODAY, agreed, look, pay, wrong
from tests.billing.remitting import approved, paid, prepared, terms
from tests.cases.casework import placed_case
from tests.people import Cast

DAYS = [TODAY + timedelta(days=day) for day in range(5)]


@pytest.fixture
async def trust(cast: Cast) -> OwnAccount:
    await agreed(cast, cast.brandt)
    return await opened(cast.finance)


async def daily(cast: Cast, account: int) -> list[int]:
    """What stands on an account at the end of each day."""
    async with transaction(as_job(cast.nordkai.id), read_only=True):
        return [await balance(cast.nordkai.id, account, "EUR", on=day) for day in DAYS]


async def test_a_payment_of_the_wrong_case_waits_in_suspense_from_the_day_on_which_it_is_taken_back(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=1_200_00)
    [line] = await arrived(cast.finance, trust, said(300_00, creditor_reference(await number(owner, case_id)), MUELLER))
    assert await kinds(owner, line) == ["payment"]
    payment_id = await owner.fetchval("select id from payments where case_id = $1", case_id)
    await did(cast.finance, reverse, payment_id, "wrong_case", DAYS[3])
    assert await kinds(owner, line) == ["suspense"]
    assert await daily(cast, 1000) == [300_00] * 5
    assert await daily(cast, 2020) == [0, 0, 0, 300_00, 300_00]
    assert await owner.fetchval("select received_on from suspense where agency_id = $1", cast.nordkai.id) == TODAY
    assert await wrong(cast.nordkai.id) == []


async def test_what_waits_since_it_was_taken_back_may_be_interest_after_all_from_that_day_on(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=1_200_00)
    [line] = await arrived(cast.finance, trust, said(300_00, creditor_reference(await number(owner, case_id)), MUELLER))
    payment_id = await owner.fetchval("select id from payments where case_id = $1", case_id)
    await did(cast.finance, reverse, payment_id, "wrong_case", DAYS[3])
    await did(cast.finance, name, line, "interest")
    assert await kinds(owner, line) == ["posted"]
    assert (await daily(cast, 1000), await daily(cast, 2020)) == ([300_00] * 5, [0] * 5)
    assert await daily(cast, 2040) == [0, 0, 0, 300_00, 300_00]
    # It was no interest either: it waits again from that day on, and counts for the debtor from the day it came.
    await did(cast.finance, undo, line, "it was a payment")
    await matched(cast.finance)
    assert await kinds(owner, line) == ["suspense"]
    assert (await daily(cast, 1000), await daily(cast, 2020)) == ([300_00] * 5, [0, 0, 0, 300_00, 300_00])
    received = await owner.fetchval(
        "select received_on from suspense where status = 'waiting' and agency_id = $1", cast.nordkai.id
    )
    assert (received, await wrong(cast.nordkai.id)) == (TODAY, [])


async def test_what_was_recorded_by_hand_and_told_by_the_bank_since_waits_in_suspense_as_well(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=1_200_00)
    payment = await pay(cast.finance, case_id, 300_00, reference="E2E-77123")
    [line] = await arrived(cast.finance, trust, said(300_00, "E2E-77123", "X"))
    assert await kinds(owner, line) == ["linked"]
    await did(cast.finance, reverse, payment.id, "wrong_case", DAYS[3])
    assert await kinds(owner, line) == ["suspense"]
    assert await daily(cast, 1000) == [300_00] * 5
    assert await daily(cast, 2020) == [0, 0, 0, 300_00, 300_00]
    assert (await look(cast.finance.actor, case_id)).balance_minor == 1_200_00
    assert await wrong(cast.nordkai.id) == []


async def test_interest_is_not_taken_back_while_an_approved_run_draws_it(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount, settings: Settings
) -> None:
    await terms(owner, cast.brandt, method="gross")
    await pay(cast.finance, await placed_case(cast.nordkai, cast.brandt, amount_minor=5_000_00), 1_000_00)
    drawn, later = await arrived(
        cast.finance, trust, said(5_00, "Zinsgutschrift"), said(2_00, "Zinsgutschrift", on=DAYS[1])
    )
    await did(cast.finance, name, drawn, "interest")
    run_id = await prepared(cast.finance, "EUR", at=LATER)
    await approved(cast.second_finance, run_id, settings, at=LATER)
    await did(cast.finance, name, later, "interest")
    with pytest.raises(Refused) as refused:
        await did(cast.finance, undo, drawn, "it was a payment")
    assert refused.value.code == "drawn"
    await did(cast.finance, undo, later, "it was a payment")
    assert await kinds(owner, drawn, later) == ["posted", "open"]
    await paid(cast.finance, run_id, on=LATER.date(), at=LATER)
    assert await wrong(cast.nordkai.id) == []


async def test_a_cost_is_not_taken_back_while_a_bank_line_is_matched_to_it(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount
) -> None:
    own = await opened(cast.finance, "Own", book="operating", iban=DUPLICATE_IBAN)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=1_200_00)
    cost_id = await advanced(cast.manager, case_id, 70_00)
    [line] = await arrived(cast.finance, own, said(-70_00, "Amtsgericht", "Amtsgericht Berlin"))
    found = await proposed(cast.finance, line)
    await did(cast.finance, accept, line, found.what, shown_of(found))
    with pytest.raises(Refused) as refused:
        await took_back(cast.manager, cost_id)
    assert refused.value.code == "matched"
    await did(cast.finance, undo, line, "it was another cost")
    await took_back(cast.manager, cost_id)
    assert (await look(cast.finance.actor, case_id)).costs_minor == 0
    assert await wrong(cast.nordkai.id) == []
