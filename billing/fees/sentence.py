"""A fee in words, from the facts that were stored with its payment; nothing is counted again.

`explain` takes the stored facts; what it gives is spoken in the viewer's language when it is printed:
"25 % because the account was 142 days old when placed (rule 3 of agreement v2, from 1 Mar 2026); 500.00 × 25 % = 125.00".
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypedDict

from billing.fees import wording
from billing.fees.wording import COMPONENTS, STAGES, Stored, exact_amount, is_whole, rate_text
from billing.short.words import short_text
from portal.pages.formats import amount, date_full
from portal.pages.text import translate


class RuleLine(TypedDict):
    """One rule as the fee block shows it."""

    number: int
    text: str
    outcome: str
    state: str


Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a page says about one fee. Every property speaks the language that is spoken when it is read."""

    stored: Stored

    @property
    def is_reversal(self) -> bool:
        """Whether this gives back the fee of an earlier payment."""
        return "reverses" in self.stored

    @property
    def is_at_close(self) -> bool:
        """Whether it is the rest of a minimum, charged when the case closed (`billing.payments.at_close`)."""
        return "at_close" in self.stored

    @property
    def rule_number(self) -> int:
        """The number of the rule that fitted."""
        return int(self._hit["number"])

    @property
    def agreement_version(self) -> int:
        """The version of the agreement that it was counted by."""
        return int(self.stored["agreement"]["version"])

    @property
    def rate(self) -> str:
        """The rate, 25 %; of a fee counted in slices the rates one after the other; none of the rest of a minimum."""
        if self.is_at_close:
            return ""
        return translate(", ").join(dict.fromkeys(rate_text(step["rate"]) for step in self._steps("slice")))

    @property
    def short(self) -> str:
        """The reason alone, for a column: ``142 days old when placed``."""
        if self.is_at_close:
            return self._at_close_shortly()
        if self.is_reversal:
            day = date_full(date.fromisoformat(self.stored["reverses"]["received_on"]))
            return translate("payment of %(day)s went back, and its fee", day=day)
        if "kept_by_banks" in self.stored:
            return translate("kept by banks")
        return str(wording.shortly(self._hit, self._facts))

    @property
    def sentence(self) -> str:
        """The fee in one sentence."""
        if self.is_at_close:
            return self._at_close()
        if self.is_reversal:
            return self._returned()
        if "kept_by_banks" in self.stored:
            return translate("No fee: banks kept this of a payment, and it reached nobody.")
        if "recalled" in self.stored and not self.stored["recalled"]["bearing_minor"]:
            return translate(
                "No fee: the case was recalled on %(day)s, and none of this was promised before.", **self._recall
            )
        sentence = translate(
            "%(rate)s because %(reason)s (%(rule)s); %(calculation)s.",
            rate=self.rate,
            reason=wording.because(self._hit, self._facts),
            rule=self.rule,
            calculation=self._formula,
        )
        for step in self._steps("surcharge"):
            raised = translate(
                "With the surcharge for its age of %(days)s: %(surcharge)s.",
                days=wording.days_text(step["age"]),
                surcharge=wording.surcharge_text(step),
            )
            sentence = f"{sentence} {raised}"
        if "short" in self.stored:
            sentence = f"{sentence} {short_text(self.stored['short'], self._currency)}"
        if "recalled" not in self.stored:
            return sentence
        only = translate(
            "The case was recalled on %(day)s: only what was promised before bears the fee, through %(until)s.",
            **self._recall,
        )
        return f"{sentence} {only}"

    @property
    def rule(self) -> str:
        """Which rule of which agreement: ``rule 3 of agreement v2, from 1 Mar 2026``."""
        agreement = self.stored["agreement"]
        since = agreement["effective_from"]
        named = translate(
            "rule %(number)s of agreement v%(version)s", number=self.rule_number, version=agreement["version"]
        )
        if since is None:
            return named
        return translate("%(rule)s, from %(day)s", rule=named, day=date_full(date.fromisoformat(since)))

    @property
    def rules(self) -> list[RuleLine]:
        """The rules in order: which were passed over and why, which fitted, which were not reached."""
        return [
            RuleLine(
                number=rule["number"],
                text=wording.rule_text(
                    rule, self._currency, after_others=rule["number"] == len(self.stored["rules"]) > 1
                ),
                outcome=wording.outcome(rule, self._facts),
                state={"fits": "hit", "skipped": "skipped"}.get(rule["outcome"], "not_reached"),
            )
            for rule in self.stored["rules"]
        ]

    @property
    def facts(self) -> Pairs:
        """What was known at the time of the payment."""
        facts = self._facts
        issued = facts.get("age_from") == "issued"
        since = (
            (translate("Oldest invoice issued"), facts["aged_since"])
            if issued
            else (translate("Oldest invoice due"), facts["oldest_due_on"])
        )
        return [
            (since[0], date_full(date.fromisoformat(since[1]))),
            (translate("Placed with us"), date_full(date.fromisoformat(facts["placed_on"]))),
            (translate("Age when placed"), wording.days_text(facts["age_at_placement"])),
            self._day,
            (translate("Received by"), wording.payee(facts["received_by"])),
            (translate("Stage"), translate(STAGES[facts["stage"]])),
            *([(translate("Debtor"), translate("in another country than the client"))] if facts.get("foreign") else []),
        ]

    @property
    def _day(self) -> tuple[str, str]:
        if self.is_at_close:
            return translate("Closed on"), date_full(date.fromisoformat(self.stored["at_close"]["closed_on"]))
        return translate("Paid on"), date_full(date.fromisoformat(self._facts["received_on"]))

    @property
    def calculation(self) -> Pairs:
        """How it was counted, step by step."""
        sign = -1 if self.is_reversal else 1
        if self.is_at_close:
            return self._missing(sign)
        lines = [(translate("Paid"), self._amount(sign * self._steps("received")[0]["minor"]))]
        for step in self._steps("without"):
            name = translate(COMPONENTS[step["component"]])
            lines.append(
                (translate("To %(component)s, no fee on it", component=name), self._amount(sign * step["minor"]))
            )
        if self._steps("without"):
            named = wording.named(self._steps("base")[0]["components"])
            lines.append(
                (translate("To %(components)s", components=named), self._amount(sign * self._steps("base")[0]["minor"]))
            )
        lines += [(self._slice(step, sign), self._exact(step, sign)) for step in self._steps("slice")]
        for step in [*self._steps("minimum"), *self._steps("maximum")]:
            lines.append((self._limit(step), self._amount(sign * step["minor"])))
        return lines

    @property
    def total(self) -> tuple[str, str]:
        """What the client keeps of the payment, before VAT on the fee."""
        received, fee = 0 if self.is_at_close else self._steps("received")[0]["minor"], self._fee
        sign = -1 if self.is_reversal else 1
        kept = received - fee if self._facts["received_by"] == "agency" else -fee
        return translate("Net to client, before VAT"), self._amount(sign * kept)

    # what the above are made of

    @property
    def _facts(self) -> Stored:
        facts: Stored = self.stored["facts"]
        return facts

    @property
    def _currency(self) -> str:
        return str(self._facts["currency"])

    @property
    def _hit(self) -> Stored:
        hit: Stored = next(rule for rule in self.stored["rules"] if rule["outcome"] == "fits")
        return hit

    @property
    def _fee(self) -> int:
        return int(self.stored["at_close"]["minor"] if self.is_at_close else self._steps("fee")[0]["minor"])

    @property
    def _recall(self) -> dict[str, str]:
        stored = self.stored["recalled"]
        return {
            "day": date_full(date.fromisoformat(stored["on"])),
            "until": date_full(date.fromisoformat(stored["fee_until"])),
        }

    def _steps(self, code: str) -> list[Stored]:
        return [step for step in self.stored["steps"] if step["code"] == code]

    def _amount(self, minor: int) -> str:
        return amount(minor, self._currency)

    def _slice(self, step: Stored, sign: int) -> str:
        formula = f"{self._amount(sign * step['minor'])} × {rate_text(step['rate'])}"
        if is_whole(Decimal(step["minor"]) * Decimal(step["rate"])) or len(self._steps("slice")) > 1:
            return formula
        return translate("%(formula)s, rounded half up", formula=formula)

    def _exact(self, step: Stored, sign: int) -> str:
        exact = Decimal(step["minor"]) * Decimal(step["rate"]) * sign
        if len(self._steps("slice")) == 1:
            return self._amount(sign * int(self._steps("rounded")[0]["minor"]))
        return exact_amount(exact, self._currency)

    def _limit(self, step: Stored) -> str:
        return str(wording.limit_text(step["code"], step["over"], self._amount(step["limit_minor"])))

    @property
    def _formula(self) -> str:
        """``500.00 × 25 % = 125.00``, with what was rounded and which limit cut in."""
        slices = self._steps("slice")
        left = " + ".join(f"{self._amount(step['minor'])} × {rate_text(step['rate'])}" for step in slices)
        rounded = self._steps("rounded")[0]
        text = f"{left} = {exact_amount(Decimal(rounded['exact_minor']), self._currency)}"
        if not is_whole(Decimal(rounded["exact_minor"])):
            text = translate("%(formula)s, rounded to %(fee)s", formula=text, fee=self._amount(rounded["minor"]))
        for step in [*self._steps("minimum"), *self._steps("maximum")]:
            text = f"{text}; {self._limit(step)}: {self._amount(step['minor'])}"
        return text

    def _at_close(self) -> str:
        """``At least 50.00 a case: 50.00 − 32.00 taken so far = 18.00 at close (rule 3 of agreement v2, from …).``"""
        rest = self.stored["at_close"]
        if self.is_reversal:
            return translate(
                "Nothing is left of what was paid on the case: the rest of its minimum fee, %(fee)s, went back as well.",
                fee=self._amount(rest["minor"]),
            )
        return translate(
            "%(at_least)s: %(limit)s − %(taken)s taken so far = %(rest)s at close (%(rule)s).",
            at_least=self._at_least,
            limit=self._amount(rest["limit_minor"]),
            taken=self._amount(rest["taken_minor"]),
            rest=self._amount(rest["minor"]),
            rule=self.rule,
        )

    def _at_close_shortly(self) -> str:
        if self.is_reversal:
            return translate("all that was paid went back, and the minimum with it")
        return translate("%(at_least)s, its rest at close", at_least=self._at_least)

    @property
    def _at_least(self) -> str:
        return str(wording.limit_text("minimum", "case", self._amount(self.stored["at_close"]["limit_minor"])))

    def _missing(self, sign: int) -> Pairs:
        rest = self.stored["at_close"]
        return [
            (self._at_least, self._amount(sign * rest["limit_minor"])),
            (translate("Taken so far"), self._amount(-sign * rest["taken_minor"])),
            (translate("At close"), self._amount(sign * rest["minor"])),
        ]

    def _returned(self) -> str:
        day = date_full(date.fromisoformat(self.stored["reverses"]["received_on"]))
        return translate(
            "The payment of %(day)s went back, and with it exactly its fee of %(fee)s.",
            day=day,
            fee=self._amount(self._fee),
        )


def explain(stored: Stored) -> Explanation:
    """What a page says about a fee, from its stored facts."""
    return Explanation(stored)
