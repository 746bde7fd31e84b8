"""Asking the contact engine about a real case: the facts it needs, gathered from the tables."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from uuid import UUID

import asyncpg

from cases.casework import CaseFile
from cases.contact.decision import Decision
from cases.contact.engine import decide
from cases.contact.packs.company import RULES
from cases.contact.question import (
    Channel,
    DebtorClass,
    Direction,
    Dispute,
    Outcome,
    PastContact,
    Person,
    Purpose,
    Question,
    Representation,
    Rest,
    Stop,
)
from cases.contact.zones import places_of
from cases.debtor_links.groups import oldest_of_all
from cases.matching.groups import members_of
from cases.matching.names import read_name
from cases.pauses import REST_REASONS
from portal import clock
from portal.people.actor import Actor
from portal.tenancy.database import sql

LOOK_BACK = timedelta(days=30)
"""No shipped rule counts further back."""


@dataclass(frozen=True, slots=True)
class Point:
    """A number or address at which a person of the debtor can be reached."""

    id: UUID
    kind: str
    value: str
    source: str
    person_id: UUID | None


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at the debtor with the points that are theirs; ``person`` is None for the debtor's own."""

    person: Person | None
    position: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What the agency knows of one debtor that bears on contacting it."""

    debtor_id: UUID
    kind: str
    country: str
    region: str
    postal_code: str
    city: str
    represented_by: str
    contacts: tuple[Contact, ...]
    stops: tuple[Stop, ...]
    history: tuple[PastContact, ...]

    def first_point(self, kind: str) -> tuple[Contact, Point] | None:
        """Whom one would reach first: an authorised person's point, else the debtor's own, else anybody's."""
        found = [(contact, point) for contact in self.contacts for point in contact.points if point.kind == kind]
        return min(found, key=lambda pair: _likely(pair[0]), default=None)


def _likely(contact: Contact) -> int:
    if contact.person is None:
        return 1
    if contact.person.guarantor:
        return 4
    return 3 if contact.person.third_party else 0 if contact.person.authorised else 2


DEBTORS = """
select id, kind, country, region, postal_code, city, represented_by from debtors where agency_id = $1 and id = any($2)
"""
PEOPLE = """
select id, debtor_id, name, position, authorised, authorised_on, third_party, representative, guarantor
from debtor_people where agency_id = $1 and debtor_id = any($2) order by created_at, id
"""
POINTS = """
select id, debtor_id, person_id, kind, value, source from contact_points
where agency_id = $1 and debtor_id = any($2) and ($3::timestamptz is null or created_at < $3) order by created_at, id
"""
STOPS = """
select debtor_id, person_id, channels, since from contact_stops
where agency_id = $1 and debtor_id = any($2) and lifted_at is null
"""
HISTORY = """
select debtor_id, person_id, case_id, channel, direction, outcome, at from contact_attempts
where agency_id = $1 and debtor_id = any($2) and at > $3 order by at
"""
DISPUTES = """
select case_id, amount_minor, opened_at::date as since from disputes
where agency_id = $1 and case_id = any($2) and answered_at is null
"""


async def known(
    actor: Actor, debtor_ids: Iterable[UUID], now: datetime, *, points_before: datetime | None = None
) -> dict[UUID, Known]:
    """What is known of several debtors, in six queries however many they are.

    Contacts and stops are the debtor's, whatever client it was placed by and under whatever name: those of every debtor
    that it is known to be count (the rules speak of the debtor, not of a file). Whom to contact stays each file's own.
    ``points_before`` leaves out numbers and addresses that were entered from then on.
    """
    oldest = await oldest_of_all(actor, set(debtor_ids))
    ids = list(oldest)
    people = _by_debtor(await sql(PEOPLE, actor.agency_id, ids))
    points = _by_debtor(await sql(POINTS, actor.agency_id, ids, points_before))
    stops = _by_debtor(await sql(STOPS, actor.agency_id, ids))
    history = _by_debtor(await sql(HISTORY, actor.agency_id, ids, now - LOOK_BACK))
    debtors = {row["id"]: row for row in await sql(DEBTORS, actor.agency_id, ids)}
    linked = members_of(oldest)
    found = {}
    for debtor_id, row in debtors.items():
        names = linked[oldest[debtor_id]]
        here = _as_here(debtor_id, names, people)
        asked = [(stop, here.get(stop["person_id"])) for name in names for stop in stops[name]]
        past = sorted((each for name in names for each in history[name]), key=itemgetter("at"))
        lawyers = (debtors[name]["represented_by"] for name in names)
        found[debtor_id] = Known(
            **{name: row[name] for name in ("kind", "country", "region", "postal_code", "city")},
            debtor_id=debtor_id,
            represented_by=row["represented_by"] or next(filter(None, lawyers), ""),
            contacts=_contacts(people[debtor_id], points[debtor_id], asked),
            stops=tuple(_stop(stop) for stop, person_id in asked if _of_the_debtor(row, stop, person_id)),
            history=tuple(_past(each, here.get(each["person_id"])) for each in past),
        )
    return found


def _of_the_debtor(debtor: asyncpg.Record, stop: asyncpg.Record, person_id: UUID | None) -> bool:
    """Whether a stop holds for everybody at the debtor.

    What a person asked for is theirs; but who owes as a person and asked under another name, asked for themselves.
    """
    return stop["person_id"] is None or (debtor["kind"] == "person" and person_id is None)


def _as_here(
    debtor_id: UUID, names: Collection[UUID], people: Mapping[UUID, Sequence[asyncpg.Record]]
) -> dict[UUID | None, UUID]:
    """The people of all debtors that are one, each by the person of this debtor who is called the same."""
    own = {read_name(row["name"], "person").plain: row["id"] for row in people[debtor_id]}
    others = {
        row["id"]: own[called]
        for name in names
        for row in people[name]
        if (called := read_name(row["name"], "person").plain) in own
    }
    return {**others, **{row["id"]: row["id"] for row in people[debtor_id]}}


async def open_disputes(actor: Actor, case_ids: Iterable[UUID]) -> dict[UUID, tuple[Dispute, ...]]:
    """The unanswered disputes of several cases."""
    found: dict[UUID, list[Dispute]] = defaultdict(list)
    for row in await sql(DISPUTES, actor.agency_id, list(case_ids)):
        found[row["case_id"]].append(Dispute(since=row["since"], amount_minor=row["amount_minor"]))
    return {case_id: tuple(disputes) for case_id, disputes in found.items()}


def question(
    case: CaseFile,
    debtor: Known,
    disputes: Sequence[Dispute],
    now: datetime,
    channel: Channel,
    *,
    contact: Contact | None = None,
    point: Point | None = None,
    direction: Direction = Direction.OUTBOUND,
    purpose: Purpose = Purpose.COLLECTION,
) -> Question:
    """The engine's question about one case, person and channel at a moment."""
    phone = point.value if point is not None and point.kind == "phone" else ""
    return Question(
        now=now,
        channel=channel,
        direction=direction,
        debtor_class=DebtorClass.COMPANY if debtor.kind == "company" else DebtorClass.CONSUMER,
        places=places_of(
            debtor.country, region=debtor.region, postal_code=debtor.postal_code, city=debtor.city, phone=phone
        ),
        person=contact.person if contact is not None else None,
        case_id=str(case.id),
        history=debtor.history,
        disputes=tuple(disputes),
        purpose=purpose,
        recall_asked_on=case.recall_asked_on,
        agreement=case.agreement,
        rest=_rest(case),
        balance_minor=case.balance_minor,
        currency=case.currency,
        representation=Representation(debtor.represented_by) if debtor.represented_by else None,
        debtor_stops=debtor.stops,
    )


def _rest(case: CaseFile) -> Rest | None:
    """That the case is left alone by what was agreed or ordered; holding it by hand stops no contact."""
    if case.on_hold_until is None or case.hold_reason not in REST_REASONS:
        return None
    return Rest(case.on_hold_until, by_law=case.hold_reason == "stay")


async def check(
    actor: Actor,
    case: CaseFile,
    channel: Channel,
    point_id: UUID | None,
    *,
    direction: Direction = Direction.OUTBOUND,
    purpose: Purpose = Purpose.COLLECTION,
    points_before: datetime | None = None,
) -> tuple[Decision, Contact | None, Point | None]:
    """May the actor contact this point of the case's debtor now? With whom and what was asked about.

    Without ``point_id`` the likeliest point for the channel is meant; a point of another debtor counts as none.
    ``points_before`` knows only those that were entered before a moment.
    """
    now = clock.now()
    debtor = (await known(actor, [case.debtor_id], now, points_before=points_before))[case.debtor_id]
    contact, point = _chosen(debtor, channel, point_id)
    disputes = (await open_disputes(actor, [case.id])).get(case.id, ())
    asked = question(
        case, debtor, disputes, now, channel, contact=contact, point=point, direction=direction, purpose=purpose
    )
    return decide(asked, RULES), contact, point


def _chosen(debtor: Known, channel: Channel, point_id: UUID | None) -> tuple[Contact | None, Point | None]:
    for contact in debtor.contacts:
        for point in contact.points:
            if point.id == point_id:
                return contact, point
    first = debtor.first_point("email" if channel is Channel.EMAIL else "phone")
    return first if first is not None and point_id is None else (None, None)


def _by_debtor(rows: Sequence[asyncpg.Record]) -> defaultdict[UUID, list[asyncpg.Record]]:
    found: defaultdict[UUID, list[asyncpg.Record]] = defaultdict(list)
    for row in rows:
        found[row["debtor_id"]].append(row)
    return found


def _contacts(
    people: Sequence[asyncpg.Record],
    points: Sequence[asyncpg.Record],
    stops: Sequence[tuple[asyncpg.Record, UUID | None]],
) -> tuple[Contact, ...]:
    def points_of(person_id: UUID | None) -> tuple[Point, ...]:
        return tuple(
            Point(row["id"], row["kind"], row["value"], row["source"], row["person_id"])
            for row in points
            if row["person_id"] == person_id
        )

    found = [
        Contact(
            _person(row, [stop for stop, person_id in stops if person_id == row["id"]]),
            row["position"],
            points_of(row["id"]),
        )
        for row in people
    ]
    own = points_of(None)
    return (*found, Contact(None, "", own)) if own else tuple(found)


def _person(row: asyncpg.Record, stops: Sequence[asyncpg.Record]) -> Person:
    return Person(
        id=str(row["id"]),
        name=row["name"],
        authorised=row["authorised"],
        authorised_since=row["authorised_on"],
        third_party=row["third_party"],
        representative=row["representative"],
        guarantor=row["guarantor"],
        stops=tuple(_stop(stop) for stop in stops),
    )


def _stop(row: asyncpg.Record) -> Stop:
    channels = frozenset(Channel(name) for name in row["channels"].split(",") if name)
    return Stop(since=row["since"], channels=channels)


def _past(row: asyncpg.Record, person_id: UUID | None) -> PastContact:
    return PastContact(
        at=row["at"],
        channel=Channel(row["channel"]),
        direction=Direction(row["direction"]),
        outcome=Outcome(row["outcome"]),
        person_id=str(person_id or row["person_id"] or ""),
        case_id=str(row["case_id"]),
    )
