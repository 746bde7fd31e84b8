"""Finding out who is there: the session cookie of a browser, the cookie of a debtor's page, or the bearer key of a
system.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from portal.people.actor import Actor
from portal.people.permissions import Role
from portal.tenancy.database import sql_one

IDLE = timedelta(hours=8)
"""A session unused for this long has ended."""
ABSOLUTE = timedelta(days=7)
"""However busy, a session ends after this."""
CLAIM_IDLE = timedelta(minutes=30)
"""A debtor's visit unused for this long has ended: telephones are lent and lie about."""


def new_token() -> str:
    """A secret of 256 random bits for a cookie, a link or a key."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What is kept of a token. A token is random, so that a plain SHA-256 is enough."""
    return hashlib.sha256(token.encode()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Someone whose session holds, though perhaps no agency has been chosen or the second factor is still due."""

    session_id: UUID
    user_id: UUID
    name: str
    email: str
    language: str
    time_zone: str
    theme: str
    last_seen_at: datetime
    second_factor_due: bool
    actor: Actor | None


async def by_session(token: str, now: datetime, request_id: UUID) -> Visitor | None:
    """The visitor whose cookie holds ``token``; None when it opens nothing."""
    row = await sql_one("select * from session_actor($1, $2, $3)", token_hash(token), now, IDLE)
    if row is None:
        return None
    due = row["totp_confirmed_at"] is not None and row["second_factor_at"] is None
    actor = None
    if row["membership_id"] is not None and not due:
        actor = Actor(
            kind="user",
            agency_id=row["agency_id"],
            agency_name=row["agency_name"],
            base_currency=row["base_currency"],
            role=Role(row["role"]),
            user_id=row["user_id"],
            name=row["name"],
            email=row["email"],
            client_id=row["client_id"],
            client_name=row["client_name"] or "",
            session_id=row["session_id"],
            membership_id=row["membership_id"],
            memberships=row["memberships"],
            language=row["language"],
            time_zone=row["time_zone"],
            theme=row["theme"],
            is_sample=row["is_sample"],
            second_factor=row["second_factor_at"] is not None,
            request_id=request_id,
        )
    return Visitor(
        session_id=row["session_id"],
        user_id=row["user_id"],
        name=row["name"],
        email=row["email"],
        language=row["language"],
        time_zone=row["time_zone"],
        theme=row["theme"],
        last_seen_at=row["last_seen_at"],
        second_factor_due=due,
        actor=actor,
    )


async def by_key(key: str, now: datetime, request_id: UUID) -> Actor | None:
    """The actor for whom a bearer key speaks; None for a key that is unknown, revoked or expired."""
    row = await sql_one("select * from api_key_actor($1, $2)", token_hash(key), now)
    if row is None:
        return None
    return Actor(
        kind="api_key",
        agency_id=row["agency_id"],
        agency_name=row["agency_name"],
        base_currency=row["base_currency"],
        role=Role.AGENCY_KEY if row["client_id"] is None else Role.CLIENT_KEY,
        user_id=row["key_id"],
        name=row["name"],
        client_id=row["client_id"],
        client_name=row["client_name"] or "",
        language=row["language"],
        time_zone=row["time_zone"],
        is_sample=row["is_sample"],
        request_id=request_id,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimVisit:
    """A debtor who has proved who they are, on the page of their case."""

    id: UUID
    link_id: UUID
    valid_until: datetime
    """When the private link ends."""
    last_seen_at: datetime
    actor: Actor


async def by_claim(token: str, now: datetime, request_id: UUID) -> ClaimVisit | None:
    """The debtor whose cookie holds ``token``; None when the visit or its link has ended."""
    row = await sql_one("select * from claim_actor($1, $2, $3)", token_hash(token), now, CLAIM_IDLE)
    if row is None:
        return None
    actor = Actor(
        kind="debtor",
        agency_id=row["agency_id"],
        agency_name=row["agency_name"],
        base_currency=row["base_currency"],
        role=Role.DEBTOR,
        name=row["debtor_name"],
        case_id=row["case_id"],
        language=row["language"],
        time_zone=row["time_zone"],
        is_sample=row["is_sample"],
        request_id=request_id,
    )
    return ClaimVisit(
        id=row["visit_id"],
        link_id=row["link_id"],
        valid_until=row["valid_until"],
        last_seen_at=row["last_seen_at"],
        actor=actor,
    )
