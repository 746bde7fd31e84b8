"""`portal up`: every server of a home, the web server and the worker, from start to Ctrl-C."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import ClassVar

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn

from portal.backends import processes
from portal.backends.greeting import WaysIn, greet
from portal.backends.home import Home, HomeInUseError
from portal.backends.postgres import Postgres
from portal.backends.processes import BackendError, python_environ
from portal.backends.server import Server
from portal.backends.servers import (
    DEFAULT_PORT,
    complete,
    embedded,
    local_settings,
    ready_state,
    run_command,
    started,
    without_settings,
)
from portal.backends.stripe import StripeStandIn
from portal.settings import Settings, home_from_env

PLAUSIBLE = {
    "PORTAL_DATABASE_URL": "postgresql://portal@localhost/portal",
    "PORTAL_S3_ENDPOINT": "http://localhost",
    "PORTAL_S3_ACCESS_KEY": "key",
    "PORTAL_S3_SECRET_KEY": "key",
    "PORTAL_S3_BUCKET": "portal",
    "PORTAL_SMTP_URL": "smtp://localhost",
    "PORTAL_MAIL_FROM": "portal@localhost",
}
"""Stands for what servers that are not started yet will answer."""

STEADY_SECONDS = 60.0
"""A server that ran this long before it died is started again at once."""

LONGEST_PAUSE = 30.0


class Stopped(BaseException):
    """Ctrl-C or a request to end."""


class Part(Server):
    """One of the portal's own long-running commands as a child of `up`."""

    variables: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, home: Home, settings: Mapping[str, str]) -> None:
        super().__init__(home)
        self.settings = settings

    def prepare(self) -> None:
        return

    def command(self) -> list[str]:
        return [*processes.OWN_COMMAND, self.name]

    def process_environ(self) -> Mapping[str, str]:
        return without_settings(python_environ()) | dict(self.settings)

    def environ(self) -> dict[str, str]:
        return {}


class Web(Part):
    name: ClassVar[str] = "serve"
    title: ClassVar[str] = "Web server"

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://{self._address()}/health", timeout=5)
        except urllib.error.HTTPError:
            return True  # it answers; what it says is for whoever reads /health
        except OSError:
            return False
        return True

    def _address(self) -> str:
        host = self.settings.get("PORTAL_HOST") or "127.0.0.1"
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104  compared, not bound
        return f"{host}:{self.settings['PORTAL_PORT']}"


class Worker(Part):
    name: ClassVar[str] = "worker"
    title: ClassVar[str] = "Worker"
    grace: ClassVar[float] = 30.0  # a running job may take its time to end

    def answers(self) -> bool:
        return True  # it has no address; that it lives is all there is to see


@dataclass
class Watched:
    """A server, how often it died of late, and when it may be started again."""

    server: Server
    since: float = field(default_factory=time.monotonic)
    deaths: int = 0
    due: float | None = None


def up(environ: Mapping[str, str], console: Console) -> None:
    """Run everything until Ctrl-C or SIGTERM; raises BackendError or SettingsError when it cannot begin."""
    _check(environ)
    home = Home(home_from_env(environ))
    try:
        with _stoppable(), _held(home, console), ExitStack() as stack:
            _run(home, environ, console, stack)
    except Stopped:
        console.print("Stopped.")


def _check(environ: Mapping[str, str]) -> None:
    """Refuse the operator's wrong settings before anything is started."""
    own = {name for server in embedded(environ) for name in server.variables}
    Settings.from_env(
        {k: v for k, v in PLAUSIBLE.items() if k in own} | local_settings(environ, "k" * 32, DEFAULT_PORT)
    )


def _run(home: Home, environ: Mapping[str, str], console: Console, stack: ExitStack) -> None:
    servers = [kind(home) for kind in _kinds(environ, console)]
    home.discard_unfinished()
    if any(isinstance(server, Postgres) for server in servers):
        home.mark_unfinished()
    with console.status("Starting the servers"):
        reached = stack.enter_context(started(home, servers))
    settings = _settings(home, environ, reached)
    with console.status("Bringing the database up to date"):
        run_command(["migrate"], settings, home)
    with _bar(console, "Loading the sample agencies (first run only)") as show:
        ways_in = _sample(home, settings, show)
    parts: list[Server] = [Web(home, settings), Worker(home, settings)]
    with console.status("Starting the portal"):
        stack.enter_context(started(home, parts))
    everything = [*servers, *parts]
    home.record(ready_state("up", settings, everything))
    greet(console, home, servers, settings, ways_in)
    _watch(home, [Watched(server) for server in everything], settings, console)


def _kinds(environ: Mapping[str, str], console: Console) -> list[type[Server]]:
    kinds = embedded(environ)
    if StripeStandIn in kinds and not StripeStandIn.installed():
        console.print("The Stripe stand-in is not installed (package localstripe): card payments are off.")
        kinds.remove(StripeStandIn)
    return kinds


def _settings(home: Home, environ: Mapping[str, str], reached: Mapping[str, str]) -> dict[str, str]:
    wanted = int(environ.get("PORTAL_PORT") or DEFAULT_PORT)
    port = home.port("web", preferred=wanted, host=environ.get("PORTAL_HOST") or "127.0.0.1")
    settings = complete(home, environ, reached, port) | {"PORTAL_DEVELOPMENT": "1"}
    Settings.from_env(settings)
    return settings


@contextmanager
def _stoppable() -> Iterator[None]:
    """Turn Ctrl-C and SIGTERM into Stopped, once; what follows is tidying, which a second one does not disturb."""

    def stop(signum: int, frame: FrameType | None) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, stop) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


@contextmanager
def _held(home: Home, console: Console) -> Iterator[None]:
    """Hold the home, after waiting for a passing command to let go of it."""
    deadline = time.monotonic() + 60
    waiting = False
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(home.hold("up"))
                break
            except HomeInUseError:
                state = home.state
                if (state is not None and state.kind == "up") or time.monotonic() > deadline:
                    raise
            if not waiting:
                console.print("Waiting for another portal command to end.")
                waiting = True
            time.sleep(0.2)
        yield


@contextmanager
def _bar(console: Console, title: str) -> Iterator[Callable[[str], None]]:
    """A bar that goes by the lines of a command which end in "3 of 7"."""
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), console=console, transient=True,
        disable=not console.is_terminal,
    ) as bar:  # fmt: skip
        task = bar.add_task(title, total=None)

        def show(line: str) -> None:
            if found := re.search(r"(\d+) of (\d+)$", line):
                bar.update(task, completed=int(found[1]), total=int(found[2]))

        yield show


def _sample(home: Home, settings: Mapping[str, str], show: Callable[[str], None]) -> WaysIn:
    """Load the sample agencies into an empty database; returns the ways in."""
    answer = json.loads(run_command(["sample", "--if-empty", "--json"], settings, home, watch=show) or "{}")
    home.mark_finished()
    return WaysIn(answer.get("logins", []), answer.get("debtors", []))


def _watch(home: Home, watched: Sequence[Watched], settings: Mapping[str, str], console: Console) -> None:
    """Start again what dies, with growing pauses, for as long as we live."""
    while True:
        for one in watched:
            if one.due is None and not one.server.running:
                _bury(one, console)
            if one.due is not None and time.monotonic() >= one.due:
                _revive(one, console)
                home.record(ready_state("up", settings, [each.server for each in watched]))
        time.sleep(0.2)


def _bury(one: Watched, console: Console) -> None:
    if time.monotonic() - one.since > STEADY_SECONDS:
        one.deaths = 0
    pause = 0.0 if one.deaths == 0 else min(LONGEST_PAUSE, 0.5 * 2**one.deaths)
    one.deaths += 1
    one.due = time.monotonic() + pause
    how = _how_it_ended(one.server.process)
    words = f"{one.server.title} {how}; starting it again" + (f" in {pause:.0f} seconds" if pause else "")
    console.print(words, markup=False)


def _how_it_ended(process: subprocess.Popen[bytes] | None) -> str:
    code = process.returncode if process is not None else None
    if code is None:
        return "is gone"
    return f"was killed by signal {-code}" if code < 0 else f"ended with status {code}"


def _revive(one: Watched, console: Console) -> None:
    one.due = None
    one.since = time.monotonic()
    one.server.stop()  # the rest of its group
    try:
        one.server.start()
    except BackendError as error:
        one.server.stop()
        console.print(str(error), markup=False, style="red")
    else:
        console.print(f"{one.server.title} is running again", markup=False)
