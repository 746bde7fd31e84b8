"""The bare database: SQL through pgbench, prepared, as the role that the settings name."""

import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from portal.backends.postgres import binaries
from portal.backends.processes import BackendError
from portal.bench.recording import Statement

JOBS = 2
"""Threads that speak for the clients."""

_RATE = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
_PLACE = re.compile(r"\$(\d+)")


@dataclass(frozen=True, slots=True)
class Script:
    """Statements of one transaction, with the values they are sent with."""

    text: str
    values: Mapping[str, str]


def script(statements: Sequence[Statement]) -> Script:
    """The same statements as a script: every value that was a parameter stays one."""
    values: dict[str, str] = {}
    lines = []
    for number, statement in enumerate(statements):

        def named(found: re.Match[str], number: int = number, statement: Statement = statement) -> str:
            value = statement.values[int(found[1]) - 1]
            if not value:  # pgbench defines no empty variable
                return "null" if value is None else "''"
            name = f"v{number}_{found[1]}"
            values[name] = value
            return f":{name}"

        lines.append(_PLACE.sub(named, statement.query.strip().rstrip(";")) + ";\n")
    return Script("".join(lines), values)


def rate(url: str, work: Script, *, clients: int, seconds: float) -> float:
    """Transactions a second of so many clients at once."""
    bare, password = _without_password(url)
    environ = dict(os.environ) | ({"PGPASSWORD": password} if password else {})
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "work.sql"
        file.write_text(work.text, encoding="utf-8")
        defined = [part for name, value in work.values.items() for part in ("-D", f"{name}={value}")]
        command = [
            *(str(binaries() / "pgbench"), "--no-vacuum", "--protocol=prepared", f"--file={file}"),
            *(f"--client={clients}", f"--jobs={JOBS}", *defined),
        ]
        # On a machine that has much else to do, not one transaction may end in the time: then it gets more.
        for longer in (1, 4, 16):
            time = f"--time={max(1, round(seconds * longer))}"
            done = subprocess.run(  # noqa: S603 - our own program and words
                [*command, time, bare], capture_output=True, text=True, env=environ, check=False
            )
            if done.returncode != 0:
                break
            if found := _RATE.search(done.stdout):
                return float(found[1])
    reason = [*done.stderr.strip().splitlines(), *done.stdout.strip().splitlines(), "no reason given"][0]
    raise BackendError(f"pgbench failed: {reason}")


def _without_password(url: str) -> tuple[str, str | None]:
    """The address for a command line, which others on the machine can read, and the password apart."""
    parts = urlsplit(url)
    if parts.password is None:
        return url, None
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username}@{host}")), parts.password
