"""Why a case stands where it does in the queue, in a sentence."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from cases.casework import CaseFile
from cases.queues.score import TermName
from portal.pages.formats import Length
from portal.pages.text import N_, Text, gettext, say

TERM_TEXTS = {
    TermName.BALANCE: N_("balance"),
    TermName.AGE: N_("age"),
    TermName.CHANCE: N_("chance"),
    TermName.BROKEN: N_("broken"),
    TermName.LIMITATION: N_("limitation"),
}


def urgency(case: CaseFile, today: date, now: datetime) -> tuple[Text | None, str]:
    """What is running out on a case, with the tone of it; nothing when nothing is."""
    if case.band == 1 and case.limitation_on is not None:
        days = (case.limitation_on - today).days
        return say("limitation ends in %(days)s days", days=days), "bad"
    if case.band == 2 and case.next_action_at is not None:
        left = case.next_action_at - now
        if left < timedelta():
            return say("%(length)s late", length=Length(-left)), "bad"
        return say("in %(length)s", length=Length(left)), "warn"
    if case.band == 3:
        return say("promise broken today"), "bad"
    return None, "quiet"


def why(case: CaseFile) -> Text:
    """The sentence of the order: the score and the terms that bring most of it."""
    return say("score %(score)s: %(terms)s", score=case.score, terms=Terms(case.score_terms))


class Terms:
    """The leading terms of a score, spoken: ``balance 26, age 19, chance 8``."""

    def __init__(self, terms: dict[str, str], count: int = 3) -> None:
        ranked = sorted(((Decimal(points), name) for name, points in terms.items()), reverse=True)
        self.leading = [(TermName(name), points) for points, name in ranked[:count] if round(points)]

    def __str__(self) -> str:
        return gettext(", ").join(f"{gettext(TERM_TEXTS[name])} {round(points)}" for name, points in self.leading)
