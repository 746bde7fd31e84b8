"""A judgment on the claim, and what is borne after it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from cases.casework import tell
from cases.interest.change import WantedTerm, add_term, check, open_case
from cases.interest.terms import Basis
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.ledger.tables import Component
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql, sql_value

INSERT: Final = """
insert into case_judgments (id, agency_id, client_id, case_id, judged_on, court, reference, pay_by, recorded_by,
                            recorded_by_name, recorded_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a court decided. ``after`` is what is borne from the day after it on; None: what was borne before goes on.
    ``added`` comes on top once the time to pay is over.
    """

    judged_on: date | None
    court: str = ""
    reference: str = ""
    pay_by: date | None = None
    after: Basis | None = None
    added: Basis | None = None
    costs_too: bool = False
    """The costs bear it as well."""


async def record_judgment(actor: Actor, case_id: UUID, decided: Decided) -> UUID:
    """Record a judgment; gives its id.

    Raises:
        NotFound: there is no such case here.
        Refused: the case is closed, or something will not do, with its field.
    """
    actor.require("interest.set")
    case = await open_case(actor, case_id)
    judged_on = decided.judged_on
    if judged_on is None:
        raise Refused(N_("Please fill this in."), field="judged_on", code="missing")
    if judged_on > await agency_day(actor):
        raise Refused(N_("This day has not come yet."), field="judged_on", code="future")
    if not decided.court.strip():
        raise Refused(N_("Please fill this in."), field="court", code="missing")
    if decided.pay_by is not None and decided.pay_by < judged_on:
        raise Refused(N_("The last day is before the first."), field="pay_by", code="out_of_range")
    if decided.after is not None and decided.after.adds:
        raise Refused(N_("This comes on top of other interest."), field="after_basis", code="adds")
    if decided.added is not None and not decided.added.adds:
        raise Refused(N_("Please choose one of the list."), field="added", code="unknown")
    judgment_id = new_id()
    await sql(
        INSERT,
        *(judgment_id, actor.agency_id, case.client_id, case.id, judged_on, decided.court.strip()),
        *(decided.reference.strip(), decided.pay_by, actor.user_id, actor.name, clock.now()),
    )
    begins = ((decided.after, judged_on), (decided.added, decided.pay_by or judged_on))
    for basis, until in begins:
        if basis is None:
            continue
        check(basis, case.debtor_kind, after_judgment=True, prefix="after_")
        for component in (Component.PRINCIPAL, Component.COSTS) if decided.costs_too else (Component.PRINCIPAL,):
            wanted = WantedTerm(terms=basis, component=component, since=until + timedelta(days=1))
            await add_term(actor, case, wanted, judgment_id)
    facts = {
        "judged_on": judged_on,
        "pay_by": decided.pay_by,
        "basis": decided.after.basis if decided.after else None,
        "added": decided.added.basis if decided.added else None,
    }
    typed = {"court": decided.court.strip(), "court_reference": decided.reference.strip()}
    personal = {name: text for name, text in typed.items() if text}
    await tell(actor, case, "interest.judged", "money", {**facts, **personal})
    await record(actor, "interest.judged", "case", case.id, client_id=case.client_id, facts=facts, personal=personal)
    return judgment_id


WITHDRAW: Final = """
update case_judgments set withdrawn_at = $4 where agency_id = $1 and case_id = $2 and id = $3 and withdrawn_at is null
returning judged_on
"""
ITS_TERMS: Final = """
update case_interest set withdrawn_at = $4, withdrawn_by_name = $5
where agency_id = $1 and case_id = $2 and judgment_id = $3 and withdrawn_at is null
"""


async def withdraw_judgment(actor: Actor, case_id: UUID, judgment_id: UUID) -> None:
    """Take a judgment back that was recorded in error or was set aside, with the rates that it brought.

    Raises:
        NotFound: there is no such case, or no such judgment on it.
        Refused: the case is closed.
    """
    actor.require("interest.set")
    case = await open_case(actor, case_id)
    now = clock.now()
    judged_on = await sql_value(WITHDRAW, actor.agency_id, case.id, judgment_id, now)
    if judged_on is None:
        raise NotFound
    await sql(ITS_TERMS, actor.agency_id, case.id, judgment_id, now, actor.name)
    facts = {"judged_on": judged_on}
    await tell(actor, case, "interest.judgment_withdrawn", "money", facts)
    await record(actor, "interest.judgment_withdrawn", "case", case.id, client_id=case.client_id, facts=facts)
