"""How a debtor wishes to be contacted, and on which ways not at all."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from cases.casework import tell
from cases.claim_page.overview import own_case
from cases.contact.question import Channel
from cases.contact.stops import stop_contact
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.pages.text import LANGUAGES, N_
from portal.people.actor import Actor
from portal.people.arrival import ClaimVisit
from portal.people.behalf import with_the_agencys_eyes
from portal.tenancy.database import sql, sql_one

CHANNELS: Final = {
    "": N_("Any way"),
    Channel.CALL.value: N_("By telephone"),
    Channel.EMAIL.value: N_("By e-mail"),
    Channel.LETTER.value: N_("By letter"),
}
STOPS: Final = {
    Channel.CALL.value: N_("Do not call me"),
    Channel.EMAIL.value: N_("Do not send me e-mail"),
    Channel.SMS.value: N_("Do not send me text messages"),
    Channel.VISIT.value: N_("Do not visit me"),
    Channel.LETTER.value: N_("Do not send me letters"),
}
LONGEST_HOURS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a debtor wishes to be contacted: on which way, when, and in which language."""

    channel: str
    hours: str
    language: str
    wished_at: datetime | None = None


async def wish_contact(actor: Actor, visit: ClaimVisit, wish: Wish, stops: Collection[str]) -> None:
    """Keep how the debtor wishes to be contacted, and hold everybody to the ``stops`` that are new.

    Raises:
        Refused: the way or the language is none, or it is one that is to be left alone.
    """
    actor.require("claim.answer")
    if wish.channel not in CHANNELS:
        raise Refused(N_("Please choose."), field="channel", code="missing")
    if wish.language not in LANGUAGES:
        raise Refused(N_("Please choose a language."), field="language", code="bad_language")
    if wish.channel and wish.channel in stops:
        raise Refused(N_("You asked us not to use this way."), field="channel", code="stopped")
    case, now = await own_case(actor), clock.now()
    await sql(
        "insert into contact_wishes (id, agency_id, client_id, case_id, channel, hours, language, wished_at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)",
        *(new_id(), actor.agency_id, case.client_id, case.id, wish.channel, wish.hours, wish.language, now),
    )
    await sql(
        "update claim_visits set language = $3 where agency_id = $1 and id = $2",
        *(actor.agency_id, visit.id, wish.language),
    )
    async with with_the_agencys_eyes(actor):
        await sql(
            "update debtors set language = $3 where agency_id = $1 and id = $2",
            *(actor.agency_id, case.debtor_id, wish.language),
        )
        facts = {"channel": wish.channel, "language": wish.language}
        await tell(
            actor, case, "contact.wished", "contact", {**facts, "hours": wish.hours}, client_sees=False
        )  # fmt: skip
        await record(
            actor, "contact.wished", "case", case.id, facts=facts, personal={"note": wish.hours} if wish.hours else None
        )
        new = {Channel(name) for name in stops if name in STOPS} - await stopped(actor, case.debtor_id)
        if new:
            await stop_contact(actor, case.id, None, new)


async def stops_of(actor: Actor) -> set[Channel]:
    """The ways on which the debtor is to be left alone, as far as it asked for everybody there."""
    case = await own_case(actor)
    async with with_the_agencys_eyes(actor):
        return await stopped(actor, case.debtor_id)


async def stopped(actor: Actor, debtor_id: UUID) -> set[Channel]:
    """The same, for whoever sees the agency's stops."""
    rows = await sql(
        "select channels from contact_stops"
        " where agency_id = $1 and debtor_id = $2 and person_id is null and lifted_at is null",
        *(actor.agency_id, debtor_id),
    )
    found: set[Channel] = set()
    for row in rows:
        found |= {Channel(name) for name in row["channels"].split(",") if name} or set(Channel)
    return found


async def latest_wish(actor: Actor, case_id: UUID) -> Wish | None:
    """What the debtor of a case wished last; for staff and the debtor.

    Raises:
        NotFound: a client asks.
    """
    if actor.client_id is not None:
        raise NotFound
    row = await sql_one(
        "select channel, hours, language, wished_at from contact_wishes"
        " where agency_id = $1 and case_id = $2 order by wished_at desc limit 1",
        *(actor.agency_id, case_id),
    )
    return Wish(**row) if row else None
