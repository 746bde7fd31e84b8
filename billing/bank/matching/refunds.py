"""Approved refunds, of surplus and of suspended money, that the bank debits: each line is that of its refund."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from billing.bank.matching.affairs import AffairCode, AffairReason, OwnAffair, pays, says
from billing.bank.matching.candidates import Line
from billing.refunds.register import reference_of
from portal.people.actor import Actor
from portal.tenancy.database import sql

ENOUGH: Final = 50
"""From this confidence on a line is proposed to be a refund: the amount, and name or account of the payee."""
APART: Final = 20
"""By so much one refund must be ahead of the next for a line to be booked by itself."""

TO_PAY: Final = """
select r.id, r.currency, r.amount_minor as minor, r.pay_from, r.holder, coalesce(nullif(r.iban, ''), r.account_number) as account,
       coalesce(c.number, '') as case_number
from refunds r left join cases c on c.agency_id = r.agency_id and c.id = r.case_id
where r.agency_id = $1 and r.status = 'approved' and r.amount_minor = any($2) order by r.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToPay:
    """A refund that may be paid and of which no line has told. Minor units."""

    id: UUID
    currency: str
    minor: int
    pay_from: date
    holder: str
    account: str
    case_number: str


async def refund_affairs(actor: Actor, lines: Sequence[Line], limit: int) -> dict[UUID, OwnAffair]:
    """By line of money out on a trust account, the refund that it likely is. ``limit`` is the confidence from which it is
    certain.
    """
    out = [line for line in lines if _may_pay(line)]
    refunds = await _to_pay(actor, out)
    found = {line.id: refund_of(line, refunds, limit) for line in out}
    return {line_id: affair for line_id, affair in found.items() if affair is not None}


async def refunds_for(actor: Actor, line: Line) -> list[OwnAffair]:
    """The refunds of a line's amount that a person may say that it is."""
    return _alike(line, await _to_pay(actor, [line])) if _may_pay(line) else []


def _may_pay(line: Line) -> bool:
    return line.book == "trust" and line.amount_minor < 0 and not line.went_back


async def _to_pay(actor: Actor, lines: Sequence[Line]) -> list[ToPay]:
    if not lines:
        return []
    rows = await sql(TO_PAY, actor.agency_id, list({-line.amount_minor for line in lines}))
    return [ToPay(**row) for row in rows]


def _alike(line: Line, refunds: Sequence[ToPay]) -> list[OwnAffair]:
    """The refunds of a line's amount and currency that could be paid by then, the likeliest first."""
    alike = [
        OwnAffair("refund", tuple(_reasons(line, one)), one.id, one.case_number or one.holder)
        for one in refunds
        if (one.currency, one.minor) == (line.currency, -line.amount_minor) and one.pay_from <= line.booked_on
    ]
    return sorted(alike, key=lambda affair: (-affair.confidence, affair.label))


def refund_of(line: Line, refunds: Sequence[ToPay], limit: int) -> OwnAffair | None:
    """The refund that a line is, if enough speaks for it; certain where the reference that we gave it is said. Pure."""
    alike = _alike(line, refunds)
    if not alike or alike[0].confidence < ENOUGH:
        return None
    best, *others = alike
    is_ahead = not others or best.confidence - others[0].confidence >= APART
    is_named = AffairCode.REFUND_NAMED in {reason.code for reason in best.reasons}
    return replace(best, is_certain=is_ahead and is_named and best.confidence >= limit)


def _reasons(line: Line, one: ToPay) -> Iterator[AffairReason]:
    yield AffairReason(AffairCode.SUM_OF_REFUND, 30)
    if says(line, reference_of(one.id)):
        yield AffairReason(AffairCode.REFUND_NAMED, 60)
    elif one.case_number and says(line, one.case_number):
        yield AffairReason(AffairCode.CASE_NAMED, 20)
    if line.counterparty_account and line.counterparty_account == one.account:
        yield AffairReason(AffairCode.PAYEES_ACCOUNT, 40)
    if pays(line, one.holder):
        yield AffairReason(AffairCode.SAME_PAYEE, 20)
