"""Documents in words: what they are evidence of, why one was refused, and what the virus scanner found."""

from enum import StrEnum

from portal.errors import Refused
from portal.pages.text import N_
from portal.storage.scan import Scan


class Kind(StrEnum):
    """What a document is evidence of."""

    CONTRACT = "contract"
    """Why anything is owed."""
    INVOICE = "invoice"
    """What is owed."""
    DELIVERY_PROOF = "delivery_proof"
    """That the goods or services were delivered."""
    ACCOUNT_STATEMENT = "account_statement"
    """The account between the two, item by item."""
    CORRESPONDENCE = "correspondence"
    """Letters and mails about the debt."""
    GUARANTEE = "guarantee"
    """That somebody else answers for it."""
    POWER_OF_ATTORNEY = "power_of_attorney"
    """That the agency may act."""
    PAYMENT_PROOF = "payment_proof"
    """That something was paid."""
    OTHER = "other"
    """Anything else."""


KIND_TEXTS = {
    Kind.CONTRACT: N_("Contract"),
    Kind.INVOICE: N_("Invoice"),
    Kind.DELIVERY_PROOF: N_("Delivery proof"),
    Kind.ACCOUNT_STATEMENT: N_("Statement of account"),
    Kind.CORRESPONDENCE: N_("Correspondence"),
    Kind.GUARANTEE: N_("Guarantee"),
    Kind.POWER_OF_ATTORNEY: N_("Power of attorney"),
    Kind.PAYMENT_PROOF: N_("Proof of payment"),
    Kind.OTHER: N_("Other"),
}

REFUSALS = {
    "empty": N_("The file is empty."),
    "too_large": N_("The file is too large."),
    "size_differs": N_("The file that arrived has another size than was announced."),
    "not_arrived": N_("The file has not arrived."),
    "type_not_accepted": N_("Files of this kind are not accepted."),
    "unsafe": N_("This file could run or be shown as a web page."),
    "content_differs": N_("The content is not what the file's name says."),
    "incomplete": N_("The file is not complete."),
    "too_large_unpacked": N_("The file unpacks to more than is accepted."),
    "macros": N_("The file contains macros."),
    "infected": N_("The virus scanner found something harmful in the file."),
    "too_much_to_scan": N_("The virus scanner could not look at all of the file."),
}
"""Why a document was refused, by the code that is kept with it."""

SCAN_TEXTS = {
    Scan.NOT_SCANNED: N_("not scanned for viruses"),
    Scan.AWAY: N_("the virus scanner does not answer"),
    Scan.CLEAN: N_("no virus found"),
    Scan.INFECTED: N_("a virus was found"),
    Scan.TOO_MUCH: N_("too large for the virus scanner"),
}


def known_kind(kind: str) -> Kind:
    """The kind of a document. Raises Refused for a word that is none."""
    try:
        return Kind(kind or Kind.OTHER)
    except ValueError:
        raise Refused(N_("Choose a kind of document."), field="kind", code="unknown_kind") from None
