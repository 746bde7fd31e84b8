import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import httpx
import pytest

from portal import clock
from portal.identity import new_id
from portal.settings import Settings
from portal.storage import store
from portal.storage.store import NotStored, StoreAway, UploadForm, key_of, quarantine_key

PDF = b"%PDF-1.7 " + b"evidence " * 200


@pytest.fixture(autouse=True, scope="module")
async def storage(settings: Settings) -> None:
    store.configure(settings)
    await store.prepare()


@pytest.fixture
def agency_id() -> UUID:
    return new_id()


async def post(form: UploadForm, content: bytes = PDF, **changed: str) -> httpx.Response:
    """What the browser does with a form."""
    fields = {**form.fields, **{name.replace("_", "-"): value for name, value in changed.items()}}
    async with httpx.AsyncClient() as browser:
        origin = {"Origin": "http://127.0.0.1:8000"}
        return await browser.post(form.url, data=fields, files={"file": ("x", content)}, headers=origin)


async def test_what_is_stored_is_read_back_whole_or_in_part(agency_id: UUID) -> None:
    key = key_of(agency_id, "documents", "a.pdf")
    content = bytes(range(256)) * 4000
    stored = await store.put(key, content, "application/pdf")
    assert await store.stat(key) == stored
    assert await store.read(key) == content
    assert await store.read(key, stored.version, start=256, length=3) == b"\x00\x01\x02"
    assert await store.sha256(key, stored.version) == hashlib.sha256(content).digest()


async def test_each_version_stays_itself(agency_id: UUID) -> None:
    key = key_of(agency_id, "documents", "a.pdf")
    first = await store.put(key, b"first", "text/plain")
    second = await store.put(key, b"second", "text/plain")
    assert await store.read(key, first.version) == b"first"
    assert await store.read(key, second.version) == b"second"
    copied = await store.copy(key, first.version, key_of(agency_id, "kept", "a"), "application/pdf")
    assert await store.read(copied.key, copied.version) == b"first"
    assert copied.content_type == "application/pdf"


async def test_copies_made_to_one_place_at_the_same_moment_are_told_apart(agency_id: UUID) -> None:
    """A form of upload works for a minute: two versions of one file may be looked at and kept at once."""
    key, kept = key_of(agency_id, "quarantine", "a"), key_of(agency_id, "kept", "a")
    sources = [await store.put(key, f"version {number}".encode(), "text/plain") for number in range(8)]
    copies = await asyncio.gather(*(store.copy(key, source.version, kept, "text/plain") for source in sources))
    for number, copied in enumerate(copies):
        assert await store.read(kept, copied.version) == f"version {number}".encode()


async def test_what_is_missing_is_told_from_a_storage_that_is_away(agency_id: UUID, settings: Settings) -> None:
    key = key_of(agency_id, "documents", "none")
    with pytest.raises(NotStored):
        await store.stat(key)
    with pytest.raises(NotStored):
        await store.read(key)
    stored = await store.put(key, b"x", "text/plain")
    with pytest.raises(NotStored):
        await store.read(key, stored.version[:-4] + "0000")
    import dataclasses

    store.configure(dataclasses.replace(settings, s3_endpoint="http://127.0.0.1:1"))
    try:
        assert not await store.answers()
        with pytest.raises(StoreAway):
            await store.stat(key)
    finally:
        store.configure(settings)
    assert await store.answers()


async def test_a_kept_version_cannot_be_removed_before_its_time(agency_id: UUID) -> None:
    key = key_of(agency_id, "audit", "head")
    stored = await store.put(key, b"head", "application/json", keep_until=datetime.now(UTC) + timedelta(days=1))
    with pytest.raises(StoreAway):
        await store.remove(key, stored.version)
    assert await store.read(key, stored.version) == b"head"


async def test_removing_leaves_no_version(agency_id: UUID) -> None:
    key, beside = quarantine_key(agency_id, "a"), quarantine_key(agency_id, "ab")
    versions = [await store.put(key, content, "text/plain") for content in (b"1", b"2")]
    await store.put(beside, b"3", "text/plain")
    await store.remove(key)
    for one in versions:
        with pytest.raises(NotStored):
            await store.read(key, one.version)
    assert [found async for found in store.listing(f"{agency_id}/")] == [beside]
    await store.remove(key)


@pytest.mark.parametrize("part", ["", ".", "..", "a/../../b", "a//b", "a\nb", "a\\b"])
async def test_a_key_never_leaves_its_agency(agency_id: UUID, part: str) -> None:
    with pytest.raises(ValueError, match="key"):
        key_of(agency_id, part)
    with pytest.raises(ValueError, match=r"UUID|key"):
        await store.put(f"documents/{part}", b"x", "text/plain")


async def test_an_object_stays_with_its_agency(agency_id: UUID) -> None:
    stored = await store.put(key_of(agency_id, "a"), b"x", "text/plain")
    with pytest.raises(ValueError, match="agency"):
        await store.copy(stored.key, stored.version, key_of(new_id(), "a"), "text/plain")


async def test_a_browser_posts_a_file_straight_into_quarantine(agency_id: UUID) -> None:
    key = quarantine_key(agency_id, "upload")
    form = store.presigned_upload(key, "application/pdf", smallest=len(PDF), largest=len(PDF))
    answer = await post(form)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] in ("*", "http://127.0.0.1:8000")
    assert await store.read(key) == PDF
    assert (await store.stat(key)).content_type == "application/pdf"


async def test_an_upload_takes_the_agreed_key_size_and_type_only(agency_id: UUID) -> None:
    key = quarantine_key(agency_id, "upload")
    form = store.presigned_upload(key, "application/pdf", smallest=len(PDF), largest=len(PDF))
    assert (await post(form, PDF + b"x")).status_code == 400
    assert (await post(form, PDF[:-1])).status_code == 400
    assert (await post(form, key=quarantine_key(new_id(), "upload"))).status_code == 403
    assert (await post(form, key=key_of(agency_id, "documents", "mine"))).status_code == 403
    assert (await post(form, Content_Type="text/html")).status_code == 403
    with pytest.raises(NotStored):
        await store.stat(key)


async def test_an_upload_form_is_good_for_a_minute(agency_id: UUID) -> None:
    form = store.presigned_upload(quarantine_key(agency_id, "a"), "application/pdf", largest=5000, seconds=-1)
    assert (await post(form)).status_code == 403


async def test_uploads_go_into_quarantine_only(agency_id: UUID) -> None:
    with pytest.raises(ValueError, match="quarantine"):
        store.presigned_upload(key_of(agency_id, "documents", "a"), "application/pdf", largest=10)


async def test_a_form_works_while_the_portals_clock_is_held(agency_id: UUID) -> None:
    with clock.at(datetime(2013, 5, 1, tzinfo=UTC)):
        form = store.presigned_upload(quarantine_key(agency_id, "a"), "application/pdf", largest=5000)
    assert (await post(form)).status_code == 204


@pytest.mark.parametrize("name", ["Rechnung 5.pdf", '上海"贸易.pdf', "a\r\nX-Evil: 1.pdf", "../../etc/passwd", ""])
async def test_a_download_is_an_attachment_under_its_own_name(agency_id: UUID, name: str) -> None:
    stored = await store.put(key_of(agency_id, "documents", "a"), PDF, "application/pdf")
    later = await store.put(stored.key, b"another version", "application/pdf")
    link = store.presigned_download(stored.key, stored.version, name)
    assert later.version != stored.version
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(link)
    disposition = answer.headers["Content-Disposition"]
    assert answer.content == PDF
    assert disposition.startswith('attachment; filename="')
    assert "X-Evil" not in answer.headers
    given = unquote(disposition.rpartition("UTF-8''")[2])
    assert given == {"Rechnung 5.pdf": "Rechnung 5.pdf", '上海"贸易.pdf': '上海"贸易.pdf'}.get(name, given)
    assert "/" not in given
    assert parse_qs(urlsplit(link).query)["X-Amz-Expires"] == ["60"]


async def test_nobody_reads_without_a_link(agency_id: UUID, settings: Settings) -> None:
    stored = await store.put(key_of(agency_id, "documents", "a"), PDF, "application/pdf")
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(f"{settings.s3_endpoint}/{settings.s3_bucket}/{stored.key}")
    assert answer.status_code == 403
