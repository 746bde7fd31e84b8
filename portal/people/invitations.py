"""Invitations by e-mail: offered, mailed, accepted once, or withdrawn.

The link's token is made by the job that mails it, and only its hash is kept: nobody can read a link that works out of
the database or the queue.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.jobs import enqueue
from portal.pages.text import N_
from portal.people import passwords
from portal.people.actor import Actor
from portal.people.arrival import new_token, token_hash
from portal.people.attempts import normal_email
from portal.people.memberships import parse_role, people_of
from portal.people.permissions import Role
from portal.people.tables import Language
from portal.people.trail import own_memberships
from portal.tenancy.database import Scope, as_job, enter, sql, sql_one, sql_value

LASTS: Final = timedelta(days=7)
_EMAIL: Final = re.compile(r"[^@\s\"<>(),;:\\\[\]]+@[^@\s\"<>(),;:\\\[\].]+(\.[^@\s\"<>(),;:\\\[\].]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """An invitation that waits for an answer, as the people page lists it."""

    id: UUID
    email: str
    role: Role
    client_id: UUID | None
    created_at: datetime
    expires_at: datetime
    mailed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the link of an invitation offers to whoever opens it."""

    email: str
    role: Role
    language: str
    agency_id: UUID
    agency_name: str
    client_name: str
    is_known: bool
    """Whether the e-mail belongs to a user, who then signs in instead of choosing a password."""


def parse_email(text: str) -> str:
    """An e-mail address from a form, in the form in which it is kept.

    Raises:
        Refused: it is none.
    """
    email = normal_email(text)
    if not _EMAIL.fullmatch(email) or len(email) > 254:
        raise Refused(N_("This is not an e-mail address."), field="email", code="bad_email")
    return email


async def open_invitations(actor: Actor, client_id: UUID | None) -> list[Invitation]:
    """The invitations to the agency, or to one client, that were not answered or withdrawn, the latest first."""
    rows = await sql(
        """
        select id, email, role, client_id, created_at, expires_at, token_hash is not null as mailed from invitations
        where agency_id = $1 and client_id is not distinct from $2 and accepted_at is null and withdrawn_at is null
        order by id desc limit 200
        """,
        actor.agency_id,
        client_id,
    )
    return [Invitation(**{**row, "role": Role(row["role"])}) for row in rows]


async def invite(actor: Actor, email: str, role: str, client_id: UUID | None, language: str, now: datetime) -> UUID:
    """Invite somebody to the agency, or to a client of it; the mail leaves with the commit.

    Raises:
        NotFound: there is no such client.
        Refused: the e-mail or the role is none, or they are a member or invited already.
    """
    actor.require("people.manage")
    client_id, _ = await people_of(actor, client_id)
    address = parse_email(email)
    chosen = parse_role(role, client_id)
    if language not in set(Language):
        raise Refused(N_("Please choose a language."), field="language", code="bad_language")
    await _refuse_twice(actor, address, client_id, now)
    invitation_id = await offer(actor, address, chosen, client_id, language, now)
    await _mail(actor, invitation_id)
    return invitation_id


async def offer(actor: Actor, email: str, role: Role, client_id: UUID | None, language: str, now: datetime) -> UUID:
    """Write down an invitation, without mailing it."""
    invitation_id = new_id()
    await sql(
        """
        insert into invitations (id, agency_id, client_id, email, role, language, invited_by, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        invitation_id, actor.agency_id, client_id, email, role.value, language,
        actor.user_id, now, now + LASTS,
    )  # fmt: skip
    await record(
        actor, "invitation.made", "invitation", invitation_id,
        client_id=client_id, facts={"role": role}, personal={"email": email},
    )  # fmt: skip
    return invitation_id


async def send_again(actor: Actor, invitation_id: UUID, now: datetime) -> tuple[str, UUID | None]:
    """Mail a new link, good for another week; the one sent before no longer holds. Gives the e-mail and the client.

    Raises:
        NotFound: the invitation is not the actor's to manage, or no longer open.
    """
    actor.require("people.manage")
    email, client_id = await _load(actor, invitation_id)
    await sql(
        "update invitations set token_hash = null, expires_at = $3 where agency_id = $1 and id = $2",
        actor.agency_id,
        invitation_id,
        now + LASTS,
    )
    await _mail(actor, invitation_id)
    await record(actor, "invitation.sent_again", "invitation", invitation_id, client_id=client_id)
    return email, client_id


async def withdraw(actor: Actor, invitation_id: UUID, now: datetime) -> tuple[str, UUID | None]:
    """Take an invitation back; its link no longer holds. Gives the e-mail and the client.

    Raises:
        NotFound: the invitation is not the actor's to manage, or no longer open.
    """
    actor.require("people.manage")
    email, client_id = await _load(actor, invitation_id)
    await sql(
        "update invitations set withdrawn_at = $3, token_hash = null where agency_id = $1 and id = $2",
        actor.agency_id,
        invitation_id,
        now,
    )
    await record(actor, "invitation.withdrawn", "invitation", invitation_id, client_id=client_id)
    return email, client_id


async def _load(actor: Actor, invitation_id: UUID) -> tuple[str, UUID | None]:
    row = await sql_one(
        "select email, client_id from invitations where agency_id = $1 and id = $2 and accepted_at is null"
        " and withdrawn_at is null for no key update",
        actor.agency_id,
        invitation_id,
    )
    if row is None:
        raise NotFound
    return row["email"], row["client_id"]


async def _mail(actor: Actor, invitation_id: UUID) -> None:
    await enqueue("people.send_invitation", {"agency_id": actor.agency_id, "invitation_id": invitation_id})


async def _refuse_twice(actor: Actor, email: str, client_id: UUID | None, now: datetime) -> None:
    member = await sql_value(
        "select 1 from memberships m join users u on u.id = m.user_id where m.agency_id = $1 and u.email = $2"
        " and m.client_id is not distinct from $3 and m.ended_at is null",
        actor.agency_id, email, client_id,
    )  # fmt: skip
    if member:
        raise Refused(N_("This person is here already."), field="email", code="member")
    invited = await sql_value(
        "select 1 from invitations where agency_id = $1 and email = $2 and client_id is not distinct from $3"
        " and accepted_at is null and withdrawn_at is null and expires_at > $4",
        actor.agency_id, email, client_id, now,
    )  # fmt: skip
    if invited:
        raise Refused(
            N_("This person is invited already. You can send the mail again below."), field="email", code="invited"
        )


async def make_link(actor: Actor, invitation_id: UUID) -> str | None:
    """A fresh token for the link of an open invitation; None when it was answered or withdrawn."""
    token = new_token()
    kept = await sql_value(
        "update invitations set token_hash = $3 where agency_id = $1 and id = $2 and accepted_at is null"
        " and withdrawn_at is null returning id",
        actor.agency_id, invitation_id, token_hash(token),
    )  # fmt: skip
    return token if kept else None


async def open_offer(token: str, now: datetime) -> Offer:
    """What a link offers. Changes nothing, so that a mail scanner that follows links uses nothing up.

    Raises:
        NotFound: the link is unknown, used, withdrawn or too old.
    """
    row = await sql_one("select * from open_invitation($1, $2)", token_hash(token), now)
    if row is None:
        raise NotFound
    return Offer(
        email=row["email"],
        role=Role(row["role"]),
        language=row["language"],
        agency_id=row["agency_id"],
        agency_name=row["agency_name"],
        client_name=row["client_name"] or "",
        is_known=row["user_id"] is not None,
    )


def check_newcomer(offered: Offer, name: str, password: str) -> None:
    """Whether a newcomer's name and password will do.

    Raises:
        Refused: one of them will not.
    """
    if not name:
        raise Refused(N_("Please fill this in."), field="name", code="missing")
    passwords.check_choice(password, [offered.agency_name, offered.client_name, offered.email, name])


async def accept(
    token: str,
    now: datetime,
    *,
    name: str | None = None,
    password_hash: str | None = None,
    time_zone: str | None = None,
    request_id: UUID | None = None,
) -> tuple[UUID, UUID]:
    """Use the link up and become a member: the user's and the membership's id.

    A stranger gives a name and the hash of a password, and without a ``time_zone`` keeps the client's or the agency's
    hours; somebody known must be the transaction's user already. Leaves the transaction in the scope of the user alone.

    Raises:
        NotFound: the link no longer holds, or is not for this user.
    """
    row = await sql_one(
        "select * from accept_invitation($1, $2, $3, $4, $5)", token_hash(token), name, password_hash, time_zone, now
    )
    if row is None:
        raise NotFound
    await _tell_accepted(row["user_id"], row["membership_id"], request_id)
    return row["user_id"], row["membership_id"]


async def _tell_accepted(user_id: UUID, membership_id: UUID, request_id: UUID | None) -> None:
    """Told here and not when they are let in: whoever still owes a code is a member already."""
    await enter(Scope(user_id=user_id))
    one = next(one for one in await own_memberships() if one.id == membership_id)
    name = await sql_value("select name from users where id = $1", user_id)
    await enter(as_job(one.agency_id))
    actor = Actor(
        kind="user",
        agency_id=one.agency_id,
        agency_name=one.agency_name,
        base_currency=one.base_currency,
        user_id=user_id,
        name=name,
        request_id=request_id,
    )
    await record(
        actor, "invitation.accepted", "membership", membership_id, client_id=one.client_id, facts={"role": one.role}
    )
    await enter(Scope(user_id=user_id))
