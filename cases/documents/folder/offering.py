"""Files offered to a batch: what is known of each before a byte is sent, and the case its name speaks of."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from cases.documents.folder.batch import Batch, State
from cases.documents.folder.matching_names import Known, Match, clean_path, kind_of, match, words_of
from cases.documents.words import Kind
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.identity import new_id
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.storage.sniff import check_size, type_of_name
from portal.tenancy.database import sql, sql_value

MOST_FILES: Final = 5000
"""In one batch, archives and what lay in them included."""
AT_A_TIME: Final = 200
"""So many are offered with one request."""
LARGEST_NUMBER: Final = 2**60
"""No file is larger; a number beyond it is no size."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A file as a browser or an archive names it; ``fingerprint`` knows it again when it is offered again."""

    given_path: str
    size_bytes: int
    fingerprint: str
    path: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", clean_path(self.given_path[:20_000]))

    @property
    def refusal(self) -> str:
        """Why it is not taken, before anything is sent; empty when it may come."""
        try:
            type_of_name(self.path)
            check_size(self.size_bytes)
        except Refused as refused:
            return refused.code
        return ""


@dataclass(frozen=True, slots=True)
class Expected:
    """An offered file as the batch knows it now: to be sent when it is awaited."""

    id: UUID
    path: str
    state: State
    refusal: str


# The same file again is the one that is here; one that was refused or taken out comes anew.
OFFER: Final = """
insert into batch_files as f (id, agency_id, client_id, batch_id, path, size_bytes, fingerprint, state, refusal, case_id,
                              kind, match, unpacked_from, created_at)
select id, $1, $2, $3, path, size_bytes, fingerprint, state, refusal, case_id, kind, match::jsonb, $4, $5
from unnest($6::uuid[], $7::text[], $8::bigint[], $9::text[], $10::text[], $11::text[], $12::uuid[], $13::text[],
            $14::text[]) as offered (id, path, size_bytes, fingerprint, state, refusal, case_id, kind, match)
on conflict (agency_id, batch_id, path, fingerprint) do update
    set state = case when f.state in ('refused', 'dropped') then excluded.state else f.state end,
        refusal = case when f.state in ('refused', 'dropped') then excluded.refusal else f.refusal end,
        created_at = case when f.state in ('refused', 'dropped') then excluded.created_at else f.created_at end
returning id, path, fingerprint, state, refusal
"""


async def offer(
    actor: Actor, batch: Batch, files: Sequence[Offered], *, unpacked_from: UUID | None = None
) -> list[Expected]:
    """Write down which files will come; gives what is known of each, in their order.

    Raises:
        Refused: the batch would hold too many.
    """
    actor.require("documents.submit")
    files = await _as_before(actor, batch, files)
    unlike = {(file.path, file.fingerprint): file for file in files}
    held = await sql_value(
        "select count(*) from batch_files where agency_id = $1 and batch_id = $2", actor.agency_id, batch.id
    )
    if held + len(unlike) > MOST_FILES:
        raise Refused(
            N_("At most %(number)s files in one go. Send the others in another."), code="too_many", number=MOST_FILES
        )
    matches = await matches_of(actor, batch.client_id, [file.path for file in unlike.values()])
    rows = [_row(file, found) for file, found in zip(unlike.values(), matches, strict=True)]
    written = await sql(
        OFFER,
        *(actor.agency_id, batch.client_id, batch.id, unpacked_from, clock.now()),
        *map(list, zip(*rows, strict=True)),
    ) if rows else []  # fmt: skip
    await record(
        actor,
        "batch.offered",
        "document_batch",
        batch.id,
        client_id=batch.client_id,
        facts={"count": len(unlike), "size_bytes": sum(file.size_bytes for file in unlike.values())},
    )
    known = {(row["path"], row["fingerprint"]): row for row in written}
    told = [known[file.path, file.fingerprint] for file in files]
    return [Expected(row["id"], row["path"], State(row["state"]), row["refusal"]) for row in told]


BEFORE: Final = """
select path, fingerprint from batch_files
where agency_id = $1 and batch_id = $2 and fingerprint = any($3) and state <> 'dropped' and position('/' in path) > 0
"""


async def _as_before(actor: Actor, batch: Batch, files: Sequence[Offered]) -> list[Offered]:
    """Files chosen one by one that came with their folder before, as they came then: they are not to be here twice."""
    alone = [file.fingerprint for file in files if "/" not in file.path and file.fingerprint]
    before: dict[tuple[str, str], list[str]] = {}
    for row in await sql(BEFORE, actor.agency_id, batch.id, alone) if alone else []:
        before.setdefault((row["path"].rsplit("/", 1)[-1], row["fingerprint"]), []).append(row["path"])
    known = {key: paths[0] for key, paths in before.items() if len(paths) == 1}
    return [replace(file, given_path=known.get((file.path, file.fingerprint), file.given_path)) for file in files]


def _row(file: Offered, found: Match) -> tuple[object, ...]:
    refusal, sure = file.refusal, found.sure
    return (
        new_id(),
        file.path,
        min(file.size_bytes, LARGEST_NUMBER),
        file.fingerprint,
        State.REFUSED if refusal else State.AWAITED,
        refusal,
        sure.case_id if sure and sure.is_open else None,
        kind_of(file.path) or Kind.OTHER,
        json.dumps(match_facts(found), ensure_ascii=False),
    )


def match_facts(found: Match) -> dict[str, Any]:
    """A match as it is kept with its file, for the sentence that explains it."""
    if (sure := found.sure) is not None:
        return {"by": sure.by if sure.is_open else "closed", "word": sure.word, "number": sure.number}
    if found.found:
        cases = [{"number": one.number, "debtor": one.debtor_name} for one in found.found[:MOST_NAMED]]
        return {"word": found.found[0].word, "cases": cases}
    return {}


MOST_NAMED: Final = 8

# Three indexes, each asked for all words at once. What was placed in error is no case any more.
KNOWN: Final = """
select c.reference as word, 'reference' as by, c.id, c.number, c.debtor_name, c.status <> 'closed' as is_open
from cases c
where c.agency_id = $1 and c.client_id = $2 and c.reference = any($3) and c.close_code is distinct from 'placed_in_error'
union all
select c.number, 'number', c.id, c.number, c.debtor_name, c.status <> 'closed' from cases c
where c.agency_id = $1 and c.client_id = $2 and c.number = any($3) and c.close_code is distinct from 'placed_in_error'
union all
select i.number, 'invoice', c.id, c.number, c.debtor_name, c.status <> 'closed'
from invoices i join cases c on c.agency_id = i.agency_id and c.id = i.case_id
where i.agency_id = $1 and i.client_id = $2 and i.number = any($3) and c.close_code is distinct from 'placed_in_error'
"""


async def known_words(actor: Actor, client_id: UUID, words: Iterable[str]) -> dict[str, tuple[Known, ...]]:
    """Which of the words are a reference, an invoice or a number of a case of this client."""
    known: dict[str, dict[UUID, Known]] = {}
    for row in await sql(KNOWN, actor.agency_id, client_id, list(words)):
        one = Known(row["word"], row["by"], row["id"], row["number"], row["debtor_name"], row["is_open"])
        known.setdefault(one.word, {}).setdefault(one.case_id, one)
    return {word: tuple(cases.values()) for word, cases in known.items()}


async def matches_of(actor: Actor, client_id: UUID, paths: Sequence[str]) -> list[Match]:
    """The case that each path speaks of, all looked up in one query."""
    spoken = [words_of(path) for path in paths]
    known = await known_words(actor, client_id, {word for words in spoken for word in words})
    return [match(words, known) for words in spoken]
