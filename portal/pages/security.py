"""What every answer tells the browser, and where a changing request may come from.

Forgery is refused by origin: a request that changes something must come from a page of ours. Browsers say where a
request comes from in ``Sec-Fetch-Site`` and ``Origin``, which no page can forge; together with a SameSite cookie this
needs no token in any form.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from portal.settings import Settings

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Guests:
    """From where else a single page may load: the origins of somebody's scripts, frames and answers."""

    scripts: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()


NOBODY_ELSE = Guests()


class Security:
    """Wraps the whole application: headers on every answer, also on those that the framework makes itself."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.origin = origin(settings.base_url)
        store = origin(settings.s3_public_endpoint)
        self.headers = [
            (b"content-security-policy", policy(store).encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
            (b"x-frame-options", b"DENY"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
        ]
        if self.origin.startswith("https://"):
            self.headers.append((b"strict-transport-security", b"max-age=31536000"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a changing request from elsewhere; otherwise pass it on and dress the answer."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                extra = [(name, value) for name, value in self.headers if name not in present]
                if b"cache-control" not in present:
                    extra.append((b"cache-control", b"no-store"))
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        if scope["method"] not in SAFE and not self._ours(scope):
            body = b"This request did not come from a page of this portal."
            start = {"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]}
            await dressed(start)  # type: ignore[arg-type]
            await send({"type": "http.response.body", "body": body, "more_body": False})
            return
        await self.app(scope, receive, dressed)

    def _ours(self, scope: Scope) -> bool:
        """From one of our pages; or from a system, which brings its own key and no cookie counts."""
        if scope["path"].startswith(("/api/", "/hooks/")):
            return True
        headers = dict(scope["headers"])
        site = headers.get(b"sec-fetch-site")
        if site is not None:
            return site in (b"same-origin", b"none")
        sent_from = headers.get(b"origin", b"").decode("latin-1")
        host = headers.get(b"host", b"").decode("latin-1")
        return bool(sent_from) and urlsplit(sent_from).netloc == host


def origin(url: str) -> str:
    """Scheme, host and port of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def policy(store: str, guests: Guests = NOBODY_ELSE) -> str:
    """The content security policy: our own files only; uploads and downloads go straight to the object storage."""
    scripts, answers = " ".join(["'self'", *guests.scripts]), " ".join(["'self'", store, *guests.answers])
    frames = f"frame-src {' '.join(guests.frames)}; " if guests.frames else ""
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"connect-src {answers}; {frames}form-action 'self' {store}; base-uri 'none'; frame-ancestors 'none'; "
        "manifest-src 'self'"
    )
