"""One request, one transaction, one tenant.

The body is read before the transaction begins and the answer is sent after it has ended, so that neither a slow sender
nor a slow reader holds a connection (a file that is streamed while it is read must). Below 400 it commits, otherwise it
rolls back, unless :func:`settle` says otherwise. What must survive a refusal (a refused contact) is handed to
:func:`outlive` and runs in a short transaction of its own.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from portal import clock
from portal.errors import Unanswered
from portal.identity import new_id
from portal.people.arrival import ClaimVisit, Visitor, by_claim, by_key, by_session
from portal.tenancy.body import read_whole
from portal.tenancy.database import NOBODY, DatabaseLost, check_constraints, enter, sql, transaction
from portal.tenancy.database import Scope as Tenancy

READING = frozenset({"GET", "HEAD", "OPTIONS"})

SESSION_COOKIE = "session"
CLAIM_COOKIE = "claim"

Afterwards = Callable[[], Awaitable[None]]


class _RolledBack(Exception):
    """The answer is an error: leave the transaction without committing."""


def outlive(scope: Scope, what: Afterwards) -> None:
    """Run ``what`` in a transaction of its own, in the same tenancy, once this request's transaction has ended."""
    scope["afterwards"].append(what)  # type: ignore[typeddict-item]


def settle(scope: Scope, *, commit: bool) -> None:
    """Say how this request's transaction ends, whatever the status of its answer.

    A guess at a password is refused and yet counted, before the next one may be judged; whoever is led to the sign-in
    because their session ended on the way has changed nothing.
    """
    scope["commits"] = commit  # type: ignore[typeddict-unknown-key]


class TransactionMiddleware(ASGIMiddleware):
    """Opens the transaction, finds out who is there and whose data they may see, and ends it by the answer's status.

    Routes with ``opt={"outside": True}`` (health, assets) have none; ``opt={"writes": True}`` makes a GET writable. With
    ``opt={"apart": True}`` it is found out who is there, and the handler opens transactions of its own: it asks somebody
    else in between, and nothing may be held meanwhile.
    """

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Handle one request."""
        opt = scope["route_handler"].opt
        extra: dict[str, Any] = scope  # type: ignore[assignment]
        extra.update(
            actor=None,
            visitor=None,
            claim_visit=None,
            afterwards=[],
            request_id=new_id(),
            body_too_large=False,
            commits=None,
        )
        if opt.get("outside"):
            await next_app(scope, receive, send)
            return
        reading = extra["method"] in READING and not opt.get("writes")
        body = receive if reading else await read_whole(receive, extra)
        if body is None:
            return  # whoever sent it hung up in the middle: nobody waits for an answer to half a request
        answer = _Answer(send, may_stream=reading)
        try:
            if opt.get("apart"):
                await self._answer_apart(scope, body, answer, next_app)
            else:
                await self._answer(scope, body, answer, next_app, reading=reading)
        except DatabaseLost as lost:
            # What the handler made of it is thrown away, which is why this is not left to the framework.
            if answer.streams:
                raise
            request = Request[Any, Any, Any](scope)
            told = scope["litestar_app"].exception_handlers[Unanswered](request, lost)
            await told.to_asgi_response(app=None, request=request)(scope, receive, send)
            return
        await answer.release()

    async def _answer_apart(self, scope: Scope, body: Receive, answer: "_Answer", next_app: ASGIApp) -> None:
        """Have the request answered in transactions of the handler's own."""
        tenancy = NOBODY
        try:
            async with transaction(NOBODY, read_only=True):
                tenancy = await _arrive(scope)
            await next_app(scope, body, answer)
        finally:
            await _afterwards(scope, tenancy)  # type: ignore[arg-type]

    async def _answer(
        self, scope: Scope, body: Receive, answer: "_Answer", next_app: ASGIApp, *, reading: bool
    ) -> None:
        """Have the request answered in its transaction."""
        extra: dict[str, Any] = scope  # type: ignore[assignment]
        tenancy = NOBODY
        try:
            async with transaction(NOBODY, read_only=reading):
                tenancy = await _arrive(scope)
                await next_app(scope, body, answer)
                if not (answer.status < 400 if extra["commits"] is None else extra["commits"]):
                    raise _RolledBack
                if not reading:
                    await check_constraints()
        except _RolledBack:
            pass
        finally:
            await _afterwards(extra, tenancy)


async def _arrive(scope: Scope) -> Tenancy:
    """Put the actor into the request and their tenancy into the transaction."""
    extra: dict[str, Any] = scope  # type: ignore[assignment]
    now = clock.now()
    headers = dict(scope["headers"])
    secure = scope["litestar_app"].state.settings.https
    if scope["path"].startswith("/api/"):
        kind, _, key = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        if kind.lower() == "bearer" and key:
            extra["actor"] = await by_key(key.strip(), now, extra["request_id"])
    elif is_claim_page(scope["path"]):
        if token := cookie_token(headers, CLAIM_COOKIE, secure=secure):
            claim = await by_claim(token, now, extra["request_id"])
            extra["claim_visit"] = claim
            extra["actor"] = claim.actor if claim else None
    elif token := cookie_token(headers, SESSION_COOKIE, secure=secure):
        visitor = await by_session(token, now, extra["request_id"])
        extra["visitor"] = visitor
        extra["actor"] = visitor.actor if visitor else None
    if extra["actor"] is not None:
        tenancy: Tenancy = extra["actor"].scope
    elif extra["visitor"] is not None:
        tenancy = Tenancy(user_id=extra["visitor"].user_id)
    else:
        return NOBODY
    await enter(tenancy)
    return tenancy


def is_claim_page(path: str) -> bool:
    """Whether a path belongs to the debtor's page, where only the debtor's own cookie counts."""
    return path == "/claim" or path.startswith("/claim/")


def cookie_name(name: str, *, secure: bool) -> str:
    """A cookie's name. Over TLS it begins with ``__Host-``, so that no other host or path can plant it."""
    return f"__Host-{name}" if secure else name


def cookie_token(headers: dict[bytes, bytes], name: str, *, secure: bool) -> str | None:
    """The token that a cookie of ours holds."""
    wanted = cookie_name(name, secure=secure)
    for part in headers.get(b"cookie", b"").decode("latin-1").split(";"):
        name, _, value = part.strip().partition("=")
        if name == wanted and value:
            return value
    return None


async def _afterwards(extra: dict[str, Any], tenancy: Tenancy) -> None:
    """What outlives the request's transaction, and at most once a minute that the session or visit was used."""
    visitor: Visitor | None = extra["visitor"]
    claim: ClaimVisit | None = extra["claim_visit"]
    now = clock.now()
    if visitor is not None and (now - visitor.last_seen_at).total_seconds() > 60:
        async with transaction(tenancy):
            await sql("select touch_session($1, $2)", visitor.session_id, now)
    if claim is not None and (now - claim.last_seen_at).total_seconds() > 60:
        async with transaction(tenancy):
            await sql("select touch_claim_visit($1, $2)", claim.id, now)
    for what in extra["afterwards"]:
        async with transaction(tenancy):
            await what()


class _Answer:
    """Holds an answer back until the transaction has ended: for its commit, and so that nobody who reads slowly keeps a
    connection of the database. Only what a reading request streams passes as it is made.
    """

    def __init__(self, send: Send, *, may_stream: bool) -> None:
        self._send = send
        self._may_stream = may_stream
        self.streams = False
        self._held: list[Message] = []
        self.status = 200

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        self._held.append(message)
        if self._may_stream and message["type"] == "http.response.body" and message.get("more_body"):
            self.streams = True
        if self.streams:
            await self.release()

    async def release(self) -> None:
        """Send what was held."""
        held, self._held = self._held, []
        for message in held:
            await self._send(message)
