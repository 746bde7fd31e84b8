"""The proof that comes with a report: a file sent with the form, taken in as any other document of the case."""

from uuid import UUID

from cases.casework import CaseFile
from cases.documents.routes import take_in
from cases.documents.tables import DocumentState
from cases.documents.words import REFUSALS, Kind
from portal.errors import NotNow, Refused
from portal.pages.forms import Form
from portal.pages.text import N_
from portal.pages.toasts import PageRequest
from portal.people.actor import Actor
from portal.storage.store import StoreAway


async def proof_in(request: PageRequest, actor: Actor, case: CaseFile, form: Form) -> UUID | None:
    """The document that a form brings along, in quarantine or released; None when it brings none.

    Nothing may be locked yet: the storage takes its time.

    Raises:
        Refused: the file is not taken.
        NotNow: it could not be stored.
    """
    if form.file("files") is None:
        return None
    try:
        [document] = await take_in(request, actor, case, Kind.PAYMENT_PROOF)
    except StoreAway:
        raise NotNow(
            N_("The file could not be stored. Nothing was kept; please try again in a minute."), field="files"
        ) from None
    except Refused as refusal:
        raise Refused(refusal.message, field="files", code=refusal.code, **refusal.params) from None
    if document.state is DocumentState.REFUSED:
        raise Refused(REFUSALS.get(document.refusal, document.refusal), field="files", code=document.refusal)
    return document.id
