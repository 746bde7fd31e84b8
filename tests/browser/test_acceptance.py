"""What the agency accepts and what cases lack, on the screens of both sides, in both languages."""

from __future__ import annotations

import asyncio

from cases.acceptance.requirements import answer
from cases.intake.handing_over import hand_over
from cases.intake.placement import PlacementFile
from cases.tables import CaseStatus
from portal.people.actor import Actor
from portal.tenancy.database import sql, transaction
from tests.browser.conftest import Sit
from tests.cases.acceptance.given import STRICT, accept
from tests.cases.intake.handing import look, submit
from tests.cases.intake.placements import csv_text, row
from tests.people import Cast


async def handed_over(actor: Actor) -> PlacementFile:
    """Two cases that fall short and one that does not, made by the worker that runs beside the browser."""
    amounts = ("8412.00", "50.00", "900.00")
    rows = [row(number, PrincipalAmount=amount) for number, amount in enumerate(amounts)]
    placement = await until("checked", actor, await submit(actor, csv_text(rows)))
    async with transaction(actor.scope):
        await hand_over(actor, placement.id)
    return await until("acknowledged", actor, placement)


async def until(step: str, actor: Actor, placement: PlacementFile) -> PlacementFile:
    while placement.step != step:
        await asyncio.sleep(0.1)
        placement = await look(actor, placement)
    return placement


async def test_both_sides_see_what_a_case_lacks(cast: Cast, sit: Sit) -> None:
    await accept(cast.manager.actor, cast.brandt, STRICT)
    placement = await handed_over(cast.brandt_submitter.actor)
    async with transaction(cast.manager.actor.scope, read_only=True):
        rows = await sql(
            "select q.id, q.case_id from case_requirements q join cases c on c.id = q.case_id"
            " where c.agency_id = $1 and c.status = $2 order by c.number",
            *(cast.nordkai.id, CaseStatus.NEEDS_INFO),
        )
    large, small = rows
    async with transaction(cast.brandt_submitter.actor.scope):
        await answer(cast.brandt_submitter.actor, small["id"], "余款已于六月付清。")
    client = await sit(cast.brandt_submitter, language="zh-Hans", width=390, height=844)
    case = f"/cases/{large['case_id']}"
    for page in (
        "/home",
        "/cases",
        "/placements/new",
        f"/placements/{placement.id}",
        case,
        f"/cases/{small['case_id']}",
    ):
        await client.go(page)
        assert await client.sideways() <= 0, f"{page} scrolls sideways by {await client.sideways()} pixels"
        await client.check()
    manager = await sit(cast.manager, language="zh-Hans", width=1280)
    rules = f"/clients/{cast.brandt.id}/acceptance"
    for page in ("/acceptance", case, f"{case}/acceptance", f"/cases/{small['case_id']}/acceptance", rules):
        await manager.go(page)
        assert await manager.sideways() <= 0, f"{page} scrolls sideways by {await manager.sideways()} pixels"
        await manager.check()
    await manager.go(rules)
    await manager.page.locator("button[name=try]").click()
    await manager.page.locator(f"text={placement.acknowledgement_number}").first.wait_for()
