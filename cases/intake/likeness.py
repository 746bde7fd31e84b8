"""How much a claim is like another one of the same client: points for what they have in common, and the words for each.

The client's own reference is a claim's name, and settles it alone. Otherwise invoice number, debtor and amount together
make a hundred, less where a number or a name is only nearly written the same; a due date stands in for a number that
differs, and never reaches as far.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from portal.money import decimal_string
from portal.pages.text import N_, Text, gettext, say

MOST: Final = 100
SAME_NUMBER, LIKE_NUMBER = 40, 35
SAME_DEBTOR, LIKE_DEBTOR = 30, 25
SAME_AMOUNT = 30
SAME_DUE_DATE = 15


@dataclass(frozen=True, slots=True)
class Pair:
    """One value as it is written here, and as the other claim has it."""

    here: str
    there: str

    @property
    def is_same(self) -> bool:
        """Whether both are written alike."""
        return self.here == self.there


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two claims have in common; what they have not is None. The amount is in minor units of the currency."""

    reference: Pair | None = None
    number: Pair | None = None
    debtor: Pair | None = None
    currency: str = ""
    amount_minor: int | None = None
    due_on: date | None = None

    @property
    def score(self) -> int:
        """From 0 to 100."""
        return min(MOST, sum(points for _, points in self.parts()))

    def words(self) -> str:
        """The score and what it is made of, in the language being spoken."""
        reasons = gettext(N_("; ")).join(
            str(say(N_("%(reason)s (%(points)s)"), reason=reason, points=points)) for reason, points in self.parts()
        )
        return str(say(N_("Score %(score)s of 100: %(reasons)s."), score=self.score, reasons=reasons))

    def parts(self) -> Iterator[tuple[Text, int]]:
        """The reasons, each with its points."""
        if self.reference is not None:
            yield say(N_("the same reference, “%(value)s”"), value=self.reference.here), MOST
        if self.number is not None:
            yield self._of_number(self.number)
        if self.debtor is not None:
            yield self._of_debtor(self.debtor)
        if self.amount_minor is not None:
            amount = f"{decimal_string(self.amount_minor, self.currency)} {self.currency}"
            yield say(N_("the same amount, %(amount)s"), amount=amount), SAME_AMOUNT
        if self.due_on is not None:
            yield say(N_("the same due date, %(day)s"), day=self.due_on.isoformat()), SAME_DUE_DATE

    def _of_number(self, number: Pair) -> tuple[Text, int]:
        if number.is_same:
            return say(N_("the same invoice number, “%(value)s”"), value=number.here), SAME_NUMBER
        if self.due_on is not None:
            return say(N_("another invoice number, “%(here)s” and there “%(there)s”"), **_both(number)), 0
        return say(N_("nearly the same invoice number, “%(here)s” and there “%(there)s”"), **_both(number)), LIKE_NUMBER

    def _of_debtor(self, debtor: Pair) -> tuple[Text, int]:
        if debtor.is_same:
            return say(N_("the same debtor, “%(value)s”"), value=debtor.here), SAME_DEBTOR
        return say(N_("the same debtor, “%(here)s” and there “%(there)s”"), **_both(debtor)), LIKE_DEBTOR


def _both(pair: Pair) -> dict[str, str]:
    return {"here": pair.here, "there": pair.there}


def same_reference(reference: str) -> Likeness:
    """Of two claims that the client calls the same."""
    return Likeness(reference=Pair(reference, reference))


def same_invoice(debtor: str, there: str, currency: str, number: str, amount_minor: int) -> Likeness:
    """Of two claims with an invoice of one number and amount; the debtor as it is written in this one and in the other."""
    return Likeness(
        number=Pair(number, number), debtor=Pair(debtor, there), currency=currency, amount_minor=amount_minor
    )
