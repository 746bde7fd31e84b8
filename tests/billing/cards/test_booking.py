"""What the processor says becomes what the books say: once, in any order, however late."""

import random
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from billing.cards import booking
from billing.cards.booking import book
from billing.cards.tables import CardStatus
from portal import clock
from portal.errors import Unanswered
from portal.jobs.registry import JOBS
from portal.jobs.work import work_off
from tests.billing.cards.scripted import SOON, Scripted, attempted, event, seconds, set_up, signed
from tests.billing.money import agreed, count, look, wrong
from tests.people import Cast, Visit


async def standing(owner: asyncpg.Connection, ours: UUID) -> asyncpg.Record:
    row = await owner.fetchrow("select * from card_payments where id = $1", ours)
    assert row is not None
    return row


async def states(owner: asyncpg.Connection, cast: Cast) -> set[str]:
    rows = await owner.fetch("select distinct state from processor_events where agency_id = $1", cast.nordkai.id)
    return {row["state"] for row in rows}


async def test_an_event_that_comes_five_times_and_late_is_one_payment(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, scripted: Scripted
) -> None:
    await agreed(cast, cast.brandt)
    await set_up(owner, cast)
    ours, case_id = await attempted(owner, cast)
    intent = scripted.paid(ours)
    late = SOON + timedelta(days=3)
    said = [event("payment_intent.succeeded", intent, f"{ours.hex}{n % 2}") for n in range(4)]
    said += [
        event("charge.updated", f"ch_{intent[3:]}", f"{ours.hex}c"),
        event("customer.created", "cus_1", f"{ours.hex}x"),
    ]
    random.Random(7).shuffle(said)
    client = await visit()
    with clock.at(late):
        for one in said:
            body, headers = signed(one)
            answer = await client.post(f"/hooks/stripe/{cast.nordkai.id}", content=body, headers=headers)
            assert answer.status_code == 200
        assert await count("processor_events", cast.nordkai.id) == 4
        await work_off()
    row = await standing(owner, ours)
    assert (row["status"], row["fee_minor"], row["method_last4"], row["intent_id"]) == (
        "succeeded",
        770,
        "4242",
        intent,
    )
    assert await count("payments", cast.nordkai.id) == 1
    assert (await look(cast.owner.actor, case_id)).balance_minor == 70_000
    assert await states(owner, cast) == {"done", "ignored"}
    assert await wrong(cast.nordkai.id) == []


async def test_nothing_is_kept_of_what_the_processor_did_not_sign(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, scripted: Scripted
) -> None:
    await set_up(owner, cast)
    client = await visit()
    said = event("payment_intent.succeeded", "pi_1", cast.nordkai.id.hex)
    with clock.at(SOON):
        own, other = f"/hooks/stripe/{cast.nordkai.id}", f"/hooks/stripe/{cast.huadong.id}"
        body, headers = signed(said)
        for address, content, given in (
            (own, *signed(said, "whsec_guessed")),
            (own, *signed(said, at=SOON - timedelta(minutes=6))),
            (own, body.replace("pi_1", "pi_2"), headers),
            (own, body, {}),
            (own, "x" * 1_000_001, headers),
            (other, body, headers),
            ("/hooks/stripe", body, headers),
        ):
            answer = await client.post(address, content=content, headers=given)
            assert answer.status_code == 400
            assert answer.text == ""
    assert await count("processor_events", cast.nordkai.id) == 0


async def test_the_platforms_events_belong_to_the_agency_whose_account_they_name(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    from billing.cards import hooks

    secret = "whsec_platform"
    monkeypatch.setattr(hooks, "platform_secret", lambda _: secret)
    await owner.execute(
        "insert into processor_accounts (agency_id, mode, account_id, changed_at) values ($1, 'connected', $2, $3)",
        *(cast.nordkai.id, f"acct_{cast.nordkai.id.hex}", SOON),
    )
    client = await visit()
    with clock.at(SOON):
        for account in (f"acct_{cast.nordkai.id.hex}", "acct_of_nobody", ""):
            body, headers = signed(
                event("payout.paid", "po_1", f"{cast.nordkai.id.hex}{account}", account=account), secret
            )
            assert (await client.post("/hooks/stripe", content=body, headers=headers)).status_code == 200
    assert await count("processor_events", cast.nordkai.id) == 1
    assert await count("processor_events", cast.huadong.id) == 0


async def test_what_failed_waits_or_was_given_up_is_said_and_may_still_become_money(
    cast: Cast, owner: asyncpg.Connection, scripted: Scripted
) -> None:
    ours, _ = await attempted(owner, cast)
    for said, error, then in (
        ("requires_payment_method", None, CardStatus.BEGUN),
        ("requires_action", None, CardStatus.NEEDS_ACTION),
        ("processing", None, CardStatus.PROCESSING),
        ("requires_payment_method", {"code": "card_declined", "decline_code": "expired_card"}, CardStatus.FAILED),
        ("canceled", None, CardStatus.CANCELLED),
    ):
        intent = scripted.unpaid(ours, said, error=error)
        booked = await book(cast.nordkai.id, intent)
        assert booked is not None
        assert (booked.status, booked.payment_id) == (then, None)
        if then is CardStatus.FAILED:
            assert (await standing(owner, ours))["failure_code"] == "expired_card"
    scripted.paid(ours)
    with clock.at(SOON):
        booked = await book(cast.nordkai.id, intent)
    assert booked is not None
    assert booked.payment_id is not None
    assert await book(cast.huadong.id, intent) is None, "it is another agency's"


async def test_the_fee_is_never_guessed(cast: Cast, owner: asyncpg.Connection, scripted: Scripted) -> None:
    await agreed(cast, cast.brandt)
    ours, case_id = await attempted(owner, cast)
    with clock.at(SOON):
        intent = scripted.paid(ours, fee=None)
        booked = await book(cast.nordkai.id, intent)
        assert booked is not None
        assert (booked.status, booked.payment_id, booked.problem) == ("succeeded", None, "no_fee")
        scripted.paid(ours)
    with clock.at(SOON + timedelta(minutes=2)):
        await work_off()
    assert (await standing(owner, ours))["payment_id"] is not None
    other, case_id = await attempted(owner, cast)
    with clock.at(SOON):
        intent = scripted.paid(other, kept_in="usd")
        await book(cast.nordkai.id, intent)
    row, case = await standing(owner, other), await look(cast.owner.actor, case_id)
    assert (row["payment_id"], row["problem"]) == (None, "other_currency")
    assert (case.next_action, case.next_action_reason) == ("review", "card_unbooked")
    assert await wrong(cast.nordkai.id) == []


async def test_what_makes_no_sense_is_for_a_person(
    cast: Cast, owner: asyncpg.Connection, visit: Visit, scripted: Scripted
) -> None:
    await set_up(owner, cast)
    ours, _ = await attempted(owner, cast)
    other, _ = await attempted(owner, cast, intent="pi_first")
    client = await visit()
    with clock.at(SOON):
        for n, intent in enumerate((scripted.paid(ours, 40_000), scripted.paid(other, name="second"), "pi_gone")):
            body, headers = signed(event("payment_intent.succeeded", intent, f"{ours.hex}{n}"))
            await client.post(f"/hooks/stripe/{cast.nordkai.id}", content=body, headers=headers)
        await work_off()
    assert await states(owner, cast) == {"failed"}
    assert await count("payments", cast.nordkai.id) == 0


async def test_a_worker_that_dies_before_its_commit_and_a_processor_that_is_away_lose_nothing(
    cast: Cast, owner: asyncpg.Connection, scripted: Scripted, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    await agreed(cast, cast.brandt)
    await set_up(owner, cast)
    ours, _ = await attempted(owner, cast)
    intent = scripted.paid(ours)
    scripted.faults["fetch_intent"] = [Unanswered("TimeoutError")]
    body, headers = signed(event("payment_intent.succeeded", intent, ours.hex), at=SOON)

    async def killed(*_: object) -> None:
        raise ConnectionResetError

    with clock.at(SOON):
        await (await visit()).post(f"/hooks/stripe/{cast.nordkai.id}", content=body, headers=headers)
        await work_off(forgiving=True)
        assert (await standing(owner, ours))["status"] == "begun"
    with clock.at(SOON + timedelta(hours=1)), monkeypatch.context() as patched:
        patched.setattr(booking, "_keep", killed)
        await work_off(forgiving=True)
        assert await count("payments", cast.nordkai.id) == 0
    with clock.at(SOON + timedelta(hours=3)):
        await work_off()
    assert await count("payments", cast.nordkai.id) == 1
    assert (await standing(owner, ours))["payment_id"] is not None
    assert await wrong(cast.nordkai.id) == []


async def test_the_sweep_finds_what_never_arrived(cast: Cast, owner: asyncpg.Connection, scripted: Scripted) -> None:
    await agreed(cast, cast.brandt)
    await set_up(owner, cast)
    heard, _ = await attempted(owner, cast)
    silent, _ = await attempted(owner, cast)
    left, _ = await attempted(owner, cast)
    intents = [scripted.paid(heard), scripted.paid(silent), scripted.unpaid(left, "requires_payment_method")]
    await owner.execute("update card_payments set intent_id = $2 where id = $1", silent, intents[1])
    await owner.execute("update card_payments set intent_id = $2 where id = $1", left, intents[2])
    scripted.events = [event("payment_intent.succeeded", intents[0], heard.hex)]
    scripted.faults["list_events"] = [Unanswered("APIConnectionError")]
    with clock.at(SOON + timedelta(minutes=20)):
        await JOBS["cards.sweep"].handler({})
        await work_off(agency_id=cast.nordkai.id, forgiving=True)
        assert await count("payments", cast.nordkai.id) == 0
    with clock.at(SOON + timedelta(days=2)):
        await work_off(agency_id=cast.nordkai.id)
        await JOBS["cards.sweep"].handler({})
        await work_off(agency_id=cast.nordkai.id)
    assert await count("payments", cast.nordkai.id) == 2
    assert (await standing(owner, left))["status"] == "cancelled"
    seen_to = await owner.fetchval(
        "select events_seen_to from processor_accounts where agency_id = $1", cast.nordkai.id
    )
    assert seconds(seen_to) == seconds(SOON + timedelta(days=2))
    assert await wrong(cast.nordkai.id) == []
