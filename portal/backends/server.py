"""What the embedded servers have in common: how one is started, watched and ended."""

from __future__ import annotations

import signal
import socket
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from portal.backends.home import Home
from portal.backends.processes import end, last_line, spawn, wait_until


class Server(ABC):
    """One embedded server of a home."""

    name: ClassVar[str]
    """The word for it in files and settings of the home."""
    title: ClassVar[str]
    """The word for it in what people read."""
    variables: ClassVar[frozenset[str]]
    """The settings it answers for. When the operator sets one of them, the server is somebody else's and not started."""
    end_signal: ClassVar[signal.Signals] = signal.SIGTERM
    grace: ClassVar[float] = 15.0
    timeout: ClassVar[float] = 60.0

    def __init__(self, home: Home) -> None:
        self.home = home
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def launch(self) -> None:
        """Prepare its data and start it, without waiting for an answer."""
        self.prepare()
        self.process = spawn(
            self.command(),
            log=self.home.log(self.name),
            cwd=self.home.path,
            env=self.process_environ(),
            user=self.user,
            death_signal=self.end_signal,
        )
        self.home.record_process(self.name, self.process.pid)

    def await_ready(self) -> None:
        """Wait until it answers and holds what the portal needs; raises BackendError when it does not come up."""
        assert self.process is not None, "launched before"
        wait_until(self.answers, self.process, self.title, log=self.home.log(self.name), timeout=self.timeout)
        self.furnish()

    def start(self) -> None:
        self.launch()
        self.await_ready()

    def stop(self) -> None:
        if self.process is not None:
            end(self.process, with_signal=self.end_signal, grace=self.grace)
            self.process = None

    def last_words(self) -> str:
        return last_line(self.home.log(self.name))

    @property
    def user(self) -> str | None:
        """The system user it runs as, when that is not the starter's own."""
        return None

    def process_environ(self) -> Mapping[str, str] | None:
        """The environment of its process; None for the starter's own."""
        return None

    @abstractmethod
    def prepare(self) -> None:
        """Choose ports and lay out the data folder."""

    @abstractmethod
    def command(self) -> list[str]: ...

    @abstractmethod
    def answers(self) -> bool: ...

    def furnish(self) -> None:  # noqa: B027  most have nothing to add
        """Create what the portal expects to find in it."""

    @abstractmethod
    def environ(self) -> dict[str, str]:
        """The settings by which the portal reaches it."""


def listens(port: int) -> bool:
    """Whether something accepts connections on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
