"""What an outcome would do, before anything is written: for goods and set-off the claim's parts, the fee and the balance."""

from typing import Final

from billing.outcomes.rules import OWN_REST, Wanted, check
from billing.outcomes.words import RECOVERING, RESTING
from billing.payments.split import Split, preview
from cases.casework import CaseFile
from cases.plans.register import running_plan
from portal.errors import Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.behalf import with_the_agencys_eyes

OUR_FIELDS: Final = {"amount": "value", "received_on": "on"}
"""How the form of an outcome calls what a payment's calls otherwise."""


async def foresee(actor: Actor, case: CaseFile, wanted: Wanted) -> Split | None:
    """Look an outcome over and divide what it takes off the claim; None where the balance stays. Writes nothing.

    Raises:
        Refused: it will not do as it was entered, or not on this case; the text says why, beside its field.
    """
    if not case.is_open:
        raise Refused(N_("The case is closed."), code="case_closed")
    if case.recall_asked_on is not None:
        raise Refused(N_("The client has asked for this case back. Answer that first."), code="recall_pending")
    today = await agency_day(actor)
    check(wanted, today)
    if wanted.kind in RESTING:
        if await running_plan(actor, case) is not None:
            raise Refused(
                N_("An agreement to pay runs on this case. End it first, or make another version of it."),
                code="plan_running",
            )
        if wanted.until is not None and wanted.until > today + OWN_REST and not wanted.by_law:
            actor_leads(actor)
    if wanted.kind not in RECOVERING:
        return None
    async with with_the_agencys_eyes(actor) as portal:
        try:
            return await preview(portal, case, wanted.value_minor, wanted.on, wanted.kind.value)
        except Refused as error:
            raise renamed(error) from None


def renamed(refusal: Refused) -> Refused:
    """A payment's refusal beside the fields of an outcome."""
    if refusal.field in OUR_FIELDS:
        refusal.field = OUR_FIELDS[refusal.field]
    return refusal


def actor_leads(actor: Actor) -> None:
    """A long rest is for those who lead negotiators to agree to.

    Raises:
        Refused: the actor leads nobody.
    """
    if not actor.may("plans.approve"):
        raise Refused(
            N_("More than %(days)s days is for those who lead negotiators to agree to."),
            field="until",
            code="above_authority",
            days=OWN_REST.days,
        )
