"""Money that comes for a case after its client took it back: it is the client's, and brings as much of the claim back as
it pays. It bears the fee as far as the debtor had promised it before the recall and it came within the days agreed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, cast

from billing.fees.rules import Fee
from billing.parts import Parts
from cases.casework import CaseFile
from cases.recall.final import SOURCE
from cases.recall.rules import bears_fee_minor, fee_until
from portal.ledger.journal import JournalDraft, owe_more
from portal.ledger.tables import Component
from portal.people.actor import Actor
from portal.tenancy.database import sql_one


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """A case that went back. ``gone`` is what of its claim is still out of the books, in minor units."""

    on: date
    fee_until: date
    gone: Parts
    promised_minor: int
    """What was promised or agreed before it and has not come since."""

    def came_before(self, received_on: date) -> bool:
        """Whether money of that day came before the case went back."""
        return received_on < self.on

    def bearing(self, parts: Parts, received_on: date) -> Parts:
        """What of a payment's parts bears the fee; costs first, then interest, then principal.

        Money that had come while the agency still had the case bears it whole, whenever it is recorded.
        """
        if self.came_before(received_on):
            return parts
        left = bears_fee_minor(parts.total_minor, self.promised_minor, received_on, self.fee_until)
        found: dict[Component, int] = {}
        for component in (Component.COSTS, Component.INTEREST, Component.PRINCIPAL):
            found[component] = min(left, parts.on(component))
            left -= found[component]
        return Parts.of(found)

    def as_facts(self, bearing: Parts) -> Mapping[str, object]:
        """What the fee's sentence is made of."""
        return {
            "on": self.on.isoformat(),
            "fee_until": self.fee_until.isoformat(),
            "bearing_minor": bearing.total_minor,
        }


FIND: Final = """
select (r.ended_at at time zone a.time_zone)::date as on, (r.terms ->> 'fee_days')::int as fee_days,
       coalesce((select sum(amount_minor - received_minor) from promises
                 where agency_id = $1 and case_id = $2 and status = 'withdrawn' and ended_at = r.ended_at), 0)::bigint
           + coalesce((select sum(to_pay_minor - paid_minor) from plans
                       where agency_id = $1 and case_id = $2 and accepted_at is not null and ended_at = r.ended_at), 0)::bigint
           as promised_minor,
       coalesce((select sum(amount_minor) from payments
                 where agency_id = $1 and case_id = $2 and recorded_at >= r.ended_at and reverses is null
                   and not exists (select from payments b where b.agency_id = $1 and b.reverses = payments.id)), 0)::bigint
           as come_minor
from recalls r join agencies a on a.id = r.agency_id
where r.agency_id = $1 and r.case_id = $2 and r.status = 'final'
"""

GONE: Final = """
select coalesce(-sum(l.amount_minor) filter (where component = 'principal'), 0)::bigint as principal,
       coalesce(-sum(l.amount_minor) filter (where component = 'interest'), 0)::bigint as interest,
       coalesce(-sum(l.amount_minor) filter (where component = 'costs'), 0)::bigint as costs
from journals j join journal_lines l on l.agency_id = j.agency_id and l.journal_id = j.id and l.account = 9000
where j.agency_id = $1 and l.case_id = $2 and j.source = 'recall'
"""


async def recalled(actor: Actor, case: CaseFile) -> Recalled | None:
    """What became of a case's recall; None when it did not go back."""
    if case.is_open:
        return None
    row = await sql_one(FIND, actor.agency_id, case.id)
    gone = await sql_one(GONE, actor.agency_id, case.id)
    if row is None or gone is None:
        return None
    return Recalled(
        on=row["on"],
        fee_until=fee_until(row["on"], row["fee_days"]),
        gone=Parts(gone["principal"], gone["interest"], gone["costs"]),
        promised_minor=max(0, row["promised_minor"] - row["come_minor"]),
    )


def brought_back(case: CaseFile, parts: Parts, on: date, payment: str) -> JournalDraft:
    """The journal by which the part of a recalled claim that a payment pays is owed again, on the payment's day."""
    lines = tuple(
        line
        for component in Component
        if parts.on(component)
        for line in owe_more(case.id, component, parts.on(component), case.currency, client=case.client_id)
    )
    return JournalDraft(SOURCE, f"paid {payment}", "recalled claim paid", on, lines)


def marked(fee: Fee, gone: Recalled, parts: Parts, bearing: Parts) -> Fee:
    """A fee that says of itself that it was taken on what was promised before a recall, and on nothing else."""
    counted = cast(list[dict[str, object]], fee.explanation["steps"])
    steps = [{**step, "minor": parts.total_minor} if step["code"] == "received" else step for step in counted]
    return replace(fee, explanation={**fee.explanation, "steps": steps, "recalled": gone.as_facts(bearing)})
