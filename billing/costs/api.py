"""Costs of a case as systems see them: what the agency advanced, and what became of it."""

from billing.costs.register import costs_of
from cases.api.beside import tells
from cases.casework import CaseFile
from portal.money import decimal_string
from portal.people.actor import Actor


@tells("costs")
async def costs_as_json(actor: Actor, case: CaseFile) -> dict[str, object]:
    """What the agency advanced for a case and is not taken back, and what of it is repaid, invoiced and open."""
    ours = [cost for cost in await costs_of(actor, case) if cost.is_ours and cost.taken_back_at is None]
    sums = {
        "advanced": sum(cost.amount_minor for cost in ours),
        "recovered": sum(cost.repaid_minor for cost in ours),
        "invoiced": sum(cost.invoiced_minor for cost in ours),
        "open": sum(cost.open_minor for cost in ours),
    }
    return {name: decimal_string(minor, case.currency) for name, minor in sums.items()}
