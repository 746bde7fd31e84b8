"""Keeps a program that knows no better on loopback and in its own folder.

Python runs this file at its start when the folder is on PYTHONPATH; only the Stripe stand-in's process gets it there.
The stand-in listens on every interface and keeps its state in one file in /tmp shared by everybody, and has options
for neither.
"""

import builtins
import io
import os
import socket
from typing import Any

_bind = socket.socket.bind
_open = builtins.open
_STATE = "/tmp/localstripe.pickle"  # noqa: S108  the name it uses
_HOME = os.environ.get("STAND_IN_STATE")


def _bind_to_loopback(self: socket.socket, address: Any) -> None:
    """Bind a wildcard to 127.0.0.1 instead, through the mapped address where the socket is an IPv6 one."""
    if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] in ("", "::", "0.0.0.0"):  # noqa: S104
        loopback = "127.0.0.1"
        if self.family == socket.AF_INET6:
            self.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            loopback = "::ffff:127.0.0.1"
        address = (loopback, *address[1:])
    _bind(self, address)


class _Whole(io.FileIO):
    """A file that takes its name only when it is complete, so that a kill never leaves half of it."""

    def __init__(self, path: str) -> None:
        self._path = path
        super().__init__(f"{path}.part", "w")

    def close(self) -> None:
        if not self.closed:
            super().close()
            os.replace(f"{self._path}.part", self._path)  # noqa: PTH105  pathlib uses what is changed here


def _open_at_home(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
    if file != _STATE or not _HOME:
        return _open(file, mode, *args, **kwargs)
    return io.BufferedWriter(_Whole(_HOME)) if "w" in mode else _open(_HOME, mode, *args, **kwargs)


socket.socket.bind = _bind_to_loopback  # type: ignore[method-assign,assignment]
builtins.open = _open_at_home
