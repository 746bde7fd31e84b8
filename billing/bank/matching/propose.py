"""What a bank line may be, and why: worked out when it is asked for, so that it is never older than the books."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from billing.bank.matching.affairs import OwnAffair
from billing.bank.matching.candidates import Line, candidates_for
from billing.bank.matching.exchanged import exchange_affairs
from billing.bank.matching.moves import Link, links, unmatched_moves
from billing.bank.matching.operating import operating_affairs
from billing.bank.matching.own import trust_affairs
from billing.bank.matching.payouts import payout_affairs
from billing.bank.matching.refunds import refund_affairs
from billing.bank.matching.returned import Returned, returned_for
from billing.bank.matching.rules import WORTH_SHOWING, Candidate, Part, Score, rank, together
from billing.bank.matching.sent import sent_affairs
from billing.bank.matching.transfers import transfer_affairs
from billing.money_rules.rules import rules_of
from portal.people.actor import Actor
from portal.tenancy.database import sql


class What(StrEnum):
    """What a line is proposed to be."""

    CASE = "case"
    SEVERAL = "several"
    LINK = "link"
    RETURN = "return"
    CHARGE = "charge"
    TOP_UP = "top_up"
    RUN = "run"
    PAYOUT = "payout"
    INTEREST = "interest"
    VAT = "vat"
    INVOICE = "invoice"
    TRANSFER = "transfer"
    PAYOUT_BACK = "payout_back"
    REFUND_BACK = "refund_back"
    REFUND = "refund"
    PAID_AGAIN = "paid_again"
    EXCHANGE = "exchange"
    OUTSIDE = "outside"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The likeliest that a line may be. ``reasons`` add up to ``confidence``."""

    line: Line
    what: What = What.NOTHING
    confidence: int = 0
    reasons: tuple[Any, ...] = ()
    is_certain: bool = False
    is_from_own: bool = False
    """It came from another account of the agency: it moved, and is nobody's payment."""
    case: Candidate | None = None
    parts: tuple[Part, ...] = ()
    link: Link | None = None
    returned: Returned | None = None
    affair: OwnAffair | None = None
    scores: tuple[Score, ...] = field(default=(), repr=False)
    """The cases that were looked at, the likeliest first."""

    @property
    def is_acceptable(self) -> bool:
        """Whether a person may accept it: an exchange waits until both its sides are told."""
        waits = self.what is What.EXCHANGE and self.affair is not None and self.affair.other_id is None
        return self.what is not What.NOTHING and not waits

    @property
    def nearest(self) -> Candidate | None:
        """The case that comes nearest where nothing is proposed."""
        return self.scores[0].candidate if self.scores else None

    def kept_reasons(self) -> list[dict[str, Any]]:
        """The reasons as they are kept with a match."""
        return [
            {"code": str(one.code), "weight": one.weight, "params": dict(getattr(one, "params", {}))}
            for one in self.reasons
        ]


OWN: Final = "select coalesce(nullif(iban, ''), account_number) as number from bank_accounts where agency_id = $1"


async def propose(actor: Actor, lines: Sequence[Line]) -> dict[UUID, Proposal]:
    """By line, what it may be; a few queries, however many lines there are. Of what waits in suspense, which case.

    From which confidence a case is certain the agency's rules say.
    """
    limit = (await rules_of(actor)).match_limit
    waiting = [line for line in lines if line.status == "open"]
    own = frozenset(row["number"] for row in await sql(OWN, actor.agency_id))
    moves = await unmatched_moves(actor, waiting)
    incoming = [line for line in lines if line.book == "trust" and line.amount_minor > 0 and not line.went_back]
    cases = await candidates_for(actor, incoming)
    returned = await returned_for(actor, [line for line in waiting if line.amount_minor < 0 and line.book == "trust"])
    affairs = await _affairs(actor, waiting, own, limit)
    found: dict[UUID, Proposal] = {}
    for line in lines:
        scores = rank(line.incoming, cases.get(line.id, ()))
        linked = links(line, moves.get(line.bank_account_id, ()), own) if line.status == "open" else []
        proposal = _likeliest(line, scores, linked, returned.get(line.id), affairs.get(line.id), limit)
        found[line.id] = replace(proposal, is_from_own=line.counterparty_account in own)
    return found


async def _affairs(actor: Actor, lines: Sequence[Line], own: frozenset[str], limit: int) -> dict[UUID, OwnAffair]:
    """By open line, what it may be besides a payment: a transfer, else the likeliest of what was sent, what is to be
    exchanged or paid, and what is the agency's own.
    """
    found = await operating_affairs(actor, lines)
    for several in (
        await sent_affairs(actor, lines),
        await trust_affairs(actor, lines, own, limit),
        await payout_affairs(actor, lines, limit),
        await refund_affairs(actor, lines, limit),
        await exchange_affairs(actor, lines, own),
    ):
        for line_id, affair in several.items():
            if line_id not in found or found[line_id].sureness < affair.sureness:
                found[line_id] = affair
    return {**found, **await transfer_affairs(actor, lines)}


def _likeliest(
    line: Line,
    scores: Sequence[Score],
    linked: Sequence[Link],
    returned: Returned | None,
    affair: OwnAffair | None,
    limit: int,
) -> Proposal:
    """What is known already comes before what would be booked anew, unless another case is certain."""
    by_case = _of_case(line, scores, limit)
    linked = _worth_it(linked, by_case)
    if affair is not None and _comes_first(affair, linked, by_case):
        return _of_affair(line, affair)
    link, is_certain = _known(linked, by_case)
    if link is not None:
        return Proposal(
            line=line, what=What.LINK, confidence=link.confidence, reasons=link.reasons, link=link,
            is_certain=is_certain, scores=tuple(scores),
        )  # fmt: skip
    if returned is not None:
        return Proposal(
            line=line, what=What.RETURN, confidence=returned.confidence, reasons=returned.reasons, returned=returned
        )
    if affair is not None and not by_case.is_certain and not _yields(affair, by_case):
        return _of_affair(line, affair)
    return by_case


def _comes_first(affair: OwnAffair, linked: Sequence[Link], by_case: Proposal) -> bool:
    """Whether an affair comes before what the books moved: that is not certain, and no likelier."""
    if linked and (linked[0].is_certain or linked[0].is_booked_by_hand):
        return False
    if affair.what == What.TRANSFER or affair.is_certain:
        return True
    return bool(linked) and affair.confidence > linked[0].confidence and not by_case.is_certain


def _yields(affair: OwnAffair, by_case: Proposal) -> bool:
    """Money of about the amount that was quoted is kept for the exchange, unless it is rather some debtor's."""
    return affair.what == What.EXCHANGE and affair.confidence <= by_case.confidence


def _worth_it(linked: Sequence[Link], by_case: Proposal) -> list[Link]:
    """Of what the books have on another account, what the line names or is on its case."""
    case_id = by_case.case.case_id if by_case.case is not None else None
    return [one for one in linked if one.names_it or not one.move.is_elsewhere or one.move.case_id == case_id]


def _known(linked: Sequence[Link], by_case: Proposal) -> tuple[Link | None, bool]:
    """What the books moved already and a line is likely to be, and whether that is certain.

    Money of the same amount on the case that is certain comes first: it is this line, or a person says that it is not.
    """
    if by_case.is_certain and by_case.case is not None:
        same = next((one for one in linked if one.move.case_id == by_case.case.case_id), None)
        if same is not None:
            return same, not same.move.is_elsewhere
        linked = [one for one in linked[:1] if one.move.case_id is None]
    return (linked[0], linked[0].is_certain) if linked else (None, False)


def _of_affair(line: Line, affair: OwnAffair) -> Proposal:
    return Proposal(
        line=line, what=What(affair.what), confidence=affair.confidence, reasons=affair.reasons, affair=affair,
        is_certain=affair.is_certain,
    )  # fmt: skip


def _of_case(line: Line, scores: Sequence[Score], limit: int) -> Proposal:
    several = together(line.incoming, scores)
    if several is not None:
        return Proposal(
            line=line, what=What.SEVERAL, confidence=several.confidence, reasons=several.reasons, parts=several.parts,
            scores=tuple(scores),
        )  # fmt: skip
    if not scores:
        return Proposal(line=line)
    best = scores[0]
    return Proposal(
        line=line, what=What.CASE if best.confidence >= WORTH_SHOWING else What.NOTHING, confidence=best.confidence,
        reasons=best.reasons, is_certain=best.is_certain(limit), case=best.candidate, scores=tuple(scores),
    )  # fmt: skip
