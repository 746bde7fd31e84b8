"""The list of cases for both kinds of people: keyset pages in any of its orders, narrowed by what the URL says.

Page 10,000 is found like page 1: a page begins behind the key of the last row of the one before, in an index that is
led by the agency, or by the agency and the client. Row-level security stands behind; the agency and client are named
all the same, so that the planner knows the size of what it reads. No order is one that the primary key could serve:
the planner would walk it through every other agency's cases.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from portal import clock
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_value

PAGE: Final = 50
COUNTED: Final = 1000
"""More than this are not counted, because nobody reads the number and the database would read them all."""


class Order(StrEnum):
    """What the list is sorted by. Every order ends with the id, so that no two cases share a place."""

    NEWEST = "newest"
    """The case placed last comes first."""
    AMOUNT = "amount"
    """The largest amount placed first, each currency by itself."""
    DAYS = "days"
    """The longest past due first."""
    NUMBER = "number"
    """By case number, rising."""


ORDER_TEXTS: Final = {
    Order.NEWEST: N_("Newest first"),
    Order.AMOUNT: N_("Largest amount placed"),
    Order.DAYS: N_("Longest past due"),
    Order.NUMBER: N_("Case number"),
}


@dataclass(frozen=True, slots=True)
class Key:
    """The columns of an order, their types as parameters, and whether they fall."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    falling: bool


KEYS: Final = {
    Order.NEWEST: Key(("c.placed_on", "c.id"), ("date", "uuid"), falling=True),
    Order.AMOUNT: Key(("c.currency", "c.placed_minor", "c.id"), ("text", "bigint", "uuid"), falling=True),
    Order.DAYS: Key(("c.oldest_due_on", "c.id"), ("date", "uuid"), falling=False),
    Order.NUMBER: Key(("c.number",), ("text",), falling=False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """What the list is narrowed to. ``client_id``, ``debtor_id`` and ``mine`` are for staff."""

    situation: str = ""
    status: str = ""
    """open, closed, or empty for both."""
    currency: str = ""
    client_id: UUID | None = None
    debtor_id: UUID | None = None
    mine: bool = False
    without_documents: bool = False
    """Only cases that have no released document."""


Place = tuple[object, ...]
"""The key of a row in an order: where a page begins or ends."""


@dataclass(frozen=True, slots=True)
class Line:
    """A case in the list. Amounts are minor units of ``currency``, ``days`` those past due, negative before."""

    id: UUID
    number: str
    reference: str
    situation: str
    debtor_name: str
    debtor_city: str
    debtor_country: str
    client_name: str
    currency: str
    balance_minor: int
    placed_minor: int
    placed_on: date
    oldest_due_on: date
    next_action: str | None
    next_action_at: datetime | None
    closed_at: datetime | None
    days: int

    @property
    def debtor_place(self) -> str:
        """City and country of the debtor."""
        return f"{self.debtor_city}, {self.debtor_country}" if self.debtor_city else self.debtor_country


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, and the places of the pages around them where there are any."""

    lines: Sequence[Line]
    previous: Place | None
    following: Place | None


FIELDS: Final = (
    "c.id, c.number, c.reference, c.situation, c.debtor_name, c.debtor_city, c.debtor_country, k.name as client_name,"
    " c.currency, c.balance_minor, c.placed_minor, c.placed_on, c.oldest_due_on, c.next_action,"
    " c.next_action_at, c.closed_at"
)
FROM: Final = "from cases c join clients k on k.agency_id = c.agency_id and k.id = c.client_id"


NO_DOCUMENT: Final = (
    "not exists (select from documents d where d.agency_id = c.agency_id and d.case_id = c.id and d.state = 'released')"
)
SAME_DEBTOR: Final = """c.debtor_id in (
    select coalesce(d.same_as, d.id) from debtors d where d.agency_id = $1 and d.id = {0}
    union all
    select o.id from debtors d join debtors o on o.agency_id = $1 and o.same_as = coalesce(d.same_as, d.id)
    where d.agency_id = $1 and d.id = {0})"""
"""Of a debtor, under whatever names it is known."""


async def list_cases(
    actor: Actor,
    narrowing: Narrowing,
    order: Order = Order.NEWEST,
    *,
    after: Place | None = None,
    before: Place | None = None,
    limit: int = PAGE,
) -> Page:
    """One page of the cases the actor may see: behind ``after``, or the one that ends in front of ``before``."""
    actor.require("cases.read")
    key = KEYS[order]
    where, values = _where(actor, narrowing)
    place = before or after
    if place is not None:
        where += (
            f" and ({', '.join(key.columns)}) {'<' if key.falling != bool(before) else '>'} ({_places(key, values)})"
        )
        values += place
    direction = "desc" if key.falling != bool(before) else "asc"
    ordering = ", ".join(f"{column} {direction}" for column in key.columns)
    query = f"select {FIELDS} {FROM} where {where} order by {ordering} limit {limit + 1}"
    found = await sql(query, *values)
    rows, more = found[:limit], len(found) > limit
    if before:
        rows.reverse()
    today = _today(actor)
    return Page(
        [_line(row, today) for row in rows],
        previous=_place(rows[0], key) if rows and (more if before else after is not None) else None,
        following=_place(rows[-1], key) if rows and (before is not None or more) else None,
    )


async def count_cases(actor: Actor, narrowing: Narrowing) -> int:
    """How many cases there are, up to :data:`COUNTED` + 1."""
    where, values = _where(actor, narrowing)
    query = f"select count(*) from (select from cases c where {where} limit {COUNTED + 1}) counted"  # noqa: S608
    return int(await sql_value(query, *values))


def _where(actor: Actor, narrowing: Narrowing) -> tuple[str, tuple[object, ...]]:
    """The condition with its values: only what is narrowed is named, so that each list gets its own plan."""
    conditions = ["c.agency_id = $1"]
    values: list[object] = [actor.agency_id]

    def also(condition: str, value: object) -> None:
        values.append(value)
        conditions.append(condition.format(f"${len(values)}"))

    client_id = actor.client_id or narrowing.client_id
    if client_id is not None:
        also("c.client_id = {}", client_id)
    if narrowing.situation:
        also("c.situation = {}", narrowing.situation)
    if narrowing.currency:
        also("c.currency = {}", narrowing.currency)
    if narrowing.status:
        conditions.append("c.status <> 'closed'" if narrowing.status == "open" else "c.status = 'closed'")
    if narrowing.without_documents:
        conditions.append(NO_DOCUMENT)
    if actor.is_staff and narrowing.debtor_id is not None:
        also(SAME_DEBTOR, narrowing.debtor_id)
    if actor.is_staff and narrowing.mine:
        also("c.next_action_user_id = {} and c.status <> 'closed'", actor.user_id)
    return " and ".join(conditions), tuple(values)


def _places(key: Key, values: tuple[object, ...]) -> str:
    return ", ".join(f"${len(values) + place}::{kind}" for place, kind in enumerate(key.types, start=1))


def _line(row: asyncpg.Record, today: date) -> Line:
    """A row of `FIELDS`, which stand in the order of a line's own: taken by name it would last three times as long."""
    return Line(*(*row, (today - row["oldest_due_on"]).days))


def _place(row: asyncpg.Record, key: Key) -> Place:
    return tuple(row[column.removeprefix("c.")] for column in key.columns)


def _today(actor: Actor) -> date:
    return clock.now().astimezone(ZoneInfo(actor.time_zone)).date()


async def currencies(actor: Actor) -> list[str]:
    """The currencies the actor's cases are in, found by skipping from one to the next in the index of amounts."""
    client = " and c.client_id = $2" if actor.client_id else ""
    query = f"""
with recursive found (currency) as (
    (select c.currency from cases c where c.agency_id = $1{client} order by c.currency limit 1)
    union all
    select (select c.currency from cases c where c.agency_id = $1{client} and c.currency > f.currency
            order by c.currency limit 1)
    from found f where f.currency is not null)
select currency from found where currency is not null
"""  # noqa: S608 - own words only
    rows = await sql(query, actor.agency_id, *([actor.client_id] if actor.client_id else []))
    return [row["currency"] for row in rows]
