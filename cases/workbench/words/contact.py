"""What is said between the house and its debtor."""

from cases.contact.log import ASSESSMENTS, OUTCOME_TEXTS, REASONS_GIVEN
from cases.contact.question import Outcome
from cases.disputes import REASONS as DISPUTE_REASONS
from cases.workbench.words.facts import Day, Facts, Money, Telling, Words, plain
from portal.pages.text import N_, say


def _call(facts: Facts) -> Words:
    outcome = Outcome(facts["outcome"])
    reached = outcome is Outcome.RIGHT_PARTY
    told = say(OUTCOME_TEXTS[outcome])
    if facts["direction"] == "in":
        head = say("They called: %(outcome)s", outcome=told)
    elif reached and facts["person"]:
        head = say("Call, spoke to %(name)s", name=facts["person"])
    elif facts["person"]:
        head = say("Call to %(name)s: %(outcome)s", name=facts["person"], outcome=told)
    else:
        head = say("Call: %(outcome)s", outcome=told)
    lines = [say("%(text)s", text=facts["note"])] if facts["note"] else []
    if facts["reason_given"]:
        lines.append(say("Reason: %(reason)s", reason=say(REASONS_GIVEN[facts["reason_given"]])))
    if facts["assessment"]:
        lines.append(say("Assessment: %(assessment)s", assessment=say(ASSESSMENTS[facts["assessment"]])))
    if facts["override_reason"]:
        lines.append(say("Called all the same, because: %(reason)s", reason=facts["override_reason"]))
    return "phone-check" if reached else "phone-outgoing", "run" if reached else "quiet", head, tuple(lines)


def _promise(icon: str, tone: str, msgid: str) -> Telling:
    def words(facts: Facts) -> Words:
        lines = [say("Due %(day)s", day=Day(facts, "due_on"))]
        if facts.get("received_minor"):
            lines.append(say("%(amount)s received", amount=Money(facts, "received_minor")))
        if int(facts["level"]) > 1:
            lines.append(say("Level %(level)s: follows a broken one", level=facts["level"]))
        return icon, tone, say(msgid, amount=Money(facts), level=facts["level"]), tuple(lines)

    return words


def _dispute(facts: Facts) -> Words:
    reason = say(DISPUTE_REASONS[facts["reason"]])
    if facts.get("number"):
        head = say(
            "Disputes %(amount)s of invoice %(number)s: %(reason)s",
            amount=Money(facts), number=facts["number"], reason=reason,
        )  # fmt: skip
    elif facts.get("amount_minor"):
        head = say("Disputes %(amount)s: %(reason)s", amount=Money(facts), reason=reason)
    else:
        head = say("Disputes the whole claim: %(reason)s", reason=reason)
    return "message-report", "stop", head, (say("%(text)s", text=facts["note"]),) if facts.get("note") else ()


def _stopped(facts: Facts) -> Words:
    name = facts.get("person")
    head = say("%(name)s asked not to be contacted", name=name) if name else say("Asked not to be contacted")
    return "phone-off", "stop", head, (say("%(text)s", text=facts["note"]),) if facts.get("note") else ()


def _link_made(facts: Facts) -> Words:
    head = say("Private link mailed to the debtor") if facts["mailed"] else say("Private link made for the debtor")
    return "link", "quiet", head, ()


def _wished(facts: Facts) -> Words:
    lines = [say("%(text)s", text=facts["hours"])] if facts["hours"] else []
    return "message-circle", "quiet", say("The debtor said how to be contacted"), tuple(lines)


def _confirmed(facts: Facts) -> Words:
    who = say("%(name)s, %(position)s", name=facts["name"], position=facts["position"])
    lines = (who, say("An acknowledgement of the debt: limitation may begin anew. Have the day checked."))
    head = say("Balance of %(amount)s on %(day)s confirmed", amount=Money(facts), day=Day(facts, "on"))
    return "file-check", "good", head, lines


CONTACT: dict[str, Telling] = {
    "contact.stopped": _stopped,
    "contact.wished": _wished,
    "hardship.stated": plain("mood-sad", "warn", N_("The debtor says that it cannot pay now")),
    "balance.confirmed": _confirmed,
    "debtor.represented": plain("gavel", "stop", N_("Represented from now on"), "name"),
    "claim_link.made": _link_made,
    "claim_link.not_sent": plain("mail-off", "warn", N_("The private link was not mailed: the contact guard says no")),
    "claim_link.revoked": plain("link-off", "quiet", N_("Private links revoked")),
    "claim_page.opened": plain("device-mobile-check", "run", N_("The debtor opened the page of the claim")),
    "call.logged": _call,
    "promise.made": _promise("heart-handshake", "run", N_("Promise of %(amount)s")),
    "promise.kept": _promise("heart-handshake", "good", N_("Promise of %(amount)s kept")),
    "promise.partly_kept": _promise("heart-broken", "warn", N_("Promise of %(amount)s partly kept")),
    "promise.broken": _promise("heart-broken", "bad", N_("Promise of %(amount)s broken, level %(level)s")),
    "dispute.opened": _dispute,
    "dispute.answered": plain("message-check", "quiet", N_("Dispute answered"), "answer"),
    "dispute.ended": plain("message-check", "quiet", N_("The dispute ended with the case")),
}
