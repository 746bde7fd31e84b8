"""A debtor draws a plan up, agrees to it online, or has it answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from billing.plans.ladders import change_ladder, kept_ladder
from billing.plans.terms import Rhythm
from cases.plans.tables import PlanStatus
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.jobs import work_off
from portal.tenancy.database import sql_value, transaction
from tests.billing.claim_page.debtors import IN_A_WEEK, accepted, choice, debtor_of, digest_of, proposed
from tests.billing.money import NOON, TODAY, agreed, look, pay
from tests.billing.planning import decided, offered, plan_now, settlement, wish
from tests.cases.casework import placed_case
from tests.cases.claim_page.coming import come
from tests.letterbox import Letterbox
from tests.people import Cast, Visit


async def a_case(cast: Cast, amount_minor: int = 100_000) -> UUID:
    await agreed(cast, cast.brandt)
    return await placed_case(cast.nordkai, cast.brandt, amount_minor=amount_minor)


async def test_a_plan_within_the_agencys_limits_is_agreed_at_once_by_the_debtor_alone(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id = await a_case(cast)
    debtor = debtor_of(cast.nordkai, case_id)
    plan_id = await proposed(debtor)
    plan = await plan_now(cast.negotiator.actor, plan_id)
    assert (plan.status, plan.by_debtor, plan.to_pay_minor, plan.made_by) == ("approved", True, 100_000, None)
    assert plan.down_on == IN_A_WEEK and plan.first_on == IN_A_WEEK.replace(month=12, day=30)
    assert await proposed(debtor) == plan_id, "twice sent, it is one plan"
    running = await accepted(debtor, plan_id)
    assert (running.status, running.accepted_how, running.accepted_by_name) == (
        *("active", "online"),
        "Jana Müller, Managing director",
    )
    assert (await accepted(debtor, plan_id)).accepted_at == running.accepted_at, "agreed twice, it is agreed once"
    event = await owner.fetchrow(
        "select e.id, actor_kind, facts ->> 'sha256' as digest, facts ->> 'name' as name from audit_events e"
        " where agency_id = $1 and action = 'plan.agreed' and subject_id = $2",
        *(cast.nordkai.id, plan_id),
    )
    assert event is not None and event["actor_kind"] == "debtor" and event["name"].startswith("sha256:")
    assert event["digest"] == await digest_of(cast.nordkai.id, plan_id)
    apart = dict(await owner.fetch("select name, value from audit_personal where event_id = $1", event["id"]))
    assert apart["address"] == "203.0.113.7" and apart["position"] == "Managing director"
    case = await look(cast.owner.actor, case_id)
    assert (case.situation, case.next_action) == ("plan_running", "check_plan")


async def test_what_goes_beyond_the_limits_is_a_proposal_that_is_answered_with_a_link(
    cast: Cast, letterbox: Letterbox, owner: asyncpg.Connection
) -> None:
    case_id = await a_case(cast)
    await owner.execute(
        "insert into contact_points (agency_id, debtor_id, client_id, kind, value, created_at)"
        " select agency_id, debtor_id, client_id, 'email', $2, $3 from cases where id = $1",
        *(case_id, f"{case_id}@mueller.example", NOON),
    )
    debtor = debtor_of(cast.nordkai, case_id)
    plan_id = await proposed(debtor, choice(count=12))
    assert (await plan_now(cast.owner.actor, plan_id)).status is PlanStatus.OFFERED
    case = await look(cast.owner.actor, case_id)
    assert (case.next_action, case.next_action_reason) == ("follow_offer", "proposed")
    with pytest.raises(Refused, match="not approved"):
        await accepted(debtor, plan_id)
    with pytest.raises(Forbidden):
        await decided(cast.negotiator, plan_id)
    await decided(cast.manager, plan_id)
    with clock.at(NOON):
        await work_off()
    assert (await accepted(debtor, plan_id)).is_running
    assert "/claim/" in letterbox.only().get_content()


@pytest.mark.parametrize(
    "what",
    [
        {"down_minor": 0},
        {"first_on": TODAY + timedelta(days=40)},
        {"count": 60, "rhythm": Rhythm.WEEK},
    ],
)
async def test_what_begins_late_or_small_or_lasts_long_is_not_agreed_at_once(
    cast: Cast, what: dict[str, object]
) -> None:
    debtor = debtor_of(cast.nordkai, await a_case(cast))
    plan = await plan_now(cast.owner.actor, await proposed(debtor, choice(**what)))
    assert (plan.status, plan.rung != "own") == (PlanStatus.OFFERED, True)


async def test_an_agency_may_want_to_answer_every_plan_itself(cast: Cast) -> None:
    case_id = await a_case(cast)
    manager = cast.manager.actor
    async with transaction(manager.scope):
        from billing.plans.ladders import as_shipped

        before = await kept_ladder(manager, None)
        await change_ladder(manager, None, replace(as_shipped(manager), debtor_may=False), before)
    plan = await plan_now(manager, await proposed(debtor_of(cast.nordkai, case_id)))
    assert (plan.status, plan.rung) == (PlanStatus.OFFERED, "supervisor")


async def test_nobody_agrees_to_another_version_than_the_one_shown_nor_to_one_that_is_over(cast: Cast) -> None:
    case_id = await a_case(cast)
    debtor, stranger = debtor_of(cast.nordkai, case_id), debtor_of(cast.nordkai, await a_case(cast))
    plan_id = await offered(cast.negotiator, case_id)
    with pytest.raises(Refused, match="not the one you were shown"):
        await accepted(debtor, plan_id, sha256="0" * 64)
    for missing, field in (({"name": " "}, "name"), ({"agrees": False}, "agrees")):
        with pytest.raises(Refused) as refused:
            await accepted(debtor, plan_id, **missing)
        assert refused.value.field == field
    with pytest.raises(NotFound):
        await accepted(stranger, plan_id)
    for person in (cast.negotiator, cast.brandt_admin, cast.huadong_owner):
        with pytest.raises(Forbidden):
            await accepted(person.actor, plan_id, sha256="")
    with pytest.raises(Refused, match="time of this offer is over"):
        await accepted(debtor, plan_id, at=NOON + timedelta(days=11))
    await pay(cast.finance, case_id, 5_000, at=NOON + timedelta(minutes=5))
    assert (await accepted(debtor, plan_id, at=NOON + timedelta(hours=1))).is_running, (
        "what came meanwhile counts for it"
    )


async def test_a_guarantor_named_in_the_agreement_agrees_as_well(cast: Cast, owner: asyncpg.Connection) -> None:
    case_id = await a_case(cast)
    debtor = debtor_of(cast.nordkai, case_id)
    plan_id = await offered(cast.negotiator, case_id, wish(guarantor="Karl Müller"))
    with pytest.raises(Refused) as refused:
        await accepted(debtor, plan_id, guarantor="Karl Müller")
    assert refused.value.field == "guarantor_agrees"
    await accepted(debtor, plan_id, guarantor="Karl Müller", guarantor_agrees=True)
    kept = "select value from audit_personal p join audit_events e on e.id = p.event_id where e.subject_id = $1 and e.action = 'plan.agreed' and p.name = 'guarantor'"
    assert await owner.fetchval(kept, plan_id) == "Karl Müller"


async def test_the_debtors_pages_lead_from_a_plan_to_an_agreement_without_scripts(cast: Cast, visit: Visit) -> None:
    case_id = await a_case(cast)
    debtor = await come(visit, cast.negotiator, case_id, NOON)
    typed = {"down": "100", "first_on": IN_A_WEEK.isoformat(), "by": "count", "count": "3", "rhythm": "month"}
    with clock.at(NOON):
        page = (await debtor.get("/claim/plan")).text
        assert "Go on to the agreement" in page and "Fee" not in page
        empty = await debtor.post("/claim/plan", data={**typed, "count": ""})
        assert empty.status_code == 422 and "Please fill this in." in empty.text
        shown = (await debtor.post("/claim/plan", data=typed)).text
        fingerprint = shown.split('name="shown" value="')[1].split('"')[0]
        changed = await debtor.post("/claim/plan", data={**typed, "count": "4", "propose": "1", "shown": fingerprint})
        assert changed.status_code == 422, "another plan than the one shown is shown first"
        sent = await debtor.post("/claim/plan", data={**typed, "propose": "1", "shown": fingerprint})
        assert sent.status_code == 303
        assert "Look at the agreement" in (await debtor.get("/claim")).text
        assert (await debtor.get("/claim/plan")).headers["location"] == "/claim/agreement"
        page = (await debtor.get("/claim/agreement")).text
        assert "Agree to this" in page and "250.00" not in page, "no fee is told"
        hidden = {name: page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("plan", "sha256")}
        wrong = await debtor.post("/claim/agreement", data={**hidden, "name": "Jana Müller"})
        assert wrong.status_code == 422 and "tick this" in wrong.text
        assert (await debtor.get("/claim/agreement.pdf")).content.startswith(b"%PDF")
        done = await debtor.post("/claim/agreement", data={**hidden, "name": "Jana Müller", "agrees": "1"})
        assert done.status_code == 303
        assert "You agreed to this" in (await debtor.get("/claim/agreement")).text
        assert "what is paid" in (await debtor.get("/claim")).text


async def test_an_offer_that_we_have_not_approved_ourselves_is_not_shown(cast: Cast, visit: Visit) -> None:
    case_id = await a_case(cast)
    await offered(cast.negotiator, case_id, settlement(40_000))
    debtor = await come(visit, cast.negotiator, case_id, NOON)
    with clock.at(NOON):
        waiting = (await debtor.get("/claim/plan")).text
        assert "preparing an offer" in waiting and "400.00" not in waiting
        assert (await debtor.get("/claim/agreement")).headers["location"] == "/claim/plan"
        assert (await debtor.get("/claim/agreement.pdf")).status_code == 404
        refused = await debtor.post(
            "/claim/plan",
            data={
                "propose": "1",
                "down": "100",
                "first_on": IN_A_WEEK.isoformat(),
                "by": "count",
                "count": "3",
                "rhythm": "month",
                "shown": "x",
            },
        )
        assert refused.status_code == 422
    async with transaction(cast.owner.actor.scope):
        assert await sql_value("select count(*) from plans where case_id = $1", case_id) == 1
