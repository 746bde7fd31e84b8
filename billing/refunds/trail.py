"""What the trail and the case's timeline tell of refunds."""

from collections.abc import Mapping
from typing import Final

from billing.refunds.register import Refund
from cases.casework import load_case, tell
from portal.audit.record import record
from portal.people.actor import Actor

OF_SUSPENSE: Final[Mapping[str, str]] = {
    "refund.asked": "suspense.send_back_asked",
    "refund.approved": "suspense.send_back_approved",
    "refund.declined": "suspense.kept",
    "refund.paid": "suspense.sent_back",
    "refund.returned": "suspense.send_back_returned",
    "refund.told": "suspense.payee_told",
    "refund.not_told": "suspense.payee_not_told",
}
"""What each step is called of suspended money; of a surplus it is the surplus's refund."""


async def write_trail(
    actor: Actor, refund: Refund, step: str, personal: dict[str, str] | None = None, **more: object
) -> None:
    """Record a step of a refund, on its own trail or that of the suspended money."""
    facts = {"amount_minor": refund.amount_minor, "currency": refund.currency, **more}
    if refund.suspense_id is not None:
        await record(actor, OF_SUSPENSE[step], "suspense", refund.suspense_id, facts=facts, personal=personal)
        return
    facts["case_id"] = refund.case_id
    await record(
        actor, f"surplus.{step.replace('.', '_')}", "surplus_refund", refund.id, facts=facts, personal=personal
    )


async def tell_case(actor: Actor, refund: Refund, step: str, *, client_sees: bool = True, **more: object) -> None:
    """Tell the timeline of the case that the money is of, if it is known."""
    if refund.case_id is None:
        return
    kind = OF_SUSPENSE[step] if refund.suspense_id is not None else f"surplus.{step.replace('.', '_')}"
    facts = {"amount_minor": refund.amount_minor, "currency": refund.currency, **more}
    await tell(actor, await load_case(actor, refund.case_id), kind, "money", facts, client_sees=client_sees)
