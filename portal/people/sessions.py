"""Sessions: begun with a new token, turned at every change of rights, ended for good.

The browser holds the token, the database its hash. A token that came from elsewhere opens nothing, and no request in
flight revives a session that has ended: `turn_session` and `touch_session` refuse, and a trigger stands behind them.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.errors import NotFound
from portal.identity import new_id
from portal.people.arrival import ABSOLUTE, new_token, token_hash
from portal.people.guards import SignInNeeded
from portal.tenancy.database import sql, sql_one, sql_value


@dataclass(frozen=True, slots=True)
class Sender:
    """Where a request came from, as far as it says."""

    address: str = ""
    user_agent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One of a person's own sign-ins, as their account page lists it."""

    id: UUID
    address: str
    device: str
    agency_name: str
    created_at: datetime
    last_seen_at: datetime
    is_this: bool


async def begin(
    membership_id: UUID | None, sender: Sender, now: datetime, second_factor_at: datetime | None = None
) -> str:
    """Begin a session of the transaction's user and return its token, which is kept nowhere else."""
    token = new_token()
    await sql(
        "select begin_session($1, $2, $3, $4, $5, $6, $7, $8)",
        new_id(), token_hash(token), membership_id, second_factor_at,
        sender.address[:100], sender.user_agent[:400], now, now + ABSOLUTE,
    )  # fmt: skip
    return token


async def turn(session_id: UUID, membership_id: UUID | None, second_factor_at: datetime | None) -> str:
    """Give the user's session a new token at a change of rights; the old one opens nothing from now on.

    Raises:
        SignInNeeded: the session has ended meanwhile.
    """
    token = new_token()
    turned = await sql_value(
        "select turn_session($1, $2, $3, $4)", session_id, token_hash(token), membership_id, second_factor_at
    )
    if not turned:
        raise SignInNeeded
    return token


async def turn_own(session_id: UUID, second_factor_at: datetime | None = None) -> str:
    """Give the session a new token, and perhaps a second factor; everything else stays as it is.

    Raises:
        SignInNeeded: the session has ended meanwhile.
    """
    row = await sql_one("select membership_id, second_factor_at from sessions where id = $1", session_id)
    if row is None:
        raise SignInNeeded
    return await turn(session_id, row["membership_id"], second_factor_at or row["second_factor_at"])


async def end(session_id: UUID, now: datetime) -> None:
    """End one of the user's own sessions.

    Raises:
        NotFound: it is not theirs, or has ended.
    """
    ended = await sql_value(
        "update sessions set ended_at = $2 where id = $1 and user_id = app_user() and ended_at is null returning id",
        session_id,
        now,
    )
    if ended is None:
        raise NotFound


async def end_others(session_id: UUID, now: datetime) -> int:
    """End the user's sessions other than this one; gives how many."""
    rows = await sql(
        "update sessions set ended_at = $2 where user_id = app_user() and id <> $1 and ended_at is null returning id",
        session_id,
        now,
    )
    return len(rows)


async def end_by_token(token: str, now: datetime) -> None:
    """End the session that a cookie opens, whoever's it is."""
    await sql("select end_session($1, $2)", token_hash(token), now)


async def own_sessions(session_id: UUID | None, now: datetime, idle_since: datetime) -> list[Session]:
    """The user's sessions that still hold, the one being used first."""
    rows = await sql(
        """
        select s.id, s.address, s.user_agent, s.created_at, s.last_seen_at, o.agency_name, o.client_name
        from sessions s left join own_memberships() o on o.membership_id = s.membership_id
        where s.user_id = app_user() and s.ended_at is null and s.expires_at > $1 and s.last_seen_at > $2
        order by s.id is not distinct from $3 desc, s.last_seen_at desc limit 100
        """,
        now,
        idle_since,
        session_id,
    )
    return [
        Session(
            id=row["id"],
            address=row["address"],
            device=device(row["user_agent"]),
            agency_name=row["client_name"] or row["agency_name"] or "",
            created_at=row["created_at"],
            last_seen_at=row["last_seen_at"],
            is_this=row["id"] == session_id,
        )
        for row in rows
    ]


# Browsers name those they descend from, so that the more particular stands first.
_BROWSERS = (
    ("MicroMessenger/", "WeChat"), ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("HeadlessChrome/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("HarmonyOS", "HarmonyOS"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def device(user_agent: str) -> str:
    """Browser and system that a user-agent line names, such as ``Firefox, Windows``; else its first word."""
    found = [next((name for mark, name in marks if mark in user_agent), "") for marks in (_BROWSERS, _SYSTEMS)]
    return ", ".join(part for part in found if part) or re.split(r"[\s/(;]", user_agent, maxsplit=1)[0][:40]
