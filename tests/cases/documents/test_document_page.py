"""One document's page: what is known of it, newer versions, its kind put right, and who may see which names."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from portal.errors import NotFound
from tests.cases.casework import placed_case
from tests.cases.documents.handing_in import PDF, handed_in, seen
from tests.people import Cast, Visit


@pytest.fixture
async def case_id(cast: Cast) -> UUID:
    return await placed_case(cast.nordkai, cast.brandt)


async def test_its_page_tells_what_it_is_and_a_client_sees_the_agency_as_one(
    cast: Cast, visit: Visit, case_id: UUID
) -> None:
    document = await handed_in(cast.brandt_submitter.actor, case_id, "Rechnung 5.pdf")
    url = f"/documents/{document.id}"
    for who in (cast.negotiator, cast.brandt_viewer):
        assert (await (await visit(who)).post(f"{url}/open")).status_code == 303
    staff, client = [(await (await visit(who)).get(url)).text for who in (cast.auditor, cast.brandt_admin)]
    for page in (staff, client):
        assert document.sha256 and document.sha256.hex() in page
        assert "Rechnung 5.pdf" in page and cast.brandt_submitter.name in page and cast.brandt_viewer.name in page
    assert cast.negotiator.name in staff and "The agency</td>" not in staff
    assert cast.negotiator.name not in client and "The agency</td>" in client
    assert "Put on legal hold" not in staff and f"{url}/kind" not in staff
    listed = (await (await visit(cast.brandt_viewer)).get(f"/cases/{case_id}/documents")).text
    assert f'href="{url}"' in listed


async def test_a_kind_said_wrong_is_corrected_and_written_down(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, case_id: UUID
) -> None:
    document = await handed_in(cast.brandt_submitter.actor, case_id)
    client = await visit(cast.brandt_submitter)
    assert (await client.post(f"/documents/{document.id}/kind", data={"kind": "novel"})).status_code == 422
    for _ in range(2):
        assert (await client.post(f"/documents/{document.id}/kind", data={"kind": "contract"})).status_code == 303
    assert (await seen(cast.brandt_submitter.actor, document.id)).kind == "contract"
    told = await owner.fetch("select before, after from audit_events where action = 'document.kind_corrected'"
                             " and subject_id = $1", document.id)  # fmt: skip
    assert [tuple(event) for event in told] == [('{"kind": "invoice"}', '{"kind": "contract"}')]
    for who, status in ((cast.auditor, 403), (cast.lanting_submitter, 404), (cast.huadong_owner, 404)):
        other = await visit(who)
        assert (await other.post(f"/documents/{document.id}/kind", data={"kind": "other"})).status_code == status


async def test_a_newer_version_stands_in_the_lists_and_the_older_one_stays_as_it_was(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, case_id: UUID
) -> None:
    first = await handed_in(cast.brandt_submitter.actor, case_id, "old.pdf")
    before = await owner.fetchrow("select * from documents where id = $1", first.id)
    client = await visit(cast.brandt_submitter)
    url = f"/documents/{first.id}/versions"
    assert (await client.post(url, data={})).status_code == 422
    two = [("files", ("a.pdf", PDF)), ("files", ("b.pdf", PDF))]
    assert (await client.post(url, files=two)).status_code == 422
    answer = await client.post(url, files={"files": ("new.pdf", PDF + b"%%EOF")})
    assert answer.status_code == 303
    second = await owner.fetchrow("select * from documents where case_id = $1 and replaces_id = $2", case_id, first.id)
    assert answer.headers["location"] == f"/documents/{second['id']}"
    assert (second["version_number"], second["kind"]) == (2, "invoice")
    assert await owner.fetchrow("select * from documents where id = $1", first.id) == before
    listed = (await client.get(f"/cases/{case_id}/documents")).text
    assert "new.pdf" in listed and "old.pdf" not in listed and "Version 2" in listed
    assert "Version 2" in (await client.get(f"/cases/{case_id}")).text
    page = (await client.get(f"/documents/{first.id}")).text
    assert "There is a newer version" in page and "new.pdf" in page and f"/documents/{first.id}/kind" not in page
    assert (await client.post(f"/documents/{first.id}/kind", data={"kind": "other"})).status_code == 422
    assert (await client.post(f"/documents/{first.id}/open")).status_code == 303


async def test_versions_sent_at_the_same_moment_follow_one_another(
    cast: Cast, owner: asyncpg.Connection, case_id: UUID
) -> None:
    actor = cast.brandt_submitter.actor
    first = await handed_in(actor, case_id)
    await asyncio.gather(*(handed_in(actor, case_id, f"{name}.pdf", replaces=first.id) for name in "abc"))
    rows = await owner.fetch(
        "select id, replaces_id, version_number from documents where case_id = $1 order by version_number", case_id
    )
    assert [row["version_number"] for row in rows] == [1, 2, 3, 4]
    assert [row["replaces_id"] for row in rows] == [None, *(row["id"] for row in rows[:3])]


async def test_a_version_is_of_the_same_case(cast: Cast, case_id: UUID) -> None:
    actor = cast.brandt_submitter.actor
    document = await handed_in(actor, case_id)
    elsewhere = await placed_case(cast.nordkai, cast.brandt)
    with pytest.raises(NotFound):
        await handed_in(actor, elsewhere, replaces=document.id)
    siblings = await placed_case(cast.nordkai, cast.lanting)
    with pytest.raises(NotFound):
        await handed_in(cast.lanting_submitter.actor, siblings, replaces=document.id)
