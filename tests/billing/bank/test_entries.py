"""Charges, interest and VAT of an account, booked by hand: once, and the bank's line is what was booked."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import asyncpg
import pytest

from billing.bank.accounts import OwnAccount
from billing.bank.entries import book_entry, take_back_entry
from billing.bank.matching.accept import accept, shown_of
from billing.bank.matching.propose import What
from billing.cards.funding import pay_in
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.identity import new_id
from portal.ledger.balances import balance, bank_balance
from portal.settings import Settings
from portal.tenancy.database import as_job, transaction
from tests.billing.bank.matching.arriving import LATER, arrived, kinds, said, told
from tests.billing.bank.matching.test_booking import did, proposed
from tests.billing.bank.statements import DUPLICATE_IBAN, opened
from tests.billing.money import NOON, TODAY, agreed, pay, wrong
from tests.billing.remitting import approved, prepared, terms
from tests.cases.casework import placed_case
from tests.people import Cast, Person, Visit

OWN_IBAN = "DE02300209000106531065"
TWO = timedelta(days=2)


async def booked(
    person: Person, account: OwnAccount, what: str, minor: int, *, on: date = TODAY, token: UUID | None = None, another: bool = False
) -> UUID:  # fmt: skip
    with clock.at(LATER):
        async with transaction(person.actor.scope):
            return await book_entry(person.actor, account.id, what, minor, on, token or new_id(), another=another)


async def taken_back(person: Person, account: OwnAccount, journal_id: UUID, why: str = "It was another day.") -> None:
    with clock.at(LATER):
        async with transaction(person.actor.scope):
            await take_back_entry(person.actor, account.id, journal_id, why)


async def stands(cast: Cast, *accounts: int) -> list[int]:
    async with transaction(as_job(cast.nordkai.id), read_only=True):
        return [await balance(cast.nordkai.id, account, "EUR") for account in accounts]


async def test_a_charge_on_the_second_trust_account_is_booked_once_and_its_line_is_it(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    await opened(cast.finance, "First", iban=DUPLICATE_IBAN)
    second, token = await opened(cast.finance, "Second"), new_id()
    journal_id = await booked(cast.finance, second, "charge", 300, token=token)
    assert await booked(cast.second_finance, second, "charge", 300, token=token) == journal_id, "twice clicked"
    assert await stands(cast, 1000, 1090, 5020, 2190) == [-300, 300, 300, 300]
    with pytest.raises(Refused) as refused:
        await booked(cast.finance, second, "charge", 300, on=TODAY + TWO)
    assert refused.value.code == "twin"
    [line] = await arrived(cast.finance, second, said(-300, "Kontoführungsentgelt", on=TODAY + timedelta(days=1)))
    assert await kinds(owner, line) == ["linked"]
    assert await stands(cast, 1000, 1090) == [-300, 300], "nothing is booked a second time"
    with pytest.raises(Refused) as refused:
        await taken_back(cast.finance, second, journal_id)
    assert refused.value.code == "matched"
    assert await wrong(cast.nordkai.id) == []


async def test_what_was_booked_on_another_account_than_the_banks_is_proposed_before_a_charge_anew(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    first, second = await opened(cast.finance, "First", iban=DUPLICATE_IBAN), await opened(cast.finance, "Second")
    await booked(cast.finance, first, "charge", 300)
    [line] = await arrived(cast.finance, second, said(-300, "Kontoführungsentgelt", on=TODAY + timedelta(days=1)))
    found = await proposed(cast.finance, line)
    assert (await kinds(owner, line), found.what) == (["open"], What.LINK)
    await did(cast.finance, accept, line, What.LINK, shown_of(found))
    async with transaction(as_job(cast.nordkai.id), read_only=True):
        assert [await bank_balance(cast.nordkai.id, one.id) for one in (first, second)] == [0, -300]


async def test_a_line_that_waits_is_booked_itself_and_an_error_is_taken_back_once(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    trust = await opened(cast.finance)
    await told(cast.finance, trust, said(-300, "Irgendetwas"))
    with pytest.raises(Refused) as refused:
        await booked(cast.finance, trust, "charge", 300)
    assert refused.value.code == "line_waits"
    journal_id = await booked(cast.finance, trust, "charge", 300, another=True)
    with pytest.raises(Refused, match="say why"):
        await taken_back(cast.finance, trust, journal_id, " ")
    with clock.at(LATER):
        async with transaction(cast.finance.actor.scope):
            await pay_in(cast.finance.actor, "EUR", 300, TODAY, new_id())
    with pytest.raises(Refused) as refused:
        await taken_back(cast.finance, trust, journal_id)
    assert refused.value.code == "paid_in"
    other = await booked(cast.finance, trust, "charge", 500)
    for _ in range(2):
        await taken_back(cast.finance, trust, other)
    assert await stands(cast, 1090, 5020) == [0, 300]
    [line] = await arrived(cast.finance, trust, said(-500, "Entgelt"))
    assert (await proposed(cast.finance, line)).what is What.CHARGE, "what was taken back is no line's"
    assert await wrong(cast.nordkai.id) == []


async def test_interest_is_drawn_and_then_stays_and_vat_goes_to_the_state_and_back(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    trust = await opened(cast.finance)
    own = await opened(cast.second_finance, "Own", book="operating", iban=OWN_IBAN)
    interest = await booked(cast.finance, trust, "interest", 120)
    assert await stands(cast, 1000, 2040) == [120, 120]
    await terms(owner, cast.brandt, method="gross")
    await agreed(cast, cast.brandt)
    await pay(cast.finance, await placed_case(cast.nordkai, cast.brandt), 100_000)
    run_id = await prepared(cast.finance, "EUR", at=LATER)
    await approved(cast.second_finance, run_id, settings, at=LATER)
    with pytest.raises(Refused) as refused:
        await taken_back(cast.finance, trust, interest)
    assert refused.value.code == "drawn"
    before = await stands(cast, 2100, 1100)
    for what, minor in (("vat_paid", 700), ("vat_back", 200)):
        await booked(cast.finance, own, what, minor)
    assert [now - then for now, then in zip(await stands(cast, 2100, 1100), before, strict=True)] == [-500, -500]
    assert await wrong(cast.nordkai.id) == []


async def test_who_may_book_by_hand_and_what_will_not_do(cast: Cast, visit: Visit) -> None:
    trust = await opened(cast.finance)
    for person, kind in (
        (cast.auditor, Forbidden),
        (cast.manager, Forbidden),
        (cast.brandt_admin, Forbidden),
        (cast.huadong_finance, NotFound),
    ):
        with pytest.raises(kind):
            await booked(person, trust, "charge", 300)
    browser, place = await visit(cast.finance), f"/bank/accounts/{trust.id}/entries"
    with clock.at(NOON):
        token = str(new_id())
        sent = {"what": "charge", "amount": "3.00", "on": TODAY.isoformat(), "token": token}
        for wrongly in (
            {"what": "vat_paid"}, {"what": ""}, {"amount": "-3"}, {"amount": "x"}, {"amount": ""}, {"amount": "9" * 30},
            {"on": "2026-13-01"}, {"on": ""}, {"on": (TODAY + TWO).isoformat()}, {"token": "no"},
        ):  # fmt: skip
            answer = await browser.post(place, data={**sent, **wrongly})
            assert answer.status_code == (404 if "token" in wrongly else 422), wrongly
        assert (await browser.post(place, data=sent)).status_code == 303
        page = (await browser.get(place)).text
        assert "The bank has not told of it" in page
        [journal_id] = {part.partition('"')[0] for part in page.split("/ledger/journals/")[1:]}
        assert (await browser.post(f"{place}/{journal_id}/withdrawal", data={"why": ""})).status_code == 422
        assert (await browser.post(f"{place}/{new_id()}/withdrawal", data={"why": "x"})).status_code == 404
        assert (await browser.post(f"{place}/{journal_id}/withdrawal", data={"why": "x"})).status_code == 303
        assert "Taken back" in (await browser.get(place)).text
        assert (await (await visit(cast.auditor)).get(place)).status_code == 200
        assert (await (await visit(cast.manager)).get(place)).status_code == 403
        assert (await (await visit(cast.huadong_finance)).get(place)).status_code == 404
