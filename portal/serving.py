"""`portal serve`: the web server, for one process of one machine or of many."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import uvicorn
from litestar.types import ASGIApp

from portal.backends.postgres import require_postgres
from portal.backends.processes import BackendError
from portal.settings import Settings

SHUTDOWN_SECONDS = 10
"""How long requests in flight may take to finish when the server is told to end."""


def serve(settings: Settings, application: Callable[[Settings], ASGIApp]) -> None:
    """Serve until told to end; raises BackendError when the database or the address cannot be used."""
    asyncio.run(require_postgres(settings.database_url, "PORTAL_DATABASE_URL"))
    config = uvicorn.Config(
        application(settings),
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    try:
        uvicorn.Server(config).run(sockets=[_listen(settings)])
    except KeyboardInterrupt:
        return


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        reason = error.strerror or str(error)
        raise BackendError(f"PORTAL_PORT {settings.port} on PORTAL_HOST {settings.host}: {reason}") from None
    return listener
