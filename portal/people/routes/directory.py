"""The people of an agency or of a client: who they are, whom to invite, what they may."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from portal import clock
from portal.errors import NotFound, Refused
from portal.pages.forms import read_form
from portal.pages.rendering import render
from portal.pages.text import N_
from portal.pages.toasts import PageRequest, redirect
from portal.people import invitations, memberships
from portal.people.actor import Actor
from portal.people.guards import needs
from portal.people.permissions import Role
from portal.people.routes.browser import shown
from portal.people.vocabulary import ROLE_MEANINGS

MANAGE = needs("people.manage")


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound from None


def address_of(actor: Actor, client_id: UUID | None) -> str:
    """Where the people of a client, or of the agency, are listed."""
    return "/people" if client_id in (None, actor.client_id) else f"/people?client={client_id}"


@get("/people", guards=[MANAGE])
async def show(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Members, open invitations, and the form to invite somebody."""
    return await _page(request, actor, _id(request.query_params.get("client", "")))


async def _page(
    request: PageRequest,
    actor: Actor,
    client_id: UUID | None,
    error: Refused | None = None,
    values: dict[str, str] | None = None,
) -> Response[Any]:
    client_id, name = await memberships.people_of(actor, client_id)
    return render(
        request, "portal/people/directory.html", status=422 if error else 200,
        place=name, client_id=client_id, members=await memberships.members(actor, client_id),
        invitations=await invitations.open_invitations(actor, client_id), roles=memberships.roles_for(client_id),
        meanings=ROLE_MEANINGS, errors=shown(error), values={"language": actor.language, **(values or {})},
    )  # fmt: skip


@post("/people/invitations", guards=[MANAGE])
async def invite(request: PageRequest, actor: NamedDependency[Actor]) -> Response[Any]:
    """Invite somebody by e-mail."""
    form = await read_form(request)
    client_id = form.id("client")
    try:
        email, role, language = form.text("email", required=True), form.text("role"), form.text("language")
        await invitations.invite(actor, email, role, client_id, language, clock.now())
    except Refused as error:
        return await _page(request, actor, client_id, error, form.values())
    return redirect(
        request, address_of(actor, client_id), N_("The invitation to %(email)s is on its way."), email=email
    )


@post("/people/invitations/{invitation_id:uuid}/send-again", guards=[MANAGE])
async def send_again(
    request: PageRequest, actor: NamedDependency[Actor], invitation_id: FromPath[UUID]
) -> Response[Any]:
    """Mail a fresh link; the one before no longer holds."""
    email, client_id = await invitations.send_again(actor, invitation_id, clock.now())
    return redirect(
        request, address_of(actor, client_id), N_("A new link is on its way to %(email)s; the old one no longer works."),
        email=email,
    )  # fmt: skip


@post("/people/invitations/{invitation_id:uuid}/withdraw", guards=[MANAGE])
async def withdraw(request: PageRequest, actor: NamedDependency[Actor], invitation_id: FromPath[UUID]) -> Response[Any]:
    """Take an invitation back."""
    email, client_id = await invitations.withdraw(actor, invitation_id, clock.now())
    return redirect(
        request, address_of(actor, client_id), N_("The invitation to %(email)s no longer holds."), email=email
    )


@get("/people/{membership_id:uuid}", guards=[MANAGE])
async def show_member(
    request: PageRequest, actor: NamedDependency[Actor], membership_id: FromPath[UUID]
) -> Response[Any]:
    """One member: role and access."""
    return await _member_page(request, actor, membership_id)


async def _member_page(
    request: PageRequest, actor: Actor, membership_id: UUID, error: Refused | None = None
) -> Response[Any]:
    member = await memberships.find_membership(actor, membership_id)
    _, place = await memberships.people_of(actor, member.client_id)
    return render(
        request, "portal/people/member.html", status=422 if error else 200,
        member=member, place=place, back=address_of(actor, member.client_id), roles=memberships.roles_for(member.client_id),
        meanings=ROLE_MEANINGS, is_self=member.user_id == actor.user_id, is_owner=member.role == Role.OWNER,
        errors=shown(error),
    )  # fmt: skip


@post("/people/{membership_id:uuid}/role", guards=[MANAGE])
async def change_role(
    request: PageRequest, actor: NamedDependency[Actor], membership_id: FromPath[UUID]
) -> Response[Any]:
    """Give a member another role."""
    form = await read_form(request)
    try:
        member = await memberships.change_role(actor, membership_id, form.text("role"), clock.now())
    except Refused as error:
        return await _member_page(request, actor, membership_id, error)
    return redirect(
        request, address_of(actor, member.client_id), N_("%(name)s has a new role, and logs in again to use it."),
        name=member.name,
    )  # fmt: skip


@post("/people/{membership_id:uuid}/end", guards=[MANAGE])
async def end_membership(
    request: PageRequest, actor: NamedDependency[Actor], membership_id: FromPath[UUID]
) -> Response[Any]:
    """Take a member's access away."""
    try:
        member = await memberships.end_membership(actor, membership_id, clock.now())
    except Refused as error:
        return await _member_page(request, actor, membership_id, error)
    return redirect(
        request, address_of(actor, member.client_id), N_("%(name)s has no access any more."), name=member.name
    )


ROUTES = [show, invite, send_again, withdraw, show_member, change_role, end_membership]
