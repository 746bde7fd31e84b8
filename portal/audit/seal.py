"""The sealer: takes what was written to each agency's trail and appends it to the agency's chain.

Nobody who writes an event waits for this: events commit unchained, and a seal covers them about a second later. A
seal names what it covers with a digest of each, and the hash of the seal before; the database writes it, by a
function of its own, and no other way.
"""

from uuid import UUID

from portal import clock
from portal.jobs import steadily
from portal.tenancy.database import NOBODY, as_job, sql, sql_value, transaction

MOST = 500
"""A seal covers at most so many events and journals."""


async def seal(agency_id: UUID) -> int:
    """Seal what waits in one agency's inbox; gives how many events and journals that was.

    Nothing when another sealer is at it. Called outside a transaction: each seal is one of its own.
    """
    sealed = 0
    while True:
        async with transaction(as_job(agency_id)):
            taken = await sql_value("select seal_trail($1, $2)", clock.now(), MOST)
        sealed += taken or 0
        if (taken or 0) < MOST:
            return sealed


async def seal_all() -> int:
    """Seal what waits in every agency; gives how many events and journals that was."""
    async with transaction(NOBODY, read_only=True):
        waiting = [row["id"] for row in await sql("select agencies_to_seal() as id")]
    return sum([await seal(agency_id) for agency_id in waiting])


@steadily("audit.seal")
async def keep_sealing() -> None:
    """What each worker does about every second."""
    await seal_all()
