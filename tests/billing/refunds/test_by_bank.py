"""What goes back leaves and returns by lines of the bank: known by amount, payee and reference, and booked once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from billing.bank.accounts import OwnAccount
from billing.bank.matching.accept import accept, shown_of
from billing.bank.matching.by_hand import choices_of
from billing.bank.matching.candidates import load_line
from billing.bank.matching.propose import What
from billing.bank.matching.undo import undo
from billing.bank_details.account import Account
from billing.refunds.decide import approve
from billing.refunds.pay import pay as pay_refund
from billing.refunds.prove import prove_refunds
from billing.refunds.register import load_refund, reference_of
from billing.surplus.refund import ask_to_refund
from billing.suspense.match import match
from billing.suspense.send_back import ask_to_send_back
from portal.errors import Forbidden, NotFound, Refused
from portal.ledger.balances import balance
from portal.settings import Settings
from portal.tenancy.database import as_job, transaction
from tests.billing.bank.matching.arriving import LATER, arrived, kinds, matched, posted, said, told
from tests.billing.bank.matching.test_booking import did, proposed
from tests.billing.bank.statements import DUPLICATE_IBAN, opened
from tests.billing.money import TODAY, agreed, pay, wrong
from tests.billing.remitting import PROOF
from tests.cases.casework import placed_case
from tests.people import Cast

SENDER = "DE02300209000106531065"
WEBER = Account(currency="EUR", holder="Klara Weber", iban=SENDER)
TOMORROW = TODAY + timedelta(days=1)
DAY = LATER.date()


@pytest.fixture
async def trust(cast: Cast) -> OwnAccount:
    await agreed(cast, cast.brandt)
    await opened(cast.finance, "First", iban=DUPLICATE_IBAN)
    return await opened(cast.finance)


async def nobodys(cast: Cast, owner: asyncpg.Connection, trust: OwnAccount, minor: int, account: str = SENDER) -> UUID:
    """Money that nobody knows, as its bank line brings it; gives the piece in suspense."""
    line = said(minor, "DANKE", "KLARA WEBER", counterparty_account=account, bank_reference=f"B {minor} {account}")
    [line_id] = await arrived(cast.finance, trust, line)
    piece: UUID = await owner.fetchval(
        "select s.id from suspense s join bank_matches m on m.journal_id = s.journal_id where m.bank_line_id = $1",
        line_id,
    )
    return piece


async def to_pay(cast: Cast, settings: Settings, refund: UUID) -> UUID:
    await did(cast.second_finance, approve, refund, PROOF, settings.secret_key)
    return refund


async def stood(cast: Cast, account: int) -> int:
    async with transaction(cast.finance.actor.scope, read_only=True):
        return await balance(cast.nordkai.id, account, "EUR")


async def faults(cast: Cast) -> list[str]:
    found = await wrong(cast.nordkai.id)
    async with transaction(as_job(cast.nordkai.id), read_only=True):
        return [*found, *(await prove_refunds(cast.nordkai.id))[1]]


async def test_the_account_that_the_money_came_from_is_no_change_and_any_other_rests(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount, settings: Settings
) -> None:
    pieces = [await nobodys(cast, owner, trust, minor) for minor in (75_00, 80_00)]
    back = await to_pay(cast, settings, await did(cast.finance, ask_to_send_back, pieces[0], WEBER))
    other = await to_pay(
        cast, settings, await did(cast.finance, ask_to_send_back, pieces[1], replace(WEBER, iban=DUPLICATE_IBAN))
    )
    found = [await did(cast.finance, load_refund, one) for one in (back, other)]
    assert [(one.is_other_payee, one.sent_from, one.pay_from) for one in found] == [
        (False, SENDER, DAY), (True, SENDER, DAY + timedelta(days=3)),
    ]  # fmt: skip
    # A payment that was matched from it still knows where it came from.
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=60_00)
    paid = await did(cast.finance, match, await nobodys(cast, owner, trust, 85_00), case_id)
    surplus = await did(cast.finance, load_refund, await did(cast.finance, ask_to_refund, paid, 25_00, WEBER))
    assert (surplus.is_other_payee, surplus.sent_from) == (False, SENDER)
    # Paid by hand, the money leaves the account that it had come to; the bank's line is that.
    await did(cast.finance, pay_refund, back, DAY, "SEPA 9")
    [line] = await arrived(cast.finance, trust, said(-75_00, "", "K WEBER", end_to_end=reference_of(back), on=DAY))
    assert (await kinds(owner, line), await faults(cast)) == (["linked"], [])


async def test_the_line_of_an_approved_refund_is_proposed_and_one_click_pays_it_once(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount, settings: Settings
) -> None:
    piece = await nobodys(cast, owner, trust, 75_00)
    refund = await did(cast.finance, ask_to_send_back, piece, WEBER)
    lines = [said(-75_00, "Rueckzahlung", "WEBER KLARA", on=DAY, bank_reference=f"{n}") for n in range(2)]
    [line, twin] = await arrived(cast.finance, trust, *lines)
    assert (await proposed(cast.finance, line)).what is not What.REFUND, "nobody approved it yet"
    await to_pay(cast, settings, refund)
    found = await proposed(cast.finance, line)
    assert (found.what, found.is_certain) == (What.REFUND, False)
    assert {str(reason.code) for reason in found.reasons} == {"sum_of_refund", "same_payee"}
    assert What.REFUND in {
        one.what for one in await did(cast.finance, choices_of, await did(cast.finance, load_line, line))
    }
    for person, error in ((cast.auditor, Forbidden), (cast.brandt_admin, Forbidden), (cast.huadong_finance, NotFound)):
        with pytest.raises(error):
            await did(person, accept, line, What.REFUND, shown_of(found))
    done = await asyncio.gather(
        *(did(cast.finance, accept, one, What.REFUND, shown_of(found)) for one in (line, twin)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in done) == ["NoneType", "Refused"], "two lines pay one refund once"
    paid = line if done[0] is None else twin
    assert await posted(owner, paid) == ["trust Dr2020 75.00", "trust Cr1000 75.00"]
    assert await owner.fetchval("select status from suspense where id = $1", piece) == "sent_back"
    assert (await stood(cast, 2020), await faults(cast)) == (0, [])
    # It comes back: it waits as before, may be booked or sent once more, and the mistaken line is undone as long as it waits.
    [back] = await arrived(
        cast.finance, trust, said(75_00, reference_of(refund), "Klara Weber", on=DAY, return_reason="AC04 closed")
    )
    again = await proposed(cast.finance, back)
    assert again.what is What.REFUND_BACK
    await did(cast.finance, accept, back, What.REFUND_BACK, shown_of(again))
    assert await owner.fetchval("select status from suspense where id = $1", piece) == "waiting"
    assert (await stood(cast, 2020), await faults(cast)) == (75_00, [])
    await did(cast.finance, undo, back, "another one")
    assert await owner.fetchval("select status from suspense where id = $1", piece) == "sent_back"
    await did(cast.finance, accept, back, What.REFUND_BACK, shown_of(again))
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=75_00)
    await did(cast.finance, match, piece, case_id)
    counts = await owner.fetchval("select received_on from payments where case_id = $1", case_id)
    assert counts == DAY, "it counts from the day on which we had it again"
    with pytest.raises(Refused):
        await did(cast.finance, undo, back, "too late")
    assert await faults(cast) == []


async def test_a_line_with_the_reference_of_a_refund_is_booked_without_a_person_and_not_before_its_payee_rested(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount, settings: Settings
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=240_00)
    payment = await pay(cast.finance, case_id, 265_00)
    surplus = await to_pay(cast, settings, await did(cast.finance, ask_to_refund, payment.id, 25_00, WEBER))
    piece = await nobodys(cast, owner, trust, 75_00)
    other = await did(cast.finance, ask_to_send_back, piece, replace(WEBER, iban=DUPLICATE_IBAN))
    await to_pay(cast, settings, other)
    certain, early = await told(
        cast.finance, trust,
        said(-25_00, "", "Somebody", end_to_end=reference_of(surplus), on=DAY),
        said(-75_00, "", "Klara Weber", end_to_end=reference_of(other), counterparty_account=DUPLICATE_IBAN, on=DAY),
    )  # fmt: skip
    for _ in range(2):
        await matched(cast.finance)
    assert await kinds(owner, certain, early) == ["linked", "open"]
    assert await posted(owner, certain) == ["trust Dr2030 25.00", "trust Cr1000 25.00"]
    assert await owner.fetchval("select status from refunds where id = $1", other) == "approved"
    assert await faults(cast) == []
