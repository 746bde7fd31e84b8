"""What the agency's people see of an agreement's payments being collected: from what, what is tried when, and what failed."""

from collections.abc import Sequence
from dataclasses import dataclass

from billing.cards.attempts import Attempt, attempts_on
from billing.cards.autopay import expected
from billing.cards.methods import SavedMethod, method_name, method_of
from billing.cards.retrying import Turn, Why
from cases.casework import CaseFile
from cases.plans.register import PlanFile
from cases.plans.standing import Due
from portal.pages.text import N_
from portal.people.actor import Actor

WAITS = {
    Why.NOT_DUE: N_("on its day"),
    Why.OPEN: N_("an attempt is under way, or came through"),
    Why.LATER: N_("tried again"),
    Why.FOR_GOOD: N_("the bank said no for good: the debtor must take another card or pay otherwise"),
    Why.CONFIRM: N_("the debtor must confirm it with the bank: a link was sent"),
    Why.OFTEN: N_("tried as often as it may be: the debtor must pay otherwise"),
}


@dataclass(frozen=True, slots=True)
class Collected:
    """How the payments of an agreement are collected. ``following`` is what comes next, and when or why not."""

    method: SavedMethod | None
    name: str
    following: tuple[Due, Turn] | None
    attempts: Sequence[Attempt]


async def collected_of(actor: Actor, case: CaseFile, plan: PlanFile) -> Collected | None:
    """How an agreement's payments are collected; None where they never were."""
    method = await method_of(actor, case.id)
    attempts = [one for one in await attempts_on(actor, case.id, limit=100) if one.plan_id == plan.id]
    if method is None and not attempts:
        return None
    following = await expected(actor, plan, method) if method is not None and plan.is_running else None
    return Collected(method, method_name(method) if method else "", following, attempts)
