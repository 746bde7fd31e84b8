"""What happens to a case as such: it comes, waits, is asked about, corrected, given back and closed; and its papers."""

from cases.acceptance.wording import lacking
from cases.casework import CLOSE_CODES
from cases.corrections.words import KINDS as CORRECTIONS
from cases.pauses import WHY_HELD
from cases.recall.words import REASONS as RECALL_REASONS
from cases.workbench.words.facts import Day, Facts, Money, Telling, Words, plain
from portal.pages.text import N_, say


def _placed(facts: Facts) -> Words:
    lines = (
        (say("Acknowledgement %(number)s", number=facts["acknowledgement"]),) if facts.get("acknowledgement") else ()
    )
    return "file-check", "run", say("Handed over by the client"), lines


def _closed(facts: Facts) -> Words:
    code = facts.get("close_code", "")
    return "archive", "quiet", say("Closed: %(code)s", code=say(CLOSE_CODES[code][1])), ()


def _held(facts: Facts) -> Words:
    reason = say(WHY_HELD[facts["reason"]])
    return "player-pause", "quiet", say("On hold to %(day)s: %(reason)s", day=Day(facts, "until"), reason=reason), ()


def _second_placement(facts: Facts) -> Words:
    if facts["second_placement"]:
        return "repeat", "quiet", say("A second placement: another agency had it, or it was placed before"), ()
    return "repeat", "quiet", say("Not a second placement"), ()


def _settled(facts: Facts) -> Words:
    head = say("Settled: %(amount)s written off", amount=Money(facts))
    return "circle-check", "good", head, (say("%(text)s", text=facts["note"]),) if facts["note"] else ()


def _asked(facts: Facts) -> Words:
    lines = [lacking(each["code"], each["params"]) for each in facts["lacks"]]
    if facts.get("question"):
        lines.append(say("%(text)s", text=facts["question"]))
    return "file-search", "warn", say("Asked the client for what is missing"), tuple(lines)


def _requirement(icon: str, tone: str, msgid: str) -> Telling:
    def words(facts: Facts) -> Words:
        lines = [lacking(facts["code"], facts["params"])]
        if facts.get("cannot_supply"):
            lines.append(say("It cannot be supplied."))
        if facts.get("answer"):
            lines.append(say("%(text)s", text=facts["answer"]))
        return icon, tone, say(msgid), tuple(lines)

    return words


def _limitation(facts: Facts) -> Words:
    lines = (say("%(text)s", text=facts["note"]),) if facts.get("note") else ()
    return "hourglass", "warn", say("Limitation ends on %(day)s", day=Day(facts, "ends_on")), lines


def _recall_asked(facts: Facts) -> Words:
    lines = [say("Reason: %(reason)s", reason=say(RECALL_REASONS[facts["reason"]]))]
    if facts.get("note"):
        lines.append(say("%(text)s", text=facts["note"]))
    lines.append(say("Final on %(day)s unless it is answered", day=Day(facts, "final_on")))
    return "arrow-back-up", "stop", say("The client asks this case back"), tuple(lines)


def _recalled(facts: Facts) -> Words:
    return "arrow-back-up", "quiet", say("Given back to the client: %(amount)s", amount=Money(facts)), ()


def _correction(icon: str, tone: str, msgid: str) -> Telling:
    def words(facts: Facts) -> Words:
        head = say(msgid, before=Money(facts, "before_minor"), after=Money(facts, "after_minor"))
        return (
            icon,
            tone,
            head,
            (say("%(kind)s: %(text)s", kind=say(CORRECTIONS[facts["kind"]]), text=facts["reason"]),),
        )

    return words


def _document(icon: str, tone: str, msgid: str) -> Telling:
    def words(facts: Facts) -> Words:
        number = facts.get("version_number", 1)
        lines = (say("Version %(number)s", number=number),) if number > 1 else ()
        return icon, tone, say(msgid, name=facts.get("file_name", "")), lines

    return words


HANDLING: dict[str, Telling] = {
    "case.placed": _placed,
    "case.claimed": plain("hand-grab", "quiet", N_("Case claimed")),
    "case.held": _held,
    "case.resumed": plain("player-play", "quiet", N_("Hold ended")),
    "case.closed": _closed,
    "case.reopened": plain("archive-off", "quiet", N_("Case reopened")),
    "case.active": plain("player-play", "quiet", N_("Taken into work")),
    "case.needs_info": plain("file-alert", "warn", N_("Something is missing from the client")),
    "case.to_legal": plain("gavel", "legal", N_("Handed to the lawyers"), "note"),
    "case.second_placement": _second_placement,
    "case.settled": _settled,
    "papers.asked": plain("file-search", "warn", N_("Asked the client"), "text"),
    "requirements.asked": _asked,
    "requirement.met": _requirement("file-check", "good", N_("What was missing has come")),
    "requirement.answered": _requirement("message-check", "run", N_("The client answered")),
    "requirement.accepted": _requirement("circle-check", "good", N_("The answer was accepted")),
    "requirement.waived": _requirement("circle-check", "quiet", N_("Taken without what was missing")),
    "case.declined": plain("circle-x", "bad", N_("Declined by the agency"), "reason"),
    "limitation.set": _limitation,
    "case.address_missing": plain("map-pin-off", "warn", N_("The debtor's address is missing")),
    "recall.asked": _recall_asked,
    "recall.insisted": plain("arrow-back-up", "stop", N_("The client insists on having this case back"), "note"),
    "recall.objected": plain("message-report", "warn", N_("We object to the recall"), "answer"),
    "recall.withdrawn": plain("player-play", "quiet", N_("The client leaves the case with us")),
    "recall.final": _recalled,
    "correction.posted": _correction("file-check", "run", N_("Claim corrected from %(before)s to %(after)s")),
    "correction.proposed": _correction(
        "file-alert", "warn", N_("The client proposes a claim of %(after)s, not %(before)s")
    ),
    "correction.refused": plain("file-x", "bad", N_("Higher claim refused"), "answer"),
    "note.written": plain("note", "quiet", N_("Note"), "text"),
    "document.released": _document("paperclip", "quiet", N_("Document: %(name)s")),
    "document.refused": _document("file-x", "bad", N_("Document refused: %(name)s")),
}
