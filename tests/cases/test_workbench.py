"""The case page: the guard, logging calls, promises, disputes, holds, closing."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest

from portal import clock
from portal.tenancy.database import sql, transaction
from tests.cases.casework import MONDAY, placed_case
from tests.people import Cast, Visit

NEXT = {"next_action": "call", "next_at": "2026-11-25T10:00", "next_who": "me", "then": "stay"}
SPOKE = {"outcome": "right_party", "direction": "out", "note": "Will pay on Friday.", **NEXT}


async def test_a_call_is_logged_with_the_decision_that_allowed_it(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    with clock.at(MONDAY):
        case_id = await placed_case(cast.nordkai, cast.brandt)
        negotiator = await visit(cast.negotiator)
        page = await negotiator.get(f"/cases/{case_id}")
        assert page.status_code == 200
        assert "You may call Sabine Weber now" in page.text
        answer = await negotiator.post(f"/cases/{case_id}/calls", data=SPOKE)
        assert answer.status_code == 303, answer.text
    attempt = await owner.fetchrow("select * from contact_attempts where case_id = $1", case_id)
    assert attempt["verdict"] == "ALLOW"
    assert "B2B-TIME" in attempt["decision"]
    case = await owner.fetchrow("select situation, next_action, next_action_user_id from cases where id = $1", case_id)
    assert (case["situation"], case["next_action"]) == ("working", "call")
    assert case["next_action_user_id"] == cast.negotiator.user_id
    assert (
        await owner.fetchval(
            "select count(*) from audit_events where subject_id = $1 and action = 'call.logged'", case_id
        )
        == 1
    )


async def test_a_second_call_on_one_day_asks_for_a_reason_and_keeps_it(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    with clock.at(MONDAY):
        case_id = await placed_case(cast.nordkai, cast.brandt)
        negotiator = await visit(cast.negotiator)
        await negotiator.post(f"/cases/{case_id}/calls", data=SPOKE)
        refused = await negotiator.post(f"/cases/{case_id}/calls", data=SPOKE)
        assert refused.status_code == 422
        assert "Why you call all the same" in refused.text
        allowed = await negotiator.post(
            f"/cases/{case_id}/calls", data={**SPOKE, "override_reason": "She asked me to ring again."}
        )
        assert allowed.status_code == 303
    kept = await owner.fetchval(
        "select override_reason from contact_attempts where case_id = $1 and verdict = 'REASON'", case_id
    )
    assert kept == "She asked me to ring again."
    refusals = "select count(*) from audit_events where subject_id = $1 and action = 'call.refused'"
    assert await owner.fetchval(refusals, case_id) == 1


async def test_a_person_who_asked_not_to_be_called_cannot_be_called(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    with clock.at(MONDAY):
        case_id = await placed_case(cast.nordkai, cast.brandt)
        await owner.execute(
            "insert into contact_stops (agency_id, debtor_id, person_id, channels, since)"
            " select agency_id, debtor_id, id, 'call', '2026-11-01' from debtor_people"
            " where debtor_id = (select debtor_id from cases where id = $1)",
            case_id,
        )
        negotiator = await visit(cast.negotiator)
        refused = await negotiator.post(f"/cases/{case_id}/calls", data={**SPOKE, "override_reason": "I want to"})
        assert refused.status_code == 422
    assert await owner.fetchval("select count(*) from contact_attempts where case_id = $1", case_id) == 0


async def test_a_promise_made_in_a_call_shows_in_the_situation(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    with clock.at(MONDAY):
        case_id = await placed_case(cast.nordkai, cast.brandt)
        negotiator = await visit(cast.negotiator)
        promised = {**SPOKE, "promised": "1", "promise_amount": "500.00", "promise_on": "2026-11-27"}
        answer = await negotiator.post(f"/cases/{case_id}/calls", data=promised)
        assert answer.status_code == 303, answer.text
    promise = await owner.fetchrow("select * from promises where case_id = $1", case_id)
    assert (promise["amount_minor"], promise["level"], promise["status"]) == (50_000, 1, "open")
    assert str(promise["judged_on"]) == "2026-11-30"
    assert await owner.fetchval("select situation from cases where id = $1", case_id) == "promise_open"


async def test_a_promise_over_the_balance_is_refused_beside_its_field(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    with clock.at(MONDAY):
        case_id = await placed_case(cast.nordkai, cast.brandt)
        negotiator = await visit(cast.negotiator)
        promised = {**SPOKE, "promised": "1", "promise_amount": "1,000.01", "promise_on": "2026-11-27"}
        answer = await negotiator.post(f"/cases/{case_id}/calls", data=promised)
        assert answer.status_code == 422
        assert "More than the balance." in answer.text
        assert "Will pay on Friday." in answer.text, "what was typed is still there"
    assert await owner.fetchval("select count(*) from contact_attempts where case_id = $1", case_id) == 0


async def test_a_broken_promise_returns_to_the_front_of_the_queue(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    from cases.promises.make import judge_due

    with clock.at(MONDAY):
        case_id = await placed_case(cast.nordkai, cast.brandt)
        other = await placed_case(cast.nordkai, cast.brandt, amount_minor=9_000_000)
        negotiator = await visit(cast.negotiator)
        await negotiator.post(
            f"/cases/{case_id}/promises",
            data={"promise_amount": "500.00", "promise_on": "2026-11-24", **NEXT, "next_action": "check_promise"},
        )
    with clock.at(MONDAY + timedelta(days=3)):
        await judge_due({"agency_id": str(cast.nordkai.id)})
        rows = await owner.fetch(
            "select id, band, situation, next_action from cases where id = any($1)", [case_id, other]
        )
        found = {row["id"]: row for row in rows}
        assert found[case_id]["situation"] == "promise_broken"
        assert found[case_id]["next_action"] == "call_about_promise"
        assert found[case_id]["band"] == 3
        negotiator = await visit(cast.negotiator)
        queue = (await negotiator.get("/queue")).text
        assert "500.00 due 24 Nov broken</span>; score " in queue.replace("\u00a0", " ")
        answer = await negotiator.post("/queue/next")
        assert answer.headers["location"] == f"/cases/{case_id}"


async def test_a_disputed_case_waits_and_an_answer_lets_it_go_on(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    with clock.at(MONDAY):
        case_id = await placed_case(cast.nordkai, cast.brandt)
        negotiator = await visit(cast.negotiator)
        answer = await negotiator.post(f"/cases/{case_id}/disputes", data={"reason": "defective", "then": "stay"})
        assert answer.status_code == 303
        assert (await negotiator.post(f"/cases/{case_id}/calls", data=SPOKE)).status_code == 422
        dispute_id = await owner.fetchval("select id from disputes where case_id = $1", case_id)
        answer = await negotiator.post(
            f"/disputes/{dispute_id}/answer", data={"answer": "The delivery note is signed."}
        )
        assert answer.status_code == 303
        assert (await negotiator.post(f"/cases/{case_id}/calls", data=SPOKE)).status_code == 303


async def test_a_held_case_leaves_the_queue_until_its_day(cast: Cast, visit: Visit, owner: asyncpg.Connection) -> None:
    with clock.at(MONDAY):
        case_id = await placed_case(cast.nordkai, cast.brandt)
        negotiator = await visit(cast.negotiator)
        held = await negotiator.post(
            f"/cases/{case_id}/hold", data={"reason": "papers", "until": "2026-12-12", "then": "stay"}
        )
        assert held.status_code == 303
        assert (await negotiator.post("/queue/next")).headers["location"] == "/queue"
    row = await owner.fetchrow("select situation, next_action, next_action_at from cases where id = $1", case_id)
    assert (row["situation"], row["next_action"]) == ("on_hold", "review")
    assert row["next_action_at"].date().isoformat() == "2026-12-13"


async def test_a_closed_case_says_why_and_takes_no_more_calls(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    with clock.at(MONDAY):
        case_id = await placed_case(cast.nordkai, cast.brandt)
        negotiator = await visit(cast.negotiator)
        paid = await negotiator.post(f"/cases/{case_id}/closure", data={"close_code": "paid_in_full"})
        assert paid.status_code == 422, "only money says that a case was paid"
        closed = await negotiator.post(
            f"/cases/{case_id}/closure", data={"close_code": "debtor_insolvent", "then": "stay"}
        )
        assert closed.status_code == 303
        assert (await negotiator.post(f"/cases/{case_id}/calls", data=SPOKE)).status_code == 422
    assert await owner.fetchval("select situation from cases where id = $1", case_id) == "closed"


MUTATIONS = {
    "calls": SPOKE,
    "promises": {"promise_amount": "5", "promise_on": "2026-11-27", **NEXT},
    "disputes": {"reason": "price"},
    "hold": {"reason": "papers", "until": "2026-12-01"},
    "notes": {"note": "hello"},
    "closure": {"close_code": "uneconomical"},
    "claim": {},
}


@pytest.mark.parametrize("mutation", MUTATIONS)
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("finance", 403),
        ("auditor", 403),
        ("brandt_admin", 403),
        ("huadong_negotiator", 404),
    ],
)
async def test_nobody_else_works_the_case(cast: Cast, visit: Visit, mutation: str, who: str, status: int) -> None:
    with clock.at(MONDAY):
        case_id = await placed_case(cast.nordkai, cast.brandt)
        visitor = await visit(getattr(cast, who))
        answer = await visitor.post(f"/cases/{case_id}/{mutation}", data=MUTATIONS[mutation])
    assert answer.status_code == status
    async with transaction(cast.negotiator.actor.scope):
        assert await sql("select from contact_attempts where case_id = $1", case_id) == []


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
async def test_every_act_has_its_form(cast: Cast, visit: Visit, owner: asyncpg.Connection, language: str) -> None:
    with clock.at(MONDAY):
        case_id = await placed_case(cast.nordkai, cast.brandt)
        await owner.execute("update users set language = $2 where id = $1", cast.negotiator.user_id, language)
        negotiator = await visit(cast.negotiator)
        for act in ("call", "promise", "dispute", "wait", "note", "close", "nonsense"):
            page = await negotiator.get(f"/cases/{case_id}?act={act}")
            assert page.status_code == 200
            assert "<form" in page.text
        assert (await negotiator.get("/queue")).status_code == 200
