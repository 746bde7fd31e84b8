"""What has no value any more is deleted by the calendar: kept answers, attempts, ended sessions, used links.

How long each is kept stands in ``sql/functions/purge_spent.sql`` and in the manual of operations.
"""

import logging
from collections import Counter

from portal import clock
from portal.jobs import every
from portal.jobs.registry import Payload
from portal.tenancy.database import NOBODY, sql, transaction

LOG = logging.getLogger("portal.people")

MOST = 1000
"""Rows of each kind in one transaction."""


@every("people.purge", "40 * * * *")
async def purge(_: Payload) -> None:
    """Each hour: delete what is past its time."""
    purged = await purge_all()
    if purged:
        LOG.info("purged %s", ", ".join(f"{count} {kind}" for kind, count in sorted(purged.items())))


async def purge_all(most: int = MOST) -> Counter[str]:
    """Delete what is past its time, batch after batch; gives how many rows of each kind that were.

    Called outside a transaction: each batch is one of its own.
    """
    purged: Counter[str] = Counter()
    more = True
    while more:
        async with transaction(NOBODY):
            batch = {
                row["kind"]: row["purged"] for row in await sql("select * from purge_spent($1, $2)", clock.now(), most)
            }
        purged.update(batch)
        more = max(batch.values()) >= most
    return +purged
