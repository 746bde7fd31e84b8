"""What an agency's owner decides about it: name, letterhead, time zone, language, currency, how money is
approved, how long documents are kept, whether receipts are mailed.
"""

from dataclasses import asdict, dataclass
from typing import Final

from portal import clock
from portal.audit.record import record
from portal.editing import ChangedMeanwhile, changed_fields, latest_change
from portal.errors import NotFound, Refused
from portal.jobs import enqueue
from portal.money import is_currency
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.profile import time_zones
from portal.people.tables import Language
from portal.tenancy.database import sql, sql_one, sql_value

CHANGED: Final = "agency.changed"
RETENTION_YEARS: Final = range(1, 31)
UNFINISHED_DAYS: Final = range(7, 366)
LONGEST: Final = {"name": 120, "address": 500, "licence": 300, "complaints": 500, "privacy": 1000, "vat_number": 40}


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencySettings:
    """An agency as its owner edits it. Address and licence are in lines, as on letters and statements."""

    name: str
    address: str = ""
    licence: str = ""
    complaints: str = ""
    """Where debtors complain: shown on their page, in lines."""
    privacy: str = ""
    """What debtors are told of their data, or the address where that stands."""
    vat_number: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    base_currency: str = "EUR"
    password_approves_money: bool = True
    retention_years: int = 6
    """So long after a case has closed its documents are kept."""
    unfinished_days: int = 90
    """So long a placement or draft that is not handed over is kept for whoever began it."""
    send_receipts: bool = True
    """Whether debtors are mailed a receipt of each payment."""


async def load_settings(actor: Actor, *, lock: bool = False) -> AgencySettings:
    """The settings of the actor's agency; ``lock`` holds them until the transaction ends, and reads them after that.

    Raises:
        NotFound: the agency is gone.
    """
    if lock:
        await sql("select from agencies where id = $1 for no key update", actor.agency_id)
    row = await sql_one(
        f"select {', '.join(AgencySettings.__dataclass_fields__)} from agencies where id = $1",  # noqa: S608 - own names
        actor.agency_id,
    )
    if row is None:
        raise NotFound
    return AgencySettings(**row)


async def currency_is_fixed(actor: Actor) -> bool:
    """Whether the base currency can no longer be changed.

    The smallest sums that are paid out to clients are kept in it, and the queue compares balances in it: with the first
    client it stands in figures that nobody would convert.
    """
    return bool(await sql_value("select exists (select from clients where agency_id = $1)", actor.agency_id))


async def change_settings(actor: Actor, wanted: AgencySettings, seen: AgencySettings) -> None:
    """Keep an agency's settings, which were ``seen`` when the change began. Approved statements keep their letterhead.

    Raises:
        ChangedMeanwhile: they were other ones by then.
        Refused: something will not do, with its field.
    """
    actor.require("agency.manage")
    _check(wanted, seen)
    before = await load_settings(actor, lock=True)
    if before != seen:
        raise ChangedMeanwhile(before, await latest_change(actor, CHANGED, "agency", actor.agency_id))
    old, new = asdict(before), asdict(wanted)
    changed = changed_fields(old, new)
    if not changed:
        return
    if "base_currency" in changed:
        await _check_currency_may_change(actor)
    assignments = ", ".join(f"{name} = ${place}" for place, name in enumerate(changed, start=2))
    await sql(
        f"update agencies set {assignments} where id = $1",  # noqa: S608 - own column names
        *(actor.agency_id, *(new[name] for name in changed)),
    )
    plain = [name for name in changed if name != "address"]
    await record(
        actor, CHANGED, "agency", actor.agency_id,
        before={name: old[name] for name in plain}, after={name: new[name] for name in plain},
        personal={"address_before": before.address, "address": wanted.address} if "address" in changed else None,
    )  # fmt: skip
    if "time_zone" in changed:
        # Midnight of the new zone may have passed already: whatever a new day brings must not wait for the next one.
        day = clock.today(wanted.time_zone).isoformat()
        await enqueue("agencies.begin_day", {"agency_id": actor.agency_id, "day": day})


def _check(wanted: AgencySettings, seen: AgencySettings) -> None:
    if not wanted.name or len(wanted.name) > LONGEST["name"] or not wanted.name.isprintable():
        raise Refused(N_("A name of 1 to 120 characters."), field="name", code="bad_name")
    for name, limit in LONGEST.items():
        if len(getattr(wanted, name)) > limit:
            raise Refused(N_("At most %(limit)s characters."), field=name, code="too_long", limit=limit)
    if wanted.language not in set(Language):
        raise Refused(N_("Please choose a language."), field="language", code="bad_language")
    if wanted.time_zone != seen.time_zone and wanted.time_zone not in time_zones():
        raise Refused(N_("Please choose a time zone."), field="time_zone", code="bad_time_zone")
    if wanted.base_currency != seen.base_currency and not is_currency(wanted.base_currency):
        raise Refused(N_("This is not a currency."), field="base_currency", code="bad_currency")
    if wanted.retention_years not in RETENTION_YEARS:
        raise Refused(N_("A whole number from 1 to 30."), field="retention_years", code="bad_years")
    if wanted.unfinished_days not in UNFINISHED_DAYS:
        raise Refused(N_("A whole number from 7 to 365."), field="unfinished_days", code="bad_days")


async def _check_currency_may_change(actor: Actor) -> None:
    # Whoever takes on a client holds the same lock: its smallest sums are written in the one currency or the other.
    await sql("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"clients of {actor.agency_id}")
    if await currency_is_fixed(actor):
        raise Refused(
            N_("There are clients already: amounts are kept in this currency."), field="base_currency", code="fixed"
        )
