"""A folder of scans: sent, matched by its names, corrected, filed, each file once."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest

from cases.documents.folder import clearing, filing
from portal import clock
from portal.jobs import work_off
from portal.storage import multipart, store
from tests.cases.documents.folder.sending import PDF, SCRIPT, begun, brought, offered, sent
from tests.cases.intake.handing import placed
from tests.cases.intake.placements import row
from tests.people import Cast, Visit


@pytest.fixture
async def cases(cast: Cast, owner: asyncpg.Connection) -> dict[str, UUID]:
    """Three cases of Brandt's, and one of its sibling with a reference that Brandt does not have; by reference."""
    await placed(cast.brandt_submitter.actor, [row(0), row(1), row(2)])
    await placed(cast.lanting_submitter.actor, [row(900)])
    rows = await owner.fetch("select reference, id from cases where agency_id = $1", cast.nordkai.id)
    return {one["reference"]: one["id"] for one in rows}


async def files_in(owner: asyncpg.Connection, url: str) -> dict[str, asyncpg.Record]:
    rows = await owner.fetch("select * from batch_files where batch_id = $1", UUID(url.rsplit("/", 1)[-1]))
    return {one["path"]: one for one in rows}


async def test_a_folder_finds_its_cases_and_is_filed_once_each(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, cases: dict[str, UUID]
) -> None:
    client = await visit(cast.brandt_submitter)
    url = await begun(client)
    given = {
        "RE-24188/Vertrag.pdf": PDF,
        "../../RE24189 Lieferschein.pdf": PDF,
        "=cmd|calc.pdf": PDF,
        "a" * 4000 + ".pdf": PDF,
        "RE-25088.pdf": PDF,
        "program.pdf": b"MZ" + b"\x00" * 200,
        "run.exe": b"x",
        "nothing.pdf": b"",
    }
    await sent(client, url, given)
    files = await files_in(owner, url)
    contract, delivery, sibling = (
        files[path] for path in ("RE-24188/Vertrag.pdf", "RE24189 Lieferschein.pdf", "RE-25088.pdf")
    )
    assert (contract["case_id"], contract["kind"]) == (cases["RE-24188"], "contract")
    assert (delivery["case_id"], delivery["kind"]) == (cases["RE-24189"], "delivery_proof")
    assert (sibling["case_id"], sibling["match"]) == (None, "{}"), "what another client placed is not known"
    refused = {path: one["refusal"] for path, one in files.items() if one["state"] == "refused"}
    assert refused == {"program.pdf": "unsafe", "run.exe": "type_not_accepted", "nothing.pdf": "empty"}
    page = (await client.get(url)).text
    assert "“RE-24188” is the reference of case" in page and "No reference was found in its name." in page
    # A person corrects one by an invoice's number; the unknown stays to be decided.
    formula = files["=cmd|calc.pdf"]["id"]
    said = {f"case_{formula}": "re-24190", f"kind_{formula}": "correspondence", "file": "1"}
    wrong = await client.post(f"{url}/decisions", data={**said, f"case_{formula}": "RE-25088"})
    assert wrong.status_code == 422 and "No case has this number, reference or invoice." in wrong.text
    assert (await client.post(f"{url}/decisions", data=said)).status_code == 303
    await work_off(agency_id=cast.nordkai.id)
    documents = await owner.fetch(
        "select case_id, kind, file_name, state, uploaded_by from documents where client_id = $1 order by file_name",
        cast.brandt.id,
    )
    assert [tuple(one) for one in documents] == [
        (cases["RE-24190"], "correspondence", "=cmd|calc.pdf", "released", cast.brandt_submitter.user_id),
        (cases["RE-24189"], "delivery_proof", "RE24189 Lieferschein.pdf", "released", cast.brandt_submitter.user_id),
        (cases["RE-24188"], "contract", "Vertrag.pdf", "released", cast.brandt_submitter.user_id),
    ]
    told = await owner.fetch("select actor_name from case_events where kind = 'document.released'")
    assert cast.brandt_submitter.name in {one["actor_name"] for one in told}
    # The same folder again: nothing is doubled, and nothing but what was refused is waited for.
    known = await offered(client, url, [(path, len(content)) for path, content in given.items()])
    assert [one["state"] for one in known[:5]] == ["filed", "filed", "filed", "arrived", "arrived"]
    assert "Filed" in (await client.get(f"{url}?show=filed")).text
    assert (await client.get("/cases?documents=none")).text.count('class="at-c"') == 0


async def test_filing_killed_in_the_middle_is_taken_up_again_without_a_double(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, cases: dict[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await visit(cast.brandt_submitter)
    url = await begun(client)
    await sent(client, url, {f"RE-2418{number} {copy}.pdf": PDF for number in (8, 9) for copy in "ab"})
    await client.post(f"{url}/decisions", data={"file": "1"})
    whole, killed = filing.complete, []

    async def dies(actor: object, document_id: UUID) -> object:
        killed.append(document_id)
        if len(killed) == 2:
            raise RuntimeError("killed")
        return await whole(actor, document_id)  # type: ignore[arg-type]

    monkeypatch.setattr(filing, "complete", dies)
    batch = {"agency_id": str(cast.nordkai.id), "batch_id": url.rsplit("/", 1)[-1]}
    with pytest.raises(RuntimeError):
        await filing.file_documents(batch)
    assert await owner.fetchval("select count(*) from batch_files where state = 'filing' and client_id = $1", cast.brandt.id) == 3  # fmt: skip
    assert "Filing the documents with their cases" in (await client.get(url)).text
    await filing.file_documents(batch)
    states = await owner.fetch("select state from documents where client_id = $1", cast.brandt.id)
    assert [one["state"] for one in states] == ["released"] * 4


async def test_a_file_of_a_case_closed_meanwhile_waits_for_a_person_again(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, cases: dict[str, UUID]
) -> None:
    client = await visit(cast.brandt_submitter)
    url = await begun(client)
    await sent(client, url, {"RE-24188.pdf": PDF, "RE-24189.pdf": PDF})
    assert (await client.post(f"{url}/decisions", data={"file": "1"})).status_code == 303
    await owner.execute("update cases set status = 'closed', close_code = 'withdrawn' where id = $1", cases["RE-24188"])
    await work_off(agency_id=cast.nordkai.id)
    files = await files_in(owner, url)
    assert (files["RE-24189.pdf"]["state"], files["RE-24188.pdf"]["state"]) == ("filed", "arrived")
    assert files["RE-24188.pdf"]["case_id"] is None
    assert "The case is closed." in (await client.get(url)).text
    await sent(client, url, {"RE-24188 again.pdf": PDF})
    assert "“RE-24188” belongs to case" in (await client.get(url)).text


async def test_what_is_taken_out_or_never_came_leaves_nothing_in_storage(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, cases: dict[str, UUID]
) -> None:
    client = await visit(cast.brandt_submitter)
    url = await begun(client)
    (file_id,) = (await sent(client, url, {"RE-24188.pdf": PDF})).values()
    assert (await client.post(f"{url}/files/{file_id}/drop")).status_code == 303
    (large,) = await offered(client, url, [("large.pdf", 20_000_000)])
    at = f"{url}/files/{large['id']}"
    assert (await client.post(f"{at}/way", headers=SCRIPT)).json()["parts"]["count"] == 3
    upload_id = await owner.fetchval("select upload_id from batch_files where id = $1", UUID(large["id"]))
    key = store.quarantine_key(cast.nordkai.id, "documents", large["id"])
    assert await multipart.arrived(key, upload_id, 20_000_000) == []
    with clock.at(clock.now() + timedelta(days=2)):
        await clearing.give_up({"agency_id": str(cast.nordkai.id)})
    with clock.at(clock.now() + timedelta(days=2, minutes=5)):
        await work_off(agency_id=cast.nordkai.id)
    with pytest.raises(store.NotStored):
        await multipart.arrived(key, upload_id, 20_000_000)
    with pytest.raises(store.NotStored):
        await store.stat(store.quarantine_key(cast.nordkai.id, "documents", file_id))
    assert {one["state"] for one in (await files_in(owner, url)).values()} == {"dropped", "refused"}


async def test_who_may_send_documents_and_for_whom(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, cases: dict[str, UUID]
) -> None:
    negotiator = await visit(cast.negotiator)
    nobody_said = await negotiator.post("/documents/batches", headers=SCRIPT)
    assert (nobody_said.status_code, nobody_said.json()["error"]) == (422, "Choose the client.")
    url = await begun(negotiator, client=str(cast.brandt.id))
    await sent(negotiator, url, {"RE-24188.pdf": PDF, "RE-25088.pdf": PDF})
    files = await files_in(owner, url)
    assert files["RE-24188.pdf"]["case_id"] and not files["RE-25088.pdf"]["case_id"], "of this client alone"
    for stranger in (cast.lanting_submitter, cast.huadong_owner):
        assert (await (await visit(stranger)).get(url)).status_code == 404
    assert (await (await visit(cast.huadong_owner)).post("/documents/batches", data={"client": str(cast.brandt.id)}, headers=SCRIPT)).status_code == 404  # fmt: skip
    for reader in (cast.brandt_viewer, cast.auditor, cast.finance):
        reading = await visit(reader)
        assert (await reading.get("/documents/add")).status_code == 403
        assert (await reading.post(f"{url}/decisions", data={"file": "1"})).status_code == 403
        page = await reading.get(url)
        assert page.status_code == 200 and "RE-24188.pdf" in page.text and "File those" not in page.text
    ours = await visit(cast.lanting_submitter)
    assert await begun(ours, client=str(cast.brandt.id)) != url
    assert await owner.fetchval("select count(*) from document_batches where client_id = $1", cast.lanting.id) == 1


async def test_without_scripts_a_form_brings_the_files_along(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, cases: dict[str, UUID]
) -> None:
    client = await visit(cast.brandt_submitter)
    files = [("files", ("RE-24188.pdf", PDF)), ("files", ("note.exe", b"MZ"))]
    answer = await client.post("/documents/batches", files=files)
    assert answer.status_code == 303
    page = (await client.get(answer.headers["location"])).text
    assert "RE-24188.pdf" in page and "File those that have a case" in page
    assert (
        "Files of this kind are not accepted." in (await client.get(answer.headers["location"] + "?show=refused")).text
    )
    placement = await owner.fetchval("select id from placements where client_id = $1", cast.brandt.id)
    assert "3 of 3 open cases have no document yet." in (await client.get(f"/placements/{placement}")).text


# Large files


async def test_a_large_file_goes_on_with_the_parts_that_are_missing_and_its_total_is_checked(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, cases: dict[str, UUID]
) -> None:
    client = await visit(cast.brandt_submitter)
    url = await begun(client)
    content = PDF[:-7] + b"\x00" * (multipart.IN_PARTS_FROM + 1000) + b"\n%%EOF\n"
    size = multipart.PART_BYTES
    good, bad, huge = await offered(
        client, url, [("RE-24188.pdf", len(content)), ("b.pdf", len(content)), ("c.pdf", 2_000_000_000)]
    )
    assert (huge["state"], huge["error"]) == ("refused", "The file is too large.")
    assert (await client.post(f"{url}/files/{huge['id']}/way", headers=SCRIPT)).status_code == 422

    async def put(at: str, number: int, piece: bytes) -> httpx.Response:
        address = (await client.post(f"{at}/way", data={"part": str(number)}, headers=SCRIPT)).json()["url"]
        async with httpx.AsyncClient() as browser:
            return await browser.put(address, content=piece)

    at = f"{url}/files/{good['id']}"
    await client.post(f"{at}/way", headers=SCRIPT)
    assert (await put(at, 1, content[:size])).status_code == 200
    assert (await put(at, 2, b"broken off")).status_code == 200
    early = await client.post(f"{at}/arrived", headers=SCRIPT)
    assert (early.status_code, early.json()["code"]) == (422, "not_arrived")
    assert (await client.post(f"{at}/way", headers=SCRIPT)).json()["parts"]["there"] == [1]
    await put(at, 2, content[size : 2 * size])
    await put(at, 3, content[2 * size :])
    assert (await client.post(f"{at}/arrived", headers=SCRIPT)).json() == {"state": "arrived", "error": ""}
    assert (await client.post(f"{at}/arrived", headers=SCRIPT)).json()["state"] == "arrived"
    kept = store.quarantine_key(cast.nordkai.id, "documents", good["id"])
    assert (await store.stat(kept)).size_bytes == len(content)
    at = f"{url}/files/{bad['id']}"
    await client.post(f"{at}/way", headers=SCRIPT)
    for number in (1, 2, 3):
        await put(at, number, PDF)
    assert "another size" in (await client.post(f"{at}/arrived", headers=SCRIPT)).json()["error"]
    address = (await client.post(f"{at}/way", data={"part": "1"}, headers=SCRIPT)).status_code
    assert address == 422


async def test_an_upload_of_more_than_was_announced_does_not_get_into_storage(cast: Cast, visit: Visit) -> None:
    client = await visit(cast.brandt_submitter)
    url = await begun(client)
    (one,) = await offered(client, url, [("x.pdf", 10)])
    assert await brought(client, f"{url}/files/{one['id']}", PDF) >= 400
    answer = await client.post(f"{url}/files/{one['id']}/arrived", headers=SCRIPT)
    assert (answer.status_code, answer.json()["code"]) == (422, "not_arrived")
