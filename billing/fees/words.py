"""Agreements and terms in words."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from billing.fees.agreements import Version
from billing.fees.rules import describe
from billing.fees.terms import AgeFrom, Basis, Limits, Mode, Payee, Rule, SurchargeKind
from billing.fees.wording import named, rule_text
from cases.clients import VatTreatment
from cases.remittance_terms import Bearer, RemittanceCycle, RemittanceMethod
from portal.ledger.tables import Component
from portal.pages.formats import date_full
from portal.pages.text import N_, translate

METHOD_TEXTS: Final = {
    RemittanceMethod.NET: N_("Net: all fees are kept back"),
    RemittanceMethod.GROSS: N_("Gross: fees are invoiced"),
    RemittanceMethod.COMBINED: N_("Combined: fees on direct payments are invoiced"),
}
CYCLE_TEXTS: Final = {
    RemittanceCycle.WEEKLY: N_("Weekly"),
    RemittanceCycle.TWICE_A_MONTH: N_("Twice a month"),
    RemittanceCycle.MONTHLY: N_("Monthly"),
}
BEARER_TEXTS: Final = {Bearer.CLIENT: N_("the client"), Bearer.AGENCY: N_("the agency")}
"""Whose a gain or a loss is."""
VAT_TEXTS: Final = {
    VatTreatment.STANDARD: N_("VAT is added"),
    VatTreatment.REVERSE_CHARGE: N_("Reverse charge"),
    VatTreatment.EXEMPT: N_("Exempt"),
    VatTreatment.OUTSIDE: N_("Outside the scope of VAT"),
}
ALLOCATION_TEXTS: Final = {
    "costs,interest,principal": N_("Costs, then interest, then principal"),
    "principal,interest,costs": N_("Principal, then interest, then costs"),
    "interest,costs,principal": N_("Interest, then costs, then principal"),
    "pro_rata": N_("In proportion to what is open"),
}
SELECTED_TEXTS: Final = {
    "placement": N_("The day a case is placed"),
    "payment": N_("The day a payment is received"),
}
AGE_TEXTS: Final = {
    AgeFrom.DUE: N_("The oldest due date"),
    AgeFrom.ISSUED: N_("The oldest date of issue"),
}
BASIS_TEXTS: Final = {
    Basis.FLAT: N_("Nothing: one rate"),
    Basis.AGE_AT_PLACEMENT: N_("Days old when placed"),
    Basis.PLACED_AMOUNT: N_("Amount placed"),
    Basis.PAYMENT_AMOUNT: N_("Amount of the payment"),
    Basis.PAID_TO_DATE: N_("Paid in all, with this payment"),
    Basis.DAYS: N_("Days past due when paid"),
}
MODE_TEXTS: Final = {
    Mode.WHOLE: N_("The rate of the tier reached, on all of it"),
    Mode.MARGINAL: N_("Slice by slice, each at its own rate"),
}
LIMITS_TEXTS: Final = {
    Limits.PAYMENT: N_("for each payment"),
    Limits.CASE: N_("for the whole case"),
}
PAYEE_TEXTS: Final = {
    Payee.AGENCY: N_("Paid to us"),
    Payee.CLIENT: N_("Paid to the client"),
}
SURCHARGE_TEXTS: Final = {
    SurchargeKind.POINTS: N_("percentage points"),
    SurchargeKind.RELATIVE: N_("of the rate itself"),
}
OTHERWISE_TEXTS: Final = {
    "": N_("As payments to the client"),
    "rate": N_("Another rate"),
    "none": N_("No fee"),
}
"""What the fee on goods returned and set-off is."""
TERM_WORDS: Final = {
    "methods": METHOD_TEXTS,
    "cycles": CYCLE_TEXTS,
    "bearers": BEARER_TEXTS,
    "treatments": VAT_TEXTS,
    "allocations": ALLOCATION_TEXTS,
    "selections": SELECTED_TEXTS,
    "otherwise": OTHERWISE_TEXTS,
    "ages": AGE_TEXTS,
    "bases": BASIS_TEXTS,
    "modes": MODE_TEXTS,
    "limits": LIMITS_TEXTS,
    "payees": PAYEE_TEXTS,
    "surcharges": SURCHARGE_TEXTS,
}
"""What templates call them by."""


@dataclass(frozen=True, slots=True)
class AgreementText:
    """A version of an agreement, spoken in the viewer's language when it is printed."""

    version: Version
    today: date
    in_force: bool = False

    def marked(self, in_force: bool) -> "AgreementText":
        """The same, known to be the one in force or not."""
        return replace(self, in_force=in_force)

    @property
    def number(self) -> int:
        """1, 2, 3 …"""
        return self.version.agreement.version

    @property
    def has_begun(self) -> bool:
        """Whether it holds already."""
        return self.version.since <= self.today

    @property
    def rules(self) -> list[str]:
        """Its rules in order, in words."""
        count = len(self._rules)
        return [
            rule_text(described, str(described["currency"] or ""), after_others=number == count > 1)
            for number, described in enumerate(map(describe, self._rules), start=1)
        ]

    @property
    def sentence(self) -> str:
        """The whole of it in a sentence."""
        if len(self._rules) == 1:
            rate = translate("We charge %(rule)s", rule=self.rules[0])
        else:
            rate = translate("We charge by the first of %(count)s rules that fits", count=len(self._rules))
        texts = {
            "placement": translate("It holds for cases placed from %(day)s on", day=date_full(self.version.since)),
            "payment": translate("It holds for payments received from %(day)s on", day=date_full(self.version.since)),
        }
        sentence = translate("%(rate)s. %(since)s.", rate=rate, since=texts[self.version.selected_by])
        if self.version.agreement.age_from is AgeFrom.DUE:
            return sentence
        return f"{sentence} {translate('An account ages from its oldest date of issue.')}"

    @property
    def bears(self) -> str:
        """The components that bear the fee of its default rule."""
        last = self._rules[-1]
        return named([str(component) for component in Component if component in last.components])

    @property
    def _rules(self) -> tuple[Rule, ...]:
        return self.version.agreement.rules


def current_first(made: list[AgreementText]) -> list[AgreementText]:
    """The versions, newest first; the one in force today is marked."""
    in_force = next((version for version in made if version.has_begun), None)
    return [version.marked(version is in_force) for version in made]
