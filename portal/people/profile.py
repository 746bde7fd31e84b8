"""A person's own account: name, language, time zone, colours, password."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cache
from uuid import UUID
from zoneinfo import available_timezones

from portal.audit.record import record
from portal.errors import Refused
from portal.pages.text import N_
from portal.people import passwords, sessions
from portal.people.actor import Actor
from portal.people.arrival import Visitor
from portal.people.second_factor import own_credentials
from portal.people.tables import Language, Theme
from portal.people.trail import own_memberships, tell_agencies
from portal.tenancy.database import enter, sql


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a person decides about how the portal looks to them."""

    name: str
    language: str
    time_zone: str
    theme: str


@cache
def time_zones() -> tuple[str, ...]:
    """The time zones to choose from: places, and UTC."""
    areas = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return ("UTC", *sorted(zone for zone in available_timezones() if zone.startswith(areas)))


def own_profile(actor: Actor) -> Profile:
    """The actor's profile as it is."""
    return Profile(name=actor.name, language=actor.language, time_zone=actor.time_zone, theme=actor.theme)


async def change_profile(actor: Actor, wanted: Profile) -> None:
    """Keep the actor's own profile.

    Raises:
        Refused: a name is missing, or a language, a time zone or a theme does not exist.
    """
    if not wanted.name or len(wanted.name) > 120:
        raise Refused(N_("A name of 1 to 120 characters."), field="name", code="bad_name")
    if wanted.language not in set(Language):
        raise Refused(N_("Please choose a language."), field="language", code="bad_language")
    if wanted.time_zone != actor.time_zone and wanted.time_zone not in time_zones():
        raise Refused(N_("Please choose a time zone."), field="time_zone", code="bad_time_zone")
    if wanted.theme not in set(Theme):
        raise Refused(N_("Please choose colours."), field="theme", code="bad_theme")
    before, after = asdict(own_profile(actor)), asdict(wanted)
    changed = [key for key in after if after[key] != before[key]]
    if not changed:
        return
    await sql(
        "update users set name = $2, language = $3, time_zone = $4, theme = $5 where id = $1",
        actor.user_id, wanted.name, wanted.language, wanted.time_zone, wanted.theme,
    )  # fmt: skip
    plain = [key for key in changed if key != "name"]
    await record(
        actor, "profile.changed", "user", actor.user_id,
        before={key: before[key] for key in plain}, after={key: after[key] for key in plain},
        personal={"name_before": before["name"], "name": after["name"]} if "name" in changed else None,
    )  # fmt: skip


async def prefer(visitor: Visitor, language: str | None, theme: str | None) -> None:
    """Keep a language or colours for a visitor, chosen in passing; None leaves one alone."""
    actor = visitor.actor
    if actor is not None:
        profile = own_profile(actor)
        await change_profile(
            actor, replace(profile, language=language or profile.language, theme=theme or profile.theme)
        )
    else:
        await sql(
            "update users set language = coalesce($2, language), theme = coalesce($3, theme) where id = $1",
            visitor.user_id, language, theme,
        )  # fmt: skip


async def check_own_password(password: str) -> bool:
    """Whether this is the password of the transaction's user."""
    return await passwords.is_right(password, (await own_credentials()).password_hash)


async def check_new_password(actor: Actor, new: str, repeated: str) -> None:
    """Whether a new password will do for the actor.

    Raises:
        Refused: it will not, or was not typed the same twice.
    """
    if new != repeated:
        raise Refused(N_("The two do not match."), field="repeated", code="mismatch")
    names = [name for one in await own_memberships() for name in (one.agency_name, one.client_name) if name]
    passwords.check_choice(new, [actor.email, actor.name, *names], field="new_password")


async def change_password(actor: Actor, new: str, now: datetime) -> str:
    """Keep a new password of the actor: their session gets a new token, which is returned, and all others end.

    Raises:
        SignInNeeded: the session has ended meanwhile.
    """
    await sql("select set_own_password($1)", await passwords.hash_password(new))
    return await credentials_changed(actor, "password.changed", now)


async def credentials_changed(
    actor: Actor, action: str, now: datetime, *, second_factor_at: datetime | None = None
) -> str:
    """After a change of what the actor proves themselves with: tell their agencies, turn their own session, whose new
    token is returned, and end all others.

    Raises:
        SignInNeeded: the session has ended meanwhile.
    """
    assert actor.user_id is not None and actor.session_id is not None
    token = await sessions.turn_own(actor.session_id, second_factor_at)
    await sessions.end_others(actor.session_id, now)
    await tell_agencies(actor.user_id, action, name=actor.name, request_id=actor.request_id)
    await enter(actor.scope)
    return token


async def end_session(actor: Actor, session_id: UUID, now: datetime) -> None:
    """End another of the actor's own sessions.

    Raises:
        NotFound: it is not theirs, or has ended.
    """
    await sessions.end(session_id, now)
    await record(actor, "session.ended", "session", session_id)


async def end_other_sessions(actor: Actor, now: datetime) -> int:
    """End all sessions of the actor but the one being used; gives how many."""
    assert actor.session_id is not None
    count = await sessions.end_others(actor.session_id, now)
    if count:
        await record(actor, "session.others_ended", "user", actor.user_id, facts={"count": count})
    return count
