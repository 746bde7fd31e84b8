"""What comes in is booked once: to its case where that is certain, to what the books knew already, else into suspense."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from billing.bank.accounts import OwnAccount
from billing.bank.matching import book
from billing.bank.matching.accept import accept, accept_case, accept_parts, shown_of
from billing.bank.matching.candidates import load_line
from billing.bank.matching.propose import Proposal, What, propose
from billing.bank.matching.undo import undo
from billing.bank_details.account import creditor_reference
from billing.payments.register import payments_of_case
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.ledger.balances import bank_balance
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.bank.matching.arriving import LATER, arrived, kinds, matched, posted, said, told
from tests.billing.bank.statements import DUPLICATE_IBAN, opened
from tests.billing.money import TODAY, agreed, look, pay, wrong
from tests.billing.remitting import approved, prepared, terms
from tests.billing.trade import event
from tests.cases.casework import placed_case
from tests.people import Cast, Person

MUELLER, LINDQVIST = "MUELLER MASCHINENBAU GMBH", "Lindqvist Rör AB"


async def did(person: Person, do: Any, *args: Any, **more: Any) -> Any:
    with clock.at(LATER):
        async with transaction(person.actor.scope):
            return await do(person.actor, *args, **more)


async def proposed(person: Person, line: UUID) -> Proposal:
    async with transaction(person.actor.scope, read_only=True):
        found = await load_line(person.actor, line)
        return (await propose(person.actor, [found]))[line]


async def stands(cast: Cast, account: OwnAccount) -> int:
    async with transaction(cast.finance.actor.scope, read_only=True):
        return await bank_balance(cast.nordkai.id, account.id)


@pytest.fixture
async def trust(cast: Cast) -> OwnAccount:
    """The second of two trust accounts, so that its lines must name it."""
    await agreed(cast, cast.brandt)
    await opened(cast.finance, "First", iban=DUPLICATE_IBAN)
    return await opened(cast.finance)


async def number(owner: asyncpg.Connection, case_id: UUID) -> str:
    found: str = await owner.fetchval("select number from cases where id = $1", case_id)
    return found


async def test_a_transfer_that_names_its_case_is_event_3_and_one_that_nobody_knows_is_event_12(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=1_200_00)
    known, unknown = await arrived(
        cast.finance, trust,
        said(300_00, f"Rate {await number(owner, case_id)}", MUELLER, bank_reference="B1", counterparty_account="DE1"),
        said(75_00, "DANKE", "K WEBER"),
    )  # fmt: skip
    assert await kinds(owner, known, unknown) == ["payment", "suspense"]
    assert sorted(await posted(owner, known, C1=cast.brandt.id, K1=case_id)) == sorted(event(3, "receipt"))
    assert await posted(owner, unknown) == event(12, "receipt")
    assert await stands(cast, trust) == 375_00
    # The account is known by now: a promise of that amount would do, and whoever looks sees it.
    [again] = await told(
        cast.finance, trust, said(900_00, "", MUELLER, on=TODAY + timedelta(days=1), counterparty_account="DE1")
    )
    found = await proposed(cast.finance, again)
    assert {"account_known", "whole_balance", "name_same"} <= {str(reason.code) for reason in found.reasons}
    assert not found.is_certain
    assert await wrong(cast.nordkai.id) == []


async def test_lines_are_booked_once_whoever_is_killed_and_however_often_the_job_runs(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    text, real, times = creditor_reference(await number(owner, case_id)), book.settle, iter(range(9))

    async def dying(actor: Any, proposal: Proposal) -> None:
        await real(actor, proposal)
        if next(times) == 1:
            raise asyncio.CancelledError

    monkeypatch.setattr(book, "settle", dying)
    entries = [said(100_00, text, MUELLER), said(100_00, text, MUELLER), said(5_00, "", "X")]
    lines = await told(cast.finance, trust, *entries)
    with pytest.raises(asyncio.CancelledError):
        await matched(cast.finance)
    first, second, third = sorted(await kinds(owner, *lines))
    assert (first, second) == ("open", "open") and third in ("payment", "suspense"), "lines of a day come in any order"
    monkeypatch.setattr(book, "settle", real)
    await asyncio.gather(matched(cast.finance), matched(cast.finance))
    await matched(cast.finance)
    assert await kinds(owner, *lines) == ["payment", "payment", "suspense"]
    assert (await look(cast.finance.actor, case_id)).balance_minor == 800_00
    assert await stands(cast, trust) == 205_00
    assert await wrong(cast.nordkai.id) == []


async def test_what_somebody_recorded_before_the_bank_told_of_it_is_linked_and_not_booked_again(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    await agreed(cast, cast.brandt)
    account = await opened(cast.finance)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    payment = await pay(cast.finance, case_id, 250_00, reference="NTRF-77810", payer="Müller")
    other = await pay(cast.finance, case_id, 40_00)
    [line, unclear] = await arrived(
        cast.finance, account, said(250_00, "", "SOMEBODY", bank_reference="NTRF-77810"), said(40_00, "", "K WEBER")
    )
    assert await kinds(owner, line, unclear) == ["linked", "open"]
    assert (
        await owner.fetchval("select journal_id from bank_matches where bank_line_id = $1", line) == payment.journal_id
    )
    found = await proposed(cast.finance, unclear)
    assert (found.what, found.is_certain) == (What.LINK, False)
    await did(cast.finance, accept, unclear, What.LINK, shown_of(found))
    assert await stands(cast, account) == 290_00
    # It was another payment after all: the link is taken off, nothing is posted, and the same is not proposed again.
    await did(cast.finance, undo, unclear, "it is another payment")
    assert (await proposed(cast.finance, unclear)).what is not What.LINK
    await matched(cast.finance)
    assert await kinds(owner, unclear) == ["suspense"]
    assert other.journal_id is not None
    assert await stands(cast, account) == 330_00
    assert await wrong(cast.nordkai.id) == []


async def test_a_proposal_is_accepted_once_and_a_wrong_one_is_undone(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt, debtor=LINDQVIST)
    other = await placed_case(cast.nordkai, cast.brandt)
    [line] = await arrived(cast.finance, trust, said(1_000_00, "PAYMENT", "LINDQVIST ROR"))
    found = await proposed(cast.finance, line)
    assert (found.what, found.case and found.case.case_id, found.is_certain) == (What.CASE, case_id, False)
    both = await asyncio.gather(
        did(cast.finance, accept_case, line, case_id), did(cast.second_finance, accept_case, line, other),
        return_exceptions=True,
    )  # fmt: skip
    lost = [one for one in both if isinstance(one, Refused)]
    assert [one.code for one in lost] == ["not_here"]
    won = case_id if isinstance(both[0], UUID) else other
    await did(cast.finance, undo, line, "of another debtor")
    assert (await look(cast.finance.actor, won)).balance_minor == 1_000_00
    again = await proposed(cast.finance, line)
    assert (
        "undone_before"
        in {str(reason.code) for score in again.scores for reason in score.reasons if score.candidate.case_id == won}
        or won == other
    )
    with pytest.raises(Refused) as nothing:
        await did(cast.finance, undo, line, "again")
    assert nothing.value.code == "waits"
    assert await stands(cast, trust) == 1_000_00
    assert await wrong(cast.nordkai.id) == []


async def test_a_wrong_automatic_match_goes_back_into_suspense_on_its_day_and_the_bank_stands_as_it_stood(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    [line] = await arrived(cast.finance, trust, said(300_00, await number(owner, case_id), MUELLER))
    with clock.at(LATER):
        await did(cast.finance, undo, line, "it was for another agency")
    assert await kinds(owner, line) == ["suspense"]
    found = await proposed(cast.finance, line)
    assert not found.is_certain
    assert (await look(cast.finance.actor, case_id)).balance_minor == 1_000_00
    await matched(cast.finance)
    async with transaction(cast.finance.actor.scope, read_only=True):
        assert await bank_balance(cast.nordkai.id, trust.id, on=TODAY) == 300_00
        assert sum(payment.amount_minor for payment in await payments_of_case(cast.finance.actor, case_id)) == 0
    assert await wrong(cast.nordkai.id) == []


async def test_one_transfer_pays_several_cases_whose_parts_add_up_to_it(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount
) -> None:
    cases = [await placed_case(cast.nordkai, cast.brandt, amount_minor=minor) for minor in (1_100_00, 811_25)]
    numbers = [await number(owner, case_id) for case_id in cases]
    [line] = await arrived(cast.finance, trust, said(1_911_25, " + ".join(numbers), MUELLER))
    found = await proposed(cast.finance, line)
    assert (found.what, found.confidence) == (What.SEVERAL, 100)
    with pytest.raises(Refused) as short:
        await did(cast.finance, accept_parts, line, [(cases[0], 1_100_00), (cases[1], 811_24)])
    assert short.value.code == "not_the_sum"
    await did(cast.finance, accept_parts, line, [(part.candidate.case_id, part.amount_minor) for part in found.parts])
    assert [(await look(cast.finance.actor, case_id)).balance_minor for case_id in cases] == [0, 0]
    assert await wrong(cast.nordkai.id) == []
    await did(cast.finance, undo, line, "of another debtor")
    assert [(await look(cast.finance.actor, case_id)).balance_minor for case_id in cases] == [1_100_00, 811_25]
    assert await wrong(cast.nordkai.id) == []


async def test_a_payment_that_the_bank_returns_is_taken_back_and_a_charge_is_event_17_with_its_top_up(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount
) -> None:
    own = await opened(cast.finance, "Own", book="operating", iban="", account_number="55501234")
    case_id = await placed_case(cast.nordkai, cast.brandt)
    [line] = await arrived(
        cast.finance, trust, said(300_00, await number(owner, case_id), MUELLER, end_to_end="E2E-4711")
    )
    tomorrow = TODAY + timedelta(days=1)
    back, charge, top_up = await arrived(
        cast.finance, trust,
        said(-300_00, "RETURN", MUELLER, on=tomorrow, end_to_end="E2E-4711", return_reason="AC04"),
        said(-3_00, "Entgelt für Kontoführung", on=tomorrow, code="PMNT/MDOP/CHRG"),
        said(3_00, "Ausgleich", "Nordkai", on=tomorrow, counterparty_account="55501234"),
    )  # fmt: skip
    for one, what in ((back, What.RETURN), (charge, What.CHARGE)):
        found = await proposed(cast.finance, one)
        assert found.what is what
        await did(cast.finance, accept, one, what, shown_of(found))
    assert (await look(cast.finance.actor, case_id)).balance_minor == 1_000_00
    assert await posted(owner, charge) == event(17, "charge")
    assert await kinds(owner, line, back, charge) == ["payment", "posted", "posted"]
    # What comes from an account of the agency is nobody's payment: it is not suspended, and known once the charge is booked.
    assert await kinds(owner, top_up) == ["open"]
    found = await proposed(cast.finance, top_up)
    await did(cast.finance, accept, top_up, What.TOP_UP, shown_of(found))
    assert sorted(await posted(owner, top_up)) == sorted(event(17, "top-up"))
    await did(cast.finance, undo, top_up, "it was something else")
    assert await kinds(owner, top_up) == ["open"]
    assert own.book == "operating"
    assert await wrong(cast.nordkai.id) == []


async def test_only_finance_matches_and_another_agency_knows_of_no_line(cast: Cast, trust: OwnAccount) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    [line] = await arrived(cast.finance, trust, said(5_00, "", "X"))
    for person in (cast.auditor, cast.manager, cast.brandt_admin):
        with pytest.raises(Forbidden):
            await did(person, accept_case, line, case_id)
        with pytest.raises(Forbidden):
            await did(person, undo, line, "no")
    with pytest.raises(NotFound):
        await did(cast.huadong_finance, accept_case, line, case_id)
    with pytest.raises(NotFound):
        await did(cast.huadong_finance, undo, line, "no")


async def test_a_run_is_confirmed_as_paid_by_its_debit_and_what_the_agency_drew_is_linked(
    cast: Cast, owner: asyncpg.Connection, trust: OwnAccount, settings: Settings
) -> None:
    await terms(owner, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt)
    await arrived(cast.finance, trust, said(800_00, await number(owner, case_id), MUELLER))
    run_id = await prepared(cast.finance, "EUR", at=LATER)
    await approved(cast.owner, run_id, settings, at=LATER)
    run = await owner.fetchval("select number from remittance_runs where id = $1", run_id)
    today = LATER.date()
    paid, drawn = await arrived(
        cast.finance, trust, said(-600_00, f"Sammler {run}", "Brandt", on=today), said(-200_00, f"Fees {run}", on=today)
    )
    found = await proposed(cast.finance, paid)
    assert (found.what, found.confidence) == (What.RUN, 90)
    await did(cast.second_finance, accept, paid, What.RUN, shown_of(found))
    assert await owner.fetchval("select status from remittance_runs where id = $1", run_id) == "closed"
    await matched(cast.finance)
    assert await kinds(owner, paid, drawn) == ["linked", "linked"]
    assert await stands(cast, trust) == 0
    assert await wrong(cast.nordkai.id) == []
