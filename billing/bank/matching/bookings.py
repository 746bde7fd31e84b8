"""What follows from a line's being the agency's own affair: it is posted, or what it pays is booked as paid, once."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from billing.bank.matching.affairs import OwnAffair
from billing.bank.matching.candidates import Line
from billing.bank.matching.exchanging import exchange
from billing.bank.matching.keep import day_of, external_id, hold_open, keep_match, reference_of
from billing.bank.matching.moving import BANK, move
from billing.bank.matching.outside import explain
from billing.bank.matching.postings import Moved, charged, interest_paid, topped_up, vat_paid
from billing.bank.matching.propose import Proposal, What
from billing.bank.matching.tables import MatchKind
from billing.invoices.pay import pay_invoice
from billing.refunds.came_back import back_lines as refund_back_lines
from billing.refunds.came_back import keep_refund_returned, refund_sent
from billing.refunds.pay import pay as pay_refund
from billing.remittance.came_back import back_lines, keep_returned, pay_again, payout_sent
from billing.remittance.pay import pay_transfers
from portal.errors import Refused
from portal.ledger.journal import JournalDraft, post
from portal.ledger.journal import Line as Posting
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import savepoint, sql

PAID: Final = """
select journal_id, amount_minor from journal_lines
where agency_id = $1 and journal_id = any($2) and account = 1000 and account < 9000 and currency = $3 order by journal_id
"""
SIMPLE: Final[dict[What, tuple[str, Callable[[Moved], list[Posting]]]]] = {
    What.CHARGE: ("charge", charged),
    What.TOP_UP: ("top-up", topped_up),
    What.INTEREST: ("bank interest", interest_paid),
    What.VAT: ("VAT", vat_paid),
}
"""What needs nothing but its journal: the journal's kind and its lines."""


async def book_affair(actor: Actor, proposal: Proposal, note: str = "") -> None:
    """Book an open line as the affair that is proposed, or that a person named. ``note`` says what it is, outside the books.

    Raises:
        NotFound: the thing that it is about is not there.
        Refused: somebody said meanwhile what it is, or that thing does not allow it.
    """
    affair = proposal.affair
    assert affair is not None
    what = What(affair.what)
    if what in SIMPLE:
        kind, lines = SIMPLE[what]
        held = await hold_open(actor, proposal.line.id)
        await _keep(actor, held, proposal, await _post(actor, held, kind, lines(held)))
    elif what is What.OUTSIDE:
        await explain(actor, proposal.line.id, note)
    elif what is What.TRANSFER:
        await move(actor, proposal)
    else:
        assert affair.of_id is not None
        await ABOUT[what](actor, proposal, affair, affair.of_id)


async def _post(actor: Actor, held: Line, kind: str, lines: list[Posting] | tuple[Posting, ...]) -> UUID:
    draft = JournalDraft(BANK, await external_id(actor, held), kind, await day_of(actor, held), tuple(lines))
    async with savepoint():
        [journal_id] = await post(actor, [draft])
    return journal_id


async def _keep(
    actor: Actor, held: Line, proposal: Proposal, journal_id: UUID, kind: MatchKind = MatchKind.POSTED
) -> None:
    await keep_match(
        actor, held, [(journal_id, held.amount_minor)], kind,
        confidence=proposal.confidence or None, reasons=proposal.kept_reasons(),
    )  # fmt: skip


async def _pay_run(actor: Actor, proposal: Proposal, affair: OwnAffair, run_id: UUID) -> None:
    """A debit of transfers of an approved run is on the statement, or of all that was left of it: they were paid."""
    line = proposal.line
    journal_ids = await pay_transfers(
        actor, run_id, affair.part_ids, await day_of(actor, line), reference_of(line) or affair.label,
        {line.currency: line.bank_account_id}, is_drawn="draw" in affair.run_kinds,
    )  # fmt: skip
    rows = await sql(PAID, actor.agency_id, journal_ids, line.currency)
    held = await hold_open(actor, line.id)
    await keep_match(
        actor, held, [(row["journal_id"], row["amount_minor"]) for row in rows], MatchKind.LINKED,
        confidence=proposal.confidence or None, reasons=proposal.kept_reasons(),
    )  # fmt: skip


async def _payout_back(actor: Actor, proposal: Proposal, affair: OwnAffair, statement_id: UUID) -> None:
    """Event 10: the client's payout is in the trust account again."""
    sent = await payout_sent(actor, statement_id)
    held = await hold_open(actor, proposal.line.id)
    _check_amount(held, sent["net_minor"], sent["currency"])
    lines = back_lines(sent["client_id"], held.amount_minor, held.currency, held.bank_account_id)
    journal_id = await _post(actor, held, "payout returned", lines)
    await keep_returned(actor, sent, await day_of(actor, held), held.return_reason or held.text, journal_id)
    await _keep(actor, held, proposal, journal_id)


async def _refund_back(actor: Actor, proposal: Proposal, affair: OwnAffair, refund_id: UUID) -> None:
    """A debtor's refund is in the trust account again."""
    refund = await refund_sent(actor, refund_id)
    held = await hold_open(actor, proposal.line.id)
    _check_amount(held, refund.amount_minor, refund.currency)
    lines = refund_back_lines(refund, held.bank_account_id)
    journal_id = await _post(actor, held, "refund returned", lines)
    await keep_refund_returned(actor, refund, await day_of(actor, held), journal_id)
    await _keep(actor, held, proposal, journal_id)


async def _refund_paid(actor: Actor, proposal: Proposal, affair: OwnAffair, refund_id: UUID) -> None:
    """An approved refund left (event 13), or suspended money was sent back."""
    line = proposal.line
    reference = reference_of(line) or affair.label
    journal_id = await pay_refund(actor, refund_id, await day_of(actor, line), reference, line.bank_account_id)
    await _keep(actor, await hold_open(actor, line.id), proposal, journal_id, MatchKind.LINKED)


async def _paid_again(actor: Actor, proposal: Proposal, affair: OwnAffair, returned_id: UUID) -> None:
    """A returned payout left once more."""
    line = proposal.line
    reference = reference_of(line) or affair.label
    journal_id = await pay_again(actor, returned_id, await day_of(actor, line), reference, line.bank_account_id)
    await _keep(actor, await hold_open(actor, line.id), proposal, journal_id, MatchKind.LINKED)


async def _invoice_paid(actor: Actor, proposal: Proposal, affair: OwnAffair, invoice_id: UUID) -> None:
    """A client paid an invoice or a part of it (event 7)."""
    line = proposal.line
    # Two transfers of one day without a reference of the bank stay two.
    reference = reference_of(line) or f"{affair.label} {str(line.id)[-4:]}"
    journal_id = await pay_invoice(
        actor, invoice_id, await day_of(actor, line), reference, line.amount_minor, line.bank_account_id
    )
    await _keep(actor, await hold_open(actor, line.id), proposal, journal_id, MatchKind.LINKED)


def _check_amount(line: Line, minor: int, currency: str) -> None:
    if (line.amount_minor, line.currency) != (minor, currency):
        raise Refused(N_("This is not the amount that was paid out."), code="other_amount")


ABOUT: Final = {
    What.RUN: _pay_run,
    What.PAYOUT: _pay_run,
    What.PAYOUT_BACK: _payout_back,
    What.REFUND_BACK: _refund_back,
    What.REFUND: _refund_paid,
    What.PAID_AGAIN: _paid_again,
    What.INVOICE: _invoice_paid,
    What.EXCHANGE: exchange,
}
"""What is about one thing, by its id."""
