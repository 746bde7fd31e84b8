"""Money that came, went back or was kept: payments, what was too much of them, reports, receipts, costs and fees."""

from collections.abc import Iterator

from cases.workbench.words.facts import Day, Facts, Money, Telling, Words
from portal.pages.text import N_, Text, say

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


def _payee_told(facts: Facts) -> Words:
    head = say("The debtor was told by e-mail that %(amount)s goes to another account", amount=Money(facts))
    return "mail", "quiet", head, ()


def _suspense_approved(facts: Facts) -> Words:
    head = say("Approved: %(amount)s in suspense is sent back to whoever paid it", amount=Money(facts))
    lines = (say("Another payee or account than before: paid after three days at the earliest"),)
    return "cash", "warn" if facts["is_other_payee"] else "quiet", head, lines if facts["is_other_payee"] else ()


def _suspense_sent_back(facts: Facts) -> Words:
    head = say("%(amount)s in suspense was sent back to whoever paid it", amount=Money(facts))
    return "cash", "quiet", head, (say("on %(day)s", day=Day(facts, "paid_on")),)


def _suspense_returned(facts: Facts) -> Words:
    head = say("The bank returned %(amount)s that was being sent back: it is in suspense again", amount=Money(facts))
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


def _chargeback(msgid: str) -> Telling:
    def words(facts: Facts) -> Words:
        head = say(msgid, amount=Money(facts))
        due = (say("To be answered by %(day)s", day=Day(facts, "due_on")),) if facts.get("due_on") else ()
        return "credit-card-refund", "bad", head, due

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


PAYMENTS: dict[str, Telling] = {
    "cost.added": _cost,
    "cost.taken_back": _cost_back,
    "payment.received": _payment,
    "payment.reversed": _payment_back,
    "account_letter.made": _account_letter,
    "minimum_fee.charged": _minimum_fee,
    "minimum_fee.returned": _minimum_fee_back,
    "surplus.refund_approved": _surplus_approved,
    "surplus.refund_paid": _surplus_paid,
    "surplus.refund_returned": _surplus_returned,
    "surplus.refund_told": _payee_told,
    "surplus.used": _surplus_used,
    "suspense.payee_told": _payee_told,
    "suspense.send_back_approved": _suspense_approved,
    "suspense.send_back_returned": _suspense_returned,
    "suspense.sent_back": _suspense_sent_back,
    "chargeback.opened": _chargeback(N_("Chargeback of %(amount)s by the debtor's bank")),
    "chargeback.moved": _chargeback(N_("News of the chargeback of %(amount)s")),
    "direct_payment.reported": _reported,
    "direct_payment.answered": _whether_paid,
    "direct_payment.declined": _not_booked,
    "receipt.mailed": _receipt,
}
