"""What comes in on a trust account gets into the books: to its case where that is certain, else into suspense.

A job follows each bank file. It takes one line in one transaction, in which the line is held and seen to be open, and
what it posts stands under the line's id: killed anywhere, it goes on where it stopped, and nothing is there twice.
"""

from dataclasses import replace
from datetime import date
from uuid import UUID

from billing.bank.matching.bookings import book_affair
from billing.bank.matching.candidates import FIRST, Line, open_lines
from billing.bank.matching.keep import came_on, day_of, external_id, hold_open, keep_match, reference_of
from billing.bank.matching.moving import move
from billing.bank.matching.propose import Proposal, What, propose
from billing.bank.matching.tables import MatchKind
from billing.payments.directed import directed_by
from billing.payments.receipts import take
from billing.payments.register import load_payment
from billing.payments.split import divide, one_line
from billing.short.arrival import arrival
from billing.suspense.take_in import SOURCE, Unknown, bring_in
from billing.tables import Channel
from cases.casework import load_case
from portal.errors import Refused
from portal.jobs import enqueue, job
from portal.jobs.registry import Payload
from portal.pages.text import N_
from portal.people.actor import Actor, system
from portal.tenancy.database import savepoint, transaction


@job("bank.match")
async def match_lines(payload: Payload) -> None:
    """Book or link every open line of an agency of which it is certain what it is."""
    actor, after = system(UUID(payload["agency_id"])), FIRST
    while True:
        async with transaction(actor.scope, read_only=True):
            lines = await open_lines(actor, after)
            proposals = await propose(actor, lines)
        for line in lines:
            if goes_by_itself(proposals[line.id]):
                async with transaction(actor.scope):
                    await settle(actor, proposals[line.id])
        if not lines:
            break
        after = (lines[-1].booked_on, lines[-1].id)
    async with transaction(actor.scope):
        await enqueue("notices.look", {"agency_id": actor.agency_id})


def goes_by_itself(proposal: Proposal) -> bool:
    """Whether something is done with a line without a person: all money in on a trust account that is not in the books,
    unless it only moved between accounts of the agency.
    """
    if proposal.is_certain:
        return True
    line = proposal.line
    unknown = proposal.what in (What.CASE, What.SEVERAL, What.NOTHING)
    return (
        line.book == "trust" and line.amount_minor > 0 and not line.went_back and unknown and not proposal.is_from_own
    )


async def settle(actor: Actor, proposal: Proposal) -> None:
    """Do with an open line what is certain of it; nothing where somebody was quicker."""
    line = proposal.line
    try:
        if not proposal.is_certain:
            await to_suspense(actor, await hold_open(actor, line.id))
            return
        if proposal.what is What.TRANSFER:
            await move(actor, proposal)
            return
        if proposal.affair is not None:
            async with savepoint():
                await book_affair(actor, proposal)
            return
        if proposal.what is What.CASE and proposal.case is not None:
            await load_case(actor, proposal.case.case_id, lock=True)
        held = await hold_open(actor, line.id)
        fresh = (await propose(actor, [held]))[held.id]  # what was certain before it was held may be otherwise
        if fresh.is_certain and fresh.what is What.LINK:
            await link(actor, held, fresh)
        elif fresh.is_certain and fresh.what is What.CASE and fresh.case and proposal.case and (
            fresh.case.case_id == proposal.case.case_id
        ):  # fmt: skip
            await _to_case(actor, held, fresh)
        elif goes_by_itself(replace(fresh, is_certain=False)):
            await to_suspense(actor, held)
    except Refused as refusal:
        # Of what left by a run, or as a refund, it is said to a person why it is not booked, when they look at it.
        if refusal.code not in ("decided", "taken", "not_one") and proposal.what not in (
            What.PAYOUT,
            What.RUN,
            What.REFUND,
        ):
            raise


async def link(actor: Actor, line: Line, proposal: Proposal) -> None:
    """Keep that a held line is what the books moved already. Raises as `keep_match` does."""
    assert proposal.link is not None
    move = proposal.link.move
    await keep_match(
        actor, line, list(zip(move.journal_ids, move.amounts, strict=True)), MatchKind.LINKED,
        confidence=proposal.confidence, reasons=proposal.kept_reasons(),
    )  # fmt: skip


async def _to_case(actor: Actor, line: Line, proposal: Proposal) -> None:
    """Book a held line to its case (event 3); into suspense where that is refused: before it was placed, for one."""
    assert proposal.case is not None
    case = await load_case(actor, proposal.case.case_id)
    try:
        async with savepoint():
            day = await day_of(actor, line)
            if day < case.placed_on:
                raise Refused(N_("It came before the case was placed."), code="before_placement")
            came = arrival(line.currency, line.instructed, line.charges_minor)
            split = await divide(actor, case, line.amount_minor, day, Channel.BANK, came)
            named = await directed_by(actor, case.id, line.incoming.said)
            split = replace(split, bank_account_id=line.bank_account_id, named=named)
            payment_id = await take(
                actor, split, await external_id(actor, line), reference_of(line), one_line(line.payer)
            )
    except Refused:
        await to_suspense(actor, line)
        return
    journal_id = (await load_payment(actor, payment_id)).journal_id
    await keep_match(
        actor, line, [(journal_id, line.amount_minor)], MatchKind.PAYMENT,
        confidence=proposal.confidence, reasons=proposal.kept_reasons(),
    )  # fmt: skip


async def to_suspense(actor: Actor, line: Line, on: date | None = None) -> UUID:
    """Book a held line's money into suspense (event 12), on its day or, where it was something else until then, another;
    gives the suspense's id.
    """
    money = Unknown(
        line.amount_minor,
        line.currency,
        await came_on(actor, line),
        Channel.BANK,
        one_line(line.payer),
        reference_of(line),
        on or await day_of(actor, line),
    )
    suspense_id, journal_id = await bring_in(actor, SOURCE, await external_id(actor, line), money, line.bank_account_id)
    await keep_match(actor, line, [(journal_id, line.amount_minor)], MatchKind.SUSPENSE)
    return suspense_id
