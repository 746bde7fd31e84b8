"""One attempt at a job. What goes wrong is told by where it happened, never by the words of the error.

An error's words may quote a debtor's data (PostgreSQL repeats the row it refuses), and the queue and the log are read
by operators, who see no tenant's data.
"""

import logging
import random
from datetime import timedelta

from pgqueuer.domain.errors import RetryRequested

from portal.errors import Unanswered, told
from portal.jobs.registry import LONGEST_PAUSE, Job, Payload

LOG = logging.getLogger("portal.jobs")


class TryAgain(RetryRequested):
    """The attempt failed and another follows after ``delay``."""

    def __init__(self, delay: timedelta, reason: str, original: BaseException) -> None:
        super().__init__(delay, reason)
        self.original = original


class GivenUp(Exception):
    """The last attempt failed."""

    def __init__(self, reason: str, original: BaseException) -> None:
        super().__init__(reason)
        self.original = original


async def attempt(kind: Job, number: int, payload: Payload, failures_before: int) -> None:
    """Run a job's handler once.

    Raises:
        TryAgain: it failed, or the worker is being stopped.
        GivenUp: it failed for the last time.
    """
    try:
        await kind.handler(payload)
    except Exception as error:
        reason = told(error)
        pause = kind.pause(failures_before + 1)
        LOG.warning("job %s %s failed, attempt %s: %s", number, kind.name, failures_before + 1, reason)
        if pause is None and isinstance(error, Unanswered):
            pause = LONGEST_PAUSE  # nothing is wrong with the job: it waits for what is away, however long that is
        if pause is None:
            raise GivenUp(reason, error) from None
        raise TryAgain(pause * random.uniform(0.9, 1.1), reason, error) from None  # noqa: S311 - spreads retries
