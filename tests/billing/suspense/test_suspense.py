"""Money that nobody knows, or that a dispute keeps from the claim, waits; it is matched once, or sent back by two."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from billing.bank_details.account import Account
from billing.payments.register import Payment, load_payment
from billing.payments.returns import reverse
from billing.refunds.decide import approve, decline
from billing.refunds.pay import pay as pay_refund
from billing.refunds.prove import prove_refunds
from billing.remittance.proof import NotProven, Proof
from billing.suspense.match import match
from billing.suspense.owner import look_after
from billing.suspense.register import load_suspended
from billing.suspense.send_back import ask_to_send_back
from billing.suspense.take_in import suspend
from billing.suspense.taken_back import take_back
from cases.casework import Next, NextAction
from cases.disputes import answer, dispute
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.ledger.balances import suspense
from portal.settings import Settings
from portal.tenancy.database import as_job, sql, transaction
from tests.billing.money import NOON, TODAY, agreed, count, look, pay, promise_status, promised, wrong
from tests.billing.processing import charge, charged, charged_back
from tests.billing.remitting import PROOF
from tests.billing.trade import event, journal
from tests.cases.casework import placed_case
from tests.people import Cast, Person, Visit

WEBER = Account(currency="GBP", holder="K. Weber", iban="GB33BUKB20201555555555")


async def did(person: Person, do: Callable[..., Awaitable[Any]], *args: Any, days: int = 0, **more: Any) -> Any:
    """Do something in a transaction of its own."""
    with clock.at(NOON + timedelta(days=days)):
        async with transaction(person.actor.scope):
            return await do(person.actor, *args, **more)


async def suspended(person: Person, minor: int, *, token: UUID | None = None, **more: Any) -> UUID:
    """Put money into suspense."""
    found: UUID = await did(person, suspend, minor, "GBP", TODAY, "bank", "K. Weber", token=token or uuid4(), **more)
    return found


async def waiting(cast: Cast) -> int:
    async with transaction(as_job(cast.nordkai.id), read_only=True):
        return await suspense(cast.nordkai.id, "GBP")


async def proved(cast: Cast) -> list[str]:
    """What `portal verify` finds wrong of the books and of refunds."""
    found = await wrong(cast.nordkai.id)
    async with transaction(as_job(cast.nordkai.id), read_only=True):
        return [*found, *(await prove_refunds(cast.nordkai.id))[1]]


async def disputed(cast: Cast, case_id: UUID, minor: int | None) -> UUID:
    found: UUID = await did(cast.negotiator, dispute, case_id, "price", amount_minor=minor)
    return found


async def answered(cast: Cast, dispute_id: UUID) -> None:
    following = Next(NextAction.CALL, NOON + timedelta(days=1), cast.negotiator.user_id)
    await did(cast.negotiator, answer, dispute_id, "The price is as agreed.", following)


async def test_75_that_nobody_knows_and_its_match_are_booked_as_event_12(cast: Cast, owner: asyncpg.Connection) -> None:
    await agreed(cast, cast.brandt, "0.20")
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=7_500, currency="GBP")
    promise_id = await promised(case_id, cast.negotiator, 7_500, TODAY + timedelta(days=1))
    token = uuid4()
    first, again = [await suspended(cast.finance, 7_500, token=token, reference="E2E 4") for _ in range(2)]
    assert first == again
    names = {"C2": cast.brandt.id, "K4": case_id}
    assert await journal(owner, cast.nordkai.id, "suspense", f"form {token}", **names) == event(12, "receipt")
    assert await wrong(cast.nordkai.id) == []
    with pytest.raises(Refused) as twice:
        await suspended(cast.finance, 7_500, reference="E2E  4")
    assert twice.value.code == "reference_used"

    payment_id = await did(cast.finance, match, first, case_id, days=9)
    assert await journal(owner, cast.nordkai.id, "payment", f"{first} matched 1", **names) == event(12, "match")
    # It counts from the day it came: the promise is kept.
    assert (await promise_status(owner, promise_id))[0] == "kept"
    assert (await look(cast.finance.actor, case_id)).close_code == "paid_in_full"
    assert await did(cast.finance, match, first, case_id) == payment_id
    assert (await waiting(cast), await wrong(cast.nordkai.id)) == (0, [])

    # Booked to the wrong case: it waits again, and is matched again.
    await did(cast.finance, reverse, payment_id, "wrong_case", TODAY, days=9)
    assert (await waiting(cast), await wrong(cast.nordkai.id)) == (7_500, [])
    other = await placed_case(cast.nordkai, cast.lanting, amount_minor=9_000, currency="GBP", debtor="K. Weber")
    with pytest.raises(Refused) as known:
        await did(cast.finance, match, first, other)
    assert known.value.code == "no_agreement"
    await agreed(cast, cast.lanting)
    await did(cast.finance, match, first, other)
    assert (await waiting(cast), await wrong(cast.nordkai.id)) == (0, [])


async def test_what_is_too_much_of_it_is_kept_for_the_debtor(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=3_000, currency="GBP")
    payment_id = await did(cast.finance, match, await suspended(cast.finance, 5_000), case_id)
    payment = await did(cast.finance, load_payment, payment_id)
    assert (payment.amount_minor, payment.surplus_minor, await waiting(cast)) == (3_000, 2_000, 0)
    assert await wrong(cast.nordkai.id) == []
    await did(cast.finance, reverse, payment_id, "wrong_case", TODAY)
    assert (await waiting(cast), await wrong(cast.nordkai.id)) == (5_000, [])


async def test_two_people_match_the_same_money_once(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    cases = [await placed_case(cast.nordkai, cast.brandt, currency="GBP", debtor=f"K. Weber {n}") for n in range(2)]
    piece = await suspended(cast.finance, 10_000)
    done = await asyncio.gather(
        did(cast.finance, match, piece, cases[0]),
        did(cast.second_finance, match, piece, cases[1]),
        did(cast.owner, match, piece, cases[0]),
        return_exceptions=True,
    )
    paid = {each for each in done if isinstance(each, UUID)}
    assert len(paid) == 1
    assert all(isinstance(each, Refused) for each in done if each not in paid)
    assert (await count("payments", cast.nordkai.id), await waiting(cast)) == (1, 0)
    assert await wrong(cast.nordkai.id) == []


async def test_a_disputed_part_waits_until_the_dispute_is_answered_and_is_then_booked(
    cast: Cast, owner: asyncpg.Connection, visit: Visit
) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=50_000, currency="GBP")
    dispute_id = await disputed(cast, case_id, 20_000)
    await pay(cast.finance, case_id, 50_000)
    piece = await owner.fetchval("select id from suspense where case_id = $1", case_id)
    other = await placed_case(cast.nordkai, cast.brandt, currency="GBP", debtor="Hofmann")
    for target, code in ((case_id, "disputed"), (other, "other_case")):
        with pytest.raises(Refused) as refused:
            await did(cast.finance, match, piece, target)
        assert refused.value.code == code
    page = (await (await visit(cast.finance)).get(f"/suspense/{piece}")).text
    assert "at most GBP 0.00 can be booked" in unescape(page).replace("\xa0", " ")
    await answered(cast, dispute_id)
    assert (await did(cast.finance, load_suspended, piece)).is_ready
    await did(cast.finance, match, piece, case_id, days=3)
    assert (await look(cast.finance.actor, case_id)).close_code == "paid_in_full"
    assert await wrong(cast.nordkai.id) == []


async def test_a_charge_goes_back_with_what_was_made_of_its_suspended_part_or_is_our_loss_where_it_is_gone(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    await agreed(cast, cast.brandt)
    payments: list[Payment] = []
    for name in ("Weber", "Hofmann"):
        case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=50_000, currency="GBP", debtor=name)
        dispute_id = await disputed(cast, case_id, 20_000)
        payments.append(await charged(cast.nordkai.id, case_id, charge(f"ch_{name}", 50_000, 500)))
        piece = await owner.fetchval("select id from suspense where case_id = $1", case_id)
        with pytest.raises(Refused) as refused:
            await did(cast.finance, ask_to_send_back, piece, WEBER)
        assert refused.value.code == "by_processor"
        if name == "Weber":
            await answered(cast, dispute_id)
            await did(cast.finance, match, piece, case_id)
        await charged_back(cast.nordkai.id, payments[-1], f"du_{name}", 50_000, 1_000)
        assert (await look(cast.finance.actor, case_id)).balance_minor == 50_000
        assert await owner.fetchval("select status from suspense where id = $1", piece) == "gone"
        assert await wrong(cast.nordkai.id) == []
    assert await waiting(cast) == 0
    # A bank payment whose waiting part was sent back, and then the bank takes all of it.
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=50_000, currency="GBP", debtor="Krause")
    await disputed(cast, case_id, None)
    bank = await pay(cast.finance, case_id, 30_000)
    piece = await owner.fetchval("select id from suspense where case_id = $1", case_id)
    refund = await did(cast.finance, ask_to_send_back, piece, WEBER)
    await did(cast.second_finance, approve, refund, PROOF, settings.secret_key)
    await did(cast.finance, pay_refund, refund, TODAY, "E2E 9")
    await did(cast.finance, reverse, bank.id, "returned_by_bank", TODAY)
    assert await wrong(cast.nordkai.id) == []


async def test_one_person_asks_to_send_it_back_another_approves_it_and_then_it_is_paid(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    piece = await suspended(cast.finance, 10_000)

    async def refused(code: str, person: Person, do: Callable[..., Awaitable[Any]], *args: Any, days: int = 0) -> None:
        with pytest.raises(Refused) as found:
            await did(person, do, *args, days=days)
        assert found.value.code == code

    typed = replace(WEBER, iban="GB33 BUKB 2020 1555 5555 56")
    await refused("bad_iban", cast.finance, ask_to_send_back, piece, typed)
    first = await did(cast.finance, ask_to_send_back, piece, WEBER)
    case_id = await placed_case(cast.nordkai, cast.brandt, currency="GBP")
    await refused("asked", cast.second_finance, match, piece, case_id)
    await refused("under_way", cast.second_finance, ask_to_send_back, piece, WEBER)
    await refused("four_eyes", cast.finance, approve, first, PROOF, settings.secret_key)
    with pytest.raises(NotProven):
        await did(cast.second_finance, approve, first, Proof(password="x"), settings.secret_key)
    await did(cast.second_finance, decline, first)
    # Another account than the one named before: it rests three days after its approval.
    refund = await did(cast.finance, ask_to_send_back, piece, replace(WEBER, iban="DE89370400440532013000"))
    done = await asyncio.gather(
        *(did(one, approve, refund, PROOF, settings.secret_key) for one in (cast.second_finance, cast.owner)),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in done) == ["NoneType", "Refused"], "one of two approves it"
    assert await owner.fetchval("select status from suspense where id = $1", piece) == "approved"
    await refused("asked", cast.second_finance, match, piece, case_id)
    await refused("too_early", cast.finance, pay_refund, refund, TODAY + timedelta(days=2), "E2E 9", days=2)
    paid = TODAY + timedelta(days=3)
    await asyncio.gather(*(did(cast.finance, pay_refund, refund, paid, "E2E 9", days=3) for _ in range(2)))
    assert await journal(owner, cast.nordkai.id, "suspense", str(refund)) == [
        "trust Dr2020 100.00", "trust Cr1000 100.00",
    ]  # fmt: skip
    await refused("not_here", cast.finance, ask_to_send_back, piece, WEBER)
    await refused("decided", cast.finance, decline, refund)
    told = await owner.fetch("select action, facts from audit_events where subject_id = $1 order by id", piece)
    assert [row["action"].removeprefix("suspense.") for row in told] == [
        "recorded", "send_back_asked", "kept", "send_back_asked", "send_back_approved", "sent_back",
    ]  # fmt: skip
    assert not any("Weber" in row["facts"] for row in told)
    assert (await waiting(cast), await wrong(cast.nordkai.id)) == (0, [])
    await owner.execute("update suspense set status = 'waiting' where id = $1", piece)
    assert any("of suspended money that says otherwise" in fault for fault in await proved(cast))


async def test_what_waits_of_a_payment_that_goes_back_is_not_sent_back_any_more(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=50_000, currency="GBP")
    await disputed(cast, case_id, None)
    bank = await pay(cast.finance, case_id, 30_000)
    part = await owner.fetchval("select id from suspense where case_id = $1", case_id)
    whole = await suspended(cast.finance, 10_000)
    refunds = [await did(cast.finance, ask_to_send_back, piece, WEBER) for piece in (part, whole)]
    for refund in refunds:
        await did(cast.second_finance, approve, refund, PROOF, settings.secret_key)
    await did(cast.finance, reverse, bank.id, "returned_by_bank", TODAY)
    await did(cast.finance, take_back, whole, "returned_by_bank", TODAY)
    for refund in refunds:
        with pytest.raises(Refused):
            await did(cast.finance, pay_refund, refund, TODAY, "E2E 9")
        assert await owner.fetchval("select status from refunds where id = $1", refund) == "gone"
    assert (await waiting(cast), await proved(cast)) == (0, [])


async def test_only_finance_of_this_agency_touches_suspense_and_no_client_learns_of_it(cast: Cast) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, currency="GBP")
    piece = await suspended(cast.owner, 10_000)
    for name in ("manager", "negotiator", "auditor", "brandt_admin"):
        person = getattr(cast, name)
        for do in (
            lambda person=person: suspended(person, 100),
            lambda person=person: did(person, match, piece, case_id),
            lambda person=person: did(person, ask_to_send_back, piece, WEBER),
        ):
            with pytest.raises((Forbidden, NotFound)):
                await do()
    with pytest.raises(NotFound):
        await did(cast.huadong_finance, match, piece, case_id)
    with pytest.raises(NotFound):
        await did(cast.huadong_finance, ask_to_send_back, piece, WEBER)
    await disputed(cast, case_id, None)
    await pay(cast.finance, case_id, 5_000)
    for name, seen in (("brandt_admin", 1), ("lanting_admin", 0)):
        async with transaction(getattr(cast, name).actor.scope, read_only=True):
            assert len(await sql("select id from suspense")) == seen


async def test_the_pages_put_money_in_match_it_and_send_it_back(cast: Cast, visit: Visit, settings: Settings) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=20_000, currency="GBP")
    case = await look(cast.finance.actor, case_id)
    site = await visit(cast.finance)
    form = {
        "amount": "75.00",
        "currency": "GBP",
        "received_on": TODAY.isoformat(),
        "channel": "bank",
        "payer": "K. Weber",
    }
    assert (await site.post("/suspense", data={**form, "token": str(uuid4()), "amount": ""})).status_code == 422
    pieces = []
    for _ in range(2):
        answer = await site.post("/suspense", data={**form, "token": str(uuid4())})
        assert answer.status_code in (302, 303), answer.text
        pieces.append(answer.headers["location"])
    assert "K. Weber" in (await site.get("/suspense")).text
    found = (await site.get(f"{pieces[0]}?q={case.number}")).text
    assert f"{pieces[0]}?case={case_id}" in found
    page = (await site.get(f"{pieces[0]}?case={case_id}")).text
    shown = page.split('name="shown" value="')[1].split('"')[0]
    refused = await site.post(f"{pieces[0]}/match", data={"case": str(case_id), "shown": "other"})
    assert refused.status_code == 422
    done = await site.post(f"{pieces[0]}/match", data={"case": str(case_id), "shown": shown})
    assert done.headers["location"].startswith("/payments/")
    assert "It was booked to case" in (await site.get(pieces[0])).text
    assert (await site.post(f"{pieces[1]}/refunds", data={"holder": "K. Weber", "iban": "GB33"})).status_code == 422
    payee = {"holder": WEBER.holder, "iban": WEBER.iban}
    assert (await site.post(f"{pieces[1]}/refunds", data=payee)).status_code in (302, 303)
    other = await visit(cast.second_finance)
    page = (await other.get(pieces[1])).text
    assert "GB33 BUKB" in page
    refund = page.split('action="/refunds/')[1].split("/")[0]
    with clock.at(NOON):
        assert (await other.post(f"/refunds/{refund}/approval", data={"password": "x"})).status_code == 422
        assert (await other.post(f"/refunds/{refund}/approval", data={"password": PROOF.password})).status_code == 303
        assert "Transfer" in (await site.get(pieces[1])).text
        paid = {"paid_on": TODAY.isoformat(), "reference": "E2E 9"}
        assert (await site.post(f"/refunds/{refund}/payment", data=paid)).headers["location"] == pieces[1]
    assert "E2E 9" in (await site.get(pieces[1])).text
    assert "Nothing is in suspense" in (await site.get("/suspense")).text
    assert "Sent back" in (await site.get("/suspense?show=ended")).text
    assert await wrong(cast.nordkai.id) == []


async def test_the_bank_takes_back_what_nobody_knew_yet(cast: Cast, owner: asyncpg.Connection, visit: Visit) -> None:
    await agreed(cast, cast.brandt)
    piece = await suspended(cast.finance, 10_000)
    case_id = await placed_case(cast.nordkai, cast.brandt, currency="GBP")
    await disputed(cast, case_id, None)
    await pay(cast.finance, case_id, 5_000)
    part = await owner.fetchval("select id from suspense where case_id = $1", case_id)
    for money_id, why, day, code in (
        (part, "returned_by_bank", TODAY, "part_of_payment"),
        (piece, "wrong_case", TODAY, "missing"),
        (piece, "returned_by_bank", None, "missing"),
        (piece, "returned_by_bank", TODAY - timedelta(days=1), "before_receipt"),
    ):
        with pytest.raises(Refused) as refused:
            await did(cast.finance, take_back, money_id, why, day)
        assert refused.value.code == code
    for name in ("manager", "brandt_admin", "huadong_finance"):
        with pytest.raises((Forbidden, NotFound)):
            await did(getattr(cast, name), take_back, piece, "returned_by_bank", TODAY)
    site = await visit(cast.finance)
    gone = {"why": "returned_by_bank", "gone_on": TODAY.isoformat()}
    assert (await site.post(f"/suspense/{piece}/return", data={**gone, "why": ""})).status_code == 422
    assert (await site.post(f"/suspense/{piece}/return", data=gone)).status_code == 303
    await did(cast.finance, take_back, piece, "returned_by_bank", TODAY)
    assert await journal(owner, cast.nordkai.id, "suspense", f"{piece} gone") == [
        "trust Dr2020 100.00", "trust Cr1000 100.00",
    ]  # fmt: skip
    assert "The bank took it back" in (await site.get(f"/suspense/{piece}")).text
    assert (await waiting(cast), await wrong(cast.nordkai.id)) == (5_000, [])


async def test_somebody_looks_after_what_waits(cast: Cast, owner: asyncpg.Connection, visit: Visit) -> None:
    piece = await suspended(cast.finance, 75_00)
    finance, second = await visit(cast.finance), await visit(cast.second_finance)
    with clock.at(NOON):
        assert f"/suspense/{piece}" in (await finance.get("/suspense?show=mine")).text, (
            "whoever put it there looks after it"
        )
        for _ in range(2):
            answer = await finance.post(f"/suspense/{piece}/owner", data={"owner": str(cast.second_finance.user_id)})
            assert answer.status_code == 303
        assert f"/suspense/{piece}" not in (await finance.get("/suspense?show=mine")).text
        assert f"/suspense/{piece}" in (await second.get("/suspense?show=mine")).text
        assert (await finance.get(f"/suspense/{piece}")).text.count(cast.second_finance.name) >= 2
        for other in (cast.negotiator, cast.brandt_admin, cast.huadong_finance):
            stranger = await finance.post(f"/suspense/{piece}/owner", data={"owner": str(other.user_id)})
            assert stranger.status_code == 404, "only those of the agency who book payments"
        for person, status in ((cast.manager, 403), (cast.auditor, 403), (cast.huadong_finance, 404)):
            answer = await (await visit(person)).post(f"/suspense/{piece}/owner", data={"owner": str(person.user_id)})
            assert answer.status_code == status
        assert (await second.post(f"/suspense/{piece}/owner", data={"owner": ""})).status_code == 303
        assert "Nobody yet" in (await second.get("/suspense")).text
    said = await owner.fetch(
        "select actor_id from audit_events where action = 'suspense.owned' and subject_id = $1 order by id", piece
    )
    assert [row["actor_id"] for row in said] == [cast.finance.user_id, cast.second_finance.user_id]
    await did(cast.finance, take_back, piece, "not_received", TODAY)
    with pytest.raises(Refused, match="not in suspense"):
        await did(cast.finance, look_after, piece, cast.finance.user_id)
