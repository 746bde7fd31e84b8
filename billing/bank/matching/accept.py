"""A person says what a line is: books it, links it, or books what it stands for. Whoever comes second is told."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from billing.bank.matching.book import link, to_suspense
from billing.bank.matching.bookings import book_affair
from billing.bank.matching.candidates import Line, load_line
from billing.bank.matching.keep import day_of, hold_open, keep_match, say_why
from billing.bank.matching.propose import Proposal, What, propose
from billing.bank.matching.tables import MatchKind
from billing.payments.register import load_payment
from billing.payments.returns import reverse
from billing.suspense.match import match
from billing.suspense.parts import divide_piece
from billing.suspense.taken_back import take_back
from cases.casework import load_case
from portal.errors import Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_value

PIECES: Final = """
select s.id, s.status from bank_matches m join suspense s on s.agency_id = m.agency_id and s.journal_id = m.journal_id
where m.agency_id = $1 and m.bank_line_id = $2 and m.kind = 'suspense' and m.undone_at is null order by s.id
"""
OUT_JOURNAL: Final = "select out_journal_id from suspense where agency_id = $1 and id = $2"
OTHERWISE: Final = Refused(N_("This line is not that any more. Please look at it again."), code="changed")


async def accept_case(actor: Actor, line_id: UUID, case_id: UUID, shown: str | None = None) -> UUID:
    """Book a line of money in to a case; gives the payment's id, also when it was booked there before.

    Raises:
        NotFound: there is no such line or case here.
        Refused: somebody booked it elsewhere, or as `billing.suspense.match.match`.
    """
    actor.require("bank.match")
    proposal = await _proposal(actor, line_id)
    await load_case(actor, case_id, lock=True)
    pieces = await _pieces(actor, proposal.line)
    payment_id = await match(actor, pieces[0], case_id, shown=shown)
    score = next((one for one in proposal.scores if one.candidate.case_id == case_id), None)
    reasons = Proposal(line=proposal.line, reasons=score.reasons if score else ()).kept_reasons()
    await say_why(actor, proposal.line, score.confidence if score else None, reasons)
    return payment_id


async def accept_parts(actor: Actor, line_id: UUID, parts: Sequence[tuple[UUID, int]]) -> list[UUID]:
    """Book a line of money in to several cases, each with its part in minor units; gives the payments' ids.

    Raises:
        NotFound: there is no such line or case here.
        Refused: the parts do not add up to it, or as `accept_case`.
    """
    actor.require("bank.match")
    proposal = await _proposal(actor, line_id)
    for case_id in sorted({case_id for case_id, _ in parts}):
        await load_case(actor, case_id, lock=True)
    pieces = await _pieces(actor, proposal.line)
    ids = await divide_piece(actor, pieces[0], [minor for _, minor in parts])
    payments = [await match(actor, piece, case_id) for piece, (case_id, _) in zip(ids, parts, strict=True)]
    meant = {part.candidate.case_id: part.amount_minor for part in proposal.parts} == dict(parts)
    await say_why(
        actor, proposal.line, proposal.confidence if meant else None, proposal.kept_reasons() if meant else ()
    )
    return payments


async def accept(actor: Actor, line_id: UUID, what: What, shown: str) -> None:
    """Accept what is proposed of an open line, other than a case. ``shown`` names what a person saw.

    Raises:
        NotFound: there is no such line here.
        Refused: somebody said meanwhile what it is, or something else is proposed by now.
    """
    actor.require("bank.match")
    proposal = await _proposal(actor, line_id)
    if proposal.line.status != "open":
        await hold_open(actor, line_id)
    if proposal.what is not what or shown != shown_of(proposal):
        raise OTHERWISE
    match what:
        case What.LINK:
            await link(actor, await hold_open(actor, line_id), proposal)
        case What.RETURN:
            await _take_back(actor, proposal)
        case _ if proposal.affair is not None:
            await book_affair(actor, proposal)
        case _:
            raise OTHERWISE


def shown_of(proposal: Proposal) -> str:
    """What a person agrees to when they accept: the same text for the same thing."""
    if proposal.link is not None:
        return " ".join(map(str, proposal.link.move.journal_ids))
    if proposal.returned is not None:
        return str(proposal.returned.payment_id or proposal.returned.suspense_id)
    if proposal.affair is not None:
        affair = proposal.affair
        return " ".join(str(one) for one in (affair.of_id or affair.what, affair.other_id, *affair.part_ids) if one)
    return ""


async def _proposal(actor: Actor, line_id: UUID) -> Proposal:
    line = await load_line(actor, line_id)
    return (await propose(actor, [line]))[line.id]


async def _pieces(actor: Actor, line: Line) -> list[UUID]:
    """The suspended money of a line, which an open one is brought into first. The caller holds the case."""
    if line.status == "open":
        if line.book != "trust" or line.amount_minor < 0:
            raise Refused(N_("Only money that came in on a trust account pays a case."), code="not_incoming")
        return [await to_suspense(actor, await hold_open(actor, line.id))]
    pieces = await sql(PIECES, actor.agency_id, line.id)
    if not pieces:
        raise Refused(N_("Somebody has said meanwhile what this line is."), code="decided")
    if len(pieces) > 1:
        raise Refused(N_("It is divided. Each part is booked by itself."), code="divided")
    return [piece["id"] for piece in pieces]


async def _take_back(actor: Actor, proposal: Proposal) -> None:
    """What came before went back: its payment is undone, or its suspended money leaves."""
    line, back = proposal.line, proposal.returned
    assert back is not None
    day = await day_of(actor, line)
    journal_id: UUID | None = None
    if back.payment_id is not None:
        reversal = await load_payment(actor, await reverse(actor, back.payment_id, "returned_by_bank", day))
        journal_id = reversal.journal_id
    if back.suspense_id is not None:
        await take_back(actor, back.suspense_id, "returned_by_bank", day)
        journal_id = await sql_value(OUT_JOURNAL, actor.agency_id, back.suspense_id)
    assert journal_id is not None
    held = await hold_open(actor, line.id)
    await keep_match(
        actor, held, [(journal_id, line.amount_minor)], MatchKind.POSTED,
        confidence=proposal.confidence, reasons=proposal.kept_reasons(),
    )  # fmt: skip
