"""Changing what interest is asked for: by a client on its cases, or on one case. What was posted stays."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from cases.casework import CaseFile, load_case, tell
from cases.clients import load_client
from cases.interest.terms import AGREED, DAY_COUNTS, NONE, Basis, terms_of
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.ledger.tables import Component
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql, sql_value

BEARING: Final = (Component.PRINCIPAL, Component.COSTS)
"""What may bear interest: interest itself does not."""
DEBTOR_KINDS: Final = ("company", "person")


def check(wanted: Basis, debtor_kind: str, *, after_judgment: bool = False, prefix: str = "") -> None:
    """See that a basis may be asked for of debtors of a kind; ``prefix`` begins the names of its fields.

    Raises:
        Refused: it is unknown, is not for them, or lacks its rate; with its field.
    """
    table = wanted.table
    if table is None and wanted.basis not in (NONE, AGREED):
        raise Refused(N_("Please choose one of the list."), field=f"{prefix}basis", code="unknown")
    if table is not None and not table.is_for(debtor_kind):
        raise Refused(
            N_("This law is about companies; the debtor is a person."), field=f"{prefix}basis", code="not_for_persons"
        )
    if table is not None and table.judgment and not after_judgment:
        raise Refused(
            N_("This is owed after a judgment: record the judgment."), field=f"{prefix}basis", code="judgment_only"
        )
    if (wanted.basis == AGREED) != (wanted.rate is not None):
        raise Refused(N_("A rate where one was agreed, and none otherwise."), field=f"{prefix}rate", code="bad_rate")
    if wanted.rate is not None and wanted.rate != round(wanted.rate, 8):
        raise Refused(N_("A percentage has at most six decimals here."), field=f"{prefix}rate", code="bad_rate")
    if wanted.day_count not in DAY_COUNTS:
        raise Refused(N_("Please choose one of the list."), field=f"{prefix}day_count", code="unknown")


ADD_OF_CLIENT: Final = """
insert into client_interest (id, agency_id, client_id, debtor_kind, component, placed_from, basis, rate, day_count, set_by,
                             set_by_name, set_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""


async def set_for_client(
    actor: Actor,
    client_id: UUID,
    debtor_kind: str,
    placed_from: date | None,
    wanted: Basis,
    component: Component = Component.PRINCIPAL,
) -> None:
    """Say what a client asks for on cases with debtors of a kind, placed from a day on; it does not touch others.

    Each part of the claim that may bear interest has its own terms: costs bear none until it is said.

    Raises:
        NotFound: there is no such client.
        Refused: it will not do, with its field.
    """
    actor.require("clients.manage")
    await load_client(actor, client_id, lock=True)
    if debtor_kind not in DEBTOR_KINDS:
        raise Refused(N_("Please choose one of the list."), field="debtor_kind", code="unknown")
    if placed_from is None:
        raise Refused(N_("Please fill this in."), field="placed_from", code="missing")
    check(wanted, debtor_kind)
    _may_bear(component)
    await sql(
        ADD_OF_CLIENT,
        *(new_id(), actor.agency_id, client_id, debtor_kind, component, placed_from),
        *(wanted.basis, wanted.rate, wanted.day_count, actor.user_id, actor.name, clock.now()),
    )
    facts = {
        "debtor_kind": debtor_kind, "component": str(component), "placed_from": placed_from, **_facts(wanted),
    }  # fmt: skip
    await record(actor, "interest.changed", "client", client_id, client_id=client_id, facts=facts)


def _may_bear(component: Component) -> None:
    if component not in BEARING:
        raise Refused(N_("Interest bears no interest."), field="component", code="bad_component")


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedTerm:
    """A rate for a part of a case from a day on; without one, from the day after each invoice was due."""

    terms: Basis
    component: Component = Component.PRINCIPAL
    since: date | None = None


ADD: Final = """
insert into case_interest (id, agency_id, client_id, case_id, judgment_id, component, since, basis, rate, day_count, set_by,
                           set_by_name, set_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""


async def set_on_case(actor: Actor, case_id: UUID, wanted: WantedTerm) -> UUID:
    """Set what a part of a case bears from a day on; gives the term's id.

    Raises:
        NotFound: there is no such case here.
        Refused: the case is closed, or it will not do, with its field.
    """
    actor.require("interest.set")
    case = await open_case(actor, case_id)
    check(wanted.terms, case.debtor_kind, after_judgment=any(term.judgment_id for term in await terms_of(actor, case)))
    term_id = await add_term(actor, case, wanted)
    facts = {"component": str(wanted.component), "since": wanted.since, **_facts(wanted.terms)}
    await tell(actor, case, "interest.set", "money", facts)
    await record(actor, "interest.set", "case", case.id, client_id=case.client_id, facts=facts)
    return term_id


async def add_term(actor: Actor, case: CaseFile, wanted: WantedTerm, judgment_id: UUID | None = None) -> UUID:
    """Keep a term of a case, whose row the caller holds.

    Raises:
        Refused: interest cannot run on that part of the claim.
    """
    _may_bear(wanted.component)
    term_id, terms = new_id(), wanted.terms
    await sql(
        ADD,
        *(term_id, actor.agency_id, case.client_id, case.id, judgment_id, wanted.component, wanted.since),
        *(terms.basis, terms.rate, terms.day_count, actor.user_id, actor.name, clock.now()),
    )
    return term_id


WITHDRAW: Final = """
update case_interest set withdrawn_at = $4, withdrawn_by_name = $5
where agency_id = $1 and case_id = $2 and id = $3 and judgment_id is null and withdrawn_at is null
returning basis
"""


async def withdraw(actor: Actor, case_id: UUID, term_id: UUID) -> None:
    """Take a rate of a case back; what held before it holds again. That of a judgment goes with the judgment.

    Raises:
        NotFound: there is no such case, or no such rate on it.
        Refused: the case is closed.
    """
    actor.require("interest.set")
    case = await open_case(actor, case_id)
    basis = await sql_value(WITHDRAW, actor.agency_id, case.id, term_id, clock.now(), actor.name)
    if basis is None:
        raise NotFound
    facts = {"basis": basis}
    await tell(actor, case, "interest.withdrawn", "money", facts)
    await record(actor, "interest.withdrawn", "case", case.id, client_id=case.client_id, facts=facts)


async def open_case(actor: Actor, case_id: UUID) -> CaseFile:
    """The case, its row held.

    Raises:
        NotFound: there is no such case here.
        Refused: it is closed.
    """
    case = await load_case(actor, case_id, lock=True)
    if not case.is_open:
        raise Refused(N_("The case is closed."), code="case_closed")
    return case


def _facts(wanted: Basis) -> dict[str, object]:
    agreed = {"rate": wanted.rate, "day_count": wanted.day_count} if wanted.basis == AGREED else {}
    return {"basis": wanted.basis, **agreed}


FREEZE: Final = """
insert into interest_freezes (id, agency_id, client_id, case_id, since, through, reason, set_by, set_by_name, set_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""


async def freeze(actor: Actor, case_id: UUID, since: date | None, through: date | None, reason: str) -> UUID:
    """Let a case bear no interest for some days, both ends among them; gives the freeze's id.

    Raises:
        NotFound: there is no such case here.
        Refused: the case is closed, the days will not do, or no reason is given.
    """
    actor.require("interest.set")
    case = await open_case(actor, case_id)
    if since is None or through is None:
        raise Refused(
            N_("Please fill this in."), field="freeze_since" if since is None else "freeze_through", code="missing"
        )
    if through < since:
        raise Refused(N_("The last day is before the first."), field="freeze_through", code="out_of_range")
    if not reason.strip():
        raise Refused(N_("Please fill this in."), field="freeze_reason", code="missing")
    freeze_id = new_id()
    await sql(
        FREEZE,
        *(freeze_id, actor.agency_id, case.client_id, case.id, since, through, reason.strip()),
        *(actor.user_id, actor.name, clock.now()),
    )
    facts = {"since": since, "through": through}
    await tell(actor, case, "interest.frozen", "money", {**facts, "reason": reason.strip()})
    await record(
        actor,
        "interest.frozen",
        "case",
        case.id,
        client_id=case.client_id,
        facts=facts,
        personal={"reason": reason.strip()},
    )
    return freeze_id


THAW: Final = """
update interest_freezes set through = greatest(since - 1, $4::date)
where agency_id = $1 and case_id = $2 and id = $3 and through > greatest(since - 1, $4::date) returning through
"""


async def thaw(actor: Actor, case_id: UUID, freeze_id: UUID) -> None:
    """Let interest run again from tomorrow on, or at once where the freeze has not begun.

    Raises:
        NotFound: there is no such case, or no such freeze that has not ended.
        Refused: the case is closed.
    """
    actor.require("interest.set")
    case = await open_case(actor, case_id)
    through = await sql_value(THAW, actor.agency_id, case.id, freeze_id, await agency_day(actor))
    if through is None:
        raise NotFound
    facts = {"through": through}
    await tell(actor, case, "interest.thawed", "money", facts)
    await record(actor, "interest.thawed", "case", case.id, client_id=case.client_id, facts=facts)
