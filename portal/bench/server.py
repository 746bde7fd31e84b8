"""The real web server as a child of the measurement, and a load on it from a third process."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from signal import SIGTERM

from portal.backends.processes import OWN_COMMAND, BackendError, end, python_environ, spawn, wait_until
from portal.bench.load import HOST, Answers, Load
from portal.settings import Settings

START_SECONDS = 60.0
LOAD = [sys.executable, "-m", "portal.bench.load"]


def free_port() -> int:
    """A port that nobody listens on just now."""
    with closing(socket.socket()) as found:
        found.bind((HOST, 0))
        port: int = found.getsockname()[1]
        return port


def environ_of(settings: Settings) -> dict[str, str]:
    """The settings as a child of ours reads them, and nothing of the operator's own beside them."""
    plain = {name: value for name, value in python_environ().items() if not name.startswith("PORTAL_")}
    return plain | {
        "PORTAL_HOME": str(settings.home),
        "PORTAL_DATABASE_URL": settings.database_url,
        "PORTAL_POOL_SIZE": str(settings.pool_size),
        "PORTAL_S3_ENDPOINT": settings.s3_endpoint,
        "PORTAL_S3_ACCESS_KEY": settings.s3_access_key,
        "PORTAL_S3_SECRET_KEY": settings.s3_secret_key,
        "PORTAL_S3_BUCKET": settings.s3_bucket,
        "PORTAL_SMTP_URL": settings.smtp_url,
        "PORTAL_MAIL_FROM": settings.mail_from,
        "PORTAL_SECRET_KEY": settings.secret_key,
        "PORTAL_BASE_URL": settings.base_url,
        "PORTAL_HOST": settings.host,
        "PORTAL_PORT": str(settings.port),
    }


@contextmanager
def served(settings: Settings) -> Iterator[None]:
    """`portal serve`, one process, for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "serve.log"
        child = spawn([*OWN_COMMAND, "serve"], log=log, cwd=Path(folder), env=environ_of(settings))
        try:
            wait_until(lambda: _listens(settings.port), child, "portal serve", log=log, timeout=START_SECONDS)
            yield
        finally:
            end(child, with_signal=SIGTERM, grace=10)


def _listens(port: int) -> bool:
    with closing(socket.socket()) as caller:
        return caller.connect_ex((HOST, port)) == 0


def ask(settings: Settings, token: str, paths: Sequence[str], *, clients: int, seconds: float) -> Answers:
    """Load the server as somebody who is signed in; raises BackendError when it refuses."""
    load = Load(port=settings.port, paths=list(paths), cookie=f"session={token}", clients=clients, seconds=seconds)
    done = subprocess.run(  # noqa: S603 - our own program and words
        LOAD,
        input=json.dumps(asdict(load)),
        capture_output=True,
        text=True,
        env=dict(os.environ) | python_environ(),
        check=False,
    )
    if done.returncode != 0:
        raise BackendError(f"the load broke off: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}")
    answers = Answers(**json.loads(done.stdout))
    if answers.refused:
        raise BackendError(f"{answers.refused} answers of {paths[0]} were refusals")
    return answers
