"""What a line may be that is nobody's payment on a case: the agency's own affairs, and what left and came back."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from billing.bank.matching.candidates import Line
from billing.bank.matching.said import bare_of, likeness, read_texts

NAME_LIKE = 0.8
PROPOSED = 60
"""From this confidence on it is proposed that something came back, or was paid."""


class AffairCode(StrEnum):
    """What speaks for it."""

    CHARGE_CODE = "charge_code"
    CHARGE_WORD = "charge_word"
    INTEREST_CODE = "interest_code"
    INTEREST_WORD = "interest_word"
    NO_COUNTERPARTY = "no_counterparty"
    FROM_OWN_ACCOUNT = "from_own_account"
    OWED_TO_TRUST = "owed_to_trust"
    RUN_NAMED = "run_named"
    RUN_SUM = "run_sum"
    TAX_WORD = "tax_word"
    VAT_SUM = "vat_sum"
    INVOICE_NAMED = "invoice_named"
    INVOICE_SUM = "invoice_sum"
    BANK_SAYS_BACK = "bank_says_back"
    SUM_PAID_OUT = "sum_paid_out"
    SUM_TO_PAY = "sum_to_pay"
    PAYOUT_NAMED = "payout_named"
    SAME_PAYEE = "same_payee"
    PAYEES_ACCOUNT = "payees_account"
    OTHER_SIDE = "other_side"
    NAMES_OTHER = "names_other"
    NAMED_THERE = "named_there"
    DAYS_NEAR = "days_near"
    TO_BE_SOLD = "to_be_sold"
    NEAR_QUOTE = "near_quote"
    OTHER_CURRENCY_TOLD = "other_currency_told"
    EXCHANGE_WORD = "exchange_word"
    OWN_SIDE = "own_side"
    SUM_OF_TRANSFER = "sum_of_transfer"
    SUM_OF_TRANSFERS = "sum_of_transfers"
    SUM_OF_REFUND = "sum_of_refund"
    REFUND_NAMED = "refund_named"
    CASE_NAMED = "case_named"


class AffairReason(NamedTuple):
    """A finding with its weight."""

    code: AffairCode
    weight: int


@dataclass(frozen=True, slots=True)
class OwnAffair:
    """What a line is, by the name of `billing.bank.matching.propose.What`, and of which thing."""

    what: str
    reasons: tuple[AffairReason, ...] = ()
    of_id: UUID | None = None
    """The run, statement, refund, invoice or other line that it is about."""
    label: str = ""
    """A number or name that people know that by."""
    run_kinds: tuple[str, ...] = ()
    """Which of a run's journals left with the debit: ``paid`` to clients, ``draw`` to the agency."""
    part_ids: tuple[UUID, ...] = ()
    """The statements of a run whose transfers it is."""
    other_id: UUID | None = None
    """The line that is the other side of an exchange, once its bank has told it."""
    note: str = ""
    """What a person should know before they accept it: the rate of an exchange."""
    is_certain: bool = False
    """Booked without a person."""

    @property
    def confidence(self) -> int:
        """The sum of the weights, at most 100."""
        return min(100, sum(reason.weight for reason in self.reasons))

    @property
    def sureness(self) -> tuple[bool, int]:
        """What two of them are compared by: the surer is greater."""
        return self.is_certain, self.confidence


def says(line: Line, *references: str) -> bool:
    """Whether a line names one of these numbers, in its texts or as its reference."""
    said = read_texts((*line.texts, line.bank_reference))
    given = {bare_of(text) for text in (line.bank_reference, line.end_to_end, line.creditor_reference) if text}
    return any(one and (said.names(one) or bare_of(one) in given) for one in references)


def pays(line: Line, *names: str) -> bool:
    """Whether the other side of a line is called like one of these."""
    there = [name for name in (line.counterparty_name, line.on_behalf_of) if name]
    return any(likeness(one, name, "company") >= NAME_LIKE for one in there for name in names if name)


def most_likely(found: Sequence[OwnAffair]) -> OwnAffair | None:
    """The one with the most that speaks for it, if that is enough to propose it."""
    best = max(found, key=lambda one: one.confidence, default=None)
    return best if best is not None and best.confidence >= PROPOSED else None
