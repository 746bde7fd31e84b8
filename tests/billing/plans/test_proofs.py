"""What `portal verify` proves of agreements: sound ones hold, and what was meddled with is found and named."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import asyncpg
import pytest

from billing.plans.written import write_agreement
from cases.plans.prove import TOO_MANY
from portal import clock
from portal.check import PROOFS
from portal.tenancy.database import as_job, transaction
from tests.billing.money import NOON, TODAY, agreed, pay
from tests.billing.planning import agreed_to, new_day, offered, plan_now, running, settlement
from tests.cases.casework import placed_case
from tests.people import Cast


async def faults(agency_id: UUID, day: date = TODAY) -> list[str]:
    """All that the proofs of the packages above the shell find, at noon of a day."""
    with clock.at(NOON + (day - TODAY)):
        async with transaction(as_job(agency_id), read_only=True):
            return [fault for proof in PROOFS for fault in (await proof.prove(agency_id))[1]]


async def a_case(cast: Cast) -> UUID:
    await agreed(cast, cast.brandt)
    return await placed_case(cast.nordkai, cast.brandt, amount_minor=100_000)


async def test_what_is_kept_of_a_running_agreement_is_judged_anew(cast: Cast, owner: asyncpg.Connection) -> None:
    case_id = await a_case(cast)
    plan_id = await running(cast.negotiator, case_id)
    await pay(cast.finance, case_id, 10_000, at=NOON + timedelta(hours=1))
    assert await faults(cast.nordkai.id) == []
    for change in (
        "paid_minor = paid_minor + 1",
        "arrears_minor = 1",
        "next_due_on = next_due_on + 1",
        "next_due_minor = next_due_minor - 1",
        "status = 'grace'",
        "breaks_on = '2026-12-24'",
    ):
        kept = await owner.fetchrow("select * from plans where id = $1", plan_id)
        await owner.execute(f"update plans set {change} where id = $1", plan_id)
        [fault] = await faults(cast.nordkai.id)
        assert fault.startswith("agreement 1 of case "), change
        name = change.partition(" ")[0]
        await owner.execute(f"update plans set {name} = $2 where id = $1", plan_id, kept[name])
    assert await faults(cast.nordkai.id) == []


async def test_a_day_that_was_not_judged_yet_is_no_fault_and_two_are(cast: Cast) -> None:
    plan_id = await running(cast.negotiator, await a_case(cast))
    due_on = (await plan_now(cast.negotiator.actor, plan_id)).next_due_on
    assert due_on is not None and await faults(cast.nordkai.id, due_on) == []
    following = due_on + timedelta(days=1)
    assert len(await faults(cast.nordkai.id, following)) == 1, "something is late since the midnight before last"
    await new_day(cast.nordkai.id, following)
    assert await faults(cast.nordkai.id, following) == []


async def test_no_case_has_two_that_run_and_a_closed_one_has_none(cast: Cast, owner: asyncpg.Connection) -> None:
    case_id = await a_case(cast)
    await running(cast.negotiator, case_id)
    assert await owner.fetch(TOO_MANY, cast.nordkai.id) == []
    undone = owner.transaction()
    await undone.start()
    try:
        await owner.execute("reset role; drop index plans_running; set role portal_definer")
        await owner.execute(
            "insert into plans select (jsonb_populate_record(p, jsonb_build_object('id', uuidv7(), 'version', 2))).*"
            " from plans p where case_id = $1",
            case_id,
        )
        [row] = await owner.fetch(TOO_MANY, cast.nordkai.id)
        assert (row["running"], row["status"]) == (2, "active")
        await owner.execute("delete from plans where case_id = $1 and version = 2", case_id)
        await owner.execute("update cases set status = 'closed', close_code = 'uneconomical' where id = $1", case_id)
        [row] = await owner.fetch(TOO_MANY, cast.nordkai.id)
        assert (row["running"], row["status"]) == (1, "closed")
    finally:
        await undone.rollback()


@pytest.mark.parametrize(
    ("meddled", "said"),
    [
        ("update plans set write_off_journal_id = null where case_id = $1", "nothing was written off"),
        (
            "update plans p set write_off_journal_id = (select id from journals j where j.agency_id = p.agency_id"
            " and j.source = 'payment' limit 1) where case_id = $1",
            "its write-off is not in the books",
        ),
        ("update cases set principal_minor = 5 where id = $1", "its case still owes"),
        ("update plans set forgiven_minor = forgiven_minor - 1 where case_id = $1", "more was written off than was agreed"),
        ("update cases set status = 'active', close_code = null, next_action = 'call', next_action_at = now() where id = $1",
         "its case is open"),
    ],
)  # fmt: skip
async def test_a_fulfilled_settlement_is_written_off(
    cast: Cast, owner: asyncpg.Connection, meddled: str, said: str
) -> None:
    case_id = await a_case(cast)
    plan_id = await offered(cast.negotiator, case_id, settlement(80_000))
    await agreed_to(cast.negotiator, plan_id)
    await pay(cast.finance, case_id, 80_000, at=NOON + timedelta(hours=1))
    assert (await plan_now(cast.owner.actor, plan_id)).status == "completed"
    assert await faults(cast.nordkai.id) == []
    if "status = 'active'" in meddled:
        await owner.execute("update cases set next_action_queue_id = $2 where id = $1", case_id, cast.nordkai.queue_id)
    async with owner.transaction():  # what was agreed cannot be changed, unless the table's owner puts that aside
        await owner.execute("reset role; alter table plans disable trigger user; set role portal_definer")
        await owner.execute(meddled, case_id)
        await owner.execute("reset role; alter table plans enable trigger user; set role portal_definer")
    assert [fault.rpartition(": ")[2] for fault in await faults(cast.nordkai.id)] == [said]


async def test_an_agreement_names_the_document_that_was_written_down(cast: Cast, owner: asyncpg.Connection) -> None:
    plan_id = await offered(cast.negotiator, await a_case(cast))
    with clock.at(NOON):
        await write_agreement({"agency_id": str(cast.nordkai.id), "plan_id": str(plan_id)})
    assert await faults(cast.nordkai.id) == []
    await owner.execute("update plans set document_sha256 = sha256('another') where id = $1", plan_id)
    assert [fault.rpartition(" names ")[2] for fault in await faults(cast.nordkai.id)] == [
        "another document than was written down"
    ]
