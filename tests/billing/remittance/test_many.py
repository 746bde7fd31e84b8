"""A run of many clients is worked on by a job: the page says so, and whatever kills the job, nothing is lost or doubled."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from billing.remittance import acts
from billing.remittance.draft import cancel, prepare_again, review
from billing.remittance.pay import pay as confirm
from billing.tables import RunStatus
from portal import clock
from portal.errors import Refused, Unanswered
from portal.jobs import work_off
from portal.jobs.registry import JOBS
from portal.settings import Settings
from portal.tenancy.database import transaction
from tests.billing.fees.test_client_pages import text
from tests.billing.money import NOON, TODAY, agreed, pay, wrong
from tests.billing.remitting import approved, look, paid, prepared, terms
from tests.breaking import hung_up_on
from tests.cases.casework import placed_case
from tests.people import Cast, Visit

LEFT = """
select (select count(*) from statements where run_id = $1) as statements,
       (select count(*) from statement_lines l join statements s on s.id = l.statement_id where s.run_id = $1) as lines,
       (select count(*) from journals j where source in ('remittance', 'invoice') and agency_id = (
           select agency_id from remittance_runs where id = $1)) as journals,
       (select count(*) from client_invoices i join statements s on s.id = i.statement_id where s.run_id = $1) as invoices,
       (select count(*) from audit_events where subject_id = $1) as told
"""


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> object:
    """Two statements are many."""
    monkeypatch.setattr(acts, "STATEMENTS_AT_ONCE", 1)
    with clock.at(NOON):
        yield


@pytest.fixture
async def two(cast: Cast, owner: asyncpg.Connection) -> None:
    """Two clients with a payment each; one is invoiced its fee."""
    for client, method in ((cast.brandt, "net"), (cast.lanting, "gross")):
        await terms(owner, client, vat="0.2", method=method)
        await agreed(cast, client)
        await pay(cast.finance, await placed_case(cast.nordkai, client, currency="GBP"), 30_000)


async def left(owner: asyncpg.Connection, run_id: UUID) -> tuple[int, ...]:
    return tuple(await owner.fetchrow(LEFT, run_id) or ())


async def work(cast: Cast, run_id: UUID) -> None:
    await JOBS["remittances.act"].handler({"agency_id": str(cast.nordkai.id), "run_id": str(run_id)})


async def reviewed(cast: Cast, run_id: UUID) -> None:
    async with transaction(cast.finance.actor.scope):
        await review(cast.finance.actor, run_id)


async def ready(cast: Cast) -> UUID:
    """A run that a job prepared, reviewed."""
    run_id = await prepared(cast.finance, reviewed=False)
    await work_off(agency_id=cast.nordkai.id)
    await reviewed(cast, run_id)
    return run_id


@pytest.mark.parametrize("table", ["remittance_runs", "statements", "statement_lines", "audit_events"])
async def test_a_job_killed_while_it_prepares_is_as_if_it_had_not_begun(
    cast: Cast, two: None, owner: asyncpg.Connection, settings: Settings, table: str
) -> None:
    run_id = await prepared(cast.finance, reviewed=False)
    assert (await look(cast.finance, run_id)).act == "prepare"
    with pytest.raises(Unanswered):
        await hung_up_on(settings, work(cast, run_id), table)
    assert await left(owner, run_id) == (0, 0, 0, 0, 0)
    for _ in range(2):
        await work(cast, run_id)
        assert await left(owner, run_id) == (2, 2, 0, 0, 1)
    assert (await look(cast.finance, run_id)).act == ""


@pytest.mark.parametrize("table", ["clients", "journals", "number_series", "statements", "client_invoices"])
async def test_a_job_killed_while_it_approves_posts_nothing_and_then_once(
    cast: Cast, two: None, owner: asyncpg.Connection, settings: Settings, visit: Visit, table: str
) -> None:
    run_id = await ready(cast)
    await approved(cast.second_finance, run_id, settings)
    before = await left(owner, run_id)
    run = await look(cast.finance, run_id)
    assert (run.status, run.act, run.act_by_name) == (RunStatus.REVIEWED, "approve", "Second Finance")
    with pytest.raises(Unanswered):
        await hung_up_on(settings, work(cast, run_id), table)
    assert await left(owner, run_id) == before
    for _ in range(2):
        await work(cast, run_id)
        assert await left(owner, run_id) == (2, 2, 3, 1, before[-1] + 1)
    run = await look(cast.finance, run_id)
    assert (run.status, run.act, run.approved_by) == (RunStatus.APPROVED, "", cast.second_finance.actor.user_id)
    if table == "clients":
        site = await visit(cast.finance)
        assert "0 of 1" in (await site.get(f"/remittances/{run_id}")).text
        await work_off(agency_id=cast.nordkai.id)
        assert "Setting the invoices" not in (await site.get(f"/remittances/{run_id}")).text
    assert await wrong(cast.nordkai.id) == []


async def test_a_payment_that_is_broken_off_is_confirmed_once_when_it_is_asked_for_again(
    cast: Cast, two: None, owner: asyncpg.Connection, settings: Settings
) -> None:
    run_id = await ready(cast)
    await approved(cast.second_finance, run_id, settings)
    await work_off(agency_id=cast.nordkai.id)
    before = await left(owner, run_id)

    async def confirmed() -> None:
        async with transaction(cast.finance.actor.scope):
            await confirm(cast.finance.actor, run_id, TODAY, "B-1")

    with pytest.raises(Unanswered):
        await hung_up_on(settings, confirmed(), "queue.pgqueuer")
    assert await left(owner, run_id) == before
    for _ in range(2):
        await paid(cast.finance, run_id, on=TODAY)
        assert (await look(cast.finance, run_id)).status is RunStatus.CLOSED
    assert (await left(owner, run_id))[2] == before[2] + 3
    assert await wrong(cast.nordkai.id) == []


async def test_what_changed_before_the_job_came_brings_the_run_back_with_the_reason(
    cast: Cast, two: None, owner: asyncpg.Connection, settings: Settings, visit: Visit
) -> None:
    run_id = await ready(cast)
    await approved(cast.second_finance, run_id, settings)
    for step in (review, prepare_again):
        with pytest.raises(Refused) as refused:
            async with transaction(cast.finance.actor.scope):
                await step(cast.finance.actor, run_id)
        assert refused.value.code == "busy"
    page = text((await (await visit(cast.finance)).get(f"/remittances/{run_id}")).text)
    assert "Posting and numbering the statements" in page and "It is right" not in page
    await terms(owner, cast.lanting, vat="0.1", method="gross")
    await work_off(agency_id=cast.nordkai.id)
    run = await look(cast.finance, run_id)
    assert (run.status, run.act) == (RunStatus.REVIEWED, "") and "has changed since" in run.act_refused
    page = text((await (await visit(cast.second_finance)).get(f"/remittances/{run_id}")).text)
    assert "What Second Finance asked for was not done: Something about" in page
    async with transaction(cast.finance.actor.scope):
        await prepare_again(cast.finance.actor, run_id)
    await work_off(agency_id=cast.nordkai.id)
    await reviewed(cast, run_id)
    await approved(cast.second_finance, run_id, settings)
    await work_off(agency_id=cast.nordkai.id)
    assert (await look(cast.finance, run_id)).status is RunStatus.APPROVED


async def test_who_left_meanwhile_approves_nothing_and_a_cancelled_run_stays_so(
    cast: Cast, two: None, owner: asyncpg.Connection, settings: Settings
) -> None:
    run_id = await ready(cast)
    await approved(cast.second_finance, run_id, settings)
    of = cast.second_finance.actor.membership_id
    await owner.execute("update memberships set ended_at = $2 where id = $1", of, NOON + timedelta(minutes=1))
    await work_off(agency_id=cast.nordkai.id)
    run = await look(cast.finance, run_id)
    assert (run.status, run.act_refused) == (RunStatus.REVIEWED, "Second Finance may not do this any more.")
    async with transaction(cast.finance.actor.scope):
        await prepare_again(cast.finance.actor, run_id)
        await cancel(cast.finance.actor, run_id)
    await work_off(agency_id=cast.nordkai.id)
    assert await left(owner, run_id) == (0, 0, 0, 0, 3)
