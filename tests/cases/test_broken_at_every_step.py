"""Handing over with everything broken: at each step the database hangs up, the storage is gone, the answer is lost.

What must hold each time: a clear answer that names no fault of the client's, nothing half done, and exactly one result
once it has been asked for again, however often.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from litestar.types import ASGIApp

from portal import clock
from portal.audit.seal import seal_all
from portal.errors import Unanswered
from portal.jobs import work_off
from portal.jobs.queue import failed_jobs
from portal.mail import postbox
from portal.settings import Settings
from portal.storage import bucket
from portal.tenancy.database import DB
from portal.verify import run
from tests.breaking import hung_up_on, nobody_answers, nobody_there
from tests.cases.api.test_api import key_of
from tests.cases.handover_steps import STEPS, TWO, Do, Ground, Step
from tests.cases.intake.handing import checked, look
from tests.cases.intake.test_placing_pages import as_text
from tests.letterbox import Letterbox
from tests.people import Cast, Visit

SAID = (
    "A part of the portal does not answer",
    "Nothing was kept; please try again in a minute.",
    "unavailable",
    "storage_away",
)


@pytest.fixture
async def ground(cast: Cast, visit: Visit, owner: asyncpg.Connection, settings: Settings) -> Ground:
    return Ground(
        cast, owner, settings,
        client=await visit(cast.brandt_submitter),
        manager=await visit(cast.manager),
        erp=await visit(key=await key_of(owner, cast.nordkai.id, cast.brandt)),
    )  # fmt: skip


async def tried(do: Do) -> httpx.Response | None:
    """Ask for a step that cannot be done now: a page says so, a job fails with what may be there later."""
    try:
        return await do()
    except Unanswered:
        return None


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
async def test_a_step_that_was_broken_off_is_done_once_when_it_is_asked_for_again(ground: Ground, step: Step) -> None:
    do = await step.before(ground)

    async def left() -> int:
        found: int = await ground.owner.fetchval(step.leaves, ground.cast.brandt.id)
        return found

    assert await left() == 0
    answers = [await hung_up_on(ground.settings, tried(do), step.locks)]
    if step.stores:
        with nobody_there(ground.settings):
            answers.append(await tried(do))
    assert await left() == 0
    for answer in filter(None, answers):
        assert answer.status_code == 503
        told = answer.text if "json" in answer.headers["content-type"] else as_text(answer.text)
        assert any(words in told for words in SAID)
        assert "problem" not in answer.headers["content-type"] or answer.headers["retry-after"]
    for _ in range(2):
        answer = await do()
        assert answer is None or answer.status_code < 500
        assert await left() == step.times
    await settled(ground)


async def settled(ground: Ground) -> None:
    """What follows is done, and everything that was promised to hold does."""
    await work_off(agency_id=ground.cast.nordkai.id)
    await seal_all()
    checks = await run(ground.settings, agency=ground.cast.nordkai.slug)
    assert [check for check in checks if not check.ok] == []


@pytest.mark.parametrize(
    ("language", "words"), [("en", "what you typed is still there"), ("zh-Hans", "门户的一部分没有响应")]
)
async def test_a_page_that_cannot_be_shown_says_so_in_the_readers_language(
    ground: Ground, language: str, words: str
) -> None:
    await ground.owner.execute(
        "update users set language = $2 where id = $1", ground.cast.brandt_submitter.user_id, language
    )
    answer = await hung_up_on(ground.settings, ground.client.get("/placements"), "placements")
    assert answer.status_code == 503 and words in as_text(answer.text)
    assert (await ground.client.get("/placements")).status_code == 200, "the next one is answered by a new connection"


async def test_a_storage_that_stalls_keeps_nobody_else_waiting(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket, "ANSWER_SECONDS", 1.0)
    assert DB.pool is not None
    many = DB.pool.get_max_size() + 2  # more than there are connections of the database
    async with nobody_answers(ground.settings):
        waiting = [asyncio.ensure_future((await STEPS["a file is handed in"].before(ground))()) for _ in range(many)]
        await asyncio.sleep(0.2)
        # Signing in and checking files need threads too, of which a small machine has few.
        assert await asyncio.wait_for(asyncio.to_thread(lambda: "done"), 0.5) == "done"
        assert (await ground.client.get("/placements")).status_code == 200
        assert not any(one.done() for one in waiting)
        assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {503}
    assert (
        await ground.owner.fetchval("select count(*) from placements where client_id = $1", ground.cast.brandt.id) == 0
    )


async def test_a_mail_waits_for_its_server_for_days_and_goes_out_once(
    ground: Ground, letterbox: Letterbox, settings: Settings
) -> None:
    placement = await ground.handed_over()
    now = clock.now()
    with nobody_there(settings):
        for hours in (0, *(2**turn for turn in range(9))):
            with clock.at(now + timedelta(hours=hours)):
                await work_off(agency_id=placement.agency_id, forgiving=True)
    assert await failed_jobs() == []
    postbox.configure(letterbox.settings)
    for days in (12, 13):
        with clock.at(now + timedelta(days=days)):
            await work_off(agency_id=placement.agency_id)
    assert letterbox.only()["To"] == ground.cast.brandt_submitter.email


async def test_half_a_request_is_no_request(ground: Ground, app: ASGIApp) -> None:
    """Whoever hangs up while sending gets no answer, and what came of it is not looked at."""
    placement = await checked(ground.cast.brandt_submitter.actor, TWO)
    coming = iter([{"type": "http.request", "body": b"only", "more_body": True}, {"type": "http.disconnect"}])
    told: list[object] = []

    async def receive() -> Any:
        return next(coming)

    async def send(message: object) -> None:
        told.append(message)

    address = f"/placements/{placement.id}/cancel"
    headers = [
        (b"host", b"portal.test"), (b"sec-fetch-site", b"same-origin"), (b"content-length", b"1000"),
        (b"cookie", f"session={ground.client.cookies['session']}".encode()),
    ]  # fmt: skip
    scope: Any = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": address,
        "raw_path": address.encode(), "query_string": b"", "root_path": "", "scheme": "http",
        "server": ("portal.test", 80), "client": ("127.0.0.1", 1), "headers": headers,
    }  # fmt: skip
    await app(scope, receive, send)
    assert told == []
    assert (await look(ground.cast.brandt_submitter.actor, placement)).step == "checked"
