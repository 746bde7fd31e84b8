"""What the books have on no account, or on the wrong one, is on the account whose bank tells of it: once, and no more."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import asyncpg
import pytest

from billing.bank.accounts import OwnAccount
from billing.bank.matching.accept import accept, shown_of
from billing.bank.matching.propose import What
from billing.bank.matching.undo import undo
from billing.bank_details.account import Account, creditor_reference
from billing.payments.register import payments_of_case
from billing.reconciliation.nightly import sum_up
from billing.reconciliation.three_way import three_ways
from billing.refunds.decide import approve
from billing.surplus.refund import ask_to_refund
from portal import clock
from portal.identity import new_id
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.bank.matching.arriving import LATER, arrived, kinds, said
from tests.billing.bank.matching.test_booking import MUELLER, did, number, proposed, stands
from tests.billing.bank.statements import DUPLICATE_IBAN, opened
from tests.billing.money import TODAY, agreed, look, pay, wrong
from tests.billing.processing import charge, charged, paid_out
from tests.billing.remitting import PROOF, approved, prepared, terms
from tests.cases.casework import placed_case
from tests.people import Cast, Visit


class Two(NamedTuple):
    """Two trust accounts in one currency."""

    first: OwnAccount
    second: OwnAccount


@pytest.fixture
async def two(cast: Cast) -> Two:
    await agreed(cast, cast.brandt)
    return Two(await opened(cast.finance, "First", iban=DUPLICATE_IBAN), await opened(cast.finance, "Second"))


async def both(cast: Cast, two: Two) -> tuple[int, int]:
    """What stands on each by the books."""
    return await stands(cast, two.first), await stands(cast, two.second)


async def tells(owner: asyncpg.Connection, account: OwnAccount, closing: int) -> None:
    """The account's statements began with nothing and end with this."""
    await owner.execute(
        "update bank_statements set opening_minor = 0, closing_minor = $2, from_on = $3, to_on = $3 where bank_account_id = $1",
        *(account.id, closing, TODAY),
    )
    await owner.execute("update bank_accounts set opened_on = $2 where id = $1", account.id, TODAY)


async def between(cast: Cast) -> list[tuple[str, int | None, int, int, int]]:
    """Each account: what bank and books differ by, and the items between them on either side."""
    async with transaction(cast.finance.actor.scope, read_only=True):
        [found] = (await three_ways(cast.finance.actor, TODAY))[0]
    return [
        (one.name, one.difference_minor, one.ledger_minor, one.outstanding.total_minor, one.not_booked.total_minor)
        for one in found.accounts
    ]


async def test_a_payment_recorded_by_hand_is_found_on_the_account_whose_bank_tells_of_it(
    cast: Cast, owner: asyncpg.Connection, two: Two
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=1_200_00)
    payment = await pay(cast.finance, case_id, 300_00, reference="E2E-77123")
    assert await both(cast, two) == (300_00, 0)
    text = f"E2E-77123 {creditor_reference(await number(owner, case_id))}"
    [line] = await arrived(cast.finance, two.second, said(300_00, text, MUELLER))
    assert await kinds(owner, line) == ["linked"]
    async with transaction(cast.finance.actor.scope, read_only=True):
        assert [one.id for one in await payments_of_case(cast.finance.actor, case_id)] == [payment.id]
    assert (await look(cast.finance.actor, case_id)).balance_minor == 900_00
    assert await both(cast, two) == (0, 300_00)
    # Each account is even by itself, before the night and after it.
    await tells(owner, two.second, 300_00)
    [other] = await arrived(cast.finance, two.first, said(5_00, "DANKE", "K WEBER"))
    assert await kinds(owner, other) == ["suspense"]
    await tells(owner, two.first, 5_00)
    even = [("First", 0, 5_00, 0, 0), ("Second", 0, 300_00, 0, 0)]
    assert await between(cast) == even
    await sum_up(cast.nordkai.id, timedelta(days=-9999))
    assert await between(cast) == even
    assert await wrong(cast.nordkai.id) == []
    # It was another payment: by the books it is on no account again, which is the first.
    await did(cast.finance, undo, line, "it is another payment")
    assert await both(cast, two) == (305_00, 0)
    assert await between(cast) == [("First", 0, 305_00, 300_00, 0), ("Second", 0, 0, 0, 300_00)]
    assert await wrong(cast.nordkai.id) == []


async def test_what_the_processor_pays_to_the_second_account_is_linked_there(
    cast: Cast, owner: asyncpg.Connection, two: Two
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=1_200_00)
    await charged(cast.nordkai.id, case_id, charge("ch_1", 300_00, currency="EUR"))
    await paid_out(cast.nordkai.id, "po_1", 300_00, currency="EUR")
    [line] = await arrived(cast.finance, two.second, said(300_00, "STRIPE PAYOUT po_1", "Stripe"))
    assert await kinds(owner, line) == ["linked"]
    assert await both(cast, two) == (0, 300_00)
    # Another transfer of that sum on the first account is another one: the payout is somebody's already.
    [again] = await arrived(cast.finance, two.first, said(300_00, "STRIPE PAYOUT", "Stripe"))
    assert await kinds(owner, again) == ["suspense"]
    assert await both(cast, two) == (300_00, 300_00)
    assert await wrong(cast.nordkai.id) == []


async def test_of_two_payments_alike_a_line_is_the_one_on_the_case_that_it_names(
    cast: Cast, owner: asyncpg.Connection, two: Two
) -> None:
    cases = [await placed_case(cast.nordkai, cast.brandt, amount_minor=1_200_00) for _ in range(2)]
    for case_id in cases:
        await pay(cast.finance, case_id, 300_00)
    [line] = await arrived(
        cast.finance, two.second, said(300_00, creditor_reference(await number(owner, cases[1])), MUELLER)
    )
    assert await kinds(owner, line) == ["linked"]
    assert [(await look(cast.finance.actor, one)).balance_minor for one in cases] == [900_00, 900_00]
    assert await wrong(cast.nordkai.id) == []


async def test_a_return_is_booked_on_the_account_whose_bank_tells_of_it(
    cast: Cast, owner: asyncpg.Connection, two: Two
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=1_200_00)
    name = creditor_reference(await number(owner, case_id))
    [came] = await arrived(cast.finance, two.first, said(300_00, name, MUELLER))
    assert await kinds(owner, came) == ["payment"]
    [line] = await arrived(
        cast.finance, two.second,
        said(-300_00, name, MUELLER, return_reason="AC04", on=TODAY + timedelta(days=1)),
    )  # fmt: skip
    found = await proposed(cast.finance, line)
    assert found.what is What.RETURN
    await did(cast.finance, accept, line, What.RETURN, shown_of(found))
    assert await kinds(owner, line) == ["posted"]
    assert (await look(cast.finance.actor, case_id)).balance_minor == 1_200_00
    assert await both(cast, two) == (300_00, -300_00)
    assert await wrong(cast.nordkai.id) == []


async def test_whoever_records_a_payment_may_say_on_which_account_and_the_bank_corrects_it(
    cast: Cast, owner: asyncpg.Connection, visit: Visit
) -> None:
    await agreed(cast, cast.brandt)
    first = await opened(cast.finance, "First", iban=DUPLICATE_IBAN)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=1_200_00)
    finance, url = await visit(cast.finance), f"/payments/new?case={case_id}"
    with clock.at(LATER):
        assert "bank_account" not in (await finance.get(url)).text, "one account alone asks nothing"
        two = Two(first, await opened(cast.finance, "Second"))
        assert f'value="{two.second.id}"' in (await finance.get(url)).text
        sent = {
            "case": str(case_id), "token": str(new_id()), "amount": "300.00", "received_on": TODAY.isoformat(),
            "channel": "bank", "bank_account": str(two.second.id),
        }  # fmt: skip
        shown = (await finance.post("/payments/check", data=sent)).text
        sent["shown"] = shown.partition('name="shown" value="')[2].partition('"')[0]
        own = await opened(cast.finance, "Own", book="operating", iban="DE02300209000106531065")
        assert (await finance.post("/payments", data={**sent, "bank_account": str(own.id)})).status_code == 404
        assert (await finance.post("/payments", data=sent)).status_code == 303
    assert await both(cast, two) == (0, 300_00)
    # It was the other one: nothing is booked a second time, and a person says that it is the same.
    [line] = await arrived(cast.finance, first, said(300_00, creditor_reference(await number(owner, case_id)), MUELLER))
    found = await proposed(cast.finance, line)
    assert (await kinds(owner, line), found.what) == (["open"], What.LINK)
    assert "other_account" in {str(reason.code) for reason in found.reasons}
    await did(cast.finance, accept, line, What.LINK, shown_of(found))
    assert await both(cast, two) == (300_00, 0)
    assert (await look(cast.finance.actor, case_id)).balance_minor == 900_00
    assert await wrong(cast.nordkai.id) == []


async def test_a_run_and_a_refund_leave_the_account_that_finance_names(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, settings: Settings, two: Two
) -> None:
    await terms(owner, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=1_000_00)
    payment = await pay(cast.finance, case_id, 1_025_00)
    run_id = await prepared(cast.finance, "EUR", at=LATER)
    await approved(cast.second_finance, run_id, settings, at=LATER)
    weber = Account(currency="EUR", holder="K. Weber", iban="DE02300209000106531065")
    refund_id = await did(cast.finance, ask_to_refund, payment.id, 25_00, weber)
    await did(cast.second_finance, approve, refund_id, PROOF, settings.secret_key)
    finance = await visit(cast.finance)
    sent = {"paid_on": LATER.date().isoformat(), "reference": "SEPA 17", "bank_account": str(two.second.id)}
    with clock.at(LATER):
        for page, url in (
            (f"/remittances/{run_id}", f"/remittances/{run_id}/payment"),
            (f"/surplus/{payment.id}", f"/refunds/{refund_id}/payment"),
        ):
            assert f'value="{two.second.id}"' in (await finance.get(page)).text
            assert (await finance.post(url, data=sent)).status_code == 303
    assert await both(cast, two) == (1_025_00, -1_025_00)
    assert await wrong(cast.nordkai.id) == []
