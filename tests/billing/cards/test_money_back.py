"""Refunds by two people, chargebacks and payouts: told in any order, booked once."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from billing.cards.booking import book
from billing.cards.chargebacks import decide, follow_chargeback
from billing.cards.events import NotYet
from billing.cards.objects import Rejected
from billing.cards.payouts import follow_payout, make_good, owed_to_trust
from billing.cards.refund_sending import follow_refund
from billing.cards.refunds import approve_refund, ask_for_refund, decline_refund
from billing.remittance.proof import NotProven, Proof
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.identity import new_id
from portal.jobs.work import work_off
from portal.tenancy.database import transaction
from tests.billing.cards.scripted import SOON, Scripted, attempted, example, seconds
from tests.billing.money import agreed, count, look, wrong
from tests.billing.processing import charge, charged, charged_back
from tests.billing.trade import event, journal
from tests.cases.casework import placed_case
from tests.people import PASSWORD, Cast, Person

KEY = "k" * 32


async def paid(owner: asyncpg.Connection, cast: Cast, scripted: Scripted) -> tuple[UUID, UUID, str]:
    """A card payment of 500.00 in the books: our row, its case and its charge."""
    ours, case_id = await attempted(owner, cast)
    with clock.at(SOON):
        await book(cast.nordkai.id, scripted.paid(ours))
    return ours, case_id, f"ch_{ours.hex[-12:]}"


async def asked(person: Person, ours: UUID, amount: int | None, reason: str = "paid twice") -> UUID:
    async with transaction(person.actor.scope):
        return await ask_for_refund(person.actor, ours, amount, reason, new_id())


async def approved(person: Person, refund_id: UUID, password: str = PASSWORD) -> None:
    async with transaction(person.actor.scope):
        await approve_refund(person.actor, refund_id, Proof(password=password), KEY)


async def test_a_refund_takes_two_people_and_is_sent_once(
    cast: Cast, owner: asyncpg.Connection, scripted: Scripted
) -> None:
    await agreed(cast, cast.brandt)
    unbooked, _ = await attempted(owner, cast)
    ours, case_id, charge = await paid(owner, cast, scripted)
    with clock.at(SOON + timedelta(hours=1)):
        for person, row, amount, reason, refused in (
            (cast.finance, unbooked, 100, "x", Refused),
            (cast.finance, ours, 50_001, "x", Refused),
            (cast.finance, ours, 0, "x", Refused),
            (cast.finance, ours, None, "x", Refused),
            (cast.finance, ours, 100, " ", Refused),
            (cast.negotiator, ours, 100, "x", Forbidden),
            (cast.huadong_finance, ours, 100, "x", NotFound),
            (cast.brandt_admin, ours, 100, "x", Forbidden),
        ):
            with pytest.raises(refused):
                await asked(person, row, amount, reason)
        part = await asked(cast.finance, ours, 20_000)
        with pytest.raises(Refused):
            await asked(cast.finance, ours, 30_001)
        with pytest.raises(Refused, match="somebody else"):
            await approved(cast.finance, part)
        with pytest.raises(NotProven):
            await approved(cast.second_finance, part, "guessed")
        with pytest.raises(Forbidden):
            await approved(cast.manager, part)
        await approved(cast.second_finance, part)
        with pytest.raises(Refused):
            await approved(cast.owner, part)
        # The worker dies after the processor did it: the next one finds it there.
        scripted.faults["refund"] = [ConnectionResetError()]
        await work_off(forgiving=True)
    with clock.at(SOON + timedelta(days=2)):
        await work_off()
        refunds = [name for name in scripted.objects if name.startswith("re_")]
        assert len(refunds) == 1
        for _ in range(3):
            assert await follow_refund(cast.nordkai.id, refunds[0])
        row = await owner.fetchrow("select status, refund_id, decided_by_name from card_refunds where id = $1", part)
        assert row is not None
        assert tuple(row) == ("succeeded", refunds[0], "Second Finance")
        assert (await look(cast.owner.actor, case_id)).balance_minor == 90_000
        # One that was begun at the processor itself, and one whose bank sends it back.
        whole = scripted.refunded(charge, 30_000, name="there")
        assert await follow_refund(cast.nordkai.id, whole)
        assert (await look(cast.owner.actor, case_id)).balance_minor == 120_000
        scripted.refunded(charge, 30_000, "failed", name="there")
        for _ in range(2):
            assert await follow_refund(cast.nordkai.id, whole)
        case = await look(cast.owner.actor, case_id)
        assert (case.balance_minor, case.next_action_reason) == (90_000, "refund_failed")
    assert await owner.fetchval("select refunded_minor from card_payments where id = $1", ours) == 20_000
    assert await wrong(cast.nordkai.id) == []


async def test_a_refund_may_be_declined_and_the_processor_may_say_no(
    cast: Cast, owner: asyncpg.Connection, scripted: Scripted
) -> None:
    await agreed(cast, cast.brandt)
    ours, case_id, _ = await paid(owner, cast, scripted)
    with clock.at(SOON + timedelta(hours=1)):
        first = await asked(cast.finance, ours, 50_000)
        async with transaction(cast.owner.actor.scope):
            await decline_refund(cast.owner.actor, first)
        second = await asked(cast.finance, ours, 50_000)
        await approved(cast.owner, second)
        scripted.faults["refund"] = [Rejected("balance_insufficient", "no")]
        await work_off()
        statuses = [row["status"] for row in await owner.fetch("select status from card_refunds order by id")][-2:]
        assert statuses == ["declined", "failed"]
        case = await look(cast.owner.actor, case_id)
        assert (case.balance_minor, case.next_action_reason) == (70_000, "refund_failed")
        assert await asked(cast.finance, ours, 50_000), "the money is there still"


async def test_a_chargeback_is_work_with_a_deadline_and_is_booked_once_in_any_order(
    cast: Cast, owner: asyncpg.Connection, scripted: Scripted
) -> None:
    await agreed(cast, cast.brandt)
    ours, case_id = await attempted(owner, cast)
    intent = scripted.paid(ours, fee=None)
    charge = f"ch_{intent[3:]}"
    due = {"evidence_details": {"due_by": seconds(SOON + timedelta(days=7))}}
    with clock.at(SOON + timedelta(hours=2)):
        dispute = scripted.disputed(charge, "needs_response", **due)
        with pytest.raises(NotYet):
            await follow_chargeback(cast.nordkai.id, dispute)
        # Its payment is booked by it, where the payment's own event never came.
        scripted.paid(ours)
        assert await follow_chargeback(cast.nordkai.id, dispute)
        case = await look(cast.owner.actor, case_id)
        assert (case.next_action, case.next_action_reason, case.balance_minor) == ("review", "chargeback", 70_000)
        scripted.disputed(charge, "needs_response", (-50_000, 2_000), **due)
        for _ in range(3):
            assert await follow_chargeback(cast.nordkai.id, dispute)
        assert (await look(cast.owner.actor, case_id)).balance_minor == 120_000
        with pytest.raises(Refused):
            await asked(cast.finance, ours, 100)
        [chargeback_id] = [row["id"] for row in await owner.fetch(
            "select id from chargebacks where agency_id = $1", cast.nordkai.id)]  # fmt: skip
        for person, decision, refused in (
            (cast.finance, "ignored", Refused), (cast.manager, "answered", Forbidden),
            (cast.huadong_finance, "answered", NotFound),
        ):  # fmt: skip
            with pytest.raises(refused):
                async with transaction(person.actor.scope):
                    await decide(person.actor, chargeback_id, decision)
        async with transaction(cast.finance.actor.scope):
            await decide(cast.finance.actor, chargeback_id, "answered")
    with clock.at(SOON + timedelta(days=30)):
        scripted.disputed(charge, "won", (-50_000, 2_000), (50_000, 0), **due)
        for _ in range(2):
            assert await follow_chargeback(cast.nordkai.id, dispute)
        assert (await look(cast.owner.actor, case_id)).balance_minor == 70_000
        with pytest.raises(Refused):
            async with transaction(cast.finance.actor.scope):
                await decide(cast.finance.actor, chargeback_id, "accepted")
    row = await owner.fetchrow("select * from chargebacks where id = $1", chargeback_id)
    assert row is not None
    assert (row["fee_minor"], row["status"], row["decision"], row["decided_by_name"]) == (
        2_000,
        "won",
        "answered",
        "Finance",
    )
    assert row["reversal_id"] is not None
    assert row["return_id"] is not None
    assert await wrong(cast.nordkai.id) == []


async def test_what_is_not_ours_is_left_alone(cast: Cast, owner: asyncpg.Connection, scripted: Scripted) -> None:
    """Somebody sells something else through the same account."""
    scripted.paid(UUID(int=7), name="sold")
    with clock.at(SOON):
        assert not await follow_chargeback(cast.nordkai.id, scripted.disputed("ch_sold"))
        assert not await follow_refund(cast.nordkai.id, scripted.refunded("ch_sold", 100))
    assert await count("chargebacks", cast.nordkai.id) == 0


async def test_a_payout_reaches_the_trust_account_and_its_fees_are_made_good(
    cast: Cast, owner: asyncpg.Connection, scripted: Scripted
) -> None:
    await agreed(cast, cast.brandt)
    _, _, charge = await paid(owner, cast, scripted)
    payout = f"po_{charge[3:]}"
    arrives = SOON + timedelta(days=2)
    changed = {"id": payout, "amount": 49_230, "currency": "eur", "arrival_date": seconds(arrives)}
    scripted.lines[payout] = [
        example("balance_transaction", id=f"txn_{charge}", amount=50_000, fee=770, net=49_230, currency="eur",
                source=charge, type="charge")
    ]  # fmt: skip
    with clock.at(arrives):
        scripted.objects[payout] = example("payout", status="in_transit", **changed)
        assert not await follow_payout(cast.nordkai.id, payout)
        scripted.objects[payout] = example("payout", status="paid", **changed)
        for _ in range(3):
            assert await follow_payout(cast.nordkai.id, payout)
        row = await owner.fetchrow("select * from payouts where agency_id = $1", cast.nordkai.id)
        assert row is not None
        assert (row["fees_minor"], row["is_listed"], row["arrives_on"]) == (770, True, date(2026, 11, 25))
        async with transaction(cast.finance.actor.scope):
            assert await owed_to_trust(cast.finance.actor, "EUR") == 770
        for person, day, refused in (
            (cast.finance, None, Refused), (cast.finance, date(2026, 12, 24), Refused),
            (cast.manager, arrives.date(), Forbidden), (cast.huadong_finance, arrives.date(), NotFound),
        ):  # fmt: skip
            with pytest.raises(refused):
                async with transaction(person.actor.scope):
                    await make_good(person.actor, row["id"], day)
        for _ in range(2):
            async with transaction(cast.finance.actor.scope):
                await make_good(cast.finance.actor, row["id"], arrives.date())
        trust = "select coalesce(sum(amount_minor), 0) from journal_lines where agency_id = $1 and account = $2 and book = 'trust'"
        assert await owner.fetchval(trust, cast.nordkai.id, 1000) == 50_000
        assert await owner.fetchval(trust, cast.nordkai.id, 1010) == 0
        scripted.objects[payout] = example("payout", status="failed", failure_code="account_closed", **changed)
        for _ in range(2):
            assert await follow_payout(cast.nordkai.id, payout)
        assert await owner.fetchval(trust, cast.nordkai.id, 1010) == 49_230
    assert await wrong(cast.nordkai.id) == []


async def test_finance_pays_the_processor_what_it_is_short_of_once(
    cast: Cast, owner: asyncpg.Connection, visit: Callable[..., Awaitable[httpx.AsyncClient]]
) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=50_000, currency="GBP")
    payment = await charged(cast.nordkai.id, case_id, charge("ch_1", 12_000, 200))
    await charged_back(cast.nordkai.id, payment, "du_1", 12_000, 2_000)
    site, token, day = await visit(cast.finance), str(uuid4()), clock.today("Europe/Berlin").isoformat()
    form = {"currency": "GBP", "amount": "22.00", "paid_on": day, "token": token}
    assert "22.00" in (await site.get("/payouts")).text
    for wrong_one in ({"amount": "22.01"}, {"paid_on": ""}, {"paid_on": "2999-01-01"}, {"currency": "EUR"}):
        assert (await site.post("/payouts/funding", data={**form, **wrong_one})).status_code == 422
    for name in ("auditor", "manager", "brandt_admin"):
        assert (await (await visit(getattr(cast, name))).post("/payouts/funding", data=form)).status_code in (403, 404)
    for _ in range(2):
        assert (await site.post("/payouts/funding", data=form)).status_code == 303
    assert await journal(owner, cast.nordkai.id, "processor", f"funding form {token}") == event(8, "funding")
    assert (await site.post("/payouts/funding", data={**form, "token": str(uuid4())})).status_code == 422
    assert "is short of" not in (await site.get("/payouts")).text
    assert await wrong(cast.nordkai.id) == []
