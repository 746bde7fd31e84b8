"""A batch: documents sent at once, each with what is known of it so far. Found, listed and counted for an actor."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import asyncpg

from cases.documents.words import REFUSALS
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.pages.formats import listed
from portal.pages.text import N_, Text, say
from portal.people.actor import Actor
from portal.storage import store
from portal.storage.sniff import ZIP, type_of_name
from portal.tenancy.database import sql, sql_one

PAGE: Final = 100
KEPT: Final = timedelta(days=30)
"""What nobody decided on is kept so long."""


class State(StrEnum):
    """How far a file of a batch is."""

    AWAITED = "awaited"
    """Announced, and not here yet, or not whole."""
    ARRIVED = "arrived"
    """In quarantine: its case is to be decided."""
    UNPACKING = "unpacking"
    """An archive that arrived and is being opened."""
    UNPACKED = "unpacked"
    """An archive whose files stand beside it."""
    FILING = "filing"
    """Becoming a document of its case."""
    FILED = "filed"
    """A document of its case, which may yet have been refused when it was looked at."""
    REFUSED = "refused"
    """Not taken, with the reason."""
    DROPPED = "dropped"
    """Taken out by a person, or never decided on."""


BATCH_REFUSALS: Final[Mapping[str, str]] = {
    **REFUSALS,
    "case_closed": N_("The case is closed."),
    "no_case": N_("The case is not there any more."),
    "nested": N_("An archive in an archive is not opened."),
    "encrypted": N_("It is locked with a password."),
    "link": N_("It is a link, not a file."),
    "damaged": N_("It is damaged and could not be read."),
    "overlapping": N_("The archive is built in a way that is not safe to open."),
    "too_many": N_("The archive holds too many files."),
}
"""Why a file was not taken, by the code that is kept with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch as the domain functions handle it."""

    id: UUID
    agency_id: UUID
    client_id: UUID
    placement_id: UUID | None
    created_by: UUID | None
    created_by_name: str
    created_at: datetime
    filed_by: UUID | None
    filed_by_name: str
    filed_as: str
    filed_at: datetime | None


BATCH_COLUMNS: Final = ", ".join(Batch.__slots__)
ONE_BATCH: Final = f"select {BATCH_COLUMNS} from document_batches where agency_id = $1 and id = $2"  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFile:
    """A file of a batch. ``match`` says by what its case was found; the case's own facts stand beside where it has one."""

    id: UUID
    agency_id: UUID
    client_id: UUID
    batch_id: UUID
    path: str
    size_bytes: int
    fingerprint: str
    upload_id: str | None
    state: State
    refusal: str
    case_id: UUID | None
    kind: str
    match: Mapping[str, Any]
    unpacked_from: UUID | None
    case_number: str | None = None
    debtor_name: str | None = None
    document_state: str | None = None
    document_refusal: str | None = None

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rsplit("/", 1)[-1]

    @property
    def folder(self) -> str:
        """What stands before the name."""
        return self.path.rpartition("/")[0]

    @property
    def key(self) -> str:
        """Where it arrives: where the document of the same id is looked for."""
        return store.quarantine_key(self.agency_id, "documents", self.id)

    @property
    def content_type(self) -> str:
        """The type its name promises. Raises Refused: files of this name are not taken."""
        return type_of_name(self.name).content_type

    @property
    def is_archive(self) -> bool:
        """To be unpacked: what lies in an archive is no archive itself."""
        return self.name.lower().endswith(ZIP.endings) and self.unpacked_from is None

    @property
    def problem(self) -> Text | None:
        """Why it is not taken, or cannot be filed as it stands."""
        code = self.document_refusal or self.refusal
        return say(BATCH_REFUSALS.get(code, N_("The file was refused."))) if code else None

    @property
    def reason(self) -> Text | None:
        """Why this case, or which could be meant."""
        by, word = self.match.get("by"), self.match.get("word", "")
        if self.match.get("cases"):
            numbers = listed(one["number"] for one in self.match["cases"])
            return say(N_("“%(word)s” may mean %(cases)s."), word=word, cases=numbers)
        return say(REASONS[by], word=word, number=self.match.get("number", "")) if by in REASONS else None


REASONS: Final[Mapping[object, str]] = {
    "reference": N_("“%(word)s” is the reference of case %(number)s."),
    "invoice": N_("“%(word)s” is an invoice of case %(number)s."),
    "number": N_("“%(word)s” is the number of the case."),
    "chosen": N_("Chosen by %(word)s."),
    "closed": N_("“%(word)s” belongs to case %(number)s, which is closed."),
}
"""By what a case was found."""

FILE_COLUMNS: Final = ", ".join(
    f"f.{name}"
    for name in BatchFile.__slots__
    if name not in ("case_number", "debtor_name", "document_state", "document_refusal")
)
FILES: Final = f"""
select {FILE_COLUMNS}, c.number as case_number, c.debtor_name, d.state as document_state, d.refusal as document_refusal
from batch_files f
left join cases c on c.agency_id = f.agency_id and c.id = f.case_id
left join documents d on d.agency_id = f.agency_id and d.id = f.id
where f.agency_id = $1 and f.batch_id = $2
"""  # noqa: S608 - own column names


def batch_file(row: asyncpg.Record) -> BatchFile:
    """A file from a row of :data:`FILES`."""
    values = dict(row)
    return BatchFile(**{**values, "state": State(values["state"]), "match": json.loads(values["match"])})


async def open_batch(actor: Actor, client_id: UUID | None = None, placement_id: UUID | None = None) -> Batch:
    """Begin a batch of a client's documents; a client's people and keys need not say whose.

    Raises:
        NotFound: there is no such client or placement for the actor.
        Refused: the agency's person says no client.
    """
    actor.require("documents.submit")
    if placement_id is not None:
        row = await sql_one(
            "select client_id from placements where agency_id = $1 and id = $2", actor.agency_id, placement_id
        )
        if row is None:
            raise NotFound
        client_id = row["client_id"]
    client_id = actor.client_id or client_id
    if client_id is None:
        raise Refused(N_("Choose the client."), field="client", code="missing")
    if await sql_one("select from clients where agency_id = $1 and id = $2", actor.agency_id, client_id) is None:
        raise NotFound
    batch_id = new_id()
    await sql(
        "insert into document_batches (id, agency_id, client_id, placement_id, created_by, created_by_name, created_at)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        *(batch_id, actor.agency_id, client_id, placement_id, actor.user_id, actor.name, clock.now()),
    )
    await record(
        actor, "batch.opened", "document_batch", batch_id, client_id=client_id, facts={"placement": placement_id}
    )
    return await load_batch(actor, batch_id)


async def load_batch(actor: Actor, batch_id: UUID, *, lock: bool = False) -> Batch:
    """The batch, if the actor may see it.

    Raises:
        NotFound: it never existed, or it is another agency's or another client's.
    """
    actor.require("documents.read")
    row = await sql_one(ONE_BATCH + (" for no key update" if lock else ""), actor.agency_id, batch_id)
    if row is None:
        raise NotFound
    return Batch(**dict(row))


async def load_file(actor: Actor, batch_id: UUID, file_id: UUID) -> BatchFile:
    """One file of a batch.

    Raises:
        NotFound: it is not there for the actor.
    """
    actor.require("documents.read")
    row = await sql_one(FILES + " and f.id = $3", actor.agency_id, batch_id, file_id)
    if row is None:
        raise NotFound
    return batch_file(row)


TABS: Final[Mapping[str, tuple[State, ...]]] = {
    "arrived": (State.ARRIVED,),
    "awaited": (State.AWAITED,),
    "refused": (State.REFUSED,),
    "filed": (State.FILING, State.FILED),
}
"""What the page of a batch shows at a time. Archives that were opened and files taken out are not shown."""

Place = tuple[int, UUID]
FIRST: Final[Place] = (0, UUID(int=0))


async def files_of(actor: Actor, batch: Batch, tab: str, after: Place = FIRST, limit: int = PAGE) -> list[BatchFile]:
    """Files of a batch, those without a case first: the ``limit`` behind a place."""
    actor.require("documents.read")
    rows = await sql(
        FILES + " and f.state = any($3) and ((f.case_id is not null)::integer, f.id) > ($4, $5)"
        " order by (f.case_id is not null)::integer, f.id limit $6",
        *(actor.agency_id, batch.id, list(TABS[tab]), *after, limit),
    )
    return [batch_file(row) for row in rows]


def place_of(file: BatchFile) -> Place:
    """Where a file stands in its list."""
    return int(file.case_id is not None), file.id


COUNTS: Final = """
select state, count(*) as files, count(case_id) as with_case
from batch_files where agency_id = $1 and batch_id = $2 group by state
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many files of a batch are how far."""

    by_state: Mapping[str, int]
    ready: int
    """Arrived, and their case is known."""

    def of(self, *states: str) -> int:
        """How many are in one of the states."""
        return sum(self.by_state.get(state, 0) for state in states)


async def counts_of(actor: Actor, batch: Batch) -> Counts:
    """How far a batch is."""
    rows = await sql(COUNTS, actor.agency_id, batch.id)
    return Counts(
        {row["state"]: row["files"] for row in rows},
        sum(row["with_case"] for row in rows if row["state"] == State.ARRIVED),
    )


UNFINISHED: Final = f"""
select {", ".join(f"b.{name}" for name in Batch.__slots__)}, k.name as client_name, n.arrived, n.awaited
from document_batches b
join clients k on k.agency_id = b.agency_id and k.id = b.client_id
cross join lateral (
    select count(*) filter (where f.state = 'arrived') as arrived, count(*) filter (where f.state = 'awaited') as awaited
    from batch_files f where f.agency_id = b.agency_id and f.batch_id = b.id and f.state in ('arrived', 'awaited')
) n
where b.agency_id = $1 and ($2::uuid is null or b.client_id = $2) and b.created_at > $3 and n.arrived + n.awaited > 0
order by b.id desc limit 20
"""  # noqa: S608 - own column names


async def unfinished(actor: Actor) -> list[asyncpg.Record]:
    """The latest batches in which something still waits, for the actor's client or all of the agency's."""
    actor.require("documents.submit")
    return await sql(UNFINISHED, actor.agency_id, actor.client_id, clock.now() - KEPT)
