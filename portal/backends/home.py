"""The home: the folder of one installation's embedded servers, used by one starter at a time."""

from __future__ import annotations

import fcntl
import json
import os
import random
import shutil
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import IO

from portal.backends.processes import BackendError, Identity, end_orphan
from portal.backends.secrets import load_secrets, write_private

# Below the range from which the kernel takes ports for outgoing connections, so that a remembered one stays free.
PORTS = range(20000, 32000)

DATA = ("postgres", "storage")
"""Folders whose contents belong together."""

UNFINISHED = "first-run"


@dataclass(frozen=True, kw_only=True)
class State:
    """What runs in a home, as the starter wrote it down for every other command."""

    kind: str
    """`up`, or `command` for servers that last as long as the commands using them."""
    starter: Identity
    ready: bool = False
    environ: Mapping[str, str] = field(default_factory=dict)
    """The complete settings of what runs, as variables. The file is as private as the secrets."""
    processes: Mapping[str, Identity] = field(default_factory=dict)


class HomeInUseError(BackendError):
    """Another `up` has this home."""


class Home:
    """Paths, ports, secrets and the record of what runs, all under one folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True)
            # As root, PostgreSQL runs as another user, who must be able to pass through; nobody may look around.
            path.chmod(0o711 if os.geteuid() == 0 else 0o700)
        except OSError as error:
            raise BackendError(f"PORTAL_HOME cannot be used: {path}: {error.strerror}") from None

    @property
    def secrets(self) -> dict[str, str]:
        """The generated secrets, made on first use."""
        return load_secrets(self.path / "secrets.json")

    def log(self, name: str) -> Path:
        """The log of one server or command; the folder is made."""
        (self.path / "log").mkdir(mode=0o700, exist_ok=True)
        return self.path / "log" / f"{name}.log"

    # What runs here

    @property
    def state(self) -> State | None:
        """The record of the current starter; None when nobody holds the home, whatever an old record says."""
        return self._recorded() if self.held() else None

    def _recorded(self) -> State | None:
        try:
            found = json.loads((self.path / "state.json").read_text(encoding="utf-8"))
            return State(
                kind=found["kind"],
                starter=Identity(**found["starter"]),
                ready=found["ready"],
                environ=found["environ"],
                processes={name: Identity(**one) for name, one in found["processes"].items()},
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def record(self, state: State) -> None:
        write_private(self.path / "state.json", json.dumps(asdict(state), indent=2))

    def record_process(self, name: str, pid: int) -> None:
        """Note a process as soon as it exists, so that a later start can end it."""
        state = self._recorded()
        if state is not None:
            self.record(replace(state, processes={**state.processes, name: Identity.of(pid)}))

    # Who holds it

    def held(self) -> bool:
        """Whether some starter holds this home now."""
        with (self.path / "lock").open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False

    @contextmanager
    def hold(self, kind: str) -> Iterator[None]:
        """Hold the home alone, after ending what a killed starter left; raises HomeInUseError when another has it.

        The kernel drops the lock with its process, so that a kill leaves nothing to tidy by hand.
        """
        with (self.path / "lock").open("ab") as file:
            if not _lock(file, patience=0.5):
                raise HomeInUseError(self._who())
            left = self._recorded()
            for orphan in left.processes.values() if left else ():
                end_orphan(orphan)
            self.record(State(kind=kind, starter=Identity.of(os.getpid())))
            try:
                yield
            finally:
                (self.path / "state.json").unlink(missing_ok=True)

    def _who(self) -> str:
        state = self._recorded()
        if state is None or state.kind != "up":
            return f"another portal command is using {self.path}; try again when it has ended"
        where = state.environ.get("PORTAL_BASE_URL", "an address it has not chosen yet")
        return f"the portal is already running in {self.path} at {where} (process {state.starter.pid})"

    @contextmanager
    def using(self) -> Iterator[None]:
        """Count as a user of the servers, so that one who started them for a command waits before ending them."""
        while True:
            self.path.mkdir(parents=True, exist_ok=True)
            with (self.path / "users").open("ab") as file:
                fcntl.flock(file, fcntl.LOCK_SH)
                # A home of tests is removed by the last to leave: then this was a lock on nothing.
                if _same_file(file, self.path / "users"):
                    yield
                    return

    @contextmanager
    def starting(self) -> Iterator[None]:
        """One command at a time decides whether servers must be started."""
        with (self.path / "starting").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @contextmanager
    def nobody_using(self) -> Iterator[bool]:
        """Whether no command uses the servers; while the block runs, none can begin to."""
        with (self.path / "users").open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    # A first run that was cut short

    def mark_unfinished(self) -> None:
        """Remember, in a home without data, that its sample is not complete; nobody works in it before it is."""
        if not any((self.path / folder).exists() for folder in DATA):
            (self.path / UNFINISHED).touch()

    def mark_finished(self) -> None:
        (self.path / UNFINISHED).unlink(missing_ok=True)

    def discard_unfinished(self) -> None:
        """Drop what a first run left that was killed before its sample was complete."""
        if (self.path / UNFINISHED).exists():
            for folder in DATA:
                shutil.rmtree(self.path / folder, ignore_errors=True)
            self.mark_finished()

    # Ports

    def port(self, name: str, preferred: int | None = None, host: str = "127.0.0.1") -> int:
        """A free port for a listener: the preferred one, else the one it had last time, else any."""
        remembered = self._ports()
        taken = {port for other, port in remembered.items() if other != name}
        candidates = [preferred, remembered.get(name)]
        candidates += random.sample(PORTS, 200)
        for port in candidates:
            if port is not None and port not in taken and port_is_free(port, host):
                # The preferred one is tried first anyway; remembering it would keep it from its next listener.
                if port != preferred:
                    write_private(self.path / "ports.json", json.dumps(remembered | {name: port}, indent=2))
                return port
        raise BackendError("no free port was found on 127.0.0.1")

    def known_port(self, name: str) -> int:
        """The port chosen before; raises BackendError when none was."""
        try:
            return self._ports()[name]
        except KeyError:
            raise BackendError(f"no port has been chosen for {name}") from None

    def _ports(self) -> dict[str, int]:
        try:
            ports: dict[str, int] = json.loads((self.path / "ports.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return ports


def _same_file(file: IO[bytes], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _lock(file: IO[bytes], *, patience: float) -> bool:
    """Take a lock alone; others look at it for an instant only, so a short patience tells them from a holder."""
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        else:
            return True


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
