"""What is sent meets the virus scanner before anybody else, however large it is and whatever the scanner does."""

import dataclasses
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from cases.documents import evidence, examining
from cases.documents.examine import Found
from portal import clock
from portal.errors import Refused
from portal.jobs import work_off
from portal.settings import Settings
from portal.storage import scan
from portal.tenancy.database import transaction
from tests.cases.casework import placed_case
from tests.cases.documents.handing_in import PDF, handed_in, seen
from tests.people import Cast, Visit
from tests.portal.storage.scanner import EICAR, Scanner, scanner


@pytest.fixture
async def clamd(settings: Settings, database: Settings) -> AsyncIterator[Scanner]:
    """A scanner that the portal is told of."""
    async with scanner() as standing:
        scan.configure(dataclasses.replace(settings, clamd_url=standing.url))
        yield standing
    scan.configure(settings)


@pytest.fixture
async def case_id(cast: Cast) -> UUID:
    return await placed_case(cast.nordkai, cast.brandt)


async def test_a_virus_is_refused_and_only_staff_learn_its_name(
    cast: Cast, visit: Visit, clamd: Scanner, case_id: UUID
) -> None:
    document = await handed_in(cast.brandt_submitter.actor, case_id, "note.txt", EICAR)
    assert (document.state, document.refusal, document.version_id) == ("refused", "infected", None)
    for who, told in ((cast.brandt_submitter, False), (cast.negotiator, True)):
        page = await (await visit(who)).get(f"/documents/{document.id}")
        assert "something harmful" in page.text
        assert ("Eicar-Test-Signature" in page.text) is told


async def test_what_a_scanner_could_not_see_whole_is_refused(cast: Cast, clamd: Scanner, case_id: UUID) -> None:
    clamd.behaviour = "limited"
    assert (await handed_in(cast.brandt_submitter.actor, case_id)).refusal == "too_much_to_scan"


@pytest.mark.parametrize("behaviour", ["silent", "UNKNOWN COMMAND"])
async def test_nothing_is_released_past_a_scanner_that_does_not_answer(
    cast: Cast,
    visit: Visit,
    owner: asyncpg.Connection,
    clamd: Scanner,
    case_id: UUID,
    behaviour: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scan, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(scan, "LONG_PATIENCE_SECONDS", 0.2)
    submitter = cast.brandt_submitter
    clamd.behaviour = behaviour
    document = await handed_in(submitter.actor, case_id)
    assert (document.state, document.scan) == ("arrived", "away")
    client = await visit(submitter)
    listed = (await client.get(f"/cases/{case_id}/documents")).text
    assert "Being looked at" in listed and "the virus scanner does not answer" in listed
    assert (await client.post(f"/documents/{document.id}/open")).status_code == 404
    await work_off(agency_id=cast.nordkai.id)  # the job tries, and asks for itself again
    assert (await seen(submitter.actor, document.id)).state == "arrived"
    clamd.behaviour = ""
    with clock.at(clock.now() + examining.AGAIN + timedelta(seconds=1)):
        await work_off(agency_id=cast.nordkai.id)
    now = await seen(submitter.actor, document.id)
    assert (now.state, now.scan) == ("released", "clean")
    assert "no virus found" in (await client.get(f"/documents/{document.id}")).text
    events = "select count(*) from case_events where case_id = $1 and topic = 'documents'"
    assert await owner.fetchval(events, case_id) == 1


async def test_a_large_file_is_looked_at_by_a_job_and_released_once(
    cast: Cast,
    visit: Visit,
    owner: asyncpg.Connection,
    clamd: Scanner,
    case_id: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(evidence, "AT_ONCE_BYTES", 100)
    submitter = cast.brandt_submitter
    good, program = (
        await handed_in(submitter.actor, case_id),
        await handed_in(submitter.actor, case_id, "contract.pdf", b"MZ" + b"\x00" * 200),
    )
    assert (good.state, program.state, clamd.seen) == ("arrived", "arrived", [])
    browser = await visit(submitter)
    polled = await browser.get(f"/documents/{good.id}", headers={"HX-Request": "true"})
    assert "every 3s" in polled.text and "<html" not in polled.text
    payload = {"agency_id": str(cast.nordkai.id), "document_id": str(good.id)}
    await examining.examine_arrived(payload)
    await work_off(agency_id=cast.nordkai.id)
    assert (await seen(submitter.actor, good.id)).state == "released"
    assert (await seen(submitter.actor, program.id)).refusal == "unsafe"
    assert clamd.seen == [PDF]
    told = "select count(*) from audit_events where subject_id = $1 and action = 'document.released'"
    assert await owner.fetchval(told, good.id) == 1
    here = {"HX-Request": "true", "HX-Current-URL": f"http://x/documents/{good.id}"}
    assert (await browser.get(f"/documents/{good.id}", headers=here)).headers["HX-Refresh"] == "true"


async def test_whoever_settles_first_has_settled(cast: Cast, case_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "AT_ONCE_BYTES", 100)
    actor = cast.brandt_submitter.actor
    document = await handed_in(actor, case_id)
    await work_off(agency_id=cast.nordkai.id)
    async with transaction(actor.scope):
        after = await evidence.settle(actor, document, Found(refusal="unsafe"), evidence.Kind.OTHER, None)
    assert (after.state, after.kind) == ("released", "invoice")


async def test_what_never_came_cannot_be_completed(cast: Cast, case_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "AT_ONCE_BYTES", 100)
    actor = cast.brandt_submitter.actor
    async with transaction(actor.scope):
        announced = await evidence.announce(actor, case_id, "a.pdf", 5000)
        with pytest.raises(Refused, match="has not arrived"):
            await evidence.complete(actor, announced.id)
