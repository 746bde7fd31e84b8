"""An archive in a folder: each file in it is treated like any other; what was built to harm is refused whole."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from uuid import UUID

import asyncpg
import pytest

from cases.documents.folder import unpack
from portal.jobs import work_off
from portal.storage import store
from tests.cases.documents.folder.archives import damaged, from_windows, overlapping, with_link, zipped
from tests.cases.documents.folder.sending import PDF, begun, sent
from tests.cases.intake.handing import placed
from tests.cases.intake.placements import row
from tests.people import Cast, Visit

Unpacked = Callable[[dict[str, bytes]], Awaitable[dict[str, asyncpg.Record]]]


@pytest.fixture
async def unpacked(cast: Cast, visit: Visit, owner: asyncpg.Connection) -> Unpacked:
    """``files = await unpacked({"a.zip": …})``: send archives, have them opened, give what then stands in the batch."""

    async def send(archives: dict[str, bytes]) -> dict[str, asyncpg.Record]:
        client = await visit(cast.brandt_submitter)
        url = await begun(client)
        await sent(client, url, archives)
        await work_off(agency_id=cast.nordkai.id)
        rows = await owner.fetch("select * from batch_files where batch_id = $1", UUID(url.rsplit("/", 1)[-1]))
        return {one["path"]: one for one in rows}

    return send


def outcome(files: dict[str, asyncpg.Record]) -> dict[str, str]:
    return {path: one["refusal"] or one["state"] for path, one in files.items()}


async def test_each_file_of_an_archive_is_matched_and_a_bad_one_does_not_hold_up_the_others(
    cast: Cast, owner: asyncpg.Connection, unpacked: Unpacked
) -> None:
    await placed(cast.brandt_submitter.actor, [row(0)])
    files = await unpacked({
        "scans.zip": zipped({
            "RE-24188/contract.pdf": PDF, "../../../etc/passwd.txt": b"RE-24188", "__MACOSX/._a.pdf": b"x",
            "inner.zip": zipped({"a.pdf": PDF}), "fake.pdf": b"MZ" + bytes(200), "empty.pdf": b"", "run.exe": b"MZ",
        }),
        "windows.zip": from_windows("合同 RE-24188.pdf", PDF),
        "linked.zip": with_link("RE-24188.pdf", "/etc/passwd"),
        "damaged.zip": damaged("a.pdf", PDF + os.urandom(99), {"RE-24188 b.pdf": PDF}),
        "a.docx": zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}),
    })  # fmt: skip
    assert outcome(files) == {
        "scans.zip": "unpacked",
        "RE-24188/contract.pdf": "arrived",
        "etc/passwd.txt": "arrived",
        "inner.zip": "nested",
        "fake.pdf": "unsafe",
        "empty.pdf": "empty",
        "run.exe": "type_not_accepted",
        "windows.zip": "unpacked",
        "合同 RE-24188.pdf": "arrived",
        "linked.zip": "unpacked",
        "RE-24188.pdf": "link",
        "damaged.zip": "unpacked",
        "a.pdf": "damaged",
        "RE-24188 b.pdf": "arrived",
        "a.docx": "arrived",
    }
    case_id = await owner.fetchval("select id from cases where client_id = $1", cast.brandt.id)
    contract = files["RE-24188/contract.pdf"]
    assert (contract["case_id"], contract["kind"]) == (case_id, "contract")
    assert (files["合同 RE-24188.pdf"]["case_id"], files["合同 RE-24188.pdf"]["kind"]) == (case_id, "contract")
    assert await store.read(store.quarantine_key(cast.nordkai.id, "documents", contract["id"])) == PDF


async def test_archives_that_are_built_to_harm_are_refused_whole(
    unpacked: Unpacked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpack, "MOST_ENTRIES", 20)
    files = await unpacked({
        "bomb.zip": zipped({"a.txt": bytes(30_000_000)}),
        "overlapping.zip": overlapping(),
        "many.zip": zipped({f"{number}.txt": b"x" for number in range(21)}),
        "cut.zip": zipped({"a.pdf": PDF})[:-30],
        "empty.zip": zipped({"folder/": b""}),
    })  # fmt: skip
    assert outcome(files) == {
        "bomb.zip": "too_large_unpacked",
        "overlapping.zip": "overlapping",
        "many.zip": "too_many",
        "cut.zip": "incomplete",
        "empty.zip": "empty",
    }


async def test_opening_an_archive_goes_on_where_it_was_killed(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await visit(cast.brandt_submitter)
    url = await begun(client)
    (archive,) = (await sent(client, url, {"a.zip": zipped({f"{n}.pdf": PDF for n in range(4)})})).values()
    job = {"agency_id": str(cast.nordkai.id), "file_id": str(archive)}
    put, times = store.put, []

    async def dies(key: str, *given: object, **named: object) -> object:
        times.append(key)
        if len(times) == 3:
            raise store.StoreAway("killed")
        return await put(key, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "put", dies)
    with pytest.raises(store.StoreAway):
        await unpack.unpack(job)
    assert "Unpacking" in (await client.get(url)).text
    await unpack.unpack(job)
    await unpack.unpack(job)
    assert len(times) == 5, "what was there is not stored again"
    states = await owner.fetch("select state from batch_files where unpacked_from = $1", archive)
    assert [one["state"] for one in states] == ["arrived"] * 4
