"""Signing in and out, and choosing for whom.

Unlike other domain functions those of signing in open transactions of their own: an attempt is counted and committed
before the password is looked at, and nothing is held while it is hashed.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.pages.text import N_
from portal.people import attempts, passwords, second_factor, sessions
from portal.people.arrival import Visitor, by_session
from portal.people.guards import SignInNeeded
from portal.people.sessions import Sender
from portal.people.tables import Purpose
from portal.people.trail import own_memberships, tell_agencies
from portal.tenancy.database import NOBODY, Scope, enter, sql, sql_one, sql_value, transaction


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that was opened or turned: the token for the cookie, and who it lets in."""

    token: str
    visitor: Visitor


@dataclass(frozen=True, slots=True)
class Proved:
    """Whose password it was, and what is kept of it: until a session begins on it, it may have been changed."""

    user_id: UUID
    password_hash: str


def wrong_password() -> Refused:
    """The one answer to everything that does not fit, so that nobody learns which part it was."""
    return Refused(N_("E-mail or password is wrong."), code="wrong_login")


async def log_in(
    email: str, password: str, sender: Sender, now: datetime, *, old_token: str | None = None, request_id: UUID
) -> Opened:
    """Sign a person in with a brand-new session; that of ``old_token``, which the browser brought, ends.

    Opens its own transactions.

    Raises:
        TooManyAttempts: the account or the address must wait.
        Refused: anything else is wrong, in the same words.
    """
    proved = await prove(email, password, sender, now)
    async with transaction(Scope(user_id=proved.user_id)):
        await hold(proved.password_hash)
        if old_token:
            await sessions.end_by_token(old_token, now)
        return await _open(sender, now, request_id)


async def prove(email: str, password: str, sender: Sender, now: datetime) -> Proved:
    """Whose e-mail and password these are. Opens its own transactions; the one that acts on it begins with `hold`.

    Raises:
        TooManyAttempts: the account or the address must wait.
        Refused: they do not belong together.
    """
    account = attempts.normal_email(email)
    async with transaction(NOBODY):
        attempt = await attempts.begin(Purpose.PASSWORD, account, sender.address, now)
        person = await sql_one("select * from person_by_email($1)", account)
    kept: str | None = person["password_hash"] if person else None
    right = await passwords.is_right(password, kept)
    if person is None or kept is None or not right:
        async with transaction(NOBODY):
            await attempts.tell_failure(attempt)
        raise wrong_password()
    renewed = await passwords.hash_password(password) if passwords.is_outdated(kept) else None
    user_id: UUID = person["user_id"]
    async with transaction(Scope(user_id=user_id)):
        await hold(kept)
        await attempts.succeeded(attempt)
        if renewed:
            await sql("select set_own_password($1)", renewed)
    return Proved(user_id, renewed or kept)


async def hold(password_hash: str) -> None:
    """Keep the password of the transaction's user as it was proved, until the transaction ends.

    Raises:
        Refused: it was changed while it was hashed.
    """
    if not await sql_value("select hold_own_password($1)", password_hash):
        raise wrong_password()


async def _open(sender: Sender, now: datetime, request_id: UUID) -> Opened:
    """Begin a session of the transaction's user, in the only agency there is to choose, if there is one."""
    memberships = await own_memberships()
    only = memberships[0].id if len(memberships) == 1 else None
    return await open_for(only, sender, now, request_id)


async def open_for(membership_id: UUID | None, sender: Sender, now: datetime, request_id: UUID) -> Opened:
    """Begin a session of the transaction's user for one of their memberships, or for none yet.

    Leaves the transaction in the scope of whoever was let in.
    """
    token = await sessions.begin(membership_id, sender, now)
    return await _welcome(token, now, request_id, "login.succeeded", sender)


async def pass_second_factor(
    token: str, code: str, sender: Sender, now: datetime, secret_key: str, *, request_id: UUID
) -> Opened:
    """Let a visitor whose password was right in with a code, under a new token. Opens its own transactions.

    Raises:
        SignInNeeded: the token opens no session.
        TooManyAttempts: too many codes were wrong.
        Refused: the code does not fit or was used before.
    """
    async with transaction(NOBODY):
        visitor = await by_session(token, now, request_id)
        if visitor is None:
            raise SignInNeeded
        attempt = await attempts.begin(Purpose.CODE, str(visitor.user_id), sender.address, now)
    async with transaction(Scope(user_id=visitor.user_id)):
        if not await second_factor.spend(visitor.user_id, code, now, secret_key):
            await attempts.tell_failure(attempt)
            opened = None
        else:
            await attempts.succeeded(attempt)
            membership_id = await sql_value("select membership_id from sessions where id = $1", visitor.session_id)
            turned = await sessions.turn(visitor.session_id, membership_id, now)
            opened = await _welcome(turned, now, request_id, "login.succeeded", sender)
    if opened is None:
        raise second_factor.wrong_code()
    return opened


async def choose(visitor: Visitor, membership_id: UUID, sender: Sender, now: datetime, request_id: UUID) -> Opened:
    """Act for another of one's agencies or clients from now on, under a new token.

    Raises:
        NotFound: the membership is not theirs, or has ended.
        SignInNeeded: the session has ended meanwhile.
    """
    await enter(Scope(user_id=visitor.user_id))
    if membership_id not in {one.id for one in await own_memberships()}:
        raise NotFound
    row = await sql_one("select second_factor_at from sessions where id = $1", visitor.session_id)
    if visitor.actor is not None:
        await enter(visitor.actor.scope)
        await record(visitor.actor, "agency.left", "session", visitor.session_id)
    token = await sessions.turn(visitor.session_id, membership_id, row["second_factor_at"] if row else None)
    return await _welcome(token, now, request_id, "agency.entered" if visitor.actor else "login.succeeded", sender)


async def log_out(visitor: Visitor, now: datetime) -> None:
    """End the visitor's session for good."""
    await sessions.end(visitor.session_id, now)
    if visitor.actor is not None:
        await record(visitor.actor, "session.ended", "session", visitor.session_id)


async def _welcome(token: str, now: datetime, request_id: UUID, action: str, sender: Sender) -> Opened:
    """Find out whom a token lets in, and tell the agency that they are here."""
    visitor = await by_session(token, now, request_id)
    if visitor is None:
        raise SignInNeeded
    if visitor.actor is not None:
        await enter(visitor.actor.scope)
        personal = {"address": sender.address, "device": sessions.device(sender.user_agent)}
        await record(visitor.actor, action, "session", visitor.session_id, personal=personal)
    return Opened(token, visitor)


async def tell_failed_attempt(attempt_id: UUID) -> None:
    """Tell the agencies of the account that an attempt was at; nobody when it is no account. Runs as a job."""
    row = await sql_one("select * from attempted_account($1)", attempt_id)
    if row is not None:
        action = "login.code_failed" if row["purpose"] == Purpose.CODE else "login.failed"
        facts = {"attempted_at": row["at"]}
        await tell_agencies(row["user_id"], action, kind="visitor", facts=facts, personal={"address": row["address"]})
