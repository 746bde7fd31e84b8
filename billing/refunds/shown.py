"""What a page shows of the refunds of its money."""

from collections.abc import Sequence

from billing.refunds.decide import file_of
from billing.refunds.register import Refund
from billing.refunds.tables import RefundStatus
from billing.refunds.telling import why_untold
from billing.remittance.proof import Asked, asked_of
from portal.people.actor import Actor


def under_way(refunds: Sequence[Refund]) -> Refund | None:
    """The one that is on its way, if one is."""
    return next((one for one in refunds if one.is_open), None)


def ended(refunds: Sequence[Refund]) -> list[Refund]:
    """Those that are over."""
    return [one for one in refunds if not one.is_open]


async def proof_of(actor: Actor, refunds: Sequence[Refund]) -> Asked | None:
    """What the actor would prove themselves with, where a refund waits for their word."""
    waits = any(one.status is RefundStatus.ASKED and one.asked_by != actor.user_id for one in refunds)
    return await asked_of(actor) if waits and actor.may("remittances.approve") else None


async def untold_of(actor: Actor, refunds: Sequence[Refund]) -> str | None:
    """Why nobody outside can be told of another payee that waits, ``""`` where the debtor will be; None where none waits."""
    waiting = next((one for one in refunds if one.status is RefundStatus.ASKED and one.is_other_payee), None)
    return await why_untold(actor, waiting) if waiting is not None else None


async def file_name_of(actor: Actor, refunds: Sequence[Refund]) -> str:
    """The payment file that the refund under way stands in; empty where it stands in none."""
    one = under_way(refunds)
    return await file_of(actor, one.id) if one is not None else ""
