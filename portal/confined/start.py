"""Starting a confined child: our own interpreter on one of our own files, without environment, at the root folder."""

import json
import subprocess
import sys
from pathlib import Path
from typing import IO, Any


def start(child: Path, asked: object, content: IO[bytes]) -> subprocess.Popen[bytes]:
    """Begin a child that reads ``content`` from its standard input, from the beginning, and is told ``asked`` as JSON.

    Its words are on ``stdout``. Whoever starts it ends it and waits for it. The file is to be the child's alone, since
    a descriptor carries its place along.
    """
    content.flush()
    content.seek(0)
    command: list[Any] = [sys.executable, "-I", str(child), json.dumps(asked)]
    return subprocess.Popen(  # noqa: S603 - our own interpreter and file
        command, stdin=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd="/"
    )
