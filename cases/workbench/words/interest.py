"""What a case bears besides its claim by the passing of time: interest, judgments, fixed sums."""

from cases.interest.words import Named
from cases.workbench.words.facts import Day, Facts, Money, Telling, Words
from portal.pages.text import say


def _interest_posted(facts: Facts) -> Words:
    head = say("Interest posted: %(amount)s, accrued to %(day)s", amount=Money(facts), day=Day(facts, "through"))
    return "percentage", "quiet", head, ()


def _interest_set(facts: Facts) -> Words:
    what = Named(facts["basis"], facts.get("rate"), facts.get("day_count", 365))
    on_costs = facts["component"] == "costs"
    head = say("Interest on costs: %(what)s", what=what) if on_costs else say("Interest: %(what)s", what=what)
    lines = (say("from %(day)s on", day=Day(facts, "since")),) if facts["since"] else ()
    return "percentage", "quiet", head, lines


def _interest_withdrawn(facts: Facts) -> Words:
    return "percentage", "quiet", say("Rate of interest taken back: %(what)s", what=Named(facts["basis"])), ()


def _frozen(facts: Facts) -> Words:
    head = say("No interest from %(first)s to %(last)s", first=Day(facts, "since"), last=Day(facts, "through"))
    return "snowflake", "quiet", head, (say("%(text)s", text=facts["reason"]),)


def _thawed(facts: Facts) -> Words:
    return "percentage", "quiet", say("Interest runs again after %(day)s", day=Day(facts, "through")), ()


def _judged(facts: Facts) -> Words:
    head = say("Judgment of %(day)s, %(court)s", day=Day(facts, "judged_on"), court=facts["court"])
    return (
        "gavel",
        "legal",
        head,
        (say("%(text)s", text=facts["court_reference"]),) if facts.get("court_reference") else (),
    )


def _judgment_withdrawn(facts: Facts) -> Words:
    return "gavel", "quiet", say("The judgment of %(day)s was taken back", day=Day(facts, "judged_on")), ()


def _compensated(facts: Facts) -> Words:
    head = say(
        "Fixed sum for late payment of invoice %(number)s: %(amount)s", number=facts["number"], amount=Money(facts)
    )
    return "coins", "quiet", head, (say("%(text)s", text=Named(facts["basis"])),)


INTEREST: dict[str, Telling] = {
    "interest.posted": _interest_posted,
    "interest.set": _interest_set,
    "interest.withdrawn": _interest_withdrawn,
    "interest.frozen": _frozen,
    "interest.thawed": _thawed,
    "interest.judged": _judged,
    "interest.judgment_withdrawn": _judgment_withdrawn,
    "interest.compensated": _compensated,
}
