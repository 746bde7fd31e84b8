"""People as the operator adds them, and as the sample data does."""

from dataclasses import dataclass
from uuid import UUID

from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.identity import new_id
from portal.pages.text import N_
from portal.people import invitations, passwords
from portal.people.actor import Actor
from portal.people.agencies import OPERATOR, client_id_of, find_agency
from portal.people.memberships import parse_role, people_of
from portal.tenancy.database import enter, sql_value, transaction


@dataclass(frozen=True, slots=True)
class AddedUser:
    """A person who was added, or the link by which they will be."""

    id: UUID
    """The user's id; that of the invitation while there is no user yet."""
    invitation: str | None
    """Path and token of the link by which they choose a password, if none was given."""


async def add_user(
    *, agency: str, client: str | UUID | None = None, role: str, email: str, name: str, password: str | None = None
) -> AddedUser:
    """The operator's command: add a person to an agency (by its slug) or to a client of it (by its id).

    Without a password a link is made by which they choose one; with it they may sign in at once. Opens its own
    transactions.

    Raises:
        NotFound: there is no such agency or client.
        Refused: the role, the e-mail or the password will not do, or they are a member already.
    """
    async with transaction(OPERATOR):
        found = await find_agency(agency)
    client_id = client_id_of(client) if client is not None else None
    address, chosen = invitations.parse_email(email), parse_role(role, client_id)
    if password is None:
        async with transaction(found.actor.scope):
            await people_of(found.actor, client_id)
            made = await invitations.offer(found.actor, address, chosen, client_id, found.language, clock.now())
            token = await invitations.make_link(found.actor, made)
        return AddedUser(made, f"/invitation/{token}")
    passwords.check_choice(password, [found.name, address, name])
    hashed = await passwords.hash_password(password)
    async with transaction(found.actor.scope):
        user_id, _ = await add_member(
            found.actor, address, name, hashed, chosen, client_id, found.language, found.time_zone
        )
    return AddedUser(user_id, None)


async def add_member(
    actor: Actor,
    email: str,
    name: str,
    password_hash: str | None,
    role: str,
    client_id: UUID | None = None,
    language: str = "en",
    time_zone: str = "UTC",
) -> tuple[UUID, UUID]:
    """Make somebody a member without asking them, as the portal itself: the user's and the membership's id.

    A user who exists keeps their name, password and tastes.

    Raises:
        NotFound: there is no such client in the agency.
        Refused: the role is none, or they are a member already.
    """
    await enter(actor.scope)
    chosen = parse_role(role, client_id)
    await people_of(actor, client_id)
    now = clock.now()
    user_id: UUID = await sql_value(
        "select add_person($1, $2, $3, $4, $5, $6)", email, name, password_hash, language, time_zone, now
    )
    membership_id = await sql_value(
        """
        insert into memberships (id, agency_id, user_id, client_id, role, created_at) values ($1, $2, $3, $4, $5, $6)
        on conflict do nothing returning id
        """,
        new_id(), actor.agency_id, user_id, client_id, chosen.value, now,
    )  # fmt: skip
    if membership_id is None:
        raise Refused(N_("This person is here already."), field="email", code="member")
    await record(
        actor, "membership.made", "membership", membership_id,
        client_id=client_id, facts={"role": chosen}, personal={"email": email},
    )  # fmt: skip
    return user_id, membership_id
