import dataclasses
from collections.abc import Iterator

import asyncpg
import pytest

from portal import health
from portal.settings import Settings
from portal.storage import store
from tests.people import Visit


@pytest.fixture(autouse=True)
def configured(database: Settings) -> Iterator[None]:
    store.configure(database)
    health._latest = None
    yield
    store.configure(database)
    health._latest = None


async def test_anybody_may_ask_and_everything_answers(visit: Visit) -> None:
    answer = await (await visit()).get("/health")
    assert answer.status_code == 200
    assert answer.json() == {"ok": True, "parts": {"database": "ok", "storage": "ok", "queue": "ok"}}


async def test_a_storage_that_does_not_answer_is_named(visit: Visit, database: Settings) -> None:
    store.configure(dataclasses.replace(database, s3_endpoint="http://127.0.0.1:1"))
    answer = await (await visit()).get("/health")
    assert answer.status_code == 503
    assert answer.json()["parts"] == {"database": "ok", "storage": "no answer", "queue": "ok"}
    assert database.s3_secret_key not in answer.text


async def test_a_queue_that_does_not_answer_is_named(visit: Visit, database: Settings) -> None:
    connection = await asyncpg.connect(database.database_owner_url)
    try:
        await connection.execute("revoke usage on schema queue from portal_app")
        answer = await (await visit()).get("/health")
    finally:
        await connection.execute("grant usage on schema queue to portal_app")
        await connection.close()
    assert answer.status_code == 503
    assert answer.json()["parts"] == {"database": "ok", "storage": "ok", "queue": "no answer"}


async def test_an_answer_holds_for_a_second(visit: Visit, database: Settings) -> None:
    client = await visit()
    assert (await client.get("/health")).status_code == 200
    store.configure(dataclasses.replace(database, s3_endpoint="http://127.0.0.1:1"))
    assert (await client.get("/health")).status_code == 200
    health._latest = None
    assert (await client.get("/health")).status_code == 503
