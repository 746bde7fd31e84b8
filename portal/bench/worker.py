"""A worker as `portal worker` runs it, that knows one job more: the one that does nothing.

python -m portal.bench.worker
"""

import asyncio
import os

import portal.app  # noqa: F401 - a worker knows every job, and looks for each
from portal.jobs import job
from portal.jobs.registry import Payload
from portal.jobs.worker import run
from portal.settings import Settings

NAME = "bench.nothing"


async def nothing(payload: Payload) -> None:
    """Do nothing."""


def main() -> None:
    """Work until told to end."""
    job(NAME)(nothing)
    asyncio.run(run(Settings.from_env(os.environ)))


if __name__ == "__main__":
    main()
