"""The company pack: how a business is contacted, in any country, and what holds for everybody.

The B2B rows are the house's own practice, not law, and they answer REASON: a manager may go on with a written reason.
They cover every class of debtor as long as no pack of the debtor's own country does better: with no rule at all a
consumer could be called at night.
"""

from datetime import date

from cases.contact.measures.measure import Parameters
from cases.contact.question import Channel, DebtorClass
from cases.contact.rules import ANYWHERE, Rule, RuleKind, Verdict
from portal.pages.text import N_

_EVERYBODY = frozenset(DebtorClass)
_ALL_CHANNELS = frozenset(Channel)
_LIVE = frozenset({Channel.CALL, Channel.SMS, Channel.VISIT})
_HOUSE = "House practice for business debtors; not a statute. A lawyer confirms it before an agency relies on it."


def _row(
    rule_id: str, verdict: Verdict, text: str, *, source: str, parameters: Parameters, channels: frozenset[Channel]
) -> Rule:
    return Rule(
        id=rule_id,
        kind=RuleKind.VERDICT,
        jurisdiction=ANYWHERE,
        debtor_classes=_EVERYBODY,
        channels=channels,
        parameters=parameters,
        verdict=verdict,
        effective_from=date(2020, 1, 1),
        source=source,
        text=text,
    )


RULES = (
    _row(
        "B2B-TIME",
        Verdict.REASON,
        N_(
            "Calls, messages and visits Monday to Friday, 08:00 to 18:00 at the debtor's, not on a public holiday there."
        ),
        source=f"{_HOUSE} Letters and e-mails wait until they are read and have no hours.",
        parameters={
            "test": "hours",
            "opens": "08:00",
            "closes": "18:00",
            "weekdays": (0, 1, 2, 3, 4),
            "public_holidays": "closed",
        },
        channels=_LIVE,
    ),
    _row(
        "B2B-FREQ",
        Verdict.REASON,
        N_("At most one call a day and three in seven days to a debtor, all its cases together."),
        source=f"{_HOUSE} Every call placed counts, whatever became of it; a day is the debtor's day.",
        parameters={
            "test": "frequency",
            "limits": ({"most": 1, "days": 1}, {"most": 3, "days": 7}),
            "channels": (Channel.CALL.value,),
            "directions": ("out",),
            "per": "debtor",
        },
        channels=frozenset({Channel.CALL}),
    ),
    _row(
        "B2B-NAMED",
        Verdict.REASON,
        N_("Only persons recorded as authorised for this debtor."),
        source=_HOUSE,
        parameters={"test": "named"},
        channels=_ALL_CHANNELS,
    ),
    _row(
        "ANY-3P",
        Verdict.BLOCK,
        N_("A debt is never disclosed to a third party, who can only be asked where the debtor is."),
        source="Confidentiality owed to the debtor: US 12 CFR 1006.6(d), UK CONC 7.9, GB/T 45251-2025 [unchecked].",
        parameters={"test": "third_party"},
        channels=_ALL_CHANNELS,
    ),
    _row(
        "ANY-STOP",
        Verdict.BLOCK,
        N_("Whoever asked not to be contacted, on this channel or at all, is not."),
        source="The person's own wish, as recorded; US 12 CFR 1006.14(h), GDPR Art 21 [unchecked].",
        parameters={"test": "stop"},
        channels=_ALL_CHANNELS,
    ),
    _row(
        "ANY-DISPUTE",
        Verdict.HOLD,
        N_("An open dispute holds collection contact about the disputed part until it is answered."),
        source="House practice in every country; US 12 CFR 1006.38, UK CONC 7.14 [unchecked].",
        parameters={"test": "dispute"},
        channels=_ALL_CHANNELS,
    ),
    _row(
        "ANY-RECALL",
        Verdict.HOLD,
        N_("A case that its client asks back is left alone until the recall is answered."),
        source="The client's instruction, which the agency acts on.",
        parameters={"test": "recall"},
        channels=_ALL_CHANNELS,
    ),
    _row(
        "ANY-PLAN",
        Verdict.HOLD,
        N_("While an agreement to pay is kept nobody asks for payment; what the debtor asks is answered."),
        source="House practice in every country: who keeps an agreement is not dunned.",
        parameters={"test": "plan"},
        channels=_ALL_CHANNELS,
    ),
    _row(
        "ANY-GUARANTOR",
        Verdict.HOLD,
        N_("Who guarantees an agreement is contacted once it is broken, and about the guarantee only."),
        source="What the guarantee says; CN Civil Code 688, DE BGB 767 [unchecked].",
        parameters={"test": "guarantor"},
        channels=_ALL_CHANNELS,
    ),
    _row(
        "ANY-REST",
        Verdict.HOLD,
        N_("Until an extension or a standstill that was agreed ends, nobody asks for payment."),
        source="What was agreed with the debtor.",
        parameters={"test": "rest", "by": "agreement"},
        channels=_ALL_CHANNELS,
    ),
    _row(
        "ANY-STAY",
        Verdict.BLOCK,
        N_("While a court or an insolvency stays collection nobody asks for payment."),
        source="Stay by a court or in an insolvency: DE InsO 89, US 11 USC 362, CN Enterprise Bankruptcy Law 19 [unchecked].",
        parameters={"test": "rest", "by": "law"},
        channels=_ALL_CHANNELS,
    ),
    _row(
        "ANY-LEGALREP",
        Verdict.BLOCK,
        N_("A represented debtor is contacted through the representative only."),
        source="Professional rules of most countries; US 12 CFR 1006.6(b)(2) [unchecked].",
        parameters={"test": "representation"},
        channels=_ALL_CHANNELS,
    ),
)
