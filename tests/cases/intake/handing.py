"""Placing cases in tests: the way a client does, without the pages."""

import io
import json
from collections.abc import Iterable, Mapping

from cases.debtor_links import compare
from cases.intake import checking, handing_over, mail
from cases.intake.handing_over import hand_over
from cases.intake.placement import PlacementFile, load_placement
from cases.intake.receive import arrival, receive
from portal.jobs import work_off
from portal.people.actor import Actor
from portal.tenancy.database import transaction
from tests.cases.intake.placements import csv_text

JOBS = (checking, handing_over, mail, compare)


async def submit(
    actor: Actor,
    content: bytes | str,
    *,
    reference: str = "",
    name: str = "october.csv",
    form: str = "csv",
    door: str = "web",
) -> PlacementFile:
    """Hand a file in; nothing has looked at it yet."""
    raw = content.encode() if isinstance(content, str) else content
    async with transaction(actor.scope):
        came = await arrival(io.BytesIO(raw), form, door, name, reference)
        return (await receive(actor, came)).placement


async def look(actor: Actor, placement: PlacementFile) -> PlacementFile:
    """The placement as it is now."""
    async with transaction(actor.scope, read_only=True):
        return await load_placement(actor, placement.id)


async def checked(actor: Actor, content: bytes | str, *, reference: str = "") -> PlacementFile:
    """Hand a file in and have it checked."""
    placement = await submit(actor, content, reference=reference)
    await work_off(agency_id=actor.agency_id)
    return await look(actor, placement)


async def placed(actor: Actor, rows: Iterable[Mapping[str, str]], *, only_all: bool = False) -> PlacementFile:
    """Place rows: handed in, checked, handed over, acknowledged."""
    placement = await checked(actor, csv_text(rows))
    async with transaction(actor.scope):
        await hand_over(actor, placement.id, only_all=only_all)
    await work_off(agency_id=actor.agency_id)
    return await look(actor, placement)


async def placed_by_a_system(actor: Actor, cases: Iterable[Mapping[str, object]], reference: str = "") -> PlacementFile:
    """Place cases as JSON through the API: what is right in it is handed over at once."""
    content = json.dumps({"cases": list(cases)})
    placement = await submit(actor, content, reference=reference, name="", form="json", door="api")
    await work_off(agency_id=actor.agency_id)
    return await look(actor, placement)
