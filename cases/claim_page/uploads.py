"""What a debtor sends along: it goes the way of all evidence, through quarantine, and is marked as the debtor's."""

from typing import BinaryIO, Final

from cases.casework import CaseFile
from cases.documents.evidence import DocumentFile, send_through
from cases.documents.tables import DocumentState
from cases.documents.words import REFUSALS, Kind
from portal.errors import Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.behalf import with_the_agencys_eyes
from portal.tenancy.database import sql_value

LONGEST_UPLOAD: Final = 25_000_000
"""Bytes of a file that comes with a form."""
MOST: Final = 30
"""Documents that a debtor may send for a case: whoever has more to show writes to the agency."""


async def hand_in(
    actor: Actor, case: CaseFile, name: str, content: BinaryIO, kind: Kind = Kind.CORRESPONDENCE
) -> DocumentFile:
    """Take in a file that the debtor sends for its case. Called while no row is locked: storage takes its time.

    Raises:
        Refused: files of this name, size or content are not taken, or enough were sent; at the field ``file``.
        StoreAway: the storage does not answer.
    """
    actor.require("claim.answer")
    async with with_the_agencys_eyes(actor):
        sent = await sql_value(
            "select count(*) from documents where agency_id = $1 and case_id = $2 and from_debtor",
            *(actor.agency_id, case.id),
        )
        if sent >= MOST:
            raise Refused(N_("So many files were sent already. Please write to us."), field="file", code="too_many")
        document = await send_through(actor, case.id, name, content, kind)
    if document.state is DocumentState.REFUSED:
        raise Refused(REFUSALS.get(document.refusal, REFUSALS["type_not_accepted"]), field="file", code="refused")
    return document
