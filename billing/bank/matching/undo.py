"""A line was taken to be something that it is not: what was booked for it is taken back, and it waits again."""

from datetime import date
from typing import Final
from uuid import UUID

from billing.bank.matching.candidates import Line, load_line, load_lines
from billing.bank.matching.keep import TIMES
from billing.bank.matching.outside import open_again
from billing.bank.matching.tables import MatchKind
from billing.bank.matching.waiting import undo_matches
from billing.payments.returns import reverse
from billing.payments.split import one_line
from billing.refunds.came_back import undo_refund_returned
from billing.remittance.came_back import undo_returned
from billing.remittance.interest import hold_undrawn
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.jobs import enqueue
from portal.ledger import journal
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import savepoint, sql, sql_value

ACTIVE: Final = """
select m.journal_id, m.kind, j.source, j.kind as journal_kind, j.effective_on, p.id as payment_id, p.received_on from bank_matches m
join journals j on j.agency_id = m.agency_id and j.id = m.journal_id
left join payments p on p.agency_id = m.agency_id and p.journal_id = m.journal_id
where m.agency_id = $1 and m.bank_line_id = $2 and m.undone_at is null order by m.id
"""
MATCHED: Final = """
select p.id, p.received_on from suspense s join payments p on p.agency_id = s.agency_id and p.id = s.matched_payment_id
where s.agency_id = $1 and s.journal_id = $2 and s.status = 'matched' order by p.case_id, p.id
"""
SIDES: Final = "select bank_line_id from bank_matches where agency_id = $1 and journal_id = $2 and undone_at is null"
WRONG: Final = "wrong_case"
INTEREST: Final = "bank interest"


async def undo(actor: Actor, line_id: UUID, why: str) -> None:
    """Take back what a line was said to be. A payment is reversed, and its money waits in suspense; a link is taken off; a
    charge or a top-up is reversed.

    Raises:
        NotFound: there is no such line here.
        Refused: no reason is given, nothing of it can be taken back here, or as `billing.payments.returns.reverse`.
    """
    actor.require("bank.match")
    line, note = await load_line(actor, line_id), one_line(why)[:200]
    if not note:
        raise Refused(N_("Please say why."), field="why", code="missing")
    if line.status == "explained":
        await _not_outside(actor, line, note)
        return
    matches = await sql(ACTIVE, actor.agency_id, line.id)
    if not matches:
        raise Refused(N_("Nobody has said yet what this line is."), code="open")
    kind = MatchKind(matches[0]["kind"])
    if kind is MatchKind.PAYMENT:
        await _reverse(actor, matches[0]["payment_id"], matches[0]["received_on"])
    elif kind is MatchKind.SUSPENSE:
        await _wait_again(actor, matches[0]["journal_id"])
    else:
        journal_id, lines = matches[0]["journal_id"], [line.id]
        if kind is MatchKind.POSTED:
            await undo_returned(actor, journal_id)
            await undo_refund_returned(actor, journal_id)
            lines = [row["bank_line_id"] for row in await sql(SIDES, actor.agency_id, journal_id)]
        held = await load_lines(actor, lines, lock=True)
        if matches[0]["journal_kind"] == INTEREST and line.book == "trust":
            await hold_undrawn(actor, line.currency, line.amount_minor)
        if kind is MatchKind.POSTED:
            await _mirror(actor, line, journal_id, matches[0]["source"], matches[0]["effective_on"])
        for one in held:  # a transfer has two sides
            await undo_matches(actor, one.id, note)
        await enqueue("bank.match", {"agency_id": actor.agency_id})
    facts = {"amount_minor": line.amount_minor, "currency": line.currency, "match": str(kind)}
    await record(actor, "bank_line.undone", "bank_line", line.id, facts=facts, personal={"note": note})


async def _not_outside(actor: Actor, line: Line, note: str) -> None:
    """It is of the collection business after all."""
    await load_line(actor, line.id, lock=True)
    await open_again(actor, line.id)
    await enqueue("bank.match", {"agency_id": actor.agency_id})
    facts = {"amount_minor": line.amount_minor, "currency": line.currency}
    await record(actor, "bank_line.undone", "bank_line", line.id, facts=facts, personal={"note": note})


async def _reverse(actor: Actor, payment_id: UUID, received_on: date) -> None:
    """On the day it came, or, where the books do not allow that any more, today."""
    try:
        async with savepoint():
            await reverse(actor, payment_id, WRONG, received_on)
    except NotFound:
        raise
    except Refused:
        await reverse(actor, payment_id, WRONG, await agency_day(actor))


async def _wait_again(actor: Actor, journal_id: UUID) -> None:
    payments = await sql(MATCHED, actor.agency_id, journal_id)
    if not payments:
        raise Refused(N_("It waits in suspense: there is nothing to take back."), code="waits")
    for row in payments:  # one, or the few cases that a line was divided over
        await _reverse(actor, row["id"], row["received_on"])


async def _mirror(actor: Actor, line: Line, journal_id: UUID, source: str, on: date) -> None:
    """Reverse what was posted for the line alone; what took a payment back stays, since the payment is gone."""
    if source != "bank":
        raise Refused(N_("A payment went back with this line: record it again if it did not."), code="went_back")
    times = await sql_value(TIMES, actor.agency_id, line.id)
    async with savepoint():
        await journal.reverse(actor, journal_id, source, f"line {line.id} back {times + 1}", on)
