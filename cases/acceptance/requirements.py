"""What single cases lack: read, answered by the client, and met by a document that it supplies."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from cases.casework import CaseFile, load_case, tell
from cases.tables import CaseStatus
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.jobs import enqueue
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one

REMIND_AFTER: Final = timedelta(days=14)
"""A case that waits for its client this long is looked after, on the working morning that follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """Something that a case lacks. ``params`` are the figures that its sentence names."""

    id: UUID
    client_id: UUID
    case_id: UUID
    code: str
    kind: str
    params: Mapping[str, Any]
    asked_at: datetime
    question: str
    answer: str
    cannot_supply: bool
    answered_at: datetime | None
    answered_by_name: str
    met_at: datetime | None
    met_by: str
    settled_by_name: str
    reason: str

    @property
    def waits_for(self) -> str:
        """Who has the next word: client, agency, or nobody once it is met."""
        if self.met_at is not None:
            return "nobody"
        return "client" if self.answered_at is None else "agency"

    def told(self, **more: object) -> dict[str, object]:
        """What the timeline needs to say which requirement it is about."""
        return {"code": self.code, "params": dict(self.params), **more}


COLUMNS: Final = ", ".join(Requirement.__slots__)
ONE: Final = f"select {COLUMNS} from case_requirements where agency_id = $1 and id = $2"  # noqa: S608 - own column names
OF_CASE: Final = f"""
select {COLUMNS} from case_requirements where agency_id = $1 and case_id = $2 order by kind <> '', code, kind
"""  # noqa: S608 - own column names


def requirement(row: asyncpg.Record) -> Requirement:
    """A requirement from a row that has all of :data:`COLUMNS`."""
    return Requirement(**{**dict(row), "params": json.loads(row["params"])})


async def requirements_of(actor: Actor, case: CaseFile) -> list[Requirement]:
    """Everything that a case lacked when it was placed, met or not, in the order of its codes."""
    actor.require("cases.read")
    return [requirement(row) for row in await sql(OF_CASE, actor.agency_id, case.id)]


async def lacking_of(actor: Actor, case: CaseFile) -> list[Requirement]:
    """What a case waits for; nothing once it is in work, or closed."""
    if case.status is not CaseStatus.NEEDS_INFO:
        return []
    return [each for each in await requirements_of(actor, case) if each.met_at is None]


async def case_of(actor: Actor, requirement_id: UUID) -> UUID:
    """The case that a requirement is of.

    Raises:
        NotFound: it never existed, or it is another agency's or another client's.
    """
    row = await sql_one(ONE, actor.agency_id, requirement_id)
    if row is None:
        raise NotFound
    return (await load_case(actor, row["case_id"])).id


async def load_requirement(actor: Actor, requirement_id: UUID) -> tuple[CaseFile, Requirement]:
    """An open requirement and its case, whose row stays locked until the transaction ends.

    Raises:
        NotFound: it never existed, or it is another agency's or another client's.
        Refused: it is met already, or the case waits no more.
    """
    row = await sql_one(ONE, actor.agency_id, requirement_id)
    if row is None:
        raise NotFound
    case = await load_case(actor, row["case_id"], lock=True)
    row = await sql_one(ONE, actor.agency_id, requirement_id)
    assert row is not None
    if case.status is not CaseStatus.NEEDS_INFO or row["met_at"] is not None:
        raise settled()
    return case, requirement(row)


def settled() -> Refused:
    """What is said to whoever comes too late."""
    return Refused(N_("This is settled already: the case does not wait for it any more."), code="settled")


ANSWER: Final = """
update case_requirements
set answer = $3, cannot_supply = $4, answered_at = $5, answered_by = $6, answered_by_name = $7
where agency_id = $1 and id = $2
"""


async def answer(actor: Actor, requirement_id: UUID, text: str, *, cannot_supply: bool = False) -> UUID:
    """The client's word on what is missing, or why it cannot be supplied; gives the case. The agency decides on it.

    Raises:
        NotFound: there is no such requirement for the actor.
        Refused: it is settled or answered already, or nothing is said.
    """
    actor.require("requirements.answer")
    case, asked = await load_requirement(actor, requirement_id)
    if asked.answered_at is not None:
        raise Refused(N_("This was answered already. The agency will come back to you."), code="answered")
    if not text.strip():
        raise Refused(N_("Please fill this in."), field=f"answer-{requirement_id}", code="missing")
    await sql(
        ANSWER,
        *(actor.agency_id, asked.id, text.strip(), cannot_supply, clock.now(), actor.user_id, actor.name),
    )
    told = asked.told(answer=text.strip(), cannot_supply=cannot_supply)
    await tell(actor, case, "requirement.answered", "client", told)
    await record(
        actor,
        "requirement.answered",
        "case",
        case.id,
        client_id=case.client_id,
        facts={"lacks": asked.code, "kind": asked.kind, "cannot_supply": cannot_supply},
        personal={"answer": text.strip()},
    )
    await follow_later(actor, case.id)
    return case.id


MET: Final = f"""
update case_requirements set met_at = $4, met_by = 'document', document_id = $5
where agency_id = $1 and case_id = $2 and kind = $3 and met_at is null returning {COLUMNS}
"""  # noqa: S608 - own column names


async def document_released(actor: Actor, case: CaseFile, kind: str, document_id: UUID) -> None:
    """A document of a case was released: it meets what was missing of its kind, however the case was asked for it."""
    if case.status is not CaseStatus.NEEDS_INFO:
        return
    for row in await sql(MET, actor.agency_id, case.id, kind, clock.now(), document_id):
        met = requirement(row)
        await tell(actor, case, "requirement.met", "documents", met.told())
        facts = {"lacks": met.code, "kind": met.kind, "document_id": document_id}
        await record(actor, "requirement.met", "case", case.id, client_id=case.client_id, facts=facts)
        await follow_later(actor, case.id)


async def follow_later(actor: Actor, case_id: UUID) -> None:
    """Have the portal see what follows for the case: its client may not move it."""
    ids = {"agency_id": actor.agency_id, "case_id": case_id}
    await enqueue("acceptance.follow", ids, dedupe=f"acceptance.follow {case_id}")
