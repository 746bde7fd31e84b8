"""Evidence on its way: announced, sent straight into storage, looked at, released or refused, opened."""

import hashlib
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from cases.documents import clearing, evidence
from portal import clock, verify
from portal.jobs import work_off
from portal.settings import Settings
from portal.storage import store
from tests.cases.intake.handing import placed
from tests.cases.intake.placements import row
from tests.people import Cast, Visit

PDF = b"%PDF-1.7\n" + b"an invoice " * 100 + b"\n%%EOF\n"


@pytest.fixture
async def case_id(cast: Cast, owner: asyncpg.Connection) -> UUID:
    """A case of Brandt's."""
    await placed(cast.brandt_submitter.actor, [row()])
    found: UUID = await owner.fetchval("select id from cases where client_id = $1", cast.brandt.id)
    return found


async def announced(client: httpx.AsyncClient, case_id: UUID, name: str, size: int) -> httpx.Response:
    return await client.post(
        f"/cases/{case_id}/documents/uploads", data={"name": name, "size": str(size), "type": "x/y"}
    )


async def sent(order: dict[str, object], content: bytes) -> int:
    """Post a file to storage with the form that was given; the status of the answer."""
    async with httpx.AsyncClient() as browser:
        answer = await browser.post(str(order["url"]), data=order["fields"], files={"file": ("x", content)})
        return answer.status_code


async def uploaded(client: httpx.AsyncClient, case_id: UUID, name: str, content: bytes, kind: str = "invoice") -> str:
    """Announce, send and complete a document; gives its id."""
    order = (await announced(client, case_id, name, len(content))).json()
    assert await sent(order, content) < 300
    answer = await client.post(f"/cases/{case_id}/documents", data={"upload_id": order["id"], "kind": kind})
    assert answer.status_code == 303, answer.text
    return str(order["id"])


async def test_a_pdf_goes_straight_into_storage_and_is_released_unchanged(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, case_id: UUID
) -> None:
    client = await visit(cast.brandt_submitter)
    document_id = await uploaded(client, case_id, "invoice 1.pdf", PDF)
    kept = await owner.fetchrow("select * from documents where id = $1", UUID(document_id))
    assert (kept["state"], kept["kind"], kept["scan"]) == ("released", "invoice", "not_scanned")
    assert kept["sha256"] == hashlib.sha256(PDF).digest()
    assert not store.in_quarantine(kept["object_key"])
    assert await store.read(kept["object_key"], kept["version_id"]) == PDF
    kinds = await owner.fetch("select kind from case_events where case_id = $1 and topic = 'documents'", case_id)
    assert [event["kind"] for event in kinds] == ["document.released"]
    page = (await client.get(f"/cases/{case_id}/documents")).text
    assert "invoice 1.pdf" in page and "not scanned for viruses" in page
    with clock.at(clock.now() + timedelta(minutes=3)):
        await work_off(agency_id=cast.nordkai.id)
    with pytest.raises(store.NotStored):
        await store.stat(store.quarantine_key(cast.nordkai.id, "documents", document_id))


async def test_a_look_killed_after_the_copy_leaves_nothing_that_nobody_knows(
    cast: Cast, visit: Visit, case_id: UUID, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await visit(cast.brandt_submitter)
    order = (await announced(client, case_id, "invoice.pdf", len(PDF))).json()
    await sent(order, PDF)

    async def killed(*_: object) -> bool:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(evidence, "settle", killed)
        assert (await client.post(f"/cases/{case_id}/documents", data={"upload_id": order["id"]})).status_code == 500
    copy = store.key_of(cast.nordkai.id, "documents", order["id"])
    assert await store.read(copy) == PDF

    async def strays() -> bool:
        (orphans,) = [
            check for check in await verify.run(settings, agency=cast.nordkai.slug) if check.name == "orphans"
        ]
        return copy in orphans.detail

    assert not await strays()
    with clock.at(clock.now() + timedelta(days=2)):
        await clearing.give_up({"agency_id": str(cast.nordkai.id)})
    with clock.at(clock.now() + timedelta(days=2, minutes=3)):
        await work_off(agency_id=cast.nordkai.id)
    with pytest.raises(store.NotStored):
        await store.stat(copy)
    assert not await strays()


async def test_evidence_exchanged_or_taken_away_with_its_row_is_found(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, case_id: UUID, settings: Settings
) -> None:
    """Whoever holds database and storage can make both agree; the sealed trail still knows what was released."""
    client = await visit(cast.brandt_submitter)
    exchanged, taken, whole = [UUID(await uploaded(client, case_id, f"{number}.pdf", PDF)) for number in range(3)]
    key = store.key_of(cast.nordkai.id, "documents", exchanged)
    other = await store.put(key, PDF + b"%%EOF", "application/pdf")
    await owner.execute(
        "update documents set sha256 = $2, version_id = $3, size_bytes = size_bytes + 5 where id = $1",
        *(exchanged, hashlib.sha256(PDF + b"%%EOF").digest(), other.version),
    )
    await owner.execute("delete from documents where id = $1", taken)
    await store.remove(store.key_of(cast.nordkai.id, "documents", taken))
    (documents,) = [
        check
        for check in await verify.run(settings, agency=cast.nordkai.slug, sample_documents=None)
        if check.name == "documents"
    ]
    assert f"{exchanged} has another digest than was written down" in documents.detail
    assert f"{taken} was released and is kept no more" in documents.detail
    assert str(whole) not in documents.detail


async def test_opening_a_document_is_written_down_and_leads_to_the_very_bytes(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, case_id: UUID
) -> None:
    document_id = await uploaded(await visit(cast.brandt_submitter), case_id, "invoice.pdf", PDF)
    negotiator = await visit(cast.negotiator)
    answer = await negotiator.post(f"/documents/{document_id}/open")
    assert answer.status_code == 303
    async with httpx.AsyncClient() as browser:
        download = await browser.get(answer.headers["location"])
    assert download.content == PDF
    assert download.headers["content-disposition"].startswith("attachment")
    opened = await owner.fetch("select user_id from document_accesses where document_id = $1", UUID(document_id))
    assert [access["user_id"] for access in opened] == [cast.negotiator.user_id]
    audited = await owner.fetchval(
        "select count(*) from audit_events where subject_id = $1 and action = 'document.opened'", UUID(document_id)
    )
    assert audited == 1


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("invoice.pdf", b"MZ" + b"\x00" * 200, "unsafe"),
        ("invoice.pdf", b"<html><script>alert(1)</script></html>", "unsafe"),
        ("invoice.pdf", b"plain words only", "content_differs"),
        ("photo.png", PDF, "content_differs"),
        ("invoice.pdf", b"%PDF-1.7 cut short", "incomplete"),
    ],
)
async def test_what_is_not_what_its_name_says_is_refused_and_never_opened(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, case_id: UUID, name: str, content: bytes, refusal: str
) -> None:
    client = await visit(cast.brandt_submitter)
    document_id = await uploaded(client, case_id, name, content)
    kept = await owner.fetchrow("select state, refusal, version_id from documents where id = $1", UUID(document_id))
    assert tuple(kept) == ("refused", refusal, None)
    assert (await client.post(f"/documents/{document_id}/open")).status_code == 404


async def test_a_file_of_another_size_than_announced_does_not_get_into_storage(
    cast: Cast, visit: Visit, case_id: UUID
) -> None:
    client = await visit(cast.brandt_submitter)
    order = (await announced(client, case_id, "invoice.pdf", 10)).json()
    assert await sent(order, PDF) in (400, 403)
    answer = await client.post(f"/cases/{case_id}/documents", data={"upload_id": order["id"]})
    assert answer.status_code == 422
    assert "has not arrived" in answer.text


async def test_too_large_or_unknown_files_are_refused_before_they_are_sent(
    cast: Cast, visit: Visit, case_id: UUID
) -> None:
    client = await visit(cast.brandt_submitter)
    for name, size in [("scan.pdf", 500_000_001), ("scan.pdf", 0), ("run.exe", 100), ("page.svg", 100)]:
        answer = await announced(client, case_id, name, size)
        assert answer.status_code == 422, name
        assert answer.json()["error"]


async def test_a_form_used_again_changes_nothing_that_was_released(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, case_id: UUID
) -> None:
    client = await visit(cast.brandt_submitter)
    order = (await announced(client, case_id, "invoice.pdf", len(PDF))).json()
    await sent(order, PDF)
    await client.post(f"/cases/{case_id}/documents", data={"upload_id": order["id"]})
    other = PDF.replace(b"an invoice", b"NO INVOICE")
    await sent(order, other)
    await client.post(f"/cases/{case_id}/documents", data={"upload_id": order["id"]})
    kept = await owner.fetchrow("select * from documents where id = $1", UUID(order["id"]))
    assert await store.read(kept["object_key"], kept["version_id"]) == PDF
    events = await owner.fetchval(
        "select count(*) from case_events where case_id = $1 and topic = 'documents'", case_id
    )
    assert events == 1
    with clock.at(clock.now() + timedelta(minutes=3)):
        await work_off(agency_id=cast.nordkai.id)
    with pytest.raises(store.NotStored):
        await store.stat(store.quarantine_key(cast.nordkai.id, "documents", order["id"]))


async def test_without_scripts_the_files_come_with_the_form(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, case_id: UUID
) -> None:
    client = await visit(cast.negotiator)
    files = [("files", ("a.pdf", PDF)), ("files", ("b.txt", b"notes of a call"))]
    answer = await client.post(f"/cases/{case_id}/documents", files=files, data={"kind": "correspondence"})
    assert answer.status_code == 303
    kept = await owner.fetch("select file_name, state, kind from documents where case_id = $1 order by id", case_id)
    assert [tuple(document) for document in kept] == [
        ("a.pdf", "released", "correspondence"),
        ("b.txt", "released", "correspondence"),
    ]
    assert (await client.post(f"/cases/{case_id}/documents", data={"kind": "other"})).status_code == 422


async def test_a_part_of_the_case_page_names_its_documents(cast: Cast, visit: Visit, case_id: UUID) -> None:
    client = await visit(cast.brandt_viewer)
    part = await client.get(f"/cases/{case_id}/documents", headers={"HX-Request": "true"})
    assert "No documents yet" in part.text and "<html" not in part.text


async def test_a_document_of_somebody_else_does_not_exist(cast: Cast, visit: Visit, case_id: UUID) -> None:
    document_id = await uploaded(await visit(cast.brandt_submitter), case_id, "invoice.pdf", PDF)
    for who in (cast.lanting_submitter, cast.mingda_submitter, cast.huadong_owner):
        other = await visit(who)
        assert (await other.get(f"/cases/{case_id}/documents")).status_code == 404
        for there in (document_id, str(uuid4())):
            assert (await other.post(f"/documents/{there}/open")).status_code == 404
        assert (await announced(other, case_id, "a.pdf", 10)).status_code == 404
        data = {"upload_id": document_id}
        assert (await other.post(f"/cases/{case_id}/documents", data=data)).status_code == 404


async def test_an_upload_of_one_case_cannot_be_completed_on_another(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, case_id: UUID
) -> None:
    await placed(cast.brandt_submitter.actor, [row(7)])
    second = await owner.fetchval("select id from cases where client_id = $1 and id <> $2", cast.brandt.id, case_id)
    client = await visit(cast.brandt_submitter)
    order = (await announced(client, case_id, "invoice.pdf", len(PDF))).json()
    await sent(order, PDF)
    answer = await client.post(f"/cases/{second}/documents", data={"upload_id": order["id"]})
    assert answer.status_code == 404
    assert await owner.fetchval("select state from documents where id = $1", UUID(order["id"])) == "awaited"


@pytest.mark.parametrize("who", ["brandt_viewer", "finance", "auditor"])
async def test_who_may_only_read_sends_nothing(cast: Cast, visit: Visit, case_id: UUID, who: str) -> None:
    other = await visit(getattr(cast, who))
    assert (await announced(other, case_id, "a.pdf", 10)).status_code == 403
    assert (await other.post(f"/cases/{case_id}/documents", files={"files": ("a.pdf", PDF)})).status_code == 403
    assert (await other.get(f"/cases/{case_id}/documents")).status_code == 200


async def test_what_was_announced_and_never_sent_is_given_up(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, case_id: UUID
) -> None:
    from cases.documents.clearing import give_up

    order = (await announced(await visit(cast.brandt_submitter), case_id, "invoice.pdf", 10)).json()
    with clock.at(clock.now() + timedelta(days=2)):
        await give_up({"agency_id": str(cast.nordkai.id)})
    kept = await owner.fetchrow("select state, refusal from documents where id = $1", UUID(order["id"]))
    assert tuple(kept) == ("refused", "not_arrived")
