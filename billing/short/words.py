"""Money that arrived short, in words."""

from collections.abc import Mapping
from typing import Any, Final

from billing.short.rules import Bearer
from portal.pages.formats import money
from portal.pages.text import N_, translate

BEARER_TEXTS: Final = {
    Bearer.DEBTOR: N_("the debtor"),
    Bearer.CLIENT: N_("the client"),
    Bearer.AGENCY: N_("the agency"),
}
SHORT_TEXTS: Final[Mapping[str, str]] = {
    Bearer.DEBTOR: N_("%(sent)s sent, %(arrived)s arrived, %(kept)s kept by banks: borne by the debtor."),
    Bearer.CLIENT: N_("%(sent)s sent, %(arrived)s arrived, %(kept)s kept by banks: borne by the client."),
    Bearer.AGENCY: N_("%(sent)s sent, %(arrived)s arrived, %(kept)s kept by banks: borne by the agency."),
}


def short_text(stored: Mapping[str, Any], currency: str) -> str:
    """What became of it, from its facts."""
    sent, arrived, sentence = stored["sent_minor"], stored["arrived_minor"], SHORT_TEXTS[stored["bearer"]]
    return translate(
        sentence,
        sent=money(sent, currency), arrived=money(arrived, currency), kept=money(sent - arrived, currency),
    )  # fmt: skip
