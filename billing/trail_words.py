"""The words in which the audit trail speaks the codes of the money: the same as on the pages."""

from decimal import Decimal, InvalidOperation
from typing import Any

from billing.bank.accounts import BOOKS
from billing.bank.matching.wording import FINDING_TEXTS, MATCH_TEXTS
from billing.bank.words import ENTRY_TEXTS, FORM_TEXTS
from billing.cards.chargebacks import DECISIONS
from billing.cards.register import DISPUTE_TEXTS, REASON_TEXTS, STATUS_TEXTS
from billing.costs.words import ADVANCER_TEXTS
from billing.costs.words import KIND_TEXTS as COST_TEXTS
from billing.deadlines.rules import LAWS
from billing.direct.words import REPORTER_TEXTS
from billing.fees.wording import tier_text
from billing.fees.words import (
    AGE_TEXTS,
    ALLOCATION_TEXTS,
    BEARER_TEXTS,
    CYCLE_TEXTS,
    METHOD_TEXTS,
    SELECTED_TEXTS,
    VAT_TEXTS,
)
from billing.invoices.credit_notes import REASON_TEXTS as CREDIT_TEXTS
from billing.notices.standing import KIND_TEXTS as NOTICE_TEXTS
from billing.outcomes.words import KIND_TEXTS
from billing.payments.register import CHANNEL_TEXTS
from billing.payments.returns import REASONS
from billing.plans.agree import HOW
from billing.plans.wording import ENDED_TEXTS, RUNG_TEXTS
from billing.refunds.telling import TOLD_TEXTS
from billing.short.words import BEARER_TEXTS as SHORT_BEARERS
from billing.suspense.renamed import GONE_TEXTS
from cases.write_offs import REASON_TEXTS as WRITE_OFF_REASONS
from portal.audit.codes import speak
from portal.pages.formats import listed, money, percent
from portal.pages.text import N_, translate


def _rate(value: object, _: str) -> str:
    try:
        return percent(Decimal(str(value)))
    except InvalidOperation:
        return str(value)


def _rules(value: Any, currency: str) -> str:
    """An agreement's rules as its event keeps them: the basis of each, and its tiers of bound and rate."""
    tiers = ((basis, {"up_to": bound, "rate": rate}) for basis, rule in value for bound, rate in rule)
    return translate("; ").join(str(tier_text(tier, basis, currency)) for basis, tier in tiers)


def _findings(value: Any, _: str) -> str:
    """Why a line was taken to be something: without the names and numbers, which stand with the match."""
    return listed(translate(FINDING_TEXTS[code]) for code in value)


speak("because", ENDED_TEXTS)
speak("because", CREDIT_TEXTS, of="credit_note")
speak("because", TOLD_TEXTS, of="suspense")
speak("because", TOLD_TEXTS, of="surplus_refund")
speak("book", BOOKS)
speak("entry", ENTRY_TEXTS)
speak("law", {"": N_("none"), **{code: law.name for code, law in LAWS.items()}})
speak("kind", FORM_TEXTS, of="bank_file")
speak("kind", NOTICE_TEXTS, of="notice")
speak("match", MATCH_TEXTS, of="bank_line")
speak("findings", _findings, of="bank_line")
speak("because", REASON_TEXTS, of="chargeback")
speak("status", STATUS_TEXTS, of="card_payment")
speak("status", DISPUTE_TEXTS, of="chargeback")
speak("decision", DECISIONS, of="chargeback")
speak(
    "mode", {"connected": N_("Connected to the platform"), "own": N_("Our own, with our own keys")}, of="card_account"
)
speak("outcome", KIND_TEXTS, of="outcome")
speak("cost_kind", COST_TEXTS)
speak("advanced_by", ADVANCER_TEXTS)
speak("rung", RUNG_TEXTS)
speak("how", HOW, of="plan.agreed")
speak("vat_treatment", VAT_TEXTS)
speak("vat_rate", _rate)
speak("allocation", ALLOCATION_TEXTS)
speak("remittance_method", METHOD_TEXTS)
speak("remittance_cycle", CYCLE_TEXTS)
speak("payout_currencies", lambda value, _: str(value).replace(">", " → ").replace(",", ", "))
speak("exchange_gain", BEARER_TEXTS)
speak("exchange_loss", BEARER_TEXTS)
speak("bearer", SHORT_BEARERS)
speak("at_most", lambda value, _: listed(money(minor, currency) for currency, minor in value))
speak("percent", _rate)
speak("selected_by", SELECTED_TEXTS)
speak("age_from", AGE_TEXTS)
speak("channel", CHANNEL_TEXTS, of="payment")
speak("received_by", {"agency": N_("the agency"), "client": N_("the client")}, of="payment")
speak("reason", REASONS, of="payment")
speak("reason", GONE_TEXTS, of="suspense")
speak("reporter", REPORTER_TEXTS, of="direct_payment")
speak("rules", _rules, of="fee_agreement")
speak("reason", WRITE_OFF_REASONS, of="write_off")
