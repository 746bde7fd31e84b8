"""What never arrived: each hour the processor is asked for its events since the last time, and for every payment whose
end is not known. Both go the way of an event that came by itself."""

from contextlib import suppress
from datetime import timedelta
from typing import Final
from uuid import UUID

from billing.cards import processor
from billing.cards.booking import book_again
from billing.cards.events import follower_of, keep
from billing.cards.objects import Rejected
from billing.cards.tables import CardStatus
from portal import clock
from portal.audit.record import Event, record_each
from portal.jobs import enqueue, every, job
from portal.jobs.registry import Payload
from portal.people.actor import system
from portal.tenancy.database import NOBODY, as_job, sql, sql_value, transaction

FIRST_LOOK: Final = timedelta(days=3)
"""So far back the first look goes; later ones go back to the last."""
OVERLAP: Final = timedelta(minutes=10)
"""Events are listed a little after they happen."""
SETTLES: Final = timedelta(minutes=10)
"""A payment that is younger is left to its event and its page."""
GIVEN_UP: Final = timedelta(days=1)
"""A debtor who has not confirmed a payment by then begins another one."""
KEPT_WHOLE: Final = timedelta(days=90)
"""After that an event's words go; that it came stays."""
AT_ONCE: Final = 500


@every("cards.sweep", "17 * * * *")
async def sweep(_: Payload) -> None:
    """Have each agency with an account swept."""
    async with transaction(NOBODY):
        for row in await sql("select agency_id from agencies_with_processor() as agency_id"):
            await enqueue("cards.sweep_agency", {"agency_id": row["agency_id"]}, dedupe=f"sweep {row['agency_id']}")


@job("cards.sweep_agency")
async def sweep_agency(payload: Payload) -> None:
    """Find what one agency missed. Waits while the processor does not answer, and misses nothing by that."""
    agency_id, now = UUID(payload["agency_id"]), clock.now()
    async with transaction(as_job(agency_id)):
        seen_to = await sql_value("select events_seen_to from processor_accounts where agency_id = $1", agency_id)
        await sql(
            "update processor_events set body = '' where agency_id = $1 and body <> '' and received_at < $2",
            *(agency_id, now - KEPT_WHOLE),
        )
    listed = await (await processor.processor_of(agency_id)).list_events((seen_to or now - FIRST_LOOK) - OVERLAP)
    async with transaction(as_job(agency_id)):
        for event in listed:
            if follower_of(event.type):
                await keep(agency_id, event)
        await sql("update processor_accounts set events_seen_to = $2 where agency_id = $1", agency_id, now)
    await _look_at_unsettled(agency_id)


UNSETTLED: Final = """
select intent_id, created_at, status from card_payments
where agency_id = $1 and created_at < $2 and intent_id is not null
  and (status in ('begun', 'processing', 'needs_action') or status = 'succeeded' and payment_id is null)
order by created_at limit $3
"""


NEVER_ASKED: Final = """
update card_payments set status = 'cancelled', changed_at = $3
where agency_id = $1 and status = 'begun' and intent_id is null and created_at < $2 returning id
"""


async def _look_at_unsettled(agency_id: UUID) -> None:
    now = clock.now()
    async with transaction(as_job(agency_id)):
        # Had the processor ever heard of them, its events would have said so by now.
        before, after = {"status": CardStatus.BEGUN}, {"status": CardStatus.CANCELLED}
        gone = [
            Event(row["id"], before=before, after=after)
            for row in await sql(NEVER_ASKED, agency_id, now - GIVEN_UP, now)
        ]
        if gone:
            await record_each(system(agency_id), "card_payment.moved", "card_payment", gone)
        for row in await sql(UNSETTLED, agency_id, now - SETTLES, AT_ONCE):
            left_alone = row["created_at"] < now - GIVEN_UP and row["status"] == CardStatus.BEGUN
            name = "cards.give_up" if left_alone else "cards.book"
            payload = {"agency_id": agency_id, "intent_id": row["intent_id"]}
            await enqueue(name, payload, dedupe=f"book {row['intent_id']}")


@job("cards.give_up")
async def give_up(payload: Payload) -> None:
    """Take back a wish for money that its debtor left alone, and see how it ended."""
    agency_id, intent_id = UUID(payload["agency_id"]), payload["intent_id"]
    with suppress(Rejected):  # it has moved on meanwhile
        await (await processor.processor_of(agency_id)).cancel_intent(intent_id)
    await book_again(payload)
