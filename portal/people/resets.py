"""A new password by e-mail, for whoever forgot theirs: asked for, mailed, used once within the hour.

The page answers the same for members and strangers and takes as long: who asked is found out by the job.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from portal.errors import NotFound
from portal.jobs import enqueue
from portal.people import attempts, passwords
from portal.people.arrival import new_token, token_hash
from portal.people.tables import Purpose
from portal.people.trail import tell_agencies
from portal.tenancy.database import sql_one, sql_value

LASTS: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ResetLetter:
    """To whom a link is mailed."""

    email: str
    name: str
    language: str
    token: str


@dataclass(frozen=True, slots=True)
class Reset:
    """Whose password an open link may set."""

    user_id: UUID
    email: str
    agencies: tuple[str, ...]


async def ask(email: str, address: str, now: datetime) -> None:
    """Ask for a link to be mailed, if the e-mail is anybody's.

    Raises:
        TooManyAttempts: it was asked for too often, for that e-mail or from that address.
    """
    attempt = await attempts.begin(Purpose.RESET, attempts.normal_email(email), address, now)
    await enqueue("people.send_reset", {"attempt_id": attempt})


async def make_link(attempt_id: UUID, now: datetime) -> ResetLetter | None:
    """A fresh link for the account that a reset was asked for; None when it is nobody's."""
    token = new_token()
    row = await sql_one("select * from begin_reset($1, $2, $3, $4)", attempt_id, token_hash(token), now, now + LASTS)
    return ResetLetter(row["email"], row["name"], row["language"], token) if row else None


async def open_reset(token: str, now: datetime) -> Reset:
    """Whose password a link may set. Changes nothing.

    Raises:
        NotFound: the link is unknown, used or too old.
    """
    row = await sql_one("select * from open_reset($1, $2)", token_hash(token), now)
    if row is None:
        raise NotFound
    return Reset(row["user_id"], row["email"], tuple(row["agencies"]))


def check_new(reset: Reset, password: str) -> None:
    """Whether the new password will do.

    Raises:
        Refused: it will not.
    """
    passwords.check_choice(password, [*reset.agencies, reset.email])


async def consume(token: str, password_hash: str, now: datetime, request_id: UUID) -> None:
    """Set the new password, use the link up and end every session of the user.

    Raises:
        NotFound: the link no longer holds.
    """
    user_id = await sql_value("select consume_reset($1, $2, $3)", token_hash(token), password_hash, now)
    if user_id is None:
        raise NotFound
    await tell_agencies(user_id, "password.reset", request_id=request_id)
