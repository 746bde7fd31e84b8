"""Taking money from a debtor who is there. One form is one attempt, written down before the processor hears of it.

`begin` writes the attempt within a transaction, `confirm` asks the processor outside of one, and `booking.book` puts what
became of it into the books. Whoever is killed in between leaves a row that the next look or the sweep finds: the row's id
is the idempotency key, so that asking again takes nothing twice.
"""

from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from billing.cards.accounts import offered_by
from billing.cards.attempts import Attempt, attempt_of, under_way
from billing.cards.booking import book
from billing.cards.failing import fail
from billing.cards.objects import Declined, Given, Intent, Rejected
from billing.cards.processor import NotSetUp, processor_of
from billing.cards.tables import CardStatus
from billing.payments.disputed import undisputed
from billing.payments.split import owed
from cases.casework import CaseFile, load_case
from cases.interest.post import as_if_posted
from cases.invoices.naming import named_invoice
from portal import clock
from portal.audit.record import record
from portal.errors import Forbidden, NotFound, Refused
from portal.identity import new_id
from portal.money import exponent
from portal.pages.text import N_
from portal.people.actor import Actor, system
from portal.people.agency_time import agency_day
from portal.people.behalf import with_the_agencys_eyes
from portal.tenancy.database import as_job, sql, sql_value, transaction

STILL_ASKING: Final = timedelta(seconds=30)
"""A younger attempt without an answer is another tab's, which is still asking."""
ASKED_AGAIN_FOR: Final = timedelta(hours=23)
"""So long the processor surely knows an idempotency key again."""


def least_payable(currency: str, payable_minor: int) -> int:
    """The least that may be paid by card: five units of the currency (five hundred where it has no smaller ones), or
    everything, if that is less.
    """
    least: int = 500 if exponent(currency) == 0 else 5 * 10 ** exponent(currency)
    return min(least, payable_minor)


async def payable(actor: Actor, case: CaseFile) -> int:
    """What may be paid on a case now, in minor units: what is owed with its interest to today, and not disputed; 0 where nothing is."""
    if not case.is_open or case.recall_asked_on is not None:
        return 0
    owing = await as_if_posted(actor, case, await agency_day(actor))
    return (await undisputed(actor, owing, owed(owing))).total_minor


INSERT: Final = """
insert into card_payments (id, agency_id, client_id, case_id, token, currency, amount_minor, created_at, changed_at, invoice_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9) on conflict do nothing returning id
"""
OF_FORM: Final = "select id from card_payments where agency_id = $1 and case_id = $2 and token = $3"


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt that was written down; ``is_new`` when it was not there before."""

    id: UUID
    is_new: bool


async def begin(
    actor: Actor, amount_minor: int, token: UUID, *, again: bool = False, invoice_id: UUID | None = None
) -> Begun:
    """Write down that the debtor wants to pay, and for which invoice. The same form gives the same attempt.

    ``again`` says that the debtor was told of a payment that is under way, and wants to pay nevertheless.

    Raises:
        Refused: the amount is too small or more than may be paid, or another payment is under way.
    """
    actor.require("claim.pay")
    if actor.case_id is None:
        raise Forbidden
    async with with_the_agencys_eyes(actor) as portal:
        case = await load_case(portal, actor.case_id, lock=True)
        kept: UUID | None = await sql_value(OF_FORM, actor.agency_id, case.id, token)
        if kept is not None:
            return Begun(kept, is_new=False)
        await _may_pay(portal, case, amount_minor)
        await named_invoice(portal, case, invoice_id)
        if not again and await under_way(portal, case.id) is not None:
            raise Refused(N_("Another payment of yours is under way."), field="again", code="under_way")
        now, attempt_id = clock.now(), new_id()
        row = (
            attempt_id,
            actor.agency_id,
            case.client_id,
            case.id,
            token,
            case.currency,
            amount_minor,
            now,
            invoice_id,
        )
        if await sql_value(INSERT, *row) is None:
            raise NotFound  # the token is of somebody else's form
        facts = {"amount_minor": amount_minor, "currency": case.currency}
        await record(actor, "card_payment.begun", "card_payment", attempt_id, facts=facts)
        return Begun(attempt_id, is_new=True)


MOST_FAILED: Final = 10
"""So many attempts may fail on a case in a day: who tries out stolen cards stops here."""
FAILED_TODAY: Final = """
select count(*) from card_payments
where agency_id = $1 and case_id = $2 and status = 'failed' and not off_session and created_at > $3
"""


async def _may_pay(portal: Actor, case: CaseFile, amount_minor: int) -> None:
    most = await payable(portal, case)
    if not most:
        raise Refused(N_("Nothing can be paid on this case at the moment."), code="not_payable")
    if await sql_value(FAILED_TODAY, portal.agency_id, case.id, clock.now() - timedelta(days=1)) >= MOST_FAILED:
        raise Refused(N_("Too many cards were tried today. Please pay by bank transfer."), code="too_many")
    least = least_payable(case.currency, most)
    if not least <= amount_minor <= most:
        text = N_("Not more than is owed.") if amount_minor > most else N_("This is too little to be paid by card.")
        raise Refused(text, field="amount", code="out_of_range")


async def confirm(actor: Actor, begun: Begun, given: Given) -> None:
    """Have the processor take the money from what the debtor's browser named, and book what came of it. Outside of
    transactions. What was asked for already is not asked again while another tab may be asking.

    Raises:
        NotFound: there is no such attempt on the debtor's case.
        NotSetUp: the agency takes no money through the processor.
        Unanswered: it does not answer; whether it took the money will be seen.
    """
    async with transaction(actor.scope, read_only=True):
        attempt = await attempt_of(actor, begun.id)
        offered = await offered_by(actor)
    if offered is None:
        raise NotSetUp
    age = clock.now() - attempt.created_at
    if not attempt.is_unanswered or not (begun.is_new or STILL_ASKING <= age < ASKED_AGAIN_FOR):
        return
    processor = await processor_of(actor.agency_id)
    kinds = (given.kind,) if given.kind in offered.methods else offered.methods
    wanted = (attempt.id, attempt.amount_minor, attempt.currency, kinds)
    await ask(actor.agency_id, attempt.id, processor.create_intent(*wanted, given=given))


async def ask(agency_id: UUID, attempt_id: UUID, asking: Awaitable[Intent]) -> None:
    """Await the processor's answer to an attempt and keep it: the intent it made, which is then booked, or its no.

    Raises:
        Unanswered: it does not answer.
    """
    try:
        intent_id = (await asking).id
    except (Declined, Rejected) as no:
        intent_id = no.intent_id if isinstance(no, Declined) else ""
        if not intent_id:
            async with transaction(as_job(agency_id)):
                await fail(system(agency_id), attempt_id, no.code, no.text)
            return
    async with transaction(as_job(agency_id)):
        await sql(NAME, agency_id, attempt_id, intent_id, clock.now())
    await book(agency_id, intent_id)


NAME: Final = """
update card_payments set intent_id = $3, changed_at = $4 where agency_id = $1 and id = $2 and intent_id is null
"""


async def look_again(actor: Actor, attempt: Attempt) -> Attempt:
    """What became of an attempt, asked of the processor where it is not known for good. Outside of transactions.

    Raises:
        Unanswered: the processor does not answer.
    """
    is_over = attempt.payment_id is not None or attempt.status in (CardStatus.FAILED, CardStatus.CANCELLED)
    if attempt.intent_id is not None and not is_over:
        await book(actor.agency_id, attempt.intent_id)
    async with transaction(actor.scope, read_only=True):
        return await attempt_of(actor, attempt.id)


async def secret_of(actor: Actor, attempt: Attempt) -> str:
    """What the debtor's browser needs to have the bank's confirmation asked for. Outside of transactions.

    Raises:
        Unanswered: the processor does not answer.
    """
    actor.require("claim.pay")
    processor = await processor_of(actor.agency_id)
    return (await processor.fetch_intent(attempt.intent_id or "")).client_secret


async def give_up(actor: Actor, card_payment_id: UUID) -> None:
    """Give up an attempt that the debtor's bank wants confirmed. Outside of transactions. What is over stays as it is.

    Raises:
        NotFound: there is no such attempt on the debtor's case.
        Unanswered: the processor does not answer.
    """
    actor.require("claim.pay")
    async with transaction(actor.scope, read_only=True):
        attempt = await attempt_of(actor, card_payment_id)
    if attempt.status is not CardStatus.NEEDS_ACTION or attempt.intent_id is None:
        return
    processor = await processor_of(actor.agency_id)
    with suppress(Rejected):  # it came through in this very moment
        await processor.cancel_intent(attempt.intent_id)
    await book(actor.agency_id, attempt.intent_id)
