"""Starting and ending the processes of a home, so that none outlives the one that began it."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

PR_SET_PDEATHSIG = 1
OWN_COMMAND = [sys.executable, "-m", "portal"]
"""How a child of ours runs the command `portal`."""

SAME_START_SECONDS = 2.0
LOG_BYTES = 5_000_000


class BackendError(Exception):
    """An embedded server could not be brought up. The message is one line for the operator."""


@dataclass(frozen=True)
class Identity:
    """A process that cannot be mistaken for a later one with the same number."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> Identity:
        """Raises psutil.NoSuchProcess when there is none."""
        return cls(pid, psutil.Process(pid).create_time())

    def find(self) -> psutil.Process | None:
        """The process while it lives, else None."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < SAME_START_SECONDS
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None


def spawn(
    command: Sequence[str],
    *,
    log: Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own, writing to a log.

    On Linux it receives `death_signal` when this process dies, however that happens. The kernel counts the death of
    the starting thread as well, so only the main thread may start one. Elsewhere the next start in the same home ends
    what was left.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("a server is started by the main thread only: it would die with any other")
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".old.log"))
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=cwd,
            env=None if env is None else dict(env),
            user=user,
            group=None if user is None else _group_of(user),
            extra_groups=None if user is None else [],
            start_new_session=True,
            preexec_fn=_end_with_parent(death_signal),  # noqa: PLW1509  the starter has no other threads by then
        )


def python_environ() -> dict[str, str]:
    """The environment of a child that runs our own modules, wherever its working folder is."""
    root = str(Path(__file__).parents[2])
    others = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path and path != root]
    return dict(os.environ) | {"PYTHONPATH": os.pathsep.join([root, *others])}


def _group_of(user: str) -> int:
    import pwd

    return pwd.getpwnam(user).pw_gid


def _end_with_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def tie() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return tie


def end(process: subprocess.Popen[bytes], *, with_signal: signal.Signals, grace: float) -> None:
    """Ask a process to end, wait, then end its whole group by force. Ending one that is gone is no error."""
    if process.poll() is None:
        process.send_signal(with_signal)
        try:
            process.wait(grace)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    try:
        os.killpg(process.pid, signal.SIGKILL)  # what it started itself and left behind
    except (ProcessLookupError, PermissionError):
        return


def end_orphan(orphan: Identity, *, grace: float = 10.0) -> None:
    """End a process left by a starter that was killed. The start time proves that the number was not used again."""
    process = orphan.find()
    if process is None:
        return
    # SIGINT is PostgreSQL's quick and clean way out; the others end on it as on Ctrl-C.
    process.send_signal(signal.SIGINT)
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline:
        if orphan.find() is None:
            return
        time.sleep(0.05)
    if orphan.find() is not None:
        process.kill()


def wait_until(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], name: str, *, log: Path, timeout: float
) -> None:
    """Wait for a server to answer; raises BackendError with the last line of its log when it ends or stays silent."""
    deadline = time.monotonic() + timeout
    while not ready():
        if process.poll() is not None:
            raise BackendError(f"{name} ended while starting: {last_line(log)}")
        if time.monotonic() > deadline:
            raise BackendError(f"{name} did not answer within {timeout:.0f} seconds; see {log}")
        time.sleep(0.03)


def last_line(log: Path) -> str:
    """The last line of a log that says anything."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 8192))
            lines = [line.strip() for line in file.read().decode("utf-8", "replace").splitlines()]
    except OSError:
        return "no log"
    return next((line for line in reversed(lines) if line), "no log")
