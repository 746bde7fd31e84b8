"""Why a case stands where it does in the queue, in a sentence."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from cases.casework import CaseFile
from cases.contact.wording import Day
from cases.queues.score import TermName
from portal.pages.formats import Length, amount
from portal.pages.text import N_, Text, gettext, say

TERM_TEXTS = {
    TermName.BALANCE: N_("balance"),
    TermName.AGE: N_("age"),
    TermName.CHANCE: N_("chance"),
    TermName.BROKEN: N_("broken"),
    TermName.LIMITATION: N_("limitation"),
}


@dataclass(frozen=True, slots=True)
class Broken:
    """The last promise of a case, which was not kept. Minor units of the case's currency."""

    amount_minor: int
    due_on: date


def urgency(case: CaseFile, today: date, now: datetime, broken: Broken | None = None) -> tuple[Text | None, str]:
    """What stands before the score, with its tone: what is running out, or a promise that was not kept."""
    if case.band == 1 and case.limitation_on is not None:
        days = (case.limitation_on - today).days
        return say("limitation in %(days)s days", days=days), "bad"
    if case.band == 2 and case.next_action_at is not None:
        left = case.next_action_at - now
        if left < timedelta():
            return say("%(length)s late", length=Length(-left)), "bad"
        return say("in %(length)s", length=Length(left)), "warn"
    if broken is not None:
        sum_of = amount(broken.amount_minor, case.currency)
        tone = "bad" if case.band == 3 else "quiet"
        return say("%(amount)s due %(day)s broken", amount=sum_of, day=Day(broken.due_on)), tone
    return None, "quiet"


def why(case: CaseFile, terms: int = 3) -> Text:
    """The sentence of the order: the score, and as many of the terms that bring most of it."""
    return say("score %(score)s: %(terms)s", score=case.score, terms=Terms(case.score_terms, terms))


class Terms:
    """The leading terms of a score, spoken: ``balance 26, age 19, chance 8``."""

    def __init__(self, terms: dict[str, str], count: int) -> None:
        ranked = sorted(((Decimal(points), name) for name, points in terms.items()), reverse=True)
        self.leading = [(TermName(name), points) for points, name in ranked[:count] if round(points)]

    def __str__(self) -> str:
        return gettext(", ").join(f"{gettext(TERM_TEXTS[name])} {round(points)}" for name, points in self.leading)
