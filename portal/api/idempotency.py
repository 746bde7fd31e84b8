"""The same call again: a POST with an ``Idempotency-Key`` is done once, and answered the same each time.

Answers are kept for seven days (`portal.people.purge`). A call that was refused left nothing behind and is not kept: sent again, it is tried again.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request, Response

from portal import clock
from portal.pages.faults import problem
from portal.people.actor import Actor
from portal.tenancy.database import savepoint, sql_one, sql_value

LONGEST_KEY = 255

Answer = Response[Any]


class _Overtaken(Exception):
    """The same key was used at the same moment by another call, which was quicker."""


async def once(
    request: Request[Any, Any, Any], actor: Actor, body: bytes, answer: Callable[[], Awaitable[Answer]]
) -> Answer:
    """Do what ``answer`` does unless it was done before under this key; its body is JSON."""
    key = request.headers.get("idempotency-key", "").strip()
    if not key:
        return await answer()
    if len(key) > LONGEST_KEY or not key.isprintable():
        return problem(
            400, "Bad Idempotency-Key", code="bad_idempotency_key", detail=f"At most {LONGEST_KEY} characters."
        )
    digest = _digest(request, body)
    if known := await _known(actor, key, digest):
        return known
    try:
        async with savepoint():
            given = await answer()
            if (given.status_code or 500) < 400:
                await _keep(actor, key, digest, given)
            return given
    except _Overtaken:
        known = await _known(actor, key, digest)
        assert known is not None
        return known


def _digest(request: Request[Any, Any, Any], body: bytes) -> bytes:
    """What makes a call the same: where it went, how it was written, and what it said."""
    parts = (request.method, request.url.path, request.url.query or "", request.headers.get("content-type", ""))
    return hashlib.sha256("\n".join(parts).encode() + b"\n" + body).digest()


async def _known(actor: Actor, key: str, digest: bytes) -> Answer | None:
    row = await sql_one(
        "select request_digest, status, body from idempotent_answers where agency_id = $1 and api_key_id = $2 and key = $3",
        *(actor.agency_id, actor.user_id, key),
    )
    if row is None:
        return None
    if row["request_digest"] != digest:
        return problem(
            409,
            "Idempotency-Key used before",
            code="idempotency_key_reused",
            detail="This key was used for another call. Use a new one for each call.",
        )
    return Response(json.loads(row["body"]), status_code=row["status"], headers={"Idempotency-Replayed": "true"})


KEEP = """
insert into idempotent_answers (agency_id, api_key_id, client_id, key, request_digest, status, body, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (agency_id, api_key_id, key) do nothing returning id
"""


async def _keep(actor: Actor, key: str, digest: bytes, given: Answer) -> None:
    kept = await sql_value(
        KEEP,
        *(actor.agency_id, actor.user_id, actor.client_id, key, digest, given.status_code),
        *(json.dumps(given.content), clock.now()),
    )
    if kept is None:
        raise _Overtaken
