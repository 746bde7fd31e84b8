"""What comes of a case besides money: recorded, confirmed by the client, booked with its fee, taken back, ended."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from billing.fees.agreements import agree, flat, otherwise
from billing.outcomes.decide import decide, end
from billing.outcomes.record import record_outcome
from billing.outcomes.register import OutcomeFile, load_outcome
from billing.outcomes.rules import Wanted
from billing.outcomes.words import Ground, Kind, Security, Status
from billing.payments.register import load_payment
from billing.payments.returns import reverse
from cases.pauses import close, hold, resume
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.identity import new_id
from portal.ledger.tables import Component
from portal.tenancy.database import transaction
from tests.billing.money import NOON, TODAY, agreed, booked, look, promise_status, promised, wrong
from tests.billing.planning import running
from tests.cases.casework import placed_case
from tests.people import Cast, Person

PAPER = "insert into documents (agency_id, client_id, case_id, file_name, size_bytes, object_key, state, created_at)"


async def a_case(cast: Cast, owner: asyncpg.Connection, **more: Any) -> tuple[UUID, UUID]:
    """A claim of 1,000.00, and a paper among its documents."""
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=100_000, **more)
    paper = await owner.fetchval(
        f"{PAPER} values ($1, $2, $3, 'note.pdf', 1, 'none', 'released', $4) returning id",
        *(cast.nordkai.id, cast.brandt.id, case_id, NOON),
    )
    return case_id, paper


def goods(paper: UUID, minor: int = 40_000, **changed: Any) -> Wanted:
    said = {"value_minor": minor, "what": "40 bearings", "agreed_with": "Sabine Weber", "document_id": paper}
    return Wanted(**({"kind": Kind.GOODS, "on": TODAY} | said | changed))


async def recorded(person: Person, case_id: UUID, wanted: Wanted, token: UUID | None = None) -> OutcomeFile:
    with clock.at(NOON):
        async with transaction(person.actor.scope):
            return await record_outcome(person.actor, case_id, wanted, token or new_id())


async def decided(person: Person, outcome_id: UUID, *, confirmed: bool = True, answer: str = "") -> OutcomeFile:
    with clock.at(NOON):
        async with transaction(person.actor.scope):
            return await decide(person.actor, outcome_id, confirmed=confirmed, answer=answer)


async def ended(person: Person, outcome_id: UUID, because: str = "Paid") -> OutcomeFile:
    with clock.at(NOON):
        async with transaction(person.actor.scope):
            return await end(person.actor, outcome_id, because)


async def test_goods_come_off_the_claim_once_the_client_confirms_them_and_bear_the_fee(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id, paper = await a_case(cast, owner)
    promise_id = await promised(case_id, cast.negotiator, 30_000, TODAY)
    token = new_id()
    outcome = await recorded(cast.negotiator, case_id, goods(paper), token)
    assert (await recorded(cast.negotiator, case_id, goods(paper), token)).id == outcome.id, "twice clicked, it is one"
    case = await look(cast.owner.actor, case_id)
    assert (outcome.status, case.balance_minor, case.next_action) == ("proposed", 100_000, "ask_client")
    for person, error in (
        (cast.owner, Forbidden),
        (cast.brandt_viewer, Forbidden),
        (cast.lanting_admin, NotFound),
        (cast.huadong_owner, Forbidden),
    ):
        with pytest.raises(error):
            await decided(person, outcome.id)
    confirmed = await decided(cast.brandt_admin, outcome.id)
    assert (await decided(cast.brandt_admin, outcome.id)).payment_id == confirmed.payment_id is not None
    async with transaction(cast.owner.actor.scope, read_only=True):
        payment = await load_payment(cast.owner.actor, confirmed.payment_id)
    assert await booked(owner, payment) == ["M Dr9100 40000", "M Cr9000 40000", "O Dr1210 10000", "O Cr4000 10000"]
    case = await look(cast.owner.actor, case_id)
    assert (case.balance_minor, case.next_action, case.next_action_user_id) == (60_000, "call", cast.negotiator.user_id)
    assert await promise_status(owner, promise_id) == ("kept", 40_000)
    assert await wrong(cast.nordkai.id) == []
    await owner.execute("update outcomes set value_minor = value_minor + 1 where id = $1", outcome.id)
    [fault] = await wrong(cast.nordkai.id)
    assert "differs from what was booked" in fault


async def test_a_set_off_of_all_that_is_owed_closes_the_case_until_it_is_taken_back(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id, paper = await a_case(cast, owner)
    outcome = await recorded(cast.brandt_submitter, case_id, goods(paper, 100_000, kind=Kind.SET_OFF))
    case = await look(cast.owner.actor, case_id)
    assert (outcome.status, case.balance_minor, case.close_code, case.situation) == (
        *("stands", 0, "recovered_otherwise", "paid"),
    )
    assert outcome.payment_id is not None
    with clock.at(NOON):
        async with transaction(cast.finance.actor.scope):
            await reverse(cast.finance.actor, outcome.payment_id, "wrong_amount", TODAY)
            after = await load_outcome(cast.finance.actor, outcome.id)
    case = await look(cast.owner.actor, case_id)
    assert (after.taken_back, case.balance_minor, case.is_open) == (True, 100_000, True)
    assert await wrong(cast.nordkai.id) == []


async def test_goods_may_bear_a_fee_of_their_own_or_none(cast: Cast, owner: asyncpg.Connection) -> None:
    case_id, paper = await a_case(cast, owner)
    for rate, fee in ((Decimal("0.1"), 1_000), (Decimal(0), 0)):
        async with transaction(cast.owner.actor.scope):
            rules = [otherwise(rate, tuple(Component)), flat(Decimal("0.25"), tuple(Component))]
            await agree(cast.owner.actor, cast.brandt.id, rules, date(2026, 3, 1))
        outcome = await recorded(cast.brandt_admin, case_id, goods(paper, 10_000))
        assert outcome.effect["fee_minor"] == fee
        assert outcome.payment_id is not None
        async with transaction(cast.owner.actor.scope, read_only=True):
            payment = await load_payment(cast.owner.actor, outcome.payment_id)
        assert payment.fee_minor == fee
        assert "goods or a set-off" in payment.explanation.sentence


async def test_what_cannot_come_off_a_claim_is_refused(cast: Cast, owner: asyncpg.Connection) -> None:
    case_id, paper = await a_case(cast, owner)
    for wanted, field in (
        (goods(paper, 100_001), "value"),
        (goods(paper, on=TODAY + timedelta(days=1)), "on"),
        (goods(paper, document_id=None), "document"),
        (goods(paper, agreed_with=" "), "agreed_with"),
    ):
        with pytest.raises(Refused) as refusal:
            await recorded(cast.negotiator, case_id, wanted)
        assert refusal.value.field == field
    with pytest.raises(NotFound):
        await recorded(cast.negotiator, case_id, goods(new_id()))
    for person, error in (
        (cast.finance, Forbidden),
        (cast.brandt_viewer, Forbidden),
        (cast.lanting_admin, NotFound),
        (cast.huadong_owner, NotFound),
    ):
        with pytest.raises(error):
            await recorded(person, case_id, goods(paper))
    with pytest.raises(Forbidden):
        await recorded(cast.brandt_admin, case_id, Wanted(kind=Kind.COLLATERAL, on=TODAY))
    first = await recorded(cast.negotiator, case_id, goods(paper))
    with pytest.raises(Refused, match="waits"):
        await recorded(cast.negotiator, case_id, goods(paper))
    with pytest.raises(Refused, match="why not"):
        await decided(cast.brandt_admin, first.id, confirmed=False)
    assert (await decided(cast.brandt_admin, first.id, confirmed=False, answer="Never came")).status == "declined"
    second = await recorded(cast.negotiator, case_id, goods(paper))
    assert (await ended(cast.negotiator, second.id, "")).status == "withdrawn"
    third = await recorded(cast.negotiator, case_id, goods(paper))
    with clock.at(NOON):
        async with transaction(cast.manager.actor.scope):
            await close(cast.manager.actor, case_id, "uneconomical")
    with pytest.raises(Refused, match="closed"):
        await decided(cast.brandt_admin, third.id)
    assert (await look(cast.owner.actor, case_id)).balance_minor == 100_000


async def test_collateral_stands_until_it_is_released_and_counts_nowhere_as_money(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id, paper = await a_case(cast, owner)
    wanted = goods(paper, 500_000, kind=Kind.COLLATERAL, security=Security.MORTGAGE, ranking=2)
    outcome = await recorded(cast.negotiator, case_id, wanted)
    assert (outcome.status, outcome.ranking) == (Status.STANDS, 2)
    assert (await look(cast.owner.actor, case_id)).balance_minor == 100_000
    with pytest.raises(Forbidden):
        await ended(cast.negotiator, outcome.id)
    assert (await ended(cast.manager, outcome.id)).status == "ended"
    with pytest.raises(Refused, match="ended already"):
        await ended(cast.manager, outcome.id)


async def test_a_rest_holds_the_case_until_its_last_day_or_until_it_is_ended(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id, paper = await a_case(cast, owner)
    until = TODAY + timedelta(days=60)
    extension = goods(paper, kind=Kind.EXTENSION, value_minor=None, guarantor="Weber Holding", until=until)
    with pytest.raises(Refused, match="those who lead"):
        await recorded(cast.negotiator, case_id, goods(
            paper, kind=Kind.EXTENSION, value_minor=None, guarantor="Weber Holding", until=TODAY + timedelta(days=200)
        ))  # fmt: skip
    promise_id = await promised(case_id, cast.negotiator, 30_000, TODAY + timedelta(days=5))
    outcome = await recorded(cast.negotiator, case_id, extension)
    case = await look(cast.owner.actor, case_id)
    assert (case.situation, case.hold_reason, case.on_hold_until) == ("on_hold", "extension", until)
    assert case.next_action_at is not None
    assert (case.next_action, case.next_action_at.date()) == ("review", until + timedelta(days=1))
    assert (await promise_status(owner, promise_id))[0] == "withdrawn"
    for act in (hold(cast.negotiator.actor, case_id, TODAY, "talks"), resume(cast.negotiator.actor, case_id)):
        with pytest.raises(Refused, match="end that first"), clock.at(NOON):
            async with transaction(cast.negotiator.actor.scope):
                await act
    await ended(cast.negotiator, outcome.id, "The guarantor withdrew")
    assert (await look(cast.owner.actor, case_id)).on_hold_until is None
    stay = goods(paper, kind=Kind.STANDSTILL, value_minor=None, ground=Ground.COURT, agreed_with="", until=until)
    stayed = await recorded(cast.negotiator, case_id, stay)
    with pytest.raises(Forbidden):
        await ended(cast.negotiator, stayed.id)


async def test_nothing_rests_while_an_agreement_to_pay_runs(cast: Cast, owner: asyncpg.Connection) -> None:
    case_id, paper = await a_case(cast, owner)
    await running(cast.negotiator, case_id)
    with pytest.raises(Refused, match="agreement to pay runs"):
        await recorded(cast.manager, case_id, goods(
            paper, kind=Kind.STANDSTILL, value_minor=None, ground=Ground.AGREEMENT, until=TODAY
        ))  # fmt: skip
