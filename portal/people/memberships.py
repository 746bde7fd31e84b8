"""Who works for an agency or for a client of it, and as what: list, change of role, end."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.permissions import AGENCY_ROLES, CLIENT_ROLES, Role, permits
from portal.tenancy.database import sql, sql_one, sql_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person with their role, as the people page lists them."""

    id: UUID
    user_id: UUID
    name: str
    email: str
    role: Role
    client_id: UUID | None
    since: datetime
    second_factor: bool


SELECT = """
select m.id, m.user_id, u.name, u.email, m.role, m.client_id, m.created_at, u.totp_confirmed_at is not null as second_factor
from memberships m join users u on u.id = m.user_id
where m.agency_id = $1 and m.ended_at is null
"""


async def members(actor: Actor, client_id: UUID | None) -> list[Member]:
    """The people of the agency, or of one client of it, by name."""
    rows = await sql(
        SELECT + " and m.client_id is not distinct from $2 order by lower(u.name), m.id",  # noqa: S608 - constants
        actor.agency_id,
        client_id,
    )
    return [_member(row) for row in rows]


async def without_second_factor(actor: Actor) -> list[str]:
    """The names of the agency's people who may approve money and have no second factor."""
    roles = [role.value for role in AGENCY_ROLES if permits(role, "remittances.approve")]
    chosen = (
        " and m.client_id is null and m.role = any($2) and u.totp_confirmed_at is null order by lower(u.name), m.id"
    )
    rows = await sql(SELECT + chosen, actor.agency_id, roles)
    return [row["name"] for row in rows]


async def find_membership(actor: Actor, membership_id: UUID) -> Member:
    """One membership that the actor may manage.

    Raises:
        NotFound: there is none, it has ended, or it is somebody else's.
    """
    row = await sql_one(SELECT + " and m.id = $2", actor.agency_id, membership_id)
    if row is None:
        raise NotFound
    return _member(row)


async def lock_membership(actor: Actor, membership_id: UUID) -> Member:
    """The same, locked until the transaction ends.

    Raises:
        NotFound: there is none, it has ended, or it is somebody else's.
    """
    found = await sql_value(
        "select 1 from memberships where agency_id = $1 and id = $2 and ended_at is null for no key update",
        actor.agency_id,
        membership_id,
    )
    if not found:
        raise NotFound
    return await find_membership(actor, membership_id)


async def people_of(actor: Actor, client_id: UUID | None) -> tuple[UUID | None, str]:
    """Whose people the actor asks for: id and name of the client, or none and the agency's name.

    People of a client always mean their own client, whatever was asked for.

    Raises:
        NotFound: there is no such client in the agency.
    """
    if actor.client_id is not None:
        if client_id not in (None, actor.client_id):
            raise NotFound
        return actor.client_id, actor.client_name
    if client_id is None:
        return None, actor.agency_name
    name = await sql_value("select name from clients where agency_id = $1 and id = $2", actor.agency_id, client_id)
    if name is None:
        raise NotFound
    return client_id, name


def roles_for(client_id: UUID | None) -> tuple[Role, ...]:
    """The roles that can be given in the agency, or at a client."""
    return AGENCY_ROLES if client_id is None else CLIENT_ROLES


def parse_role(text: str, client_id: UUID | None) -> Role:
    """A role from a form.

    Raises:
        Refused: it is no role of the agency, or of a client.
    """
    if text not in roles_for(client_id):
        raise Refused(N_("Please choose a role."), field="role", code="bad_role")
    return Role(text)


async def change_role(actor: Actor, membership_id: UUID, role: str, now: datetime) -> Member:
    """Give a member another role; their sessions in it end, so that the new rights hold at once.

    Raises:
        NotFound: the membership is not the actor's to manage.
        Refused: it is the actor's own, no role, or the last owner's.
    """
    actor.require("people.manage")
    member = await lock_membership(actor, membership_id)
    new = parse_role(role, member.client_id)
    _not_oneself(actor, member, N_("Somebody else has to change your role."))
    if new == member.role:
        return member
    await _keep_an_owner(actor, member)
    await sql(
        "update memberships set role = $3 where agency_id = $1 and id = $2", actor.agency_id, member.id, new.value
    )
    await sql("select end_sessions_of_membership($1, $2)", member.id, now)
    await record(
        actor, "membership.role_changed", "membership", member.id,
        client_id=member.client_id, before={"role": member.role}, after={"role": new}, personal={"email": member.email},
    )  # fmt: skip
    return member


async def end_membership(actor: Actor, membership_id: UUID, now: datetime) -> Member:
    """Take a member's access away; their sessions in it end. Their name stays on what they did.

    Raises:
        NotFound: the membership is not the actor's to manage.
        Refused: it is the actor's own or the last owner's.
    """
    actor.require("people.manage")
    member = await lock_membership(actor, membership_id)
    _not_oneself(actor, member, N_("Somebody else has to take your access away."))
    await _keep_an_owner(actor, member)
    await sql("update memberships set ended_at = $3 where agency_id = $1 and id = $2", actor.agency_id, member.id, now)
    await sql("select end_sessions_of_membership($1, $2)", member.id, now)
    await record(
        actor, "membership.ended", "membership", member.id,
        client_id=member.client_id, before={"role": member.role}, personal={"email": member.email},
    )  # fmt: skip
    return member


def _not_oneself(actor: Actor, member: Member, message: str) -> None:
    if member.user_id == actor.user_id:
        raise Refused(message, code="oneself")


async def _keep_an_owner(actor: Actor, member: Member) -> None:
    """An agency without an owner could never get one again."""
    if member.role != Role.OWNER:
        return
    # Locked in one order, so that two owners who remove each other wait, and the second is refused.
    owners = await sql(
        "select id from memberships where agency_id = $1 and client_id is null and role = 'owner' and ended_at is null"
        " order by id for no key update",
        actor.agency_id,
    )
    if [row["id"] for row in owners if row["id"] != member.id] == []:
        raise Refused(N_("The agency needs an owner: make somebody else an owner first."), code="last_owner")


def _member(row: Record) -> Member:
    return Member(
        id=row["id"],
        user_id=row["user_id"],
        name=row["name"],
        email=row["email"],
        role=Role(row["role"]),
        client_id=row["client_id"],
        since=row["created_at"],
        second_factor=row["second_factor"],
    )
