"""A list of debtors beside the file, from the page of its columns: brought, how it is read and what its columns mean said,
taken away."""

from typing import Any, BinaryIO, cast
from uuid import UUID

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from cases.intake.columns.choices import LIST_MEANINGS, Chosen, as_list_map
from cases.intake.columns.debtor_list import add_list, choose_list_shape, remove_list, say_list_columns
from cases.intake.columns.list_beside import list_of
from cases.intake.columns.page import columns_page
from cases.intake.columns.shape_form import shape_from
from cases.intake.placement import load_placement
from cases.intake.receive import NOT_STORED, arrival
from portal.errors import NotFound, NotNow, Refused
from portal.pages.forms import read_form
from portal.pages.text import N_
from portal.pages.toasts import redirect
from portal.people.actor import Actor
from portal.people.guards import needs
from portal.storage.sniff import file_name
from portal.storage.store import StoreAway

PageRequest = Request[Any, Any, Any]


@post("/placements/{placement_id:uuid}/debtors", guards=[needs("placements.submit")])
async def bring_list(
    request: PageRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID]
) -> Response[Any]:
    """A list of debtors beside the file."""
    try:
        form = await read_form(request)
        file = form.file("debtors")
        if file is None:
            raise Refused(N_("Choose a file."), field="debtors", code="missing")
        came = await arrival(cast(BinaryIO, file.file), "csv", "web", file_name(file.filename), field="debtors")
        await add_list(actor, placement_id, came)
    except Refused as refusal:
        return await _again(request, actor, placement_id, refusal)
    except StoreAway:
        return await _again(request, actor, placement_id, NotNow(NOT_STORED, field="debtors"))
    return redirect(request, f"/placements/{placement_id}")


async def _again(request: PageRequest, actor: Actor, placement_id: UUID, refusal: Refused) -> Response[Any]:
    """The page with what was refused; where its columns are no longer asked for, the placement as it is now."""
    placement = await load_placement(actor, placement_id)
    if placement.step != "columns":
        return redirect(request, f"/placements/{placement_id}", refusal.message, tone="bad")
    return await columns_page(request, actor, placement, refusal=refusal)


@post("/placements/{placement_id:uuid}/debtors/columns", guards=[needs("placements.submit")])
async def say_list(request: PageRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID]) -> Response[Any]:
    """What the columns of the list mean."""
    form = await read_form(request)
    placement = await load_placement(actor, placement_id)
    listed = await list_of(actor.agency_id, placement.id)
    if listed is None or listed.look is None:
        raise NotFound
    meanings = [form.text(f"l{place}") for place in range(len(listed.look.columns))]
    if any(meaning and meaning not in LIST_MEANINGS for meaning in meanings):
        raise NotFound
    said = as_list_map(list(map(Chosen, meanings)), listed.look.columns, listed.column_map)
    try:
        await say_list_columns(actor, placement_id, said)
    except Refused as refusal:
        return await _again(request, actor, placement_id, refusal)
    return redirect(request, f"/placements/{placement_id}")


@post("/placements/{placement_id:uuid}/debtors/shape", guards=[needs("placements.submit")])
async def say_list_shape(
    request: PageRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID]
) -> Response[Any]:
    """How the list is to be read: another encoding, delimiter or header line than was found."""
    form = await read_form(request)
    placement = await load_placement(actor, placement_id)
    listed = await list_of(actor.agency_id, placement.id)
    if listed is None or listed.shape is None:
        raise NotFound
    try:
        await choose_list_shape(actor, placement_id, shape_from(form, listed.shape, "list_"))
    except Refused as refusal:
        return await _again(request, actor, placement_id, refusal)
    return redirect(request, f"/placements/{placement_id}")


@post("/placements/{placement_id:uuid}/debtors/remove", guards=[needs("placements.submit")])
async def take_list_away(
    request: PageRequest, actor: NamedDependency[Actor], placement_id: FromPath[UUID]
) -> Response[Any]:
    """No list beside the file any more."""
    try:
        await remove_list(actor, placement_id)
    except Refused as refusal:
        return await _again(request, actor, placement_id, refusal)
    return redirect(request, f"/placements/{placement_id}")


ROUTES: list[Any] = [bring_list, say_list, say_list_shape, take_list_away]
