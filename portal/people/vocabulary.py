"""Words and ways that several pages of people share."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from portal.pages.text import N_
from portal.people.arrival import Visitor

ROLE_MEANINGS: Final[Mapping[str, str]] = {
    "owner": N_("Runs the agency: people, clients, fee agreements, and everything below."),
    "manager": N_("Leads the negotiators: sees all cases and payments, may take over a case."),
    "negotiator": N_("Works cases: calls, promises, documents."),
    "finance": N_("Books payments, prepares and approves remittances."),
    "auditor": N_("Reads everything, changes nothing."),
    "admin": N_("Manages the client's people and keys, besides handing over cases."),
    "submitter": N_("Hands over cases and documents, reads statements."),
    "viewer": N_("Reads cases and statements."),
}
"""What a role may do, in a sentence."""


def next_step(visitor: Visitor, target: str) -> str:
    """Where a visitor goes next on the way to ``target``: the second step, the choice of an agency, or there."""
    if visitor.second_factor_due:
        step = "/login/code"
    elif visitor.actor is None:
        step = "/choose"
    else:
        return target
    return step if target == "/" else f"{step}?next={quote(target, safe='/')}"
