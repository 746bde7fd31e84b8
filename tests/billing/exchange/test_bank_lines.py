"""The bank tells of an exchange in two lines, on two accounts: together they are the deal, and it is booked once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from billing.bank.accounts import Given, OwnAccount, load_account, open_account
from billing.bank.matching import exchanging
from billing.bank.matching.accept import accept, shown_of
from billing.bank.matching.by_hand import choices_of, name
from billing.bank.matching.candidates import load_line
from billing.bank.matching.propose import What
from billing.exchange import take_back as taking_back
from billing.exchange.take_back import take_back
from billing.remittance.draft import review
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.bank.matching.arriving import LATER, arrived, kinds, matched, said, told
from tests.billing.bank.matching.test_booking import did, proposed
from tests.billing.exchange.exchanging import collected, drafted, executed, pays_in
from tests.billing.money import NOON, TODAY, wrong
from tests.billing.remitting import approved, look
from tests.people import Cast, Person, Visit

DOLLARS, POUNDS = "DE02120300000000202051", "GB33BUKB20201555555555"


async def opened(person: Person, currency: str, iban: str) -> OwnAccount:
    given = Given(book="trust", currency=currency, name=f"Trust {currency}", holder="Nordkai Inkasso", iban=iban)
    with clock.at(NOON):
        async with transaction(person.actor.scope):
            return await load_account(person.actor, await open_account(person.actor, given))


@pytest.fixture
async def accounts(cast: Cast) -> tuple[OwnAccount, OwnAccount]:
    return await opened(cast.owner, "USD", DOLLARS), await opened(cast.owner, "GBP", POUNDS)


@pytest.fixture
async def run_id(cast: Cast, owner: asyncpg.Connection, settings: Settings, accounts: Any) -> UUID:
    """760.00 dollars of a run are to be exchanged: 600.40 pounds at the rate that was quoted."""
    await pays_in(owner, cast.brandt)
    await collected(cast, owner, cast.brandt, 100_000)
    run = await drafted(cast)
    with clock.at(NOON):
        async with transaction(cast.finance.actor.scope):
            await review(cast.finance.actor, run)
    await approved(cast.second_finance, run, settings)
    return run


async def accepted(person: Person, line: UUID, what: What = What.EXCHANGE) -> None:
    found = await proposed(person, line)
    assert found.what is what
    await did(person, accept, line, what, shown_of(found))


async def exchanges(owner: asyncpg.Connection, run_id: UUID) -> list[tuple[int, int, str]]:
    rows = await owner.fetch("select sold_minor, bought_minor, rate from exchanges where run_id = $1", run_id)
    return [(row["sold_minor"], row["bought_minor"], str(row["rate"])) for row in rows]


async def test_the_banks_two_lines_are_one_deal_at_the_rate_that_the_bank_did(
    cast: Cast, owner: asyncpg.Connection, run_id: UUID, accounts: tuple[OwnAccount, OwnAccount]
) -> None:
    dollars, pounds = accounts
    [bought] = await arrived(cast.finance, pounds, said(601_16, "FX SPOT 4711", on=TODAY, bank_reference="B1"))
    assert await kinds(owner, bought) == ["open"], "what was bought is no debtor's money: it waits for its other side"
    assert not (await proposed(cast.finance, bought)).is_acceptable
    with pytest.raises(Refused) as refused:
        await accepted(cast.finance, bought)
    assert refused.value.code == "other_side"
    day = TODAY + timedelta(days=2)
    [sold] = await arrived(cast.finance, dollars, said(-760_00, "FX SPOT 4711", on=day, bank_reference="FX 4711"))
    found = await proposed(cast.finance, sold)
    assert (found.what, found.is_acceptable, found.is_certain) == (What.EXCHANGE, True, False), (
        "one click, and a person's"
    )
    assert found.affair is not None and found.affair.note == "1 USD = 0.7910 GBP"
    assert found.confidence == sum(one.weight for one in found.reasons) == 100
    for person, error in ((cast.auditor, Forbidden), (cast.brandt_admin, Forbidden), (cast.huadong_finance, NotFound)):
        with pytest.raises(error):
            await did(person, accept, sold, What.EXCHANGE, shown_of(found))
    await accepted(cast.finance, sold)
    assert await kinds(owner, sold, bought) == ["linked", "linked"]
    assert await exchanges(owner, run_id) == [(76_000, 60_116, "0.791")]
    row = await owner.fetchrow("select reference, on_day from exchanges where run_id = $1", run_id)
    assert row is not None and (row["reference"], row["on_day"]) == ("FX 4711", day)
    assert await wrong(cast.nordkai.id) == []
    with pytest.raises(Refused) as refused:
        await did(cast.finance, accept, bought, What.EXCHANGE, shown_of(found))
    assert refused.value.code == "decided"


async def test_a_deal_that_finance_entered_is_what_the_lines_are_and_is_not_done_twice(
    cast: Cast, owner: asyncpg.Connection, run_id: UUID, accounts: tuple[OwnAccount, OwnAccount]
) -> None:
    dollars, pounds = accounts
    [bought] = await arrived(cast.finance, pounds, said(600_40, "Devisenhandel", on=TODAY))
    await executed(cast.finance, run_id, 76_000, 60_040, "0.79")
    [sold] = await arrived(cast.finance, dollars, said(-760_00, "FX 77", on=TODAY))
    await matched(cast.finance)
    assert await kinds(owner, bought, sold) == ["linked", "linked"], "both say what they are"
    assert len(await exchanges(owner, run_id)) == 1
    assert await wrong(cast.nordkai.id) == []


async def test_whoever_is_stopped_halfway_does_it_again_and_what_fits_nothing_is_no_exchange(
    cast: Cast, owner: asyncpg.Connection, run_id: UUID, accounts: tuple[OwnAccount, OwnAccount],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    dollars, pounds = accounts
    other, small, late = await told(
        cast.finance, dollars,
        said(-759_99, "FX", on=TODAY), said(-3_00, "FX FEE", on=TODAY), said(-760_00, "FX", on=TODAY + timedelta(days=9)),
    )  # fmt: skip
    far, near = await told(
        cast.finance, pounds, said(630_00, "FX", on=TODAY), said(590_00, "Nordkai Inkasso", "Nordkai Inkasso", on=TODAY)
    )
    assert [(await proposed(cast.finance, one)).what for one in (other, far)] == [What.NOTHING] * 2
    assert (await proposed(cast.finance, small)).what is not What.EXCHANGE
    assert not (await proposed(cast.finance, late)).is_acceptable, "what was bought is more than five days away"
    [sold] = await told(cast.finance, dollars, said(-760_00, "FX", on=TODAY, bank_reference="2"))

    async def killed(*_: object, **__: object) -> None:
        raise RuntimeError("the process ends here")

    with monkeypatch.context() as patch:
        patch.setattr(exchanging, "keep_match", killed)
        with pytest.raises(RuntimeError):
            await accepted(cast.finance, near)
    assert (await exchanges(owner, run_id), await kinds(owner, sold, near)) == ([], ["open", "open"])
    await accepted(cast.finance, near)
    assert await exchanges(owner, run_id) == [(76_000, 59_000, "0.7763157895")]
    assert (await look(cast.finance, run_id)).status == "approved"
    assert await wrong(cast.nordkai.id) == []


async def test_a_rate_far_from_the_quote_is_chosen_by_a_person_also_out_of_suspense(
    cast: Cast, owner: asyncpg.Connection, run_id: UUID, accounts: tuple[OwnAccount, OwnAccount]
) -> None:
    dollars, pounds = accounts
    [bought] = await arrived(cast.finance, pounds, said(570_00, "Gutschrift", "Bankhaus", on=TODAY))
    [sold] = await arrived(cast.finance, dollars, said(-760_00, "Belastung", on=TODAY))
    assert await kinds(owner, bought, sold) == ["suspense", "open"]
    async with transaction(cast.finance.actor.scope, read_only=True):
        line = await load_line(cast.finance.actor, bought)
        [choice] = [one for one in await choices_of(cast.finance.actor, line) if one.what is What.EXCHANGE]
    assert (choice.of_id, choice.other_id, "Trust USD" in choice.label) == (run_id, sold, True)
    assert await did(cast.finance, name, bought, choice.value) is What.EXCHANGE
    assert await kinds(owner, bought, sold) == ["linked", "linked"]
    assert await exchanges(owner, run_id) == [(76_000, 57_000, "0.75")]
    assert await wrong(cast.nordkai.id) == []


async def test_an_exchange_entered_in_error_is_taken_back_while_nothing_of_it_was_paid_out(
    cast: Cast, owner: asyncpg.Connection, run_id: UUID, accounts: tuple[OwnAccount, OwnAccount], visit: Visit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    dollars, pounds = accounts
    with pytest.raises(NotFound):
        await did(cast.finance, take_back, run_id, "GBP", "never done")
    [sold] = await arrived(cast.finance, dollars, said(-760_00, "FX", on=TODAY))
    [bought] = await arrived(cast.finance, pounds, said(601_16, "FX", on=TODAY))
    await accepted(cast.finance, sold)
    journal_id = await owner.fetchval("select journal_id from exchanges where run_id = $1", run_id)
    for person, error in (
        (cast.auditor, Forbidden), (cast.negotiator, Forbidden), (cast.lanting_admin, Forbidden),
        (cast.huadong_finance, NotFound),
    ):  # fmt: skip
        with pytest.raises(error):
            await did(person, take_back, run_id, "GBP", "not mine")
    with pytest.raises(Refused) as refused:
        await did(cast.finance, take_back, run_id, "GBP", " ")
    assert refused.value.field == "why"

    async def killed(*_: object, **__: object) -> None:
        raise RuntimeError("the process ends here")

    with monkeypatch.context() as patch:
        patch.setattr(taking_back, "record", killed)
        with pytest.raises(RuntimeError):
            await did(cast.finance, take_back, run_id, "GBP", "the lines of another run")
    assert await kinds(owner, sold, bought) == ["linked", "linked"]
    with clock.at(LATER):
        async with await visit(cast.finance) as finance:
            assert "Take the exchange back" in (await finance.get(f"/remittances/{run_id}")).text
            short = await finance.post(f"/remittances/{run_id}/exchanges/GBP/undoing", data={"why": ""})
            assert short.status_code == 422 and "Please say why" in short.text
            done = await finance.post(f"/remittances/{run_id}/exchanges/GBP/undoing", data={"why": "of another run"})
            assert done.status_code == 303
            page = (await finance.get(f"/remittances/{run_id}")).text
            assert "It was exchanged" in page and "Take the exchange back" not in page
    assert await owner.fetchval("select kind from journals where reverses = $1", journal_id) == "exchange reversed"
    assert await kinds(owner, sold, bought) == ["open", "open"]
    assert await wrong(cast.nordkai.id) == []
    await did(cast.finance, take_back, run_id, "GBP", "once more")  # changes nothing
    await matched(cast.finance)
    await accepted(cast.finance, bought)
    assert await exchanges(owner, run_id) == [(76_000, 60_116, "0.791")] * 2
    row = await owner.fetchrow("select taken_back_because from exchanges where journal_id = $1", journal_id)
    assert row is not None and row["taken_back_because"] == "of another run"
    assert await wrong(cast.nordkai.id) == []
    [out] = await arrived(cast.finance, pounds, said(-601_16, (await look(cast.finance, run_id)).number, on=TODAY))
    await accepted(cast.finance, out, What.RUN)
    with pytest.raises(Refused) as refused:
        await did(cast.finance, take_back, run_id, "GBP", "too late")
    assert refused.value.code == "paid_out"
    assert await wrong(cast.nordkai.id) == []
