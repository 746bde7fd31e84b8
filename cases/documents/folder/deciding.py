"""A person's word on the files of a batch: which case, which kind, and that they be filed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cases.documents.folder.batch import FILES, Batch, BatchFile, State, batch_file, load_batch
from cases.documents.folder.matching_names import Known
from cases.documents.folder.offering import known_words
from cases.documents.words import known_kind
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.jobs import enqueue
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_value


@dataclass(frozen=True, slots=True)
class Decision:
    """What was said of a file: the case by its number, its reference or an invoice, empty for none; and the kind."""

    case: str
    kind: str


class Undecided(Refused):
    """Some of what was said names no case; ``wrong`` tells of which files and why. Nothing was changed."""

    def __init__(self, wrong: Mapping[UUID, Refused]) -> None:
        super().__init__(N_("Please correct what is marked."), code="undecided")
        self.wrong = wrong


DECIDE: Final = """
update batch_files f set case_id = d.case_id, kind = d.kind, match = d.match::jsonb, refusal = ''
from unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[]) as d (id, case_id, kind, match)
where f.agency_id = $1 and f.batch_id = $2 and f.id = d.id and f.state = 'arrived'
"""


async def decide(actor: Actor, batch: Batch, decisions: Mapping[UUID, Decision]) -> int:
    """Write down what was said of files that have arrived; gives how many differ from before.

    Raises:
        NotFound: a file is none of this batch.
        Undecided: a case is not known, cannot be told from another, or is closed.
    """
    actor.require("documents.submit")
    rows = await sql(FILES + " and f.id = any($3)", actor.agency_id, batch.id, list(decisions))
    files = {row["id"]: batch_file(row) for row in rows}
    if set(decisions) - set(files):
        raise NotFound
    changed = {file_id: said for file_id, said in decisions.items() if _differs(files[file_id], said)}
    if not changed:
        return 0
    texts = {file_id: said.case for file_id, said in changed.items() if said.case != (files[file_id].case_number or "")}
    cases = await _cases_said(actor, batch, texts)
    written = [
        (file_id, *_case_and_match(actor, files[file_id], cases.get(file_id), file_id in texts), known_kind(said.kind))
        for file_id, said in changed.items()
    ]
    ids, case_ids, matches, kinds = map(list, zip(*written, strict=True))
    await sql(DECIDE, actor.agency_id, batch.id, ids, case_ids, kinds, matches)
    facts = {"count": len(changed)}
    await record(actor, "batch.decided", "document_batch", batch.id, client_id=batch.client_id, facts=facts)
    return len(changed)


def _differs(file: BatchFile, said: Decision) -> bool:
    return file.state is State.ARRIVED and (said.case, said.kind) != (file.case_number or "", file.kind)


def _case_and_match(actor: Actor, file: BatchFile, case: Known | None, corrected: bool) -> tuple[UUID | None, str]:
    """The case a file now has, and why: where only the kind was corrected, both stay."""
    if not corrected:
        return file.case_id, json.dumps(dict(file.match), ensure_ascii=False)
    if case is None:
        return None, "{}"
    return case.case_id, json.dumps({"by": "chosen", "word": actor.name}, ensure_ascii=False)


async def _cases_said(actor: Actor, batch: Batch, texts: Mapping[UUID, str]) -> dict[UUID, Known]:
    """The case that each file's text names; none for a text that was emptied."""
    words = {form for text in texts.values() if text for form in _forms(text)}
    known = await known_words(actor, batch.client_id, words) if words else {}
    cases: dict[UUID, Known] = {}
    wrong: dict[UUID, Refused] = {}
    for file_id, text in texts.items():
        named = {one.case_id: one for form in _forms(text) for one in known.get(form, ())}
        alive = [one for one in named.values() if one.is_open]
        if len(alive) == 1:
            cases[file_id] = alive[0]
        elif alive:
            wrong[file_id] = Refused(N_("Several cases have this; give the case number."), code="ambiguous")
        elif named:
            wrong[file_id] = Refused(N_("The case is closed."), code="case_closed")
        elif text:
            wrong[file_id] = Refused(N_("No case has this number, reference or invoice."), code="no_case")
    if wrong:
        raise Undecided(wrong)
    return cases


def _forms(text: str) -> tuple[str, str, str]:
    return text, text.upper(), text.lower()


ASK: Final = """
with asked as (
    update batch_files set state = 'filing', refusal = ''
    where agency_id = $1 and batch_id = $2 and state = 'arrived' and case_id is not null returning 1)
select count(*) from asked
"""


async def file_batch(actor: Actor, batch_id: UUID) -> int:
    """Ask for every arrived file whose case is known to become a document; gives how many. A job does it.

    Raises:
        NotFound: there is no such batch.
        Refused: no file has a case.
    """
    actor.require("documents.submit")
    batch = await load_batch(actor, batch_id, lock=True)
    asked: int = await sql_value(ASK, actor.agency_id, batch.id)
    if not asked:
        raise Refused(N_("No file has a case yet."), code="nothing_ready")
    await sql(
        "update document_batches set filed_by = $3, filed_by_name = $4, filed_as = $5, filed_at = $6"
        " where agency_id = $1 and id = $2",
        *(actor.agency_id, batch.id, actor.user_id, actor.name, actor.role or "", clock.now()),
    )
    facts = {"count": asked}
    await record(actor, "batch.filed", "document_batch", batch.id, client_id=batch.client_id, facts=facts)
    await enqueue("folders.file", {"agency_id": actor.agency_id, "batch_id": batch.id})
    return asked
