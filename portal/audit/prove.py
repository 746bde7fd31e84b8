"""Proving an agency's trail: the chain is computed again from what is there now.

Found, with its place: an event, journal or seal that was changed, removed, put elsewhere or slipped in; personal
values that are not the ones the event tells of; a tail that was cut off; and what waits for a seal too long.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

import asyncpg

from portal.audit.heads import Head
from portal.pages.text import N_, Text, say
from portal.tenancy.database import sql, sql_one

NO_SEAL_BEFORE = bytes(32)
OVERDUE_SECONDS = 60
"""The sealer comes about each second; what waits longer than this is reported."""
SEALS_AT_ONCE = 100
MOST_FLAWS = 100
"""So many are listed; a broken chain need not be listed link by link."""

SEALS = """
select s.id, s.sequence, s.sealed_at, s.kinds, s.subject_ids, s.digests, s.previous_hash, s.hash,
       array(select sealed_digest(kind, subject)
             from unnest(s.kinds, s.subject_ids) with ordinality as covered (kind, subject, place) order by place) as found
from audit_seals s where s.agency_id = $1 and s.sequence > $2 order by s.sequence limit $3
"""

# What is in the trail and in no seal, nor waiting for one, came past the triggers or lost its place.
OUTSIDE = """
with told as (
    select 'event' as kind, id, at from audit_events where agency_id = $1
    union all select 'journal', id, posted_at from journals where agency_id = $1
), covered as (
    select c.kind, c.id from audit_seals s, unnest(s.kinds, s.subject_ids) as c (kind, id) where s.agency_id = $1
    union all select kind, subject_id from audit_unsealed where agency_id = $1
)
select t.kind, t.id, t.at from told t
where not exists (select from covered c where c.kind = t.kind and c.id = t.id) order by t.at limit $2
"""

TWICE = """
select c.kind, c.id, min(s.sequence) as first, max(s.sequence) as second
from audit_seals s, unnest(s.kinds, s.subject_ids) as c (kind, id) where s.agency_id = $1
group by c.kind, c.id having count(*) > 1 limit $2
"""

# An id carries the real moment at which its row was written, also while the portal's clock is held. While the database
# was down nobody could seal: only the time since it came up counts.
WAITING = """
select count(*) as waiting,
       count(*) filter (where greatest(uuid_extract_timestamp(id), pg_postmaster_start_time())
                              < clock_timestamp() - make_interval(secs => $2)) as overdue
from audit_unsealed where agency_id = $1
"""

PERSONAL = """
select p.event_id, p.name from audit_personal p left join audit_events e on e.agency_id = p.agency_id and e.id = p.event_id
where p.agency_id = $1 and p.value is not null
  and e.facts ->> p.name is distinct from 'sha256:' || encode(sha256(p.salt || convert_to(p.value, 'UTF8')), 'hex')
limit $2
"""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that is not as it was written, and where."""

    text: Text
    sequence: int | None = None
    """The seal at which it shows, if it shows at one."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was looked at, and what was found."""

    seals: int
    covered: int
    """Events and journals under a seal."""
    waiting: int
    """Events and journals that wait for one."""
    flaws: tuple[Flaw, ...]
    head: str
    """Hash of the last seal, hexadecimal; empty before the first."""

    @property
    def ok(self) -> bool:
        """Whether everything is as it was written."""
        return not self.flaws


async def prove(agency_id: UUID, heads: Sequence[Head] = ()) -> Proof:
    """Prove an agency's trail, and that the ``heads`` put away are part of it. Inside a transaction of the agency."""
    chain = _Chain(agency_id, {head.sequence: head for head in heads if _unlike(head, heads) is None})
    while rows := await sql(SEALS, agency_id, chain.sequence, SEALS_AT_ONCE):
        for row in rows:
            chain.follow(row)
    flaws = chain.flaws + chain.cut_off() + [found for head in heads if (found := _unlike(head, heads))]
    flaws += await _beside(agency_id)
    waiting = await sql_one(WAITING, agency_id, OVERDUE_SECONDS)
    assert waiting is not None
    if waiting["overdue"]:
        flaws.append(
            Flaw(
                say(
                    "%(number)s entries have waited over a minute for a seal: does a worker run?",
                    number=waiting["overdue"],
                )
            )
        )
    return Proof(
        seals=chain.seals,
        covered=chain.covered,
        waiting=waiting["waiting"],
        flaws=tuple(flaws[:MOST_FLAWS]),
        head=chain.hash.hex() if chain.seals else "",
    )


class _Chain:
    """Follows the seals from the first to the last."""

    def __init__(self, agency_id: UUID, heads: dict[int, Head]) -> None:
        self.agency_id = agency_id
        self.heads = heads
        self.sequence = 0
        self.hash = NO_SEAL_BEFORE
        self.seals = 0
        self.covered = 0
        self.flaws: list[Flaw] = []

    def follow(self, row: asyncpg.Record) -> None:
        """Look at the next seal."""
        sequence: int = row["sequence"]
        if sequence != self.sequence + 1:
            self._flaw(
                sequence,
                say("The seals from %(first)s to %(last)s are missing.", first=self.sequence + 1, last=sequence - 1),
            )
        elif row["previous_hash"] != self.hash:
            self._flaw(sequence, say("Seal %(seal)s does not follow from the seal before it.", seal=sequence))
        # Beyond the shortest of the three lists nothing would be hashed.
        uneven = len({len(row[part]) for part in ("kinds", "subject_ids", "digests")}) > 1
        if uneven or row["hash"] != seal_hash(self.agency_id, row):
            self._flaw(sequence, say("Seal %(seal)s was changed.", seal=sequence))
        head = self.heads.get(sequence)
        if head is not None and head.hash != row["hash"].hex():
            self._flaw(
                sequence,
                say("Seal %(seal)s is not the one that was put away on %(day)s.", seal=sequence, day=head.at[:10]),
            )
        self._compare(sequence, row)
        self.sequence, self.hash = sequence, row["hash"]
        self.seals += 1
        self.covered += len(row["subject_ids"])

    def _compare(self, sequence: int, row: asyncpg.Record) -> None:
        """Compare what a seal covers with what is there now."""
        items = zip(row["kinds"], row["subject_ids"], row["digests"], row["found"], strict=False)
        for place, (kind, subject, digest, found) in enumerate(items, start=1):
            if found == digest:
                continue
            text = CHANGED[kind] if found is not None else REMOVED[kind]
            self._flaw(sequence, say(text, id=subject, seal=sequence, place=place))

    def cut_off(self) -> list[Flaw]:
        """Heads that lie beyond the end of the chain."""
        last = max(self.heads, default=0)
        if last <= self.sequence:
            return []
        told = say("The chain ends at seal %(end)s, but seal %(last)s was put away.", end=self.sequence, last=last)
        return [Flaw(told, self.sequence)]

    def _flaw(self, sequence: int, text: Text) -> None:
        if len(self.flaws) < MOST_FLAWS:
            self.flaws.append(Flaw(text, sequence))


CHANGED = {
    "event": N_("Event %(id)s was changed after seal %(seal)s covered it (place %(place)s)."),
    "journal": N_("Journal %(id)s was changed after seal %(seal)s covered it (place %(place)s)."),
}
REMOVED = {
    "event": N_("Event %(id)s is missing; seal %(seal)s covers it (place %(place)s)."),
    "journal": N_("Journal %(id)s is missing; seal %(seal)s covers it (place %(place)s)."),
}
OUTSIDE_TEXT = {
    "event": N_("Event %(id)s of %(day)s is under no seal and waits for none."),
    "journal": N_("Journal %(id)s of %(day)s is under no seal and waits for none."),
}


def seal_hash(agency_id: UUID, row: asyncpg.Record) -> bytes:
    """The hash of a seal, computed here from its parts as the database's ``seal_hash`` does there."""
    sealed_at: datetime = row["sealed_at"]
    parts = [
        agency_id.bytes,
        struct.pack(">q", row["sequence"]),
        f"{sealed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}".encode(),
        row["previous_hash"],
    ]
    for kind, subject, digest in zip(row["kinds"], row["subject_ids"], row["digests"], strict=False):
        parts += [kind.ljust(8).encode(), subject.bytes, digest]
    return sha256(b"".join(parts)).digest()


def _unlike(head: Head, heads: Sequence[Head]) -> Flaw | None:
    """A head that was put away twice with different hashes: somebody wrote one of them later."""
    if any(other.sequence == head.sequence and other.hash != head.hash for other in heads):
        return Flaw(say("Two different heads were put away for seal %(seal)s.", seal=head.sequence), head.sequence)
    return None


async def _beside(agency_id: UUID) -> list[Flaw]:
    """What the chain itself does not show."""
    flaws = [
        Flaw(say(OUTSIDE_TEXT[row["kind"]], id=row["id"], day=row["at"].date().isoformat()))
        for row in await sql(OUTSIDE, agency_id, MOST_FLAWS)
    ]
    flaws += [
        Flaw(say("%(id)s is covered by two seals, %(first)s and %(second)s.", **dict(row)), row["second"])
        for row in await sql(TWICE, agency_id, MOST_FLAWS)
    ]
    flaws += [
        Flaw(
            say(
                "The personal value %(name)s of event %(id)s is not the one it tells of.",
                name=row["name"],
                id=row["event_id"],
            )
        )
        for row in await sql(PERSONAL, agency_id, MOST_FLAWS)
    ]
    return flaws
