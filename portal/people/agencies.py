"""Agencies, as the operator adds and lists them.

The operator's commands act in a scope of their own, which sees no tenant's rows: only the functions made for it answer.
"""

import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from asyncpg import UniqueViolationError

from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.money import exponent
from portal.pages.text import N_
from portal.people.actor import Actor, system
from portal.people.profile import time_zones
from portal.people.tables import Language
from portal.tenancy.database import Scope, enter, savepoint, sql, sql_value, transaction

OPERATOR: Final = Scope(kind="operator")
"""Whoever runs the installation: adds agencies, sees no agency's data."""

_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """A tenant, as the operator sees it."""

    id: UUID
    slug: str
    name: str
    language: str
    time_zone: str
    base_currency: str
    is_sample: bool

    @property
    def actor(self) -> Actor:
        """The portal itself, acting for the agency."""
        return system(self.id, self.name, self.base_currency, self.time_zone)


async def add_agency(
    *,
    slug: str,
    name: str,
    language: str = "en",
    time_zone: str = "UTC",
    base_currency: str = "EUR",
    is_sample: bool = False,
) -> Agency:
    """The operator's command: add an agency. Opens its own transaction.

    Raises:
        Refused: the slug is taken or is none, or a language, a time zone or a currency does not exist.
    """
    async with transaction(OPERATOR):
        return await found(
            slug=slug,
            name=name,
            language=language,
            time_zone=time_zone,
            base_currency=base_currency,
            is_sample=is_sample,
        )


async def found(
    *, slug: str, name: str, language: str, time_zone: str, base_currency: str, is_sample: bool = False
) -> Agency:
    """Found an agency, with everything it begins with. Leaves the transaction in the scope of a job of it.

    Raises:
        Refused: the slug is taken or is none, or a language, a time zone or a currency does not exist.
    """
    _check(slug, name, language, time_zone, base_currency)
    await enter(OPERATOR)
    try:
        async with savepoint():
            agency_id: UUID = await sql_value(
                "select found_agency($1, $2, $3, $4, $5, $6, $7)",
                slug, name, language, time_zone, base_currency, is_sample, clock.now(),
            )  # fmt: skip
    except UniqueViolationError:
        raise Refused(N_("There is an agency %(slug)s already."), field="slug", code="taken", slug=slug) from None
    agency = Agency(
        id=agency_id, slug=slug, name=name, language=language, time_zone=time_zone, base_currency=base_currency,
        is_sample=is_sample,
    )  # fmt: skip
    await enter(agency.actor.scope)
    await record(agency.actor, "agency.founded", "agency", agency_id, facts={"slug": slug, "name": name})
    return agency


def _check(slug: str, name: str, language: str, time_zone: str, base_currency: str) -> None:
    if not _SLUG.fullmatch(slug) or len(slug) > 60:
        raise Refused(N_("A slug is lower-case letters, digits and single hyphens."), field="slug", code="bad_slug")
    if not name.strip() or len(name) > 120:
        raise Refused(N_("A name of 1 to 120 characters."), field="name", code="bad_name")
    if language not in set(Language):
        raise Refused(N_("The languages are en and zh-Hans."), field="language", code="bad_language")
    if time_zone not in time_zones():
        raise Refused(N_("A time zone is a place like Europe/Berlin, or UTC."), field="time_zone", code="bad_time_zone")
    try:
        exponent(base_currency)
    except (KeyError, ValueError):
        raise Refused(N_("This is not a currency."), field="base_currency", code="bad_currency") from None


async def list_agencies() -> list[Agency]:
    """The operator's command: the agencies by slug. Opens its own transaction."""
    async with transaction(OPERATOR, read_only=True):
        return await _all()


async def find_agency(slug: str) -> Agency:
    """The agency with a slug, in the operator's scope.

    Raises:
        NotFound: there is none.
    """
    for agency in await _all():
        if agency.slug == slug:
            return agency
    raise NotFound(f"There is no agency {slug}.")


async def agency_of_client(client_id: UUID) -> UUID:
    """Which agency a client is of, in the operator's scope.

    Raises:
        NotFound: there is no such client.
    """
    agency_id: UUID | None = await sql_value("select agency_of_client($1)", client_id)
    if agency_id is None:
        raise NotFound(f"There is no client {client_id}.")
    return agency_id


async def _all() -> list[Agency]:
    return [Agency(**row) for row in await sql("select * from all_agencies()")]


def client_id_of(text: str | UUID) -> UUID:
    """A client's id as it was typed.

    Raises:
        NotFound: it is no id.
    """
    try:
        return UUID(str(text))
    except ValueError:
        raise NotFound(f"There is no client {text}.") from None
