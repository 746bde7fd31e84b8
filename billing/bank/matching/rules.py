"""Which case a line of money in is for: evidence that adds up to a confidence, and whether it is enough. Pure.

Each finding has a weight, and the confidence is their sum, held between 0 and 100: whoever reads the reasons can add
them up. Nothing is booked by itself on amount and name alone, nor where something speaks against it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import chain
from typing import Final, NamedTuple
from uuid import UUID

from billing.bank.matching.said import Said, likeness
from billing.short.rules import Bearer, Shortfall, ShortTerms, shortfall
from cases.matching.names import Kind

BY_ITSELF: Final = 90
"""From this confidence on a line is booked without a person, if nothing forbids it."""
WORTH_SHOWING: Final = 30
"""Under this a case is named as the nearest one, not proposed."""
APART: Final = 20
"""By so much a case must be ahead of the next for the line to be booked by itself."""
EARLY_DAYS: Final = 14
LATE_DAYS: Final = 14
"""An expected payment may come so many days before or after its day."""
NAME_SAME: Final = 0.92
NAME_LIKE: Final = 0.8
NAME_OTHER: Final = 0.55
AGAIN: Final = 5
"""The weight of a reference beside a stronger one."""


class Code(StrEnum):
    """A finding."""

    STRUCTURED_REFERENCE = "structured_reference"
    CASE_NUMBER = "case_number"
    JOINED_NUMBER = "joined_number"
    INVOICE_NUMBER = "invoice_number"
    CLIENT_REFERENCE = "client_reference"
    NO_REFERENCE = "no_reference"
    WHOLE_BALANCE = "whole_balance"
    PROMISE = "promise"
    INSTALMENT = "instalment"
    INVOICES_NAMED = "invoices_named"
    PART_OF_BALANCE = "part_of_balance"
    TOO_MUCH = "too_much"
    KEPT_BY_BANKS = "kept_by_banks"
    MAYBE_KEPT = "maybe_kept"
    NOTHING_OWED = "nothing_owed"
    NAME_SAME = "name_same"
    NAME_LIKE = "name_like"
    NAME_OTHER = "name_other"
    NAME_UNSAID = "name_unsaid"
    NAME_OF_ANOTHER = "name_of_another"
    ACCOUNT_KNOWN = "account_known"
    OTHER_CURRENCY = "other_currency"
    CLOSED = "closed"
    DISPUTED = "disputed"
    UNDONE_BEFORE = "undone_before"
    RUNNER_UP = "runner_up"
    SEVERAL_NAMED = "several_named"
    SUM_OF_CASES = "sum_of_cases"


WEIGHTS: Final[Mapping[Code, int]] = {
    Code.STRUCTURED_REFERENCE: 75,
    Code.CASE_NUMBER: 70,
    Code.INVOICE_NUMBER: 50,
    Code.CLIENT_REFERENCE: 50,
    Code.JOINED_NUMBER: 45,
    Code.PROMISE: 40,
    Code.INSTALMENT: 40,
    Code.ACCOUNT_KNOWN: 35,
    Code.WHOLE_BALANCE: 30,
    Code.INVOICES_NAMED: 30,
    Code.SUM_OF_CASES: 30,
    Code.NAME_SAME: 20,
    Code.NAME_LIKE: 12,
    Code.NAME_OTHER: -15,
    Code.TOO_MUCH: -10,
    Code.NAME_OF_ANOTHER: -20,
    Code.DISPUTED: -20,
    Code.NOTHING_OWED: -40,
    Code.CLOSED: -30,
    Code.UNDONE_BEFORE: -60,
    Code.OTHER_CURRENCY: -100,
}
REFERENCES: Final = (
    Code.STRUCTURED_REFERENCE, Code.CASE_NUMBER, Code.INVOICE_NUMBER, Code.CLIENT_REFERENCE, Code.JOINED_NUMBER,
)  # fmt: skip
"""The strongest first. A line that has one names the case exactly."""
EXPECTED: Final = frozenset({Code.PROMISE, Code.INSTALMENT})
FORBIDS: Final = frozenset(
    {
        Code.OTHER_CURRENCY, Code.CLOSED, Code.DISPUTED, Code.TOO_MUCH, Code.NOTHING_OWED, Code.NAME_OF_ANOTHER,
        Code.MAYBE_KEPT, Code.UNDONE_BEFORE, Code.RUNNER_UP, Code.SEVERAL_NAMED, Code.SUM_OF_CASES,
    }
)  # fmt: skip
"""With one of these a person decides, however high the confidence is."""
FOR_NOTHING: Final = frozenset(
    {Code.NO_REFERENCE, Code.NAME_UNSAID, Code.PART_OF_BALANCE, Code.KEPT_BY_BANKS, Code.MAYBE_KEPT}
)
"""Said because a reader looks for it; it has no weight."""


class Reason(NamedTuple):
    """A finding with its weight, and what fills its sentence. Amounts in minor units."""

    code: Code
    weight: int
    params: Mapping[str, str | int] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """Money in, as its line says it."""

    amount_minor: int
    currency: str
    on: date
    said: Said = Said()  # noqa: RUF009 - frozen
    payers: tuple[str, ...] = ()
    """Who paid, and for whom."""
    told_minor: int | None = None
    """What the bank says was sent."""
    charges_minor: int = 0
    """What it says was kept of it, or charged beside it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A payment that was promised or agreed."""

    amount_minor: int
    due_on: date

    def is_near(self, on: date) -> bool:
        """Whether a day is near its day."""
        return self.due_on - timedelta(days=EARLY_DAYS) <= on <= self.due_on + timedelta(days=LATE_DAYS)

    def is_met(self, amount_minor: int, on: date) -> bool:
        """The same amount, near its day."""
        return amount_minor == self.amount_minor and self.is_near(on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A case that a line may be for, as far as it matters here."""

    case_id: UUID
    number: str
    reference: str
    currency: str
    balance_minor: int
    debtor_name: str
    client_name: str = ""
    debtor_kind: Kind = "company"
    is_open: bool = True
    invoices: tuple[tuple[str, int], ...] = ()
    """Number and amount of each."""
    promise: Expected | None = None
    instalment: Expected | None = None
    """What its running plan waits for: the first that is not paid."""
    is_disputed: bool = False
    paid_from_here: bool = False
    """The same account has paid this case before."""
    undone_before: bool = False
    """Somebody said that this line is not for this case."""
    short_terms: ShortTerms = ShortTerms()  # noqa: RUF009 - frozen
    """Who bears what banks keep of payments for its client."""

    def short(self, incoming: Incoming) -> Shortfall | None:
        """Whether money for it arrived short, at somebody else's cost than the debtor's."""
        near = [
            one.amount_minor for one in (self.instalment, self.promise) if one is not None and one.is_near(incoming.on)
        ]
        found = shortfall(
            incoming.amount_minor, self.currency, self.short_terms, told_minor=incoming.told_minor,
            charges_minor=incoming.charges_minor, expected=[*near, self.balance_minor],
        )  # fmt: skip
        return None if found is None or found.bearer is Bearer.DEBTOR else found

    def invoices_in(self, said: Said) -> tuple[tuple[str, int], ...]:
        """Those of its invoices that are named."""
        return tuple(invoice for invoice in self.invoices if said.names(invoice[0]))


@dataclass(frozen=True, slots=True)
class Score:
    """How sure it is that a line is for a case, from 0 to 100, and why."""

    candidate: Candidate
    reasons: tuple[Reason, ...]

    @property
    def confidence(self) -> int:
        """The sum of the weights, within its bounds."""
        return max(0, min(100, sum(reason.weight for reason in self.reasons)))

    @property
    def codes(self) -> frozenset[Code]:
        """What was found."""
        return frozenset(reason.code for reason in self.reasons)

    @property
    def has_reference(self) -> bool:
        """Whether the line names the case exactly."""
        return not self.codes.isdisjoint(REFERENCES)

    def is_certain(self, limit: int = BY_ITSELF) -> bool:
        """Whether it may be booked without a person: sure enough, by a reference or by an expected payment from a known
        account, and with nothing against it.
        """
        codes = self.codes
        rests = self.has_reference or (Code.ACCOUNT_KNOWN in codes and not codes.isdisjoint(EXPECTED))
        return self.confidence >= limit and rests and codes.isdisjoint(FORBIDS)

    def having(self, *more: Reason) -> "Score":
        """The same with further reasons."""
        return replace(self, reasons=(*self.reasons, *more))


def reason(code: Code, weight: int | None = None, **params: str | int) -> Reason:
    """A finding, with its weight if no other is given."""
    return Reason(code, WEIGHTS.get(code, 0) if weight is None else weight, params)


def score(incoming: Incoming, candidate: Candidate) -> Score:
    """All that can be said of a line and a case, in the order in which a person reads it."""
    found = chain(
        _references(incoming, candidate),
        _amount(incoming, candidate),
        _payer(incoming, candidate),
        _against(incoming, candidate),
    )
    return Score(candidate, tuple(found))


def _references(incoming: Incoming, candidate: Candidate) -> Iterable[Reason]:
    """What names the case. Only the strongest counts in full: two names of one thing are hardly better than one."""
    said = incoming.said
    named = candidate.invoices_in(said)
    held = {
        Code.STRUCTURED_REFERENCE: candidate.number in said.structured,
        Code.CASE_NUMBER: candidate.number in said.numbers,
        Code.JOINED_NUMBER: candidate.number in said.joined,
        Code.INVOICE_NUMBER: bool(named),
        Code.CLIENT_REFERENCE: said.names(candidate.reference),
    }
    told = [code for code in REFERENCES if held[code]]
    for place, code in enumerate(told):
        params: dict[str, str | int] = {}
        if code is Code.INVOICE_NUMBER:
            params = {"number": named[0][0], "count": len(named)}
        yield reason(code, None if place == 0 else AGAIN, **params)
    if not told:
        yield reason(Code.NO_REFERENCE)


def _amount(incoming: Incoming, candidate: Candidate) -> Iterable[Reason]:
    """What the amount fits; the strongest alone."""
    if incoming.currency != candidate.currency:
        return
    short = candidate.short(incoming)
    minor, balance = short.sent_minor if short else incoming.amount_minor, candidate.balance_minor
    if short is not None:
        yield reason(Code.KEPT_BY_BANKS if short.is_told else Code.MAYBE_KEPT, amount=short.kept_minor)
    named = sum(amount for _, amount in candidate.invoices_in(incoming.said))
    if candidate.instalment is not None and candidate.instalment.is_met(minor, incoming.on):
        yield reason(Code.INSTALMENT, days=(incoming.on - candidate.instalment.due_on).days)
    elif candidate.promise is not None and candidate.promise.is_met(minor, incoming.on):
        yield reason(Code.PROMISE, days=(incoming.on - candidate.promise.due_on).days)
    elif balance > 0 and minor == balance:
        yield reason(Code.WHOLE_BALANCE)
    elif minor == named <= balance:
        yield reason(Code.INVOICES_NAMED)
    elif 0 < minor < balance:
        yield reason(Code.PART_OF_BALANCE, balance=balance)
    if balance <= 0:
        yield reason(Code.NOTHING_OWED)
    elif minor > balance:
        yield reason(Code.TOO_MUCH, amount=minor - balance)


def _payer(incoming: Incoming, candidate: Candidate) -> Iterable[Reason]:
    payers = [payer for payer in incoming.payers if payer]
    if not payers:
        yield reason(Code.NAME_UNSAID)
    else:
        best = max(likeness(payer, candidate.debtor_name, candidate.debtor_kind) for payer in payers)
        code = Code.NAME_SAME if best >= NAME_SAME else Code.NAME_LIKE if best >= NAME_LIKE else Code.NAME_OTHER
        weight = None if code is not Code.NAME_OTHER or best < NAME_OTHER else 0
        yield reason(code, weight, percent=round(best * 100))
    if candidate.paid_from_here:
        yield reason(Code.ACCOUNT_KNOWN)


def _against(incoming: Incoming, candidate: Candidate) -> Iterable[Reason]:
    if incoming.currency != candidate.currency:
        yield reason(Code.OTHER_CURRENCY, currency=candidate.currency)
    if not candidate.is_open:
        yield reason(Code.CLOSED)
    if candidate.is_disputed:
        yield reason(Code.DISPUTED)
    if candidate.undone_before:
        yield reason(Code.UNDONE_BEFORE)


def rank(incoming: Incoming, candidates: Iterable[Candidate]) -> list[Score]:
    """The cases that a line may be for, the likeliest first, each with what the others say against it."""
    scores = sorted(
        (score(incoming, candidate) for candidate in candidates),
        key=lambda one: (-one.confidence, one.candidate.number),
    )
    if not scores:
        return []
    best, *others = scores
    more: list[Reason] = []
    if Code.NAME_OTHER in best.codes:
        whose = next((one for one in others if Code.NAME_SAME in one.codes), None)
        if whose is not None:
            more.append(reason(Code.NAME_OF_ANOTHER, number=whose.candidate.number))
    if sum(one.has_reference for one in scores) > 1:
        more.append(reason(Code.SEVERAL_NAMED))
    near = next((one for one in others if best.confidence - one.confidence < APART), None)
    if near is not None and near.confidence >= WORTH_SHOWING:
        more.append(reason(Code.RUNNER_UP, number=near.candidate.number))
    return [best.having(*more), *others]


@dataclass(frozen=True, slots=True)
class Part:
    """What of a line is for one of several cases."""

    candidate: Candidate
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Several:
    """A line that pays several cases, which add up to it."""

    parts: tuple[Part, ...]
    reasons: tuple[Reason, ...]

    @property
    def confidence(self) -> int:
        """The sum of the weights, within its bounds."""
        return max(0, min(100, sum(reason.weight for reason in self.reasons)))


def together(incoming: Incoming, scores: Sequence[Score]) -> Several | None:
    """The cases that a line names, if what is owed on them, or the invoices it names, add up to it."""
    named = sorted(
        (one for one in scores if one.has_reference and one.codes.isdisjoint({Code.OTHER_CURRENCY, Code.CLOSED})),
        key=lambda one: one.candidate.number,
    )
    if len(named) < 2:
        return None
    by_balance = [one.candidate.balance_minor for one in named]
    by_invoice = [sum(amount for _, amount in one.candidate.invoices_in(incoming.said)) for one in named]
    for amounts in (by_balance, by_invoice):
        if sum(amounts) == incoming.amount_minor and all(amount > 0 for amount in amounts):
            parts = tuple(Part(one.candidate, amount) for one, amount in zip(named, amounts, strict=True))
            return Several(parts, (reason(Code.SUM_OF_CASES, count=len(parts)), *_shared(named)))
    return None


def _shared(named: Sequence[Score]) -> Iterable[Reason]:
    """What was found of all the cases: the weakest of their references, and of what is said of the payer."""
    for codes in (REFERENCES, (Code.NAME_SAME, Code.NAME_LIKE, Code.NAME_OTHER)):
        found = [one for score_ in named for one in score_.reasons if one.code in codes]
        if found:
            yield min(
                (one for one in found if one.weight != AGAIN or one.code not in REFERENCES), key=lambda one: one.weight
            )
    yield from (one for one in named[0].reasons if one.code is Code.NAME_UNSAID)
