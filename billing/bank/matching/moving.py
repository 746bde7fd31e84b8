"""A transfer between two accounts of the agency, of which both banks have told, is one journal."""

from typing import Final

from billing.bank.matching.candidates import load_lines
from billing.bank.matching.keep import day_of, external_id, keep_match
from billing.bank.matching.postings import moved
from billing.bank.matching.propose import Proposal
from billing.bank.matching.tables import MatchKind
from portal.errors import Refused
from portal.ledger.journal import JournalDraft, post
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import savepoint

BANK: Final = "bank"
"""The source of journals that stand for a line by itself; what came from payers is a payment's or suspense's."""


async def move(actor: Actor, proposal: Proposal) -> None:
    """Book a line and its other side as one transfer, on the day on which the later of the two banks told of it.

    Raises:
        Refused: somebody said meanwhile what one of the lines is, or they are not two sides of one thing.
    """
    affair = proposal.affair
    assert affair is not None and affair.of_id is not None
    lines = await load_lines(actor, [proposal.line.id, affair.of_id], lock=True)
    if len(lines) != 2 or any(line.status != "open" for line in lines):
        raise Refused(N_("Somebody has said meanwhile what this line is."), code="decided")
    out, into = sorted(lines, key=lambda line: line.amount_minor)
    same_kind = (out.book, out.currency) == (into.book, into.currency) and out.bank_account_id != into.bank_account_id
    if not same_kind or out.amount_minor + into.amount_minor:
        raise Refused(N_("These two lines are not one transfer."), code="not_one")
    day = max([await day_of(actor, line) for line in lines])
    draft = JournalDraft(BANK, await external_id(actor, out), "own transfer", day, tuple(moved(out, into)))
    async with savepoint():
        [journal_id] = await post(actor, [draft])
    for line in lines:
        await keep_match(
            actor, line, [(journal_id, line.amount_minor)], MatchKind.POSTED,
            confidence=proposal.confidence or None, reasons=proposal.kept_reasons(),
        )  # fmt: skip
