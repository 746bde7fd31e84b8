"""Clients: the creditor companies an agency works for, and the terms that are no fee."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

import asyncpg

from cases.intake.proposals import COUNTRIES
from cases.remittance_terms import FIELDS, Bearer, PayingOut, RemittanceCycle, RemittanceMethod, begin, check_paying_out
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agencies import OPERATOR, find_agency
from portal.people.agency_time import agency_day
from portal.people.profile import time_zones
from portal.people.tables import Language
from portal.tenancy.database import enter, sql, sql_one, sql_value, transaction

PAGE: Final = 50


class VatTreatment(StrEnum):
    """How the agency's fees are taxed for a client."""

    STANDARD = "standard"
    """VAT at a rate."""
    REVERSE_CHARGE = "reverse_charge"
    """None: the client accounts for it."""
    EXEMPT = "exempt"
    """None: the service is exempt."""
    OUTSIDE = "outside"
    """None: outside the scope of VAT."""


ALLOCATIONS: Final = ("costs,interest,principal", "principal,interest,costs", "interest,costs,principal", "pro_rata")
"""The orders of using up a payment that can be chosen."""


DAYS: Final = ("terms_days", "recall_exclusivity_days", "recall_pending_days", "recall_fee_days")
LONGEST_DAYS: Final = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientTerms:
    """A client and those of its terms that hold at once. ``remittance_floor_minor`` is in the agency's base currency."""

    name: str
    country: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    address: str = ""
    vat_number: str = ""
    vat_treatment: str = VatTreatment.OUTSIDE
    vat_rate: Decimal = Decimal(0)
    terms_days: int = 30
    remittance_floor_minor: int = 1000
    allocation: str = ALLOCATIONS[0]
    costs_first: bool = True
    """What a payment pays on costs repays those that the agency advanced before all others."""
    costs_at_close: bool = False
    """What the agency advanced and nobody repaid is invoiced when the case closes; else finance says when."""
    recall_exclusivity_days: int = 90
    recall_pending_days: int = 10
    recall_fee_days: int = 30
    debtor_sees: str = ""
    """Kinds of documents that its debtors see on their page, comma-separated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(ClientTerms):
    """A client and all its terms, as the owner enters them: also how it is paid (`cases.remittance_terms`)."""

    remittance_method: str = RemittanceMethod.NET
    remittance_cycle: str = RemittanceCycle.MONTHLY
    payout_currencies: str = ""
    exchange_gain: str = Bearer.CLIENT
    exchange_loss: str = Bearer.AGENCY

    @property
    def paying_out(self) -> PayingOut:
        """How it is paid."""
        return PayingOut(**{name: getattr(self, name) for name in FIELDS})


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFile(ClientTerms):
    """A client as it is kept. How it is paid is kept in versions."""

    id: UUID
    agency_id: UUID
    statement_prefix: str


@dataclass(frozen=True, slots=True)
class AddedClient:
    """What the operator's command answers."""

    id: UUID


@dataclass(frozen=True, slots=True)
class ClientLine:
    """A client in the list, how it is paid today, and how many of its cases are open."""

    id: UUID
    name: str
    country: str
    language: str
    remittance_method: str
    remittance_cycle: str
    vat_treatment: str
    vat_rate: Decimal
    open_cases: int


async def add_client(*, agency: str, name: str) -> AddedClient:
    """The operator's command: add a client, with usual terms, to an agency by its slug. Opens its own transaction.

    Raises:
        NotFound: there is no such agency.
        Refused: there is a client of this name.
    """
    async with transaction(OPERATOR):
        found = await find_agency(agency)
        await enter(found.actor.scope)
        terms = Terms(name=name.strip(), language=found.language, time_zone=found.time_zone)
        return AddedClient(await take_on(found.actor, terms))


async def take_on(actor: Actor, terms: Terms) -> UUID:
    """Begin to work for a client.

    Raises:
        Refused: something about the terms will not do, or there is a client of this name.
    """
    actor.require("clients.manage")
    check(terms)
    await lock_clients(actor)
    await check_name_is_free(actor, terms.name)
    client_id = new_id()
    at_once = {name: value for name, value in asdict(terms).items() if name not in FIELDS}
    columns = {**at_once, "statement_prefix": await _free_prefix(actor, terms.name), "created_at": clock.now()}
    places = ", ".join(f"${place}" for place in range(3, len(columns) + 3))
    await sql(
        f"insert into clients (id, agency_id, {', '.join(columns)}) values ($1, $2, {places})",  # noqa: S608 - own column names
        *(client_id, actor.agency_id, *columns.values()),
    )
    await begin(actor, client_id, terms.paying_out)
    kept = {key: value for key, value in asdict(terms).items() if key != "address"}
    personal = {"address": terms.address} if terms.address else None
    await record(
        actor, "client.added", "client", client_id, client_id=client_id,
        facts={"currency": actor.base_currency}, after=kept, personal=personal,
    )  # fmt: skip
    return client_id


async def lock_clients(actor: Actor) -> None:
    """Two who write clients of one agency wait here, so that neither takes the other's name or prefix."""
    await sql("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"clients of {actor.agency_id}")


async def check_name_is_free(actor: Actor, name: str, client_id: UUID | None = None) -> None:
    """Whether a client, a new one without ``client_id``, may be called so.

    Raises:
        Refused: another one is.
    """
    taken = await sql_value(
        "select true from clients where agency_id = $1 and lower(name) = lower($2) and id is distinct from $3",
        *(actor.agency_id, name, client_id),
    )
    if taken:
        raise Refused(N_("There is a client of this name already."), field="name", code="taken")


def check(terms: Terms, before: ClientTerms | None = None) -> None:
    """Look over a client's terms. A time zone or country that was kept ``before`` may stay.

    Raises:
        Refused: the first thing that will not do, with its field.
    """
    known: Sequence[tuple[str, bool]] = (
        ("country", terms.country in ("", before.country if before else "") or terms.country in COUNTRIES),
        ("language", terms.language in set(Language)),
        ("time_zone", terms.time_zone in time_zones() or (before is not None and terms.time_zone == before.time_zone)),
        ("vat_treatment", terms.vat_treatment in set(VatTreatment)),
        ("allocation", terms.allocation in ALLOCATIONS),
    )
    if not terms.name or len(terms.name) > 120 or not terms.name.isprintable():
        raise Refused(N_("A name of 1 to 120 characters."), field="name", code="bad_name")
    for field, holds in known:
        if not holds:
            raise Refused(N_("Please choose one of the list."), field=field, code="unknown")
    check_paying_out(terms.paying_out)
    for field in DAYS:
        least = 1 if field == "recall_pending_days" else 0
        if not least <= getattr(terms, field) <= LONGEST_DAYS:
            raise Refused(
                N_("Between %(least)s and %(most)s days."),
                field=field, code="out_of_range", least=least, most=LONGEST_DAYS,
            )  # fmt: skip
    if terms.remittance_floor_minor < 0:
        raise Refused(N_("An amount of zero or more."), field="floor", code="out_of_range")
    if not 0 <= terms.vat_rate < 1 or (terms.vat_treatment == VatTreatment.STANDARD) != (terms.vat_rate > 0):
        raise Refused(
            N_("A rate above zero where VAT is charged, and none otherwise."), field="vat_rate", code="bad_vat"
        )
    if terms.vat_rate != round(terms.vat_rate, 4):
        raise Refused(N_("A percentage has at most two decimals."), field="vat_rate", code="bad_vat")


async def _free_prefix(actor: Actor, name: str) -> str:
    """What the client's statement numbers begin with: its initials, and a number where they are taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    initials = "".join(word[0] for word in re.findall(r"[A-Za-z]+", plain))[:3].upper() or "C"
    rows = await sql("select statement_prefix from clients where agency_id = $1", actor.agency_id)
    taken = {row["statement_prefix"] for row in rows}
    return next(prefix for n in range(len(taken) + 1) if (prefix := f"{initials}{n + 1 if n else ''}") not in taken)


async def load_client(actor: Actor, client_id: UUID, *, lock: bool = False) -> ClientFile:
    """A client of the actor's agency; for people of a client only their own. ``lock`` holds it, then reads it.

    Raises:
        NotFound: there is none.
    """
    if lock:
        await sql("select from clients where agency_id = $1 and id = $2 for no key update", actor.agency_id, client_id)
    row = await sql_one("select * from clients where agency_id = $1 and id = $2", actor.agency_id, client_id)
    if row is None:
        raise NotFound
    return ClientFile(**{name: row[name] for name in ClientFile.__dataclass_fields__})


LIST = """
select k.id, k.name, k.country, k.language, t.remittance_method, t.remittance_cycle, k.vat_treatment, k.vat_rate,
       (select count(*) from cases c where c.agency_id = k.agency_id and c.client_id = k.id and c.status <> 'closed')
           as open_cases
from clients k cross join lateral remittance_terms_of(k.agency_id, k.id, $5) t
where k.agency_id = $1 and (k.name, k.id) > ($2, $3) order by k.name, k.id limit $4
"""


async def list_clients(actor: Actor, after: tuple[str, UUID] | None = None) -> tuple[list[ClientLine], bool]:
    """One page of the agency's clients by name, and whether there are more behind it."""
    today = await agency_day(actor)
    rows = await sql(LIST, actor.agency_id, *(after or ("", UUID(int=0))), PAGE + 1, today)
    return [_line(row) for row in rows[:PAGE]], len(rows) > PAGE


def _line(row: asyncpg.Record) -> ClientLine:
    return ClientLine(**row)
