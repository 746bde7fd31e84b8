"""What was begun and never handed over goes after the agency's days; what was handed over never does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from cases.documents.folder import clearing as folder_clearing
from cases.intake import clearing
from cases.intake.by_hand.drafts import drafts_of, save_draft
from cases.intake.clearing import clear_unfinished
from cases.intake.columns.confirming import ask_again
from cases.intake.handing_over import cancel
from cases.intake.placement import PlacementFile
from cases.new_day import new_day
from portal import clock
from portal.errors import Refused
from portal.identity import made_at, new_id
from portal.jobs import work_off
from portal.storage import store
from portal.tenancy.database import sql, sql_value, transaction
from tests.cases.documents.folder.sending import begun, sent
from tests.cases.intake.handing import checked, look, placed, submit
from tests.cases.intake.placements import csv_text, row
from tests.cases.intake.test_case_by_hand import WRITTEN
from tests.cases.intake.test_columns import GERMAN
from tests.cases.intake.test_placing_pages import as_text
from tests.people import Cast, Visit

JOBS = (clearing, folder_clearing)


async def stored(placement: PlacementFile) -> bool:
    try:
        await store.stat(store.quarantine_key(placement.agency_id, "placements", placement.id))
    except store.NotStored:
        return False
    return True


async def after(cast: Cast, days: int) -> None:
    """A day begins, so many days from now."""
    with clock.at(clock.now() + timedelta(days=days)):
        await clear_unfinished({"agency_id": str(cast.nordkai.id)})
        await work_off(agency_id=cast.nordkai.id)


async def test_what_was_never_handed_over_goes_and_what_was_stays(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    actor = cast.brandt_submitter.actor
    partly = await placed(actor, [row(0), row(1, Country="")])
    waits = await checked(actor, csv_text([row(2), row(3, Country="")]))
    columns = await checked(actor, GERMAN)
    rejected = await checked(actor, csv_text([row(4, Country="")]))
    dropped = await submit(actor, csv_text([row(5)]))
    theirs = await checked(cast.mingda_submitter.actor, csv_text([row(6)]))
    async with transaction(actor.scope):
        await cancel(actor, dropped.id)
        await save_draft(actor, new_id(), WRITTEN, 0)
    client = await visit(cast.brandt_submitter)
    batch = await begun(client)
    await sent(client, batch, {"nobody knows.pdf": b"%PDF-1.7\n" + b"x" * 50 + b"\n%%EOF\n"})
    for placement in (waits, columns, rejected):
        assert "What is not handed over is removed on" in as_text(
            (await client.get(f"/placements/{placement.id}")).text
        )
    assert "removed on" not in as_text((await client.get(f"/placements/{partly.id}")).text)

    await after(cast, 89)
    assert (await look(actor, waits)).step == "checked" and await stored(waits)
    with clock.at(clock.now() + timedelta(days=89)):  # what nobody decided on in a month is taken out of its batch
        await folder_clearing.give_up({"agency_id": str(cast.nordkai.id)})
    await after(cast, 91)
    assert [(await look(actor, one)).step for one in (waits, columns, rejected, dropped)] == [
        "cancelled", "cancelled", "rejected", "cancelled",
    ]  # fmt: skip
    for placement in (waits, columns, rejected, dropped):
        assert not await stored(placement)
        page = await client.get(f"/placements/{placement.id}")
        assert page.status_code == 200 and "It was never handed over" in as_text(page.text)
    left = "select count(*) from placement_rows where placement_id = any($1)"
    assert await owner.fetchval(left, [waits.id, columns.id, rejected.id, dropped.id]) == 0
    assert await owner.fetchval(left, [partly.id]) == 1 and await stored(partly)
    assert (await look(actor, partly)).step == "acknowledged"
    assert await stored(theirs), "another agency's days are its own"
    async with transaction(actor.scope):
        assert await drafts_of(actor) == []
        with pytest.raises(Refused):
            await ask_again(actor, rejected.id)
    assert (await client.get(batch)).status_code == 404
    told = await owner.fetch(
        "select action, count(*) from audit_events where agency_id = $1 and action like '%.cleared' group by 1 order by 1",
        cast.nordkai.id,
    )
    assert [tuple(one) for one in told] == [("batch.cleared", 1), ("case_draft.cleared", 1), ("placement.cleared", 4)]
    await after(cast, 92)
    assert await owner.fetchval("select count(*) from audit_events where action = 'placement.cleared'"
                                " and agency_id = $1", cast.nordkai.id) == 4  # fmt: skip


async def test_whoever_goes_on_with_it_keeps_it(cast: Cast, owner: asyncpg.Connection) -> None:
    actor = cast.brandt_submitter.actor
    await owner.execute("update agencies set unfinished_days = 7 where id = $1", cast.nordkai.id)
    placement = await checked(actor, csv_text([row(0)]))
    with clock.at(clock.now() + timedelta(days=6)):
        async with transaction(actor.scope):
            await ask_again(actor, placement.id)
        await work_off(agency_id=actor.agency_id)
    await after(cast, 8)
    assert (await look(actor, placement)).step == "columns"
    await after(cast, 14)
    assert (await look(actor, placement)).step == "cancelled"


async def test_what_a_broken_request_left_in_quarantine_is_swept(cast: Cast) -> None:
    actor = cast.brandt_submitter.actor
    waits = await submit(actor, csv_text([row(0)]))
    days_ago = (datetime.now(UTC) - timedelta(days=3)).timestamp()
    old, fresh = UUID(int=int(days_ago * 1000) << 80 | new_id().int % 2**80), new_id()
    assert made_at(old) < made_at(fresh)
    listed = UUID(int=old.int + 1)
    async with transaction(actor.scope):
        await sql(
            "insert into debtor_lists (id, agency_id, client_id, placement_id, object_key, added_at)"
            " values ($1, $2, $3, $4, 'x', $5)",
            *(listed, actor.agency_id, cast.brandt.id, waits.id, clock.now()),
        )
    places = (("documents", old), ("placements", fresh), ("placements", waits.id, listed))
    keys = [store.quarantine_key(actor.agency_id, *one) for one in places]
    for key in keys:
        await store.put(key, b"x", "text/plain")
    await clear_unfinished({"agency_id": str(cast.nordkai.id)})
    lying = [key async for key in store.listing(f"{actor.agency_id}/quarantine/")]
    assert sorted(lying) == sorted([*keys[1:], waits.object_key]), "a list of debtors is named by its own row"


async def test_it_is_looked_after_when_the_agencys_day_begins(cast: Cast) -> None:
    with clock.at(datetime(2026, 11, 24, 23, 5, tzinfo=UTC)):  # midnight has passed in Berlin
        await new_day({})
        async with transaction(cast.owner.actor.scope):
            asked = await sql_value(
                "select count(*) from queue.pgqueuer where entrypoint = 'placements.clear_unfinished'"
                " and convert_from(payload, 'UTF8')::jsonb ->> 'agency_id' = $1",
                str(cast.nordkai.id),
            )
    assert asked == 1
