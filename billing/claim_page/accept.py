"""The debtor agrees online to an approved offer: who agreed, when, from where, and to exactly which document.

The document's digest stands in the form, so that nobody agrees to another version than the one they were shown. Name,
position and network address lie apart in the trail, where they can be erased.
"""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from billing.plans.agree import Said, may_be_agreed, put_in_force
from billing.plans.written import as_pdf
from cases.casework import CaseFile, load_case
from cases.plans.register import PlanFile, load_plan
from portal.errors import Forbidden, NotFound, Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.behalf import with_the_agencys_eyes

MISSING = N_("Please fill this in.")
UNTICKED = N_("Please tick this to agree.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What somebody says who agrees for the debtor, and from where. ``sha256`` is of the document they were shown."""

    name: str
    position: str
    agrees: bool
    sha256: str
    address: str
    guarantor: str = ""
    guarantor_agrees: bool = False


async def paper_of(actor: Actor, case: CaseFile, plan: PlanFile) -> bytes:
    """The digest of an agreement as it is written down: of the kept document, or of the same bytes made now.

    Raises:
        NotFound: it is a draft.
    """
    if plan.document_sha256 is not None:
        return plan.document_sha256
    return hashlib.sha256(await as_pdf(actor, case, plan)).digest()


async def accept(actor: Actor, plan_id: UUID, said: Acceptance) -> PlanFile:
    """Agree for the debtor: from now on its payments are expected. Agreed again, it stays as it was agreed.

    Raises:
        NotFound: there is no such offer on the debtor's case.
        Refused: it is not approved, its time is over, the claim has changed, another version was shown, or the form is
            not complete.
    """
    actor.require("claim.answer")
    if actor.case_id is None:
        raise Forbidden
    async with with_the_agencys_eyes(actor) as portal:
        case = await load_case(portal, actor.case_id, lock=True)
        plan = await load_plan(portal, plan_id)
        if plan.case_id != case.id:
            raise NotFound
        if plan.is_running:
            return plan
        await may_be_agreed(portal, case, plan)
        digest = (await paper_of(portal, case, plan)).hex()
        if digest != said.sha256:
            raise Refused(N_("The agreement is not the one you were shown. Please look at it again."), code="not_shown")
        _check(plan, said)
        name = f"{said.name.strip()}, {said.position.strip()}" if said.position.strip() else said.name.strip()
        personal = {"address": said.address} if said.address else {}
        if said.position.strip():
            personal["position"] = said.position.strip()
        if plan.guarantor:
            personal["guarantor"] = said.guarantor.strip()
        return await put_in_force(
            portal, actor, case, plan, Said("online", name, facts={"sha256": digest}, personal=personal)
        )


def _check(plan: PlanFile, said: Acceptance) -> None:
    needed = [("name", bool(said.name.strip()), MISSING), ("agrees", said.agrees, UNTICKED)]
    if plan.guarantor:
        needed += [
            ("guarantor", bool(said.guarantor.strip()), MISSING),
            ("guarantor_agrees", said.guarantor_agrees, UNTICKED),
        ]
    for field, is_there, text in needed:
        if not is_there:
            raise Refused(text, field=field, code="missing")
