"""Starts `up` with stand-ins for the portal's own commands: as a program, and for tests."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from functools import cache
from pathlib import Path

import psutil

STAND_IN = Path(__file__).parent / "stand_in.py"
ROOT = Path(__file__).parents[3]
PATIENCE = 120.0  # a busy machine is no failure


def until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.05)


def environment(home: Path, **values: str) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    own = {"PORTAL_HOME": str(home), "PORTAL_PORT": str(port_of(home))}
    return plain | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"} | own | values


@cache
def port_of(home: Path) -> int:
    """A port for the web server of a home, the same each time: other tests start theirs at the same moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Up:
    """One `portal up` in a home."""

    def __init__(self, home: Path, **values: str) -> None:
        self.home = home
        self.output = home.parent / f"{home.name}-{time.monotonic_ns()}.out"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.portal.backends.starting"],
                env=environment(home, **values),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=ROOT,
            )

    @property
    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def running(self) -> Up:
        def shown() -> bool:
            assert self.process.poll() is None, self.said
            return "Ctrl-C stops everything" in self.said

        until(shown, "up is running")
        return self

    def state(self) -> dict[str, dict[str, dict[str, float]]]:
        state: dict[str, dict[str, dict[str, float]]] = json.loads((self.home / "state.json").read_text())
        return state

    def pids(self) -> dict[str, int]:
        return {name: int(one["pid"]) for name, one in self.state()["processes"].items()}

    def settings(self) -> dict[str, str]:
        """The variables that the web server was started with, asked from itself."""
        port = self.state()["environ"]["PORTAL_PORT"]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
            settings: dict[str, str] = json.load(answer)
        return settings

    def end(self, how: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)


def processes_of(home: Path) -> list[str]:
    """Every process that works in the home or was started for it."""
    found = []
    for process in psutil.process_iter(["pid", "cmdline", "cwd", "status"]):
        words = [*(process.info["cmdline"] or []), process.info["cwd"] or ""]
        if process.info["status"] != psutil.STATUS_ZOMBIE and any(str(home) in word for word in words):
            found.append(f"{process.info['pid']}: {' '.join(words)}")
    return found


if __name__ == "__main__":
    from rich.console import Console

    from portal.backends import processes, supervisor
    from portal.settings import SettingsError

    processes.OWN_COMMAND[:] = [sys.executable, str(STAND_IN)]
    try:
        supervisor.up(os.environ, Console(highlight=False))
    except (processes.BackendError, SettingsError) as error:
        sys.exit(f"Error: {error}")
