"""The portal as it runs in an office: its web server and its worker as processes of their own, on a port of their own; or
its web server within the test, where time can be moved.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import re
import signal
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from portal.app import create_app
from portal.backends.mail import messages_to
from portal.backends.processes import OWN_COMMAND, BackendError, end, last_line, python_environ, spawn
from portal.settings import Settings

START_SECONDS = 60.0


@dataclass(frozen=True)
class Site:
    """A running portal."""

    url: str
    settings: Settings

    @property
    def store(self) -> str:
        """Where browsers reach the object storage."""
        return self.settings.s3_public_endpoint

    def link_mailed_to(self, email: str, *, seconds: float = 30) -> str:
        """The link in the last mail that an address received; waits for the worker to send it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for message in messages_to(self.settings.home / "mail", email):
                body = message.get_body(("plain",))
                if body and (found := re.search(re.escape(self.url) + r"/\S+", body.get_content())):
                    return found.group(0)
            time.sleep(0.1)
        raise AssertionError(f"no mail with a link came to {email} within {seconds:.0f} seconds")


@contextmanager
def running(settings: Settings, folder: Path) -> Iterator[Site]:
    """`portal serve` and `portal worker` against the settings' database, for as long as the block lasts."""
    for attempt in range(3):
        with ExitStack() as stack:
            port = _free_port()
            own = dataclasses.replace(settings, port=port, base_url=f"http://127.0.0.1:{port}", host="127.0.0.1")
            environ = _without_settings(python_environ()) | variables(own)
            log = folder / "serve.log"
            server = spawn([*OWN_COMMAND, "serve"], log=log, cwd=folder, env=environ)
            stack.callback(end, server, with_signal=signal.SIGTERM, grace=15)
            worker = spawn([*OWN_COMMAND, "worker"], log=folder / "worker.log", cwd=folder, env=environ)
            stack.callback(end, worker, with_signal=signal.SIGTERM, grace=25)
            deadline = time.monotonic() + START_SECONDS
            while server.poll() is None and time.monotonic() < deadline and not _listens(port):
                time.sleep(0.05)
            if _listens(port) and server.poll() is None:
                yield Site(own.base_url, own)
                return
            if attempt == 2:
                raise BackendError(f"the web server did not start: {last_line(log)}")


@asynccontextmanager
async def running_here(settings: Settings, *, open_database: bool = False) -> AsyncIterator[Site]:
    """The web server in this process, where pages show what `clock.at` says, over the database that is open here or, with
    ``open_database``, is opened. No worker. What it was told of storage, mail and processor stays told afterwards.
    """
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
        own = dataclasses.replace(settings, port=port, base_url=f"http://127.0.0.1:{port}", host="127.0.0.1")
        app = create_app(own, open_database=open_database)
        server = uvicorn.Server(uvicorn.Config(app, http="httptools", ws="none", log_config=None, access_log=False))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            while not server.started and not serving.done():
                await asyncio.sleep(0.02)
            yield Site(own.base_url, own)
        finally:
            server.should_exit = True
            await serving


def variables(settings: Settings) -> dict[str, str]:
    """The environment that describes settings: the variables are named as the fields are."""
    values: dict[str, str] = {}
    for field in dataclasses.fields(settings):
        value = getattr(settings, field.name)
        if value is None or value == ():
            continue
        text = (
            ",".join(value) if isinstance(value, tuple) else str(int(value)) if value in (True, False) else str(value)
        )
        values[f"PORTAL_{field.name.upper()}"] = text
    return values


def _without_settings(environ: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if not name.startswith("PORTAL_")}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == os.EX_OK
