"""An exchange of which both banks have told is booked from their lines: both amounts, and the rate between them."""

from typing import Final
from uuid import UUID

from billing.bank.matching.affairs import OwnAffair
from billing.bank.matching.candidates import Line, load_line
from billing.bank.matching.keep import day_of, hold_open, keep_match, reference_of
from billing.bank.matching.propose import Proposal
from billing.bank.matching.tables import MatchKind
from billing.exchange.execute import Executed, execute
from billing.exchange.rate import rate_of
from portal.errors import Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql_value

JOURNAL: Final = "select journal_id from exchanges where agency_id = $1 and id = $2"


async def exchange(actor: Actor, proposal: Proposal, affair: OwnAffair, run_id: UUID) -> None:
    """Book the two lines of an exchange as what the bank did for a run, at the rate of their amounts.

    Raises:
        NotFound: there is no such run, or it pays nothing out in that currency.
        Refused: only one side is told yet, somebody said meanwhile what one of the lines is, or as
            `billing.exchange.execute.execute`.
    """
    if affair.other_id is None:
        raise Refused(N_("The other side of the exchange is on no statement yet."), code="other_side")
    sides = [proposal.line, await load_line(actor, affair.other_id)]
    sold, bought = sorted(sides, key=lambda line: line.amount_minor)
    exchange_id = await execute(actor, run_id, await _told(actor, sold, bought, affair.label))
    journal_id: UUID = await sql_value(JOURNAL, actor.agency_id, exchange_id)
    for line in sorted(sides, key=lambda line: line.id):
        held = await hold_open(actor, line.id)
        await keep_match(
            actor, held, [(journal_id, held.amount_minor)], MatchKind.LINKED,
            confidence=proposal.confidence or None, reasons=proposal.kept_reasons(),
        )  # fmt: skip


async def _told(actor: Actor, sold: Line, bought: Line, number: str) -> Executed:
    amounts = (-sold.amount_minor, sold.currency, bought.amount_minor, bought.currency)
    if sold.amount_minor >= 0 or bought.amount_minor <= 0:
        raise Refused(N_("These two lines are not one exchange."), code="not_one")
    return Executed(
        target=bought.currency, sold_minor=-sold.amount_minor, bought_minor=bought.amount_minor, rate=rate_of(*amounts),
        on=max([await day_of(actor, line) for line in (sold, bought)]),
        reference=reference_of(sold) or reference_of(bought) or number,
        sold_from=sold.bank_account_id, bought_on=bought.bank_account_id,
    )  # fmt: skip
