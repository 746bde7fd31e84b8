"""A worker with handlers of the tests, as a process of its own: ``python -m tests.portal.jobs.worker_process``.

What a handler did is a line in the file that ``DONE`` names.
"""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

from portal.jobs import job, worker
from portal.jobs.registry import SCHEDULES
from portal.settings import Settings

DONE = Path(os.environ["DONE"])


def write(line: str) -> None:
    with DONE.open("a") as file:
        file.write(f"{line}\n")


@job("test.quick")
async def quick(payload: Mapping[str, str]) -> None:
    write(f"quick {payload.get('id', '')}")


@job("test.slow")
async def slow(payload: Mapping[str, str]) -> None:
    write(f"begun {payload['id']}")
    await asyncio.sleep(float(payload["seconds"]))
    write(f"slow {payload['id']}")


@job("test.tick")
async def tick(_: Mapping[str, str]) -> None:
    write("tick")


if __name__ == "__main__":
    if "CRON" in os.environ:
        SCHEDULES["test.tick"] = os.environ["CRON"]
    worker.GRACE = worker.timedelta(seconds=float(os.environ.get("GRACE", "20")))
    asyncio.run(worker.run(Settings.from_env(os.environ)))
