"""Events of the processor: kept as they arrive, once each, and followed by a job that fetches what they are about.

An event is only word that something happened. It comes late, again, and in any order; so the job asks the processor how
the object stands now and brings that into the books, and doing so five times is the same as doing it once.
"""

from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

from billing.cards import processor
from billing.cards.booking import book
from billing.cards.objects import Event, NotUnderstood, Rejected
from billing.cards.tables import EventState
from portal import clock
from portal.errors import Unanswered
from portal.identity import new_id
from portal.jobs import enqueue, job
from portal.jobs.registry import Payload
from portal.tenancy.database import as_job, sql, sql_one, transaction

Follower = Callable[[UUID, str], Awaitable[bool]]


class NotYet(Unanswered):
    """What the event is about rests on a payment that is not in the books yet; later it will be."""


INSERT: Final = """
insert into processor_events (id, agency_id, event_id, type, object_id, created, received_at, state, body)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (agency_id, event_id) do nothing returning id
"""


async def keep(agency_id: UUID, event: Event, body: bytes = b"") -> bool:
    """Keep an event of an agency and have it followed; False where it was kept before.

    ``body`` is the message as it came; empty for an event that the sweep found. Runs in the agency's own scope.
    """
    state = EventState.KEPT if follower_of(event.type) else EventState.IGNORED
    row = await sql_one(
        INSERT,
        *(new_id(), agency_id, event.id, event.type, event.object_id, event.created, clock.now(), state, body),
    )
    if row is not None and state is EventState.KEPT:
        await enqueue("cards.follow", {"agency_id": agency_id, "event": row["id"]})
    return row is not None


@job("cards.follow")
async def follow(payload: Payload) -> None:
    """Do what an event is about. Waits for as long as the processor does not answer; gives up on what makes no sense."""
    agency_id, event_id = UUID(payload["agency_id"]), UUID(payload["event"])
    async with transaction(as_job(agency_id)):
        row = await sql_one(
            "update processor_events set tries = tries + 1 where agency_id = $1 and id = $2 and state = 'kept'"
            " returning type, object_id",
            *(agency_id, event_id),
        )
    if row is None:
        return
    following = follower_of(row["type"])
    assert following is not None
    problem = ""
    try:
        state = EventState.DONE if await following(agency_id, row["object_id"]) else EventState.IGNORED
    except NotUnderstood as error:
        state, problem = EventState.FAILED, str(error)
    except Rejected as error:
        state, problem = EventState.FAILED, error.code
    async with transaction(as_job(agency_id)):
        await sql(
            "update processor_events set state = $3, problem = $4, done_at = $5 where agency_id = $1 and id = $2",
            *(agency_id, event_id, state, problem, clock.now()),
        )


async def follow_intent(agency_id: UUID, intent_id: str) -> bool:
    """Word of a payment."""
    return await book(agency_id, intent_id) is not None


async def follow_charge(agency_id: UUID, charge_id: str) -> bool:
    """Word of a charge: of its payment, that is. One without an intent was not asked for by us."""
    charge = await (await processor.processor_of(agency_id)).fetch_charge(charge_id)
    return bool(charge.intent_id) and await follow_intent(agency_id, charge.intent_id)


FOLLOWERS: Final[list[tuple[str, Follower]]] = [("payment_intent.", follow_intent), ("charge.", follow_charge)]
"""Who follows events whose type begins like this; the longest beginning wins."""


def follower_of(kind: str) -> Follower | None:
    """Who follows an event of this type."""
    fitting = [(len(beginning), who) for beginning, who in FOLLOWERS if kind.startswith(beginning)]
    return max(fitting, key=lambda found: found[0])[1] if fitting else None
