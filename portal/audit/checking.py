"""Proving the trail from the page: at once while it is short, by a job when it is long. Either way an event tells."""

from collections.abc import Mapping
from uuid import UUID

from portal.audit.heads import read_heads
from portal.audit.prove import Proof, prove
from portal.audit.record import record
from portal.audit.trail import CHECKED
from portal.jobs import enqueue, job
from portal.people.actor import Actor, system
from portal.storage.store import StoreAway
from portal.tenancy.database import as_job, sql_one, transaction

AT_ONCE = 20_000
"""So many covered events are proved while the reader waits, about a second's work."""
SHOWN = 20

LENGTH = """
select coalesce(max(sequence), 0) as seals, coalesce(sum(cardinality(subject_ids)), 0)::bigint as covered,
       (select count(*) from audit_unsealed where agency_id = $1) as waiting
from audit_seals where agency_id = $1
"""


async def length(agency_id: UUID) -> Mapping[str, int]:
    """``seals``, ``covered`` and ``waiting``: how long the chain is, and what waits for a seal."""
    row = await sql_one(LENGTH, agency_id)
    assert row is not None
    return dict(row)


async def check(actor: Actor) -> Proof | None:
    """Prove the trail now; None when it is long and a job does it."""
    if (await length(actor.agency_id))["covered"] > AT_ONCE:
        await enqueue("audit.check", {"agency_id": actor.agency_id}, dedupe=f"audit.check {actor.agency_id}")
        return None
    return await _prove(actor)


@job("audit.check", attempts=2)
async def check_long(payload: Mapping[str, str]) -> None:
    """Prove one agency's trail and tell of it."""
    agency_id = UUID(payload["agency_id"])
    async with transaction(as_job(agency_id)):
        await _prove(system(agency_id))


async def _prove(actor: Actor) -> Proof:
    try:
        heads = await read_heads(actor.agency_id)
    except StoreAway:
        heads = []
    proof = await prove(actor.agency_id, heads)
    flaws = [{"msgid": flaw.text.msgid, "params": _plain(flaw.text.params)} for flaw in proof.flaws[:SHOWN]]
    facts = {
        "ok": proof.ok,
        "seals": proof.seals,
        "covered": proof.covered,
        "waiting": proof.waiting,
        "heads": len(heads),
        "head": proof.head,
        "flaws": len(proof.flaws),
        "found": flaws,
    }
    await record(actor, CHECKED, "agency", actor.agency_id, facts=facts)
    return proof


def _plain(params: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in params.items()}
