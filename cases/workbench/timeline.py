"""The timeline of a case: stored facts, put into words when they are shown."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from json import loads
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from cases.acceptance.wording import lacking
from cases.casework import CLOSE_CODES, CaseFile
from cases.contact.log import ASSESSMENTS, OUTCOME_TEXTS, REASONS_GIVEN
from cases.contact.question import Outcome
from cases.corrections.words import KINDS as CORRECTIONS
from cases.disputes import REASONS as DISPUTE_REASONS
from cases.interest.words import Named
from cases.pauses import WHY_HELD
from cases.recall.words import REASONS as RECALL_REASONS
from cases.workbench.card_failures import failure_in_house
from cases.write_offs import REASON_TEXTS, Reason
from portal.errors import NotFound
from portal.pages.formats import money, short_date
from portal.pages.text import N_, Text, say
from portal.people.actor import Actor
from portal.tenancy.database import sql

PAGE = 40
TOPICS = {
    "": N_("All"),
    "contact": N_("Contact"),
    "money": N_("Money"),
    "documents": N_("Documents"),
    "client": N_("Client"),
    "system": N_("System"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, ready to be shown: every text speaks the viewer's language when printed."""

    id: UUID
    at: datetime
    icon: str
    tone: str
    head: Text
    lines: tuple[Text, ...]
    actor: str
    client_sees: bool


class Money:
    """An amount in the viewer's notation, when printed."""

    def __init__(self, facts: Mapping[str, Any], name: str = "amount_minor") -> None:
        self.minor, self.currency = int(facts[name]), str(facts["currency"])

    def __str__(self) -> str:
        return money(self.minor, self.currency)


class Day:
    """A date in the viewer's notation, when printed."""

    def __init__(self, facts: Mapping[str, Any], name: str) -> None:
        self.day = date.fromisoformat(facts[name])

    def __str__(self) -> str:
        return short_date(self.day)


Words = tuple[str, str, Text, tuple[Text, ...]]
Facts = Mapping[str, Any]


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


def _promise(icon: str, tone: str, msgid: str) -> Callable[[Facts], Words]:
    def words(facts: Facts) -> Words:
        lines = [say("Due %(day)s", day=Day(facts, "due_on"))]
        if facts.get("received_minor"):
            lines.append(say("%(amount)s received", amount=Money(facts, "received_minor")))
        if int(facts["level"]) > 1:
            lines.append(say("Level %(level)s: follows a broken one", level=facts["level"]))
        return icon, tone, say(msgid, amount=Money(facts), level=facts["level"]), tuple(lines)

    return words


PAID_BY = {"goods": N_("Goods returned, worth %(amount)s"), "set_off": N_("Set off: %(amount)s")}
"""What came in another way than as money."""


def _payment(facts: Facts) -> Words:
    if (msgid := PAID_BY.get(facts.get("channel", ""))) is not None:
        return "arrows-exchange", "good", say(msgid, amount=Money(facts)), ()
    return "cash", "good", say("Paid: %(amount)s", amount=Money(facts)), tuple(_short(facts))


SHORT_TEXTS = {
    "debtor": N_("%(sent)s sent, %(arrived)s arrived: what banks kept is borne by the debtor"),
    "client": N_("%(sent)s sent, %(arrived)s arrived: what banks kept is borne by the client"),
    "agency": N_("%(sent)s sent, %(arrived)s arrived: what banks kept is borne by us"),
}
"""Of money that arrived short."""


def _short(facts: Facts) -> Iterator[Text]:
    if "bearer" in facts:
        sent, arrived = Money(facts, "sent_minor"), Money(facts, "arrived_minor")
        sentence = SHORT_TEXTS[facts["bearer"]]
        yield say(sentence, sent=sent, arrived=arrived)


def _payment_back(facts: Facts) -> Words:
    return "arrow-back-up", "bad", say("Payment of %(amount)s came back", amount=Money(facts)), ()


def _surplus_approved(facts: Facts) -> Words:
    head = say("Approved: %(amount)s that was too much is paid back to the debtor", amount=Money(facts))
    lines = (say("Another payee or account than before: paid after three days at the earliest"),)
    return "cash", "warn" if facts["is_other_payee"] else "quiet", head, lines if facts["is_other_payee"] else ()


def _surplus_paid(facts: Facts) -> Words:
    head = say("%(amount)s that was too much was paid back to the debtor", amount=Money(facts))
    return "cash", "quiet", head, (say("on %(day)s", day=Day(facts, "paid_on")),)


def _surplus_returned(facts: Facts) -> Words:
    head = say("The bank sent back %(amount)s that was being paid to the debtor", amount=Money(facts))
    return "cash", "warn", head, (say("on %(day)s", day=Day(facts, "paid_on")),)


def _surplus_used(facts: Facts) -> Words:
    head = say("%(amount)s that was too much pays case %(number)s", amount=Money(facts), number=facts["case"])
    return "cash", "quiet", head, ()


def _reported(facts: Facts) -> Words:
    head = (
        say("The debtor says: %(amount)s paid to the client", amount=Money(facts))
        if facts["reporter"] == "debtor"
        else say("Reported: %(amount)s paid to the client", amount=Money(facts))
    )
    lines = [say("on %(day)s", day=Day(facts, "paid_on"))]
    if facts["note"]:
        lines.append(say("%(text)s", text=facts["note"]))
    return "building-bank", "run", head, tuple(lines)


def _whether_paid(facts: Facts) -> Words:
    head = (
        say("The client has %(amount)s", amount=Money(facts))
        if facts["client_has_it"]
        else say("The client does not have %(amount)s", amount=Money(facts))
    )
    return "message-check", "quiet", head, (say("%(text)s", text=facts["note"]),) if facts["note"] else ()


def _not_booked(facts: Facts) -> Words:
    head = say("Payment of %(amount)s to the client not booked", amount=Money(facts))
    return "circle-x", "bad", head, (say("%(text)s", text=facts["answer"]),)


def _receipt(facts: Facts) -> Words:
    return "receipt", "quiet", say("Receipt %(number)s mailed to the debtor", number=facts["number"]), ()


def _dispute(facts: Facts) -> Words:
    reason = say(DISPUTE_REASONS[facts["reason"]])
    head = (
        say("Disputes %(amount)s: %(reason)s", amount=Money(facts), reason=reason)
        if facts.get("amount_minor")
        else say("Disputes the whole claim: %(reason)s", reason=reason)
    )
    return "message-report", "stop", head, (say("%(text)s", text=facts["note"]),) if facts.get("note") else ()


def _closed(facts: Facts) -> Words:
    code = facts.get("close_code", "")
    return "archive", "quiet", say("Closed: %(code)s", code=say(CLOSE_CODES[code][1])), ()


def _held(facts: Facts) -> Words:
    reason = say(WHY_HELD[facts["reason"]])
    return "player-pause", "quiet", say("On hold to %(day)s: %(reason)s", day=Day(facts, "until"), reason=reason), ()


def _document(icon: str, tone: str, msgid: str) -> Callable[[Facts], Words]:
    def words(facts: Facts) -> Words:
        number = facts.get("version_number", 1)
        lines = (say("Version %(number)s", number=number),) if number > 1 else ()
        return icon, tone, say(msgid, name=facts.get("file_name", "")), lines

    return words


def _plain(icon: str, tone: str, msgid: str, line: str = "") -> Callable[[Facts], Words]:
    def words(facts: Facts) -> Words:
        return icon, tone, say(msgid), (say("%(text)s", text=facts[line]),) if line and facts.get(line) else ()

    return words


def _limitation(facts: Facts) -> Words:
    lines = (say("%(text)s", text=facts["note"]),) if facts.get("note") else ()
    return "hourglass", "warn", say("Limitation ends on %(day)s", day=Day(facts, "ends_on")), lines


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


def _requirement(icon: str, tone: str, msgid: str) -> Callable[[Facts], Words]:
    def words(facts: Facts) -> Words:
        lines = [lacking(facts["code"], facts["params"])]
        if facts.get("cannot_supply"):
            lines.append(say("It cannot be supplied."))
        if facts.get("answer"):
            lines.append(say("%(text)s", text=facts["answer"]))
        return icon, tone, say(msgid), tuple(lines)

    return words


def _offered(facts: Facts) -> Words:
    first, last = Day(facts, "first_on"), Day(facts, "ends_on")
    many = say("%(payments)s payments, from %(first)s to %(last)s", payments=facts["payments"], first=first, last=last)
    lines = [say("one payment on %(day)s", day=first) if facts["payments"] == 1 else many]
    if facts["forgiven_minor"]:
        lines.append(say("%(amount)s would be forgiven", amount=Money(facts, "forgiven_minor")))
        return "discount", "run", say("Settlement for %(amount)s offered", amount=Money(facts)), tuple(lines)
    return "calendar-question", "run", say("Plan of %(amount)s offered", amount=Money(facts)), tuple(lines)


def _proposed(facts: Facts) -> Words:
    icon, tone, _, lines = _offered(facts)
    return icon, tone, say("The debtor proposes a plan of %(amount)s", amount=Money(facts)), lines


def _agreed(facts: Facts) -> Words:
    lines = [say("until %(day)s", day=Day(facts, "ends_on"))]
    if facts["forgiven_minor"]:
        lines.append(say("%(amount)s is forgiven once it is fulfilled", amount=Money(facts, "forgiven_minor")))
    return "calendar-check", "run", say("Agreed to pay %(amount)s", amount=Money(facts)), tuple(lines)


def _plan_late(icon: str, tone: str, msgid: str) -> Callable[[Facts], Words]:
    def words(facts: Facts) -> Words:
        lines = [say("%(amount)s late", amount=Money(facts))] if int(facts["amount_minor"]) else []
        if facts.get("breaks_on"):
            lines.append(say("broken on %(day)s if nothing comes", day=Day(facts, "breaks_on")))
        return icon, tone, say(msgid), tuple(lines)

    return words


def _interest(facts: Facts) -> Words:
    return "percentage", "quiet", say("Interest of the plan: %(amount)s", amount=Money(facts)), ()


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


def _autopay_begun(facts: Facts) -> Words:
    what = "SEPA" if facts["kind"] == "sepa_debit" else facts["brand"].capitalize()
    lines = (say("%(text)s", text=f"{what} ···· {facts['last4']}"),)
    return "credit-card", "run", say("The debtor lets the payments of the plan be collected"), lines


def _autopay_failed(facts: Facts) -> Words:
    lines = [say(failure_in_house(facts["code"])), say("%(number)s. attempt", number=facts["attempt"])]
    if facts["again_on"]:
        lines.append(say("tried again on %(day)s", day=Day(facts, "again_on")))
    else:
        lines.append(say("It is not tried again; the debtor is sent a link to pay."))
    return "credit-card-off", "bad", say("%(amount)s could not be collected", amount=Money(facts)), tuple(lines)


PLAN_ENDS = {
    "withdrawn": N_("The offer was withdrawn"),
    "given_up": N_("The agreement to pay was ended"),
    "lapsed": N_("The offer lapsed: its time was over"),
    "case_closed": N_("The agreement to pay ended with the case"),
    "paid": N_("The agreement to pay ended: the claim is paid"),
}


def _plan_ended(facts: Facts) -> Words:
    return "calendar-x", "quiet", say(PLAN_ENDS[facts["because"]]), ()


OUTCOMES = {
    "goods": N_("goods returned"),
    "set_off": N_("a set-off"),
    "collateral": N_("collateral"),
    "extension": N_("an extension with a guarantee"),
    "standstill": N_("a standstill"),
}


def _outcome(icon: str, tone: str, msgid: str) -> Callable[[Facts], Words]:
    def words(facts: Facts) -> Words:
        lines = [say("%(text)s", text=facts["text"])] if facts.get("text") else []
        if facts.get("amount_minor"):
            lines.insert(0, say("Value %(amount)s", amount=Money(facts)))
        if facts.get("until"):
            lines.append(say("until %(day)s", day=Day(facts, "until")))
        return icon, tone, say(msgid, what=say(OUTCOMES[facts["outcome"]])), tuple(lines)

    return words


COSTS = {
    "court": N_("court fee"),
    "enforcement": N_("bailiff, enforcement"),
    "lawyer": N_("lawyer"),
    "tracing": N_("search for the debtor"),
    "translation": N_("translation"),
    "other": N_("something else"),
}
ADVANCED = {
    "agency": N_("advanced by the agency"),
    "client": N_("paid by the client"),
}


def _cost(facts: Facts) -> Words:
    by, kind = facts["advanced_by"], facts["cost_kind"]
    lines = [say(ADVANCED[by])]
    if not facts["on_debtor"]:
        lines.append(say("the client bears it, not the debtor"))
    return (
        "coins",
        "quiet",
        say("Costs of %(amount)s: %(what)s", amount=Money(facts), what=say(COSTS[kind])),
        tuple(lines),
    )


def _cost_back(facts: Facts) -> Words:
    kind = facts["cost_kind"]
    head = say("Costs of %(amount)s taken back: %(what)s", amount=Money(facts), what=say(COSTS[kind]))
    return "coins", "quiet", head, ()


def _account_letter(facts: Facts) -> Words:
    head = say("Letter with the account: %(balance)s owed", balance=Money(facts, "balance_minor"))
    if not facts["interest_minor"]:
        return "mail", "quiet", head, ()
    posted = say(
        "%(interest)s of interest to %(day)s with it",
        interest=Money(facts, "interest_minor"),
        day=Day(facts, "through"),
    )
    return "mail", "quiet", head, (posted,)


def _minimum_fee(facts: Facts) -> Words:
    head = say("%(amount)s of fee, the rest of the minimum of the case", amount=Money(facts))
    return "receipt", "quiet", head, (say("At least %(limit)s a case", limit=Money(facts, "limit_minor")),)


def _minimum_fee_back(facts: Facts) -> Words:
    head = say("The rest of the minimum fee went back: %(amount)s", amount=Money(facts))
    return "arrow-back-up", "quiet", head, (say("nothing that was paid on the case is left"),)


def _write_off(icon: str, tone: str, msgid: str) -> Callable[[Facts], Words]:
    def words(facts: Facts) -> Words:
        lines = [say(REASON_TEXTS[Reason(facts["reason"])])] if facts.get("reason") else []
        if facts.get("text"):
            lines.append(say("%(text)s", text=facts["text"]))
        return icon, tone, say(msgid, amount=Money(facts)), tuple(lines)

    return words


def _stopped(facts: Facts) -> Words:
    name = facts.get("person")
    head = say("%(name)s asked not to be contacted", name=name) if name else say("Asked not to be contacted")
    return "phone-off", "stop", head, (say("%(text)s", text=facts["note"]),) if facts.get("note") else ()


def _chargeback(msgid: str) -> Callable[[Facts], Words]:
    def words(facts: Facts) -> Words:
        head = say(msgid, amount=Money(facts))
        due = (say("To be answered by %(day)s", day=Day(facts, "due_on")),) if facts.get("due_on") else ()
        return "credit-card-refund", "bad", head, due

    return words


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


def _placed(facts: Facts) -> Words:
    lines = (
        (say("Acknowledgement %(number)s", number=facts["acknowledgement"]),) if facts.get("acknowledgement") else ()
    )
    return "file-check", "run", say("Handed over by the client"), lines


def _recall_asked(facts: Facts) -> Words:
    lines = [say("Reason: %(reason)s", reason=say(RECALL_REASONS[facts["reason"]]))]
    if facts.get("note"):
        lines.append(say("%(text)s", text=facts["note"]))
    lines.append(say("Final on %(day)s unless it is answered", day=Day(facts, "final_on")))
    return "arrow-back-up", "stop", say("The client asks this case back"), tuple(lines)


def _recalled(facts: Facts) -> Words:
    return "arrow-back-up", "quiet", say("Given back to the client: %(amount)s", amount=Money(facts)), ()


def _correction(icon: str, tone: str, msgid: str) -> Callable[[Facts], Words]:
    def words(facts: Facts) -> Words:
        head = say(msgid, before=Money(facts, "before_minor"), after=Money(facts, "after_minor"))
        return (
            icon,
            tone,
            head,
            (say("%(kind)s: %(text)s", kind=say(CORRECTIONS[facts["kind"]]), text=facts["reason"]),),
        )

    return words


WORDS: dict[str, Callable[[Facts], Words]] = {
    "case.placed": _placed,
    "case.claimed": _plain("hand-grab", "quiet", N_("Case claimed")),
    "case.held": _held,
    "case.resumed": _plain("player-play", "quiet", N_("Hold ended")),
    "case.closed": _closed,
    "case.reopened": _plain("archive-off", "quiet", N_("Case reopened")),
    "case.active": _plain("player-play", "quiet", N_("Taken into work")),
    "case.needs_info": _plain("file-alert", "warn", N_("Something is missing from the client")),
    "case.to_legal": _plain("gavel", "legal", N_("Handed to the lawyers"), "note"),
    "case.second_placement": _second_placement,
    "case.settled": _settled,
    "papers.asked": _plain("file-search", "warn", N_("Asked the client"), "text"),
    "requirements.asked": _asked,
    "requirement.met": _requirement("file-check", "good", N_("What was missing has come")),
    "requirement.answered": _requirement("message-check", "run", N_("The client answered")),
    "requirement.accepted": _requirement("circle-check", "good", N_("The answer was accepted")),
    "requirement.waived": _requirement("circle-check", "quiet", N_("Taken without what was missing")),
    "case.declined": _plain("circle-x", "bad", N_("Declined by the agency"), "reason"),
    "limitation.set": _limitation,
    "contact.stopped": _stopped,
    "contact.wished": _wished,
    "hardship.stated": _plain("mood-sad", "warn", N_("The debtor says that it cannot pay now")),
    "balance.confirmed": _confirmed,
    "debtor.represented": _plain("gavel", "stop", N_("Represented from now on"), "name"),
    "case.address_missing": _plain("map-pin-off", "warn", N_("The debtor's address is missing")),
    "claim_link.made": _link_made,
    "claim_link.not_sent": _plain("mail-off", "warn", N_("The private link was not mailed: the contact guard says no")),
    "claim_link.revoked": _plain("link-off", "quiet", N_("Private links revoked")),
    "claim_page.opened": _plain("device-mobile-check", "run", N_("The debtor opened the page of the claim")),
    "call.logged": _call,
    "promise.made": _promise("heart-handshake", "run", N_("Promise of %(amount)s")),
    "promise.kept": _promise("heart-handshake", "good", N_("Promise of %(amount)s kept")),
    "promise.partly_kept": _promise("heart-broken", "warn", N_("Promise of %(amount)s partly kept")),
    "promise.broken": _promise("heart-broken", "bad", N_("Promise of %(amount)s broken, level %(level)s")),
    "dispute.opened": _dispute,
    "dispute.answered": _plain("message-check", "quiet", N_("Dispute answered"), "answer"),
    "dispute.ended": _plain("message-check", "quiet", N_("The dispute ended with the case")),
    "recall.asked": _recall_asked,
    "recall.insisted": _plain("arrow-back-up", "stop", N_("The client insists on having this case back"), "note"),
    "recall.objected": _plain("message-report", "warn", N_("We object to the recall"), "answer"),
    "recall.withdrawn": _plain("player-play", "quiet", N_("The client leaves the case with us")),
    "recall.final": _recalled,
    "correction.posted": _correction("file-check", "run", N_("Claim corrected from %(before)s to %(after)s")),
    "correction.proposed": _correction(
        "file-alert", "warn", N_("The client proposes a claim of %(after)s, not %(before)s")
    ),
    "correction.refused": _plain("file-x", "bad", N_("Higher claim refused"), "answer"),
    "plan.offered": _offered,
    "plan.proposed": _proposed,
    "plan.approved": _plain("circle-check", "good", N_("Offer approved"), "reason"),
    "plan.declined": _plain("circle-x", "bad", N_("Offer declined"), "reason"),
    "plan.agreed": _agreed,
    "plan.active": _plan_late("calendar-check", "good", N_("Plan kept again")),
    "plan.grace": _plan_late("calendar-time", "warn", N_("A payment of the plan is late")),
    "plan.broken": _plan_late("calendar-x", "bad", N_("Plan broken")),
    "plan.completed": _plain("circle-check", "good", N_("Agreement fulfilled")),
    "plan.interest": _interest,
    "interest.posted": _interest_posted,
    "interest.set": _interest_set,
    "interest.withdrawn": _interest_withdrawn,
    "interest.frozen": _frozen,
    "interest.thawed": _thawed,
    "interest.judged": _judged,
    "interest.judgment_withdrawn": _judgment_withdrawn,
    "interest.compensated": _compensated,
    "autopay.begun": _autopay_begun,
    "autopay.ended": _plain("credit-card-off", "quiet", N_("Payments are no longer collected by themselves")),
    "autopay.failed": _autopay_failed,
    "plan.ended": _plan_ended,
    "cost.added": _cost,
    "cost.taken_back": _cost_back,
    "outcome.recorded": _outcome("scale", "run", N_("Recorded: %(what)s")),
    "outcome.proposed": _outcome("scale", "warn", N_("The client is asked to confirm: %(what)s")),
    "outcome.confirmed": _outcome("circle-check", "good", N_("The client confirmed: %(what)s")),
    "outcome.declined": _outcome("circle-x", "bad", N_("The client did not confirm: %(what)s")),
    "outcome.withdrawn": _outcome("scale", "quiet", N_("Withdrawn: %(what)s")),
    "outcome.ended": _outcome("scale", "quiet", N_("Ended: %(what)s")),
    "write_off.proposed": _write_off("eraser", "warn", N_("Proposed to write off %(amount)s")),
    "write_off.approved": _write_off("eraser", "quiet", N_("%(amount)s written off")),
    "write_off.declined": _write_off("circle-x", "bad", N_("Write-off of %(amount)s declined")),
    "write_off.withdrawn": _write_off("eraser", "quiet", N_("Write-off of %(amount)s withdrawn")),
    "write_off.undone": _write_off("arrow-back-up", "warn", N_("%(amount)s is owed again: the write-off was undone")),
    "note.written": _plain("note", "quiet", N_("Note"), "text"),
    "payment.received": _payment,
    "payment.reversed": _payment_back,
    "account_letter.made": _account_letter,
    "minimum_fee.charged": _minimum_fee,
    "minimum_fee.returned": _minimum_fee_back,
    "surplus.refund_approved": _surplus_approved,
    "surplus.refund_paid": _surplus_paid,
    "surplus.refund_returned": _surplus_returned,
    "surplus.used": _surplus_used,
    "chargeback.opened": _chargeback(N_("Chargeback of %(amount)s by the debtor's bank")),
    "chargeback.moved": _chargeback(N_("News of the chargeback of %(amount)s")),
    "direct_payment.reported": _reported,
    "direct_payment.answered": _whether_paid,
    "direct_payment.declined": _not_booked,
    "receipt.mailed": _receipt,
    "document.released": _document("paperclip", "quiet", N_("Document: %(name)s")),
    "document.refused": _document("file-x", "bad", N_("Document refused: %(name)s")),
}

LIST = """
select id, at, kind, actor_name, client_sees, facts from case_events
where agency_id = $1 and case_id = $2 and ($3 = '' or topic = $3) and (at, id) < ($4, $5)
order by at desc, id desc limit $6
"""

COUNTS = "select topic, count(*) as entries from case_events where agency_id = $1 and case_id = $2 group by topic"

LATEST = (datetime.max.replace(tzinfo=UTC), UUID(int=2**128 - 1))


def place_before(text: str | None) -> tuple[datetime, UUID]:
    """Where a page of the timeline begins, as the page before wrote it into its link; the latest without one.

    Raises:
        NotFound: it cannot be read.
    """
    if not text:
        return LATEST
    try:
        at, _, event_id = text.rpartition("_")
        moment = datetime.fromisoformat(at.replace(" ", "+"))
        if moment.tzinfo is None:
            raise NotFound
        return moment, UUID(event_id)
    except ValueError:
        raise NotFound from None


async def timeline(
    actor: Actor, case: CaseFile, topic: str = "", before: tuple[datetime, UUID] = LATEST
) -> tuple[list[Entry], bool]:
    """A page of the case's timeline, newest first, and whether there is more. Clients get what is meant for them."""
    rows = await sql(LIST, actor.agency_id, case.id, topic, *before, PAGE + 1)
    return [entry(row) for row in rows[:PAGE]], len(rows) > PAGE


async def topic_counts(actor: Actor, case: CaseFile) -> dict[str, int]:
    """How many entries each filter of the timeline would show."""
    found = {row["topic"]: row["entries"] for row in await sql(COUNTS, actor.agency_id, case.id)}
    return {"": sum(found.values()), **found}


def entry(row: asyncpg.Record) -> Entry:
    """An entry from a row of ``case_events``."""
    icon, tone, head, lines = WORDS[row["kind"]](loads(row["facts"]))
    return Entry(row["id"], row["at"], icon, tone, head, lines, row["actor_name"], row["client_sees"])


def by_day(entries: Sequence[Entry], time_zone: str) -> list[tuple[date, list[Entry]]]:
    """Entries grouped by the day they fell on in a time zone, in the order given."""
    zone = ZoneInfo(time_zone)
    return [(day, list(group)) for day, group in groupby(entries, key=lambda each: each.at.astimezone(zone).date())]
