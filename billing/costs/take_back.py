"""A cost that was entered in error is taken back, while nothing of it is repaid or invoiced."""

from datetime import date
from uuid import UUID

from billing.bank.matching.register import line_of
from billing.costs.add import SOURCE
from billing.costs.register import CostFile, case_of_cost, costs_of
from billing.payments.processor_journals import OPEN_SINCE
from cases.casework import load_case, tell
from cases.situation import refresh
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.ledger import journal
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import savepoint, sql, sql_value


async def take_back(actor: Actor, cost_id: UUID, because: str) -> None:
    """Undo a cost, on its own day or the first that is not closed. Taken back before, it stays so.

    Raises:
        NotFound: there is no such cost here.
        Refused: it is repaid in part, the client was asked for it, a bank line was matched to it, or no reason is given.
    """
    actor.require("costs.add")
    case = await load_case(actor, await case_of_cost(actor, cost_id), lock=True)
    cost = next(each for each in await costs_of(actor, case) if each.id == cost_id)
    if cost.taken_back_at is not None:
        return
    _check(cost)
    if await line_of(actor, cost.journal_id) is not None:
        raise Refused(N_("A bank line was matched to this cost: take the match back there."), code="matched")
    if not because.strip():
        raise Refused(N_("Please say why."), field="because", code="missing")
    day = max(cost.paid_on, await sql_value(OPEN_SINCE, actor.agency_id) or date.min)
    async with savepoint():
        journal_id = await journal.reverse(actor, cost.journal_id, SOURCE, f"{cost.id} back", day)
    await sql(
        "update case_costs set taken_back_because = $3, taken_back_by_name = $4, taken_back_at = $5,"
        " taken_back_journal_id = $6 where agency_id = $1 and id = $2",
        *(actor.agency_id, cost.id, because.strip(), actor.name, clock.now(), journal_id),
    )
    facts = {"cost_kind": str(cost.kind), "amount_minor": cost.amount_minor, "currency": cost.currency}
    await tell(actor, case, "cost.taken_back", "money", {"cost_id": cost.id, **facts})
    await record(
        actor, "cost.taken_back", "cost", cost.id, client_id=case.client_id,
        facts={**facts, "case_id": case.id, "journal_id": journal_id}, personal={"because": because.strip()},
    )  # fmt: skip
    await refresh(actor, case.id)


def _check(cost: CostFile) -> None:
    if cost.repaid_minor:
        raise Refused(N_("The debtor has repaid some of it: take that payment back first."), code="repaid")
    if cost.invoiced_minor:
        raise Refused(N_("The client was invoiced for it."), code="invoiced")
