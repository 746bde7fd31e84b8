"""The queue in the database: pgqueuer's tables in a schema of their own, and the one way to put a job in."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.models import Job as Row
from pgqueuer.domain.settings import DBSettings
from pgqueuer.domain.types import JobId, QueueEntrypoint, QueueManagerId
from pgqueuer.ports.driver import Driver
from pgqueuer.ports.repository import EntrypointExecutionParameter
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from portal import clock
from portal.jobs.aside import taken_aside
from portal.settings import Settings
from portal.tenancy.database import NOBODY, connection, sql, transaction

SCHEMA = "queue"


def configure(_: Settings) -> None:
    """The queue is in the database that the portal already speaks to: nothing has to be told."""


class Names(DBSettings):
    """Names of pgqueuer's tables. It would read them from the environment, some under names as plain as ``CHANNEL``."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Nothing but what is said here."""
        return (init_settings,)


NAMES = Names(db_schema=SCHEMA)
_ENVIRONMENT = QueryBuilderEnvironment(NAMES)
_QUEUE = QueryQueueBuilder(NAMES)
_SCHEDULES = QuerySchedulerBuilder(NAMES)


class OurQueries(Queries):
    """pgqueuer's queries, except that only the janitor takes a job away from the worker that holds it.

    Left to itself it picks a job again as soon as a heartbeat is late, and for ever: a job that kills its worker
    would kill one after the other.
    """

    async def dequeue(
        self,
        batch_size: int,
        entrypoints: dict[QueueEntrypoint, EntrypointExecutionParameter],
        queue_manager_id: QueueManagerId,
        global_concurrency_limit: int | None,
        heartbeat_timeout: timedelta,
    ) -> list[Row]:
        """The next jobs that wait."""
        never = timedelta(days=36500)
        return await super().dequeue(batch_size, entrypoints, queue_manager_id, global_concurrency_limit, never)


def queries(driver: Driver) -> Queries:
    """pgqueuer's queries in our schema."""
    return OurQueries(driver, _ENVIRONMENT, _QUEUE, _SCHEDULES)


def queries_on(held: "asyncpg.Connection | PoolConnectionProxy") -> Queries:
    """The same on one connection, inside whatever transaction it is in."""
    return queries(AsyncpgDriver(held))  # type: ignore[arg-type]


async def install(held: asyncpg.Connection) -> None:
    """Create the queue's tables, or bring them up to date, as their owner. Grants and triggers are in ``sql/``."""
    own = queries_on(held)
    if await own.schema_is_installed():
        await own.upgrade()
    else:
        async with held.transaction():
            await own.install()


async def enqueue(
    name: str,
    payload: Mapping[str, str | UUID],
    *,
    dedupe: str | None = None,
    after: timedelta | None = None,
    priority: int = 0,
) -> int | None:
    """Put a job in the queue with the running transaction: a rollback takes it back. Gives its number.

    ``payload`` holds ids only. With ``dedupe`` nothing happens, and None is given, while a job with the same key still
    waits; one that has begun does not count, as it may have read what has changed since. Two transactions with one
    key wait for each other. ``after`` is counted from now; a higher ``priority`` goes first.
    """
    if taken_aside(name, payload):
        return None
    content = _content(payload)
    due = (after or timedelta()) + held_clock()
    [number] = await queries_on(connection()).enqueue(
        name, content, priority, execute_after=due, dedupe_key=dedupe, on_conflict="skip"
    )
    return number


async def enqueue_each(name: str, payloads: Sequence[Mapping[str, str | UUID]]) -> None:
    """Put many jobs of one kind in the queue with the running transaction, as `enqueue` does one."""
    contents: list[bytes | None] = [_content(payload) for payload in payloads if not taken_aside(name, payload)]
    if contents:
        many = len(contents)
        await queries_on(connection()).enqueue([name] * many, contents, [0] * many, execute_after=[held_clock()] * many)


def _content(payload: Mapping[str, str | UUID]) -> bytes:
    return json.dumps({key: str(value) for key, value in payload.items()}, sort_keys=True).encode()


def read_payload(row: Row) -> dict[str, str]:
    """The payload of a job."""
    found: dict[str, str] = json.loads(row.payload or b"{}")
    return found


def held_clock() -> timedelta:
    """How far the portal's clock is held away from the real one, by which the database goes; zero when it is not."""
    away = clock.now() - datetime.now(UTC)
    return timedelta() if abs(away) < timedelta(seconds=1) else away


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that was given up. It stays until somebody tries it again or removes it."""

    number: int
    name: str
    payload: Mapping[str, str]
    attempts: int
    enqueued_at: datetime
    failed_at: datetime
    reason: str


FAILED = """
select j.id, j.entrypoint, j.payload, j.attempts, j.created, j.updated,
       coalesce((select l.traceback ->> 'exception_message' from queue.pgqueuer_log l
                 where l.job_id = j.id and l.traceback is not null order by l.created desc, l.id desc limit 1), '') reason
from queue.pgqueuer j where j.status = 'failed' order by j.id desc limit $1
"""


async def failed_jobs(limit: int = 100) -> list[FailedJob]:
    """The jobs that were given up, the latest first. Needs no transaction."""
    async with transaction(NOBODY, read_only=True):
        rows = await sql(FAILED, limit)
    return [
        FailedJob(
            number=row["id"],
            name=row["entrypoint"],
            payload=json.loads(row["payload"] or b"{}"),
            attempts=row["attempts"],
            enqueued_at=row["created"],
            failed_at=row["updated"],
            reason=row["reason"],
        )
        for row in rows
    ]


async def try_again(numbers: list[int]) -> None:
    """Put given-up jobs back into the queue, their attempts counted anew. Inside the running transaction."""
    await queries_on(connection()).requeue_jobs([JobId(number) for number in numbers])
