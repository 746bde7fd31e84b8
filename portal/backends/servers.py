"""The servers behind a command: what the environment names, else what runs in the home, else started for a while."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from portal.backends import processes
from portal.backends.home import Home, HomeInUseError, State
from portal.backends.mail import MailCatcher
from portal.backends.postgres import Postgres
from portal.backends.processes import BackendError, Identity, end, last_line, python_environ
from portal.backends.server import Server
from portal.backends.storage import Storage
from portal.backends.stripe import StripeStandIn
from portal.settings import Settings, SettingsError, home_from_env

SERVERS: tuple[type[Server], ...] = (Storage, Postgres, MailCatcher, StripeStandIn)
"""Every embedded server, the slowest to start first."""

COMMANDS_NEED: tuple[type[Server], ...] = (Storage, Postgres)
"""What a command that is not `up` brings up for itself; mail leaves through the worker only."""

HOLDER = [sys.executable, "-m", "portal.backends.servers"]
"""How the process that holds servers for commands is started."""

NO_MAIL = {"PORTAL_SMTP_URL": "smtp://127.0.0.1:25", "PORTAL_MAIL_FROM": "Portal <portal@localhost>"}
"""For processes that send none."""

START_SECONDS = 180.0
DEFAULT_PORT = 8000


def is_external(server: type[Server], environ: Mapping[str, str]) -> bool:
    """Whether the operator runs this one: then it is not started, and all its settings are the operator's."""
    return any(environ.get(name) or environ.get(f"{name}_FILE") for name in server.variables)


def embedded(environ: Mapping[str, str], wanted: Sequence[type[Server]] = SERVERS) -> list[type[Server]]:
    """Those of the wanted servers that the environment does not replace."""
    return [server for server in wanted if not is_external(server, environ)]


@contextmanager
def backends(environ: Mapping[str, str], *, say: Callable[[str], None] = lambda line: None) -> Iterator[Settings]:
    """Complete settings, with servers behind them that answer, for as long as the block lasts.

    The environment decides where it says something; for the rest the servers running in the home are used; when none
    run there, they are started, migrated, and ended with the last command that uses them. `say` receives lines
    about what takes time. Raises SettingsError and BackendError.
    """
    if not embedded(environ, COMMANDS_NEED):
        # A command sends no mail, so it does not ask where mail goes.
        yield Settings.from_env(_given(NO_MAIL, environ) | _own(environ))
        return
    home = Home(home_from_env(environ))
    words = ["--migrate", *(server.name for server in embedded(environ, COMMANDS_NEED))]
    with _attached(home, environ, words, say) as state:
        _require_the_same(environ, state)
        yield Settings.from_env(_own(environ) | _given(state.environ, environ))


@contextmanager
def shared_servers(
    folder: Path, names: Sequence[str] = ("storage", "postgres", "mail", "stripe")
) -> Iterator[Settings]:
    """Volatile servers for one test run, shared by every process that names the same folder.

    The first to ask starts them, the last to leave ends them and removes the folder, and neither a crash nor a kill
    of any user leaves them behind. The data does not survive a power cut: never use it for anything but tests.
    """
    with _attached(Home(folder), {}, ["--volatile", *names], lambda line: None) as state:
        yield Settings.from_env(state.environ)


@contextmanager
def _attached(home: Home, environ: Mapping[str, str], words: list[str], say: Callable[[str], None]) -> Iterator[State]:
    """Use what runs in the home, or start a holder for it and see it end."""
    holder: subprocess.Popen[bytes] | None = None
    try:
        with home.using():
            with home.starting():
                state = _running(home, say)
                if state is None:
                    say(f"Starting {' and '.join(word for word in words if word[0] != '-')} in {home.path}")
                    holder, state = _start_holder(home, environ, words)
            yield state
    finally:
        if holder is not None:
            _let_end(holder)


def _own(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name.startswith("PORTAL_")}


def without_settings(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if not name.startswith("PORTAL_")}


def _given(known: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """The settings of running servers, without those that the environment gives itself, directly or as a file."""
    external = {name for server in SERVERS if is_external(server, environ) for name in server.variables}

    def replaced(name: str) -> bool:
        plain = name.removesuffix("_FILE")
        return plain in external or bool(environ.get(plain) or environ.get(f"{plain}_FILE"))

    return {name: value for name, value in known.items() if not replaced(name)}


def _require_the_same(environ: Mapping[str, str], state: State) -> None:
    """Refuse to mix: a part that is neither running in the home nor named by the environment has no address."""
    known = _own(environ) | _given(state.environ, environ)
    for server in COMMANDS_NEED:
        if not is_external(server, environ) and not any(name in known for name in server.variables):
            raise BackendError(f"what runs in this home has no {server.title} of its own; set {min(server.variables)}")


def _running(home: Home, say: Callable[[str], None]) -> State | None:
    """What runs in the home, once it is ready; None when nothing does."""
    deadline = time.monotonic() + START_SECONDS
    said = False
    while time.monotonic() < deadline:
        if not home.held():
            return None
        state = home.state
        if state is not None and state.ready:
            return state
        if not said:
            say(f"Waiting for the portal that is starting in {home.path}")
            said = True
        time.sleep(0.1)
    raise BackendError(f"the portal in {home.path} has been starting for {START_SECONDS:.0f} seconds; see its logs")


def _start_holder(home: Home, environ: Mapping[str, str], words: list[str]) -> tuple[subprocess.Popen[bytes], State]:
    """Start the process that holds the servers for as long as somebody uses them."""
    log = home.log("servers")
    with log.open("wb") as output:
        holder = subprocess.Popen(
            [*HOLDER, str(home.path), *words],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=without_settings(python_environ()) | _own(environ),
            start_new_session=True,  # Ctrl-C is for the command; the servers end after it
        )
    deadline = time.monotonic() + START_SECONDS
    while holder.poll() is None and time.monotonic() < deadline:
        state = home.state
        if state is not None and state.ready:
            return holder, state
        time.sleep(0.03)
    end(holder, with_signal=signal.SIGTERM, grace=30)
    raise BackendError(last_line(log).removeprefix("Error: "))


def _let_end(holder: subprocess.Popen[bytes]) -> None:
    """Wait for the servers to end; when other commands still use them, leave them to those."""
    try:
        holder.wait(10)
    except subprocess.TimeoutExpired:
        return


# The holder: a process that starts servers and ends them when nobody uses them any more.


@contextmanager
def started(home: Home, servers: Sequence[Server]) -> Iterator[dict[str, str]]:
    """Start servers together and end them with the block; yields the settings by which they are reached.

    The home must be held.
    """
    with ExitStack() as stack:
        for server in servers:
            stack.callback(server.stop)
            server.launch()
        for server in servers:
            server.await_ready()
        settings: dict[str, str] = {}
        for server in servers:
            settings |= server.environ()
        yield settings


def complete(home: Home, environ: Mapping[str, str], reached: Mapping[str, str], port: int) -> dict[str, str]:
    """Every setting of a running home: what the operator gave, the servers, and generated or local values."""
    settings = local_settings(environ, home.secrets["secret_key"], port) | dict(reached)
    return settings | {"PORTAL_HOME": str(home.path), "PORTAL_PORT": str(port)}


def local_settings(environ: Mapping[str, str], secret_key: str, port: int) -> dict[str, str]:
    """The operator's settings, and for the rest of what is no server's the values that suit one machine."""
    local = {
        "PORTAL_SECRET_KEY": secret_key,
        "PORTAL_BASE_URL": f"http://127.0.0.1:{port}",
    }
    local |= NO_MAIL
    return _given(local, environ) | _own(environ)


def ready_state(kind: str, environ: Mapping[str, str], servers: Sequence[Server]) -> State:
    processes = {server.name: Identity.of(server.process.pid) for server in servers if server.process is not None}
    return State(kind=kind, starter=Identity.of(os.getpid()), ready=True, environ=environ, processes=processes)


def run_command(
    words: Sequence[str],
    environ: Mapping[str, str],
    home: Home,
    *,
    watch: Callable[[str], None] = lambda line: None,
) -> str:
    """Run one of our own commands against running servers and return what it printed.

    What it says meanwhile goes to its log; ``watch`` is shown the last line of it about twice a second.
    """
    log = home.log(words[0])
    with log.open("wb") as errors, tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [*processes.OWN_COMMAND, *words],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            env=without_settings(python_environ()) | dict(environ),
        )
        try:
            while _still_runs(process):
                watch(last_line(log))
        except BaseException:
            process.kill()
            process.wait()
            raise
        output.seek(0)
        printed = output.read().decode("utf-8", "replace")
    if process.returncode != 0:
        raise BackendError(f"portal {words[0]} failed: {last_line(log).removeprefix('Error: ')}")
    return printed


def _still_runs(process: subprocess.Popen[bytes]) -> bool:
    """Whether it does, after at most half a second of waiting for its end."""
    try:
        process.wait(0.5)
    except subprocess.TimeoutExpired:
        return True
    return False


def _hold(path: Path, words: Sequence[str]) -> None:
    volatile = "--volatile" in words
    home = Home(path)
    wanted = [server for server in SERVERS if server.name in words]
    servers = [Postgres(home, volatile=volatile) if kind is Postgres else kind(home) for kind in wanted]
    with ExitStack() as stack:
        stack.enter_context(home.hold("command"))
        home.discard_unfinished()
        settings = complete(home, os.environ, stack.enter_context(started(home, servers)), DEFAULT_PORT)
        Settings.from_env(settings)
        if "--migrate" in words:
            run_command(["migrate"], settings, home)
        state = ready_state("command", settings, servers)
        home.record(state)
        while not _ended_with_last_user(home, state, servers, volatile=volatile):
            for server in servers:
                if not server.running:
                    server.start()
            time.sleep(0.1)


def _ended_with_last_user(home: Home, state: State, servers: Sequence[Server], *, volatile: bool) -> bool:
    """End the servers when nobody uses them; newcomers wait meanwhile, find nothing and start their own."""
    with home.nobody_using() as nobody:
        if not nobody:
            return False
        home.record(replace(state, ready=False))
        for server in servers:
            server.stop()
        if volatile:
            _remove(home.path)
        return True


def _remove(path: Path) -> None:
    """Remove a home in one go: a newcomer finds either all of it or nothing, and never what is half removed."""
    away = path.with_name(f"{path.name}.removed-{os.getpid()}")
    with suppress(FileNotFoundError):
        path.rename(away)
    shutil.rmtree(away, ignore_errors=True)


def main() -> None:
    def stop(signum: int, frame: object) -> NoReturn:
        raise SystemExit(128 + signum)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        _hold(Path(sys.argv[1]), sys.argv[2:])
    except (BackendError, SettingsError, HomeInUseError) as error:
        sys.stderr.write(f"Error: {error}\n")
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
