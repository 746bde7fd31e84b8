"""The cast. Two agencies that must never see each other, two clients of one that must not either, and an outsider."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import httpx

from portal.identity import new_id
from portal.people.actor import Actor
from portal.people.arrival import ABSOLUTE, new_token, token_hash
from portal.people.permissions import Role

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
PASSWORD = "a fair day for walking"

Visit = Callable[..., Awaitable[httpx.AsyncClient]]
"""What the fixture ``visit`` is: a browser for whom one names, with pages but without scripts."""


@dataclass(frozen=True, slots=True)
class Client:
    """A creditor company of the cast."""

    id: UUID
    agency_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency of the cast, with its queue."""

    id: UUID
    slug: str
    name: str
    language: str
    currency: str
    queue_id: UUID


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a role in an agency, or for a client of it. The outsider has none."""

    user_id: UUID
    email: str
    name: str
    agency: Agency | None = None
    role: Role | None = None
    client: Client | None = None
    membership_id: UUID | None = None
    language: str = "en"

    @property
    def actor(self) -> Actor:
        """The person as the domain functions take them."""
        assert self.agency is not None
        return Actor(
            kind="user",
            agency_id=self.agency.id,
            agency_name=self.agency.name,
            base_currency=self.agency.currency,
            role=self.role,
            user_id=self.user_id,
            name=self.name,
            email=self.email,
            client_id=self.client.id if self.client else None,
            client_name=self.client.name if self.client else "",
            membership_id=self.membership_id,
            language=self.language,
        )

    async def signed_in(self, connection: asyncpg.Connection) -> str:
        """Open a session for the person and return the cookie's token."""
        from portal import clock

        token = new_token()
        now = clock.now()
        await connection.execute(
            "insert into sessions (id, token_hash, user_id, membership_id, created_at, last_seen_at, expires_at)"
            " values ($1, $2, $3, $4, $5, $5, $6)",
            new_id(), token_hash(token), self.user_id, self.membership_id, now, now + ABSOLUTE,
        )  # fmt: skip
        return token


@dataclass
class Cast:
    """Everybody. ``nordkai`` is the agency most tests are about; ``huadong`` is the other one."""

    nordkai: Agency
    huadong: Agency
    brandt: Client
    lanting: Client
    """Brandt's sibling: another client of the same agency."""
    mingda: Client
    """A client of the other agency."""
    people: dict[str, Person] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        try:
            return self.__dict__["people"][name]  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError(name) from None


ROLES = {
    # Agency, role and client of each.
    "owner": ("nordkai", Role.OWNER, None),
    "manager": ("nordkai", Role.MANAGER, None),
    "negotiator": ("nordkai", Role.NEGOTIATOR, None),
    "second_negotiator": ("nordkai", Role.NEGOTIATOR, None),
    "finance": ("nordkai", Role.FINANCE, None),
    "second_finance": ("nordkai", Role.FINANCE, None),
    "auditor": ("nordkai", Role.AUDITOR, None),
    "brandt_admin": ("nordkai", Role.ADMIN, "brandt"),
    "brandt_submitter": ("nordkai", Role.SUBMITTER, "brandt"),
    "brandt_viewer": ("nordkai", Role.VIEWER, "brandt"),
    "lanting_admin": ("nordkai", Role.ADMIN, "lanting"),
    "lanting_submitter": ("nordkai", Role.SUBMITTER, "lanting"),
    "huadong_owner": ("huadong", Role.OWNER, None),
    "huadong_negotiator": ("huadong", Role.NEGOTIATOR, None),
    "huadong_finance": ("huadong", Role.FINANCE, None),
    "mingda_submitter": ("huadong", Role.SUBMITTER, "mingda"),
    "outsider": (None, None, None),
}


async def found(connection: asyncpg.Connection) -> Cast:
    """Write a fresh cast past the policies and return it. Ids and e-mails are new each time."""
    nordkai = _agency("Nordkai Inkasso", "en", "EUR")
    huadong = _agency("华东商账", "zh-Hans", "CNY")
    cast = Cast(
        nordkai=nordkai,
        huadong=huadong,
        brandt=Client(new_id(), nordkai.id, "Brandt & Söhne"),
        lanting=Client(new_id(), nordkai.id, "Suzhou Lanting Bearings"),
        mingda=Client(new_id(), huadong.id, "佛山明达"),
    )
    for name, (agency, role, client) in ROLES.items():
        cast.people[name] = _person(
            name, getattr(cast, agency) if agency else None, role, getattr(cast, client) if client else None
        )
    async with connection.transaction():
        await _write(connection, cast)
    return cast


def _agency(name: str, language: str, currency: str) -> Agency:
    agency_id = new_id()
    return Agency(agency_id, f"agency-{agency_id.hex[-12:]}", name, language, currency, queue_id=new_id())


def _person(name: str, agency: Agency | None, role: Role | None, client: Client | None) -> Person:
    user_id = new_id()
    email = f"{name}.{user_id.hex[-10:]}@example.com".lower()
    membership_id = None if agency is None else new_id()
    return Person(user_id, email, name.replace("_", " ").title(), agency, role, client, membership_id)


async def _write(connection: asyncpg.Connection, cast: Cast) -> None:
    """Each table in one statement: nearly every test founds a cast."""
    zones = {cast.nordkai.id: "Europe/Berlin", cast.huadong.id: "Asia/Shanghai"}
    agencies = (cast.nordkai, cast.huadong)
    await connection.execute(
        "insert into agencies (id, agency_id, slug, name, language, time_zone, base_currency, created_at)"
        " select id, id, slug, name, language, time_zone, base_currency, $7 from unnest($1::uuid[], $2::text[],"
        " $3::text[], $4::text[], $5::text[], $6::text[]) as a (id, slug, name, language, time_zone, base_currency)",
        *_columns([(one.id, one.slug, one.name, one.language, zones[one.id], one.currency) for one in agencies]),
        LONG_AGO,
    )
    await connection.execute(
        "insert into queues (id, agency_id, name, position)"
        " select id, agency_id, '', 1 from unnest($1::uuid[], $2::uuid[]) as q (id, agency_id)",
        *_columns([(one.queue_id, one.id) for one in agencies]),
    )
    await connection.execute(
        "insert into clients (id, agency_id, name, country, created_at)"
        " select id, agency_id, name, 'DE', $4 from unnest($1::uuid[], $2::uuid[], $3::text[]) as c (id, agency_id, name)",
        *_columns([(one.id, one.agency_id, one.name) for one in (cast.brandt, cast.lanting, cast.mingda)]),
        LONG_AGO,
    )
    await connection.execute(
        "insert into remittance_terms (id, agency_id, client_id, effective_from, agreed_at)"
        " select gen_random_uuid(), agency_id, id, '-infinity', $2 from clients where agency_id = any($1)",
        [one.id for one in agencies],
        LONG_AGO,
    )
    await _write_people(connection, list(cast.people.values()))


async def joined(
    connection: asyncpg.Connection, name: str, agency: Agency, role: Role, client: Client | None = None
) -> Person:
    """One person more of an agency's staff, or of a client's."""
    person = _person(name, agency, role, client)
    await _write_people(connection, [person])
    return person


async def _write_people(connection: asyncpg.Connection, people: Sequence[Person]) -> None:
    await connection.execute(
        "insert into users (id, email, name, password_hash, created_at)"
        " select id, email, name, $4, $5 from unnest($1::uuid[], $2::text[], $3::text[]) as u (id, email, name)",
        *_columns([(one.user_id, one.email, one.name) for one in people]),
        password_hash(),
        LONG_AGO,
    )
    members = [
        (one.membership_id, one.agency.id, one.user_id, one.client.id if one.client else None, one.role)
        for one in people
        if one.agency is not None
    ]
    await connection.execute(
        "insert into memberships (id, agency_id, user_id, client_id, role, created_at)"
        " select *, $6 from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[])",
        *_columns(members),
        LONG_AGO,
    )


def _columns(rows: Sequence[tuple[object, ...]]) -> Iterator[list[object]]:
    """Rows turned into the arrays that one statement takes."""
    return map(list, zip(*rows, strict=True))


_hashed: list[str] = []


def password_hash() -> str:
    """The hash of the cast's one password, made once and with little work: hundreds of approvals are proved by it.

    Logging in makes a hash of full strength of it, as of any that is outdated.
    """
    if not _hashed:
        from argon2 import PasswordHasher, Type

        hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1, type=Type.ID)
        _hashed.append(hasher.hash(PASSWORD))
    return _hashed[0]
