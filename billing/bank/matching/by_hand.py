"""A person says what a line is, whatever is proposed: what it may be at all, and booking it as that.

Money in that nobody knew is in suspense by then; it leaves suspense first, as if it had never been there.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from billing.bank.matching.affairs import OwnAffair
from billing.bank.matching.bookings import book_affair
from billing.bank.matching.candidates import Line, load_line
from billing.bank.matching.exchanged import exchanges_for
from billing.bank.matching.keep import day_of
from billing.bank.matching.operating import invoices_for
from billing.bank.matching.own import owed_to_trust
from billing.bank.matching.payouts import payouts_for
from billing.bank.matching.propose import Proposal, What
from billing.bank.matching.refunds import refunds_for
from billing.bank.matching.register import pieces_of
from billing.bank.matching.sent import sent_for
from billing.bank.matching.transfers import other_sides
from billing.bank.matching.waiting import undo_matches
from billing.suspense.renamed import leave_suspense
from portal.errors import Refused
from portal.pages.text import N_, translate
from portal.people.actor import Actor

BY_ITSELF: Final = {
    ("trust", True): (What.INTEREST,),
    ("trust", False): (What.CHARGE,),
    ("operating", True): (What.INTEREST, What.VAT, What.OUTSIDE),
    ("operating", False): (What.CHARGE, What.VAT, What.OUTSIDE),
}
"""What a line may be without being about one thing: by its account's book, and whether money came in."""
RENAMED: Final = N_("It was not a payment.")


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that a line may be: ``what``, and the thing that it is about with a number or name for it."""

    what: What
    of_id: UUID | None = None
    label: str = ""
    other_id: UUID | None = None
    """The other line of an exchange."""
    part_ids: tuple[UUID, ...] = ()
    """The statements of a run whose transfers it is."""

    @property
    def value(self) -> str:
        """How a form says it."""
        return " ".join(str(one) for one in (self.what.value, self.of_id, self.other_id, *self.part_ids) if one)


async def choices_of(actor: Actor, line: Line) -> list[Choice]:
    """What a line may be said to be, the things of its amount first."""
    found = [Choice(What(row["what"]), row["id"], row["label"] or "") for _, row in await sent_for(actor, [line])]
    if line.book == "operating":
        asked = (await invoices_for(actor, [line])).get(line.id, ())
        found += [Choice(What.INVOICE, one.of_id, one.label) for one in asked]
    found += [
        Choice(What.TRANSFER, other.id, other.account_name) for _, other, _, _ in await other_sides(actor, [line])
    ]
    payouts = await payouts_for(actor, line)
    found += [Choice(What.PAYOUT, one.of_id, one.label, part_ids=one.part_ids) for one in payouts]
    found += [Choice(What.REFUND, one.of_id, one.label) for one in await refunds_for(actor, line)]
    found += [Choice(What.EXCHANGE, one.of_id, one.label, one.other_id) for one in await exchanges_for(actor, line)]
    if line.book == "trust" and 0 < line.amount_minor <= (await owed_to_trust(actor)).get(line.currency, 0):
        found.append(Choice(What.TOP_UP))
    return [*found, *map(Choice, BY_ITSELF[line.book, line.amount_minor > 0])]


async def name(actor: Actor, line_id: UUID, chosen: str, note: str = "") -> What:
    """Book a line as what a person chose of its choices; gives what that is.

    Raises:
        NotFound: there is no such line here.
        Refused: it cannot be that, it is in the books, or as `billing.bank.matching.bookings.book_affair`.
    """
    actor.require("bank.match")
    line = await load_line(actor, line_id)
    choice = next((one for one in await choices_of(actor, line) if one.value == chosen), None)
    if choice is None:
        raise Refused(N_("Please choose what it is."), field="as", code="missing")
    if line.status == "booked":
        await _out_of_suspense(actor, line)
        line = await load_line(actor, line.id)
    affair = OwnAffair(choice.what, (), choice.of_id, choice.label, part_ids=choice.part_ids, other_id=choice.other_id)
    await book_affair(actor, Proposal(line=line, what=choice.what, affair=affair), note)
    return choice.what


async def _out_of_suspense(actor: Actor, line: Line) -> None:
    """Have a line's money, which nobody knew, be open again."""
    pieces = await pieces_of(actor, line.id)
    if len(pieces) != 1 or pieces[0]["status"] != "waiting":
        raise Refused(N_("Somebody has said meanwhile what this line is."), code="decided")
    await leave_suspense(actor, {pieces[0]["id"]: await day_of(actor, line)})
    await undo_matches(actor, (await load_line(actor, line.id, lock=True)).id, translate(RENAMED))
