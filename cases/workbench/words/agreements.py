"""What was agreed instead of payment at once: plans and settlements, their collection, other outcomes, write-offs."""

from cases.workbench.card_failures import failure_in_house
from cases.workbench.words.facts import Day, Facts, Money, Telling, Words, plain
from cases.write_offs import REASON_TEXTS, Reason
from portal.pages.text import N_, say


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


def _plan_late(icon: str, tone: str, msgid: str) -> Telling:
    def words(facts: Facts) -> Words:
        lines = [say("%(amount)s late", amount=Money(facts))] if int(facts["amount_minor"]) else []
        if facts.get("breaks_on"):
            lines.append(say("broken on %(day)s if nothing comes", day=Day(facts, "breaks_on")))
        return icon, tone, say(msgid), tuple(lines)

    return words


def _interest(facts: Facts) -> Words:
    return "percentage", "quiet", say("Interest of the plan: %(amount)s", amount=Money(facts)), ()


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


def _outcome(icon: str, tone: str, msgid: str) -> Telling:
    def words(facts: Facts) -> Words:
        lines = [say("%(text)s", text=facts["text"])] if facts.get("text") else []
        if facts.get("amount_minor"):
            lines.insert(0, say("Value %(amount)s", amount=Money(facts)))
        if facts.get("until"):
            lines.append(say("until %(day)s", day=Day(facts, "until")))
        return icon, tone, say(msgid, what=say(OUTCOMES[facts["outcome"]])), tuple(lines)

    return words


def _write_off(icon: str, tone: str, msgid: str) -> Telling:
    def words(facts: Facts) -> Words:
        lines = [say(REASON_TEXTS[Reason(facts["reason"])])] if facts.get("reason") else []
        if facts.get("text"):
            lines.append(say("%(text)s", text=facts["text"]))
        return icon, tone, say(msgid, amount=Money(facts)), tuple(lines)

    return words


AGREEMENTS: dict[str, Telling] = {
    "plan.offered": _offered,
    "plan.proposed": _proposed,
    "plan.approved": plain("circle-check", "good", N_("Offer approved"), "reason"),
    "plan.declined": plain("circle-x", "bad", N_("Offer declined"), "reason"),
    "plan.agreed": _agreed,
    "plan.active": _plan_late("calendar-check", "good", N_("Plan kept again")),
    "plan.grace": _plan_late("calendar-time", "warn", N_("A payment of the plan is late")),
    "plan.broken": _plan_late("calendar-x", "bad", N_("Plan broken")),
    "plan.completed": plain("circle-check", "good", N_("Agreement fulfilled")),
    "plan.interest": _interest,
    "autopay.begun": _autopay_begun,
    "autopay.ended": plain("credit-card-off", "quiet", N_("Payments are no longer collected by themselves")),
    "autopay.failed": _autopay_failed,
    "plan.ended": _plan_ended,
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
}
