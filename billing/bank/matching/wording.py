"""Why a line is taken to be something, in words: each finding a few words with their mark."""

from collections.abc import Mapping
from typing import Any, Final

from billing.bank.matching.affairs import AffairCode
from billing.bank.matching.moves import MoveCode
from billing.bank.matching.propose import What
from billing.bank.matching.returned import ReturnCode
from billing.bank.matching.rules import Code
from billing.bank.matching.tables import MatchKind
from portal.pages.formats import money
from portal.pages.text import N_, translate

REASON_TEXTS: Final[Mapping[str, str]] = {
    Code.STRUCTURED_REFERENCE: N_("structured reference"),
    Code.CASE_NUMBER: N_("case number"),
    Code.JOINED_NUMBER: N_("case number without its hyphen"),
    Code.INVOICE_NUMBER: N_("invoice %(number)s, which it pays first"),
    Code.CLIENT_REFERENCE: N_("client's reference"),
    Code.NO_REFERENCE: N_("no reference"),
    Code.WHOLE_BALANCE: N_("amount = whole balance"),
    Code.PROMISE: N_("amount = promise"),
    Code.INSTALMENT: N_("amount = instalment"),
    Code.INVOICES_NAMED: N_("amount = the invoices named"),
    Code.PART_OF_BALANCE: N_("part of the balance"),
    Code.TOO_MUCH: N_("%(amount)s too much"),
    Code.KEPT_BY_BANKS: N_("%(amount)s kept by banks"),
    Code.MAYBE_KEPT: N_("%(amount)s less: kept by banks?"),
    Code.NOTHING_OWED: N_("nothing is owed"),
    Code.NAME_SAME: N_("payer name %(percent)s %%"),
    Code.NAME_LIKE: N_("payer name %(percent)s %%"),
    Code.NAME_OTHER: N_("payer name %(percent)s %%"),
    Code.NAME_UNSAID: N_("no payer name"),
    Code.NAME_OF_ANOTHER: N_("payer is the debtor of %(number)s"),
    Code.ACCOUNT_KNOWN: N_("account has paid this case before"),
    Code.OTHER_CURRENCY: N_("case is in %(currency)s"),
    Code.CLOSED: N_("case is closed"),
    Code.DISPUTED: N_("claim is disputed"),
    Code.UNDONE_BEFORE: N_("was taken back from this case"),
    Code.RUNNER_UP: N_("%(number)s is as likely"),
    Code.SEVERAL_NAMED: N_("several cases are named"),
    Code.SUM_OF_CASES: N_("amount = sum of %(count)s cases"),
    MoveCode.SAME_AMOUNT: N_("same amount"),
    MoveCode.REFERENCE_SAID: N_("its reference"),
    MoveCode.SAME_NAME: N_("same name"),
    MoveCode.PROCESSOR_NAMED: N_("names the processor"),
    MoveCode.OWN_ACCOUNT: N_("own account"),
    MoveCode.EXCHANGE_SAID: N_("reads like an exchange"),
    MoveCode.KIND_SAID: N_("says that it is such a thing"),
    MoveCode.SAME_DAY: N_("same day"),
    MoveCode.NEAR_DAY: N_("a few days apart"),
    MoveCode.FAR_DAY: N_("days apart"),
    MoveCode.SEVERAL_ALIKE: N_("others are as likely"),
    MoveCode.TAKEN_BACK: N_("was taken back since"),
    MoveCode.OTHER_ACCOUNT: N_("recorded on another account"),
    ReturnCode.WENT_BACK: N_("the bank says that it went back"),
    ReturnCode.SAME_SUM: N_("same amount as a payment"),
    ReturnCode.PAYMENT_NAMED: N_("names the payment"),
    ReturnCode.SAME_PAYER: N_("same payer"),
    ReturnCode.SAME_ACCOUNT: N_("same account"),
    AffairCode.CHARGE_CODE: N_("the bank calls it a charge"),
    AffairCode.CHARGE_WORD: N_("reads like a charge"),
    AffairCode.NO_COUNTERPARTY: N_("nobody else's account"),
    AffairCode.FROM_OWN_ACCOUNT: N_("from an account of the agency"),
    AffairCode.OWED_TO_TRUST: N_("the agency owes the trust account as much"),
    AffairCode.RUN_NAMED: N_("number of the run"),
    AffairCode.RUN_SUM: N_("amount = the run's"),
    AffairCode.INTEREST_CODE: N_("the bank calls it interest"),
    AffairCode.INTEREST_WORD: N_("reads like interest"),
    AffairCode.TAX_WORD: N_("names the tax office or VAT"),
    AffairCode.VAT_SUM: N_("amount = VAT owed"),
    AffairCode.INVOICE_NAMED: N_("number of the invoice"),
    AffairCode.INVOICE_SUM: N_("amount = what is left of the invoice"),
    AffairCode.BANK_SAYS_BACK: N_("the bank says that it went back"),
    AffairCode.SUM_PAID_OUT: N_("same amount as what was paid out"),
    AffairCode.SUM_TO_PAY: N_("same amount as what is to be paid again"),
    AffairCode.PAYOUT_NAMED: N_("names what was paid out"),
    AffairCode.SAME_PAYEE: N_("same name"),
    AffairCode.PAYEES_ACCOUNT: N_("account of the payee"),
    AffairCode.OTHER_SIDE: N_("the other account tells the opposite amount"),
    AffairCode.NAMES_OTHER: N_("names the other account"),
    AffairCode.NAMED_THERE: N_("is named on the other account"),
    AffairCode.DAYS_NEAR: N_("at most five days apart"),
    AffairCode.TO_BE_SOLD: N_("as much as is to be exchanged"),
    AffairCode.NEAR_QUOTE: N_("close to what was quoted"),
    AffairCode.OTHER_CURRENCY_TOLD: N_("the other side is told as well"),
    AffairCode.EXCHANGE_WORD: N_("reads like an exchange"),
    AffairCode.SUM_OF_TRANSFER: N_("amount = what is paid by the statement"),
    AffairCode.SUM_OF_TRANSFERS: N_("amount = some of the run's transfers"),
    AffairCode.SUM_OF_REFUND: N_("amount = a refund that is approved"),
    AffairCode.REFUND_NAMED: N_("reference of the refund"),
    AffairCode.CASE_NAMED: N_("case number"),
    AffairCode.OWN_SIDE: N_("own name or account"),
}
FINDING_TEXTS: Final[Mapping[str, str]] = {
    **REASON_TEXTS,
    Code.INVOICE_NUMBER: N_("invoice number"),
    Code.TOO_MUCH: N_("too much"),
    Code.KEPT_BY_BANKS: N_("kept by banks"),
    Code.MAYBE_KEPT: N_("less: kept by banks?"),
    Code.NAME_SAME: N_("payer name"),
    Code.NAME_LIKE: N_("payer name"),
    Code.NAME_OTHER: N_("another payer"),
    Code.NAME_OF_ANOTHER: N_("payer is another debtor"),
    Code.OTHER_CURRENCY: N_("case is in another currency"),
    Code.RUNNER_UP: N_("another case is as likely"),
    Code.SUM_OF_CASES: N_("amount = sum of the cases"),
}
"""The same where names and figures are not at hand."""
MATCH_TEXTS: Final[Mapping[MatchKind, str]] = {
    MatchKind.PAYMENT: N_("Booked to its case"),
    MatchKind.SUSPENSE: N_("In suspense"),
    MatchKind.LINKED: N_("Was in the books already"),
    MatchKind.POSTED: N_("Booked by a person"),
}
CHOICE_TEXTS: Final[Mapping[What, str]] = {
    What.CHARGE: N_("A bank charge, or interest that the bank takes"),
    What.TOP_UP: N_("Paid in by the agency, which owes it"),
    What.INTEREST: N_("Interest that the bank pays: the agency's"),
    What.VAT: N_("VAT, to the state or from it"),
    What.INVOICE: N_("Invoice %(label)s, paid by the client"),
    What.TRANSFER: N_("A transfer, the other side of which is on %(label)s"),
    What.PAYOUT_BACK: N_("The payout of statement %(label)s came back"),
    What.REFUND_BACK: N_("The refund to %(label)s came back"),
    What.REFUND: N_("The refund to %(label)s"),
    What.PAID_AGAIN: N_("The payout of statement %(label)s, paid again"),
    What.PAYOUT: N_("The payout of statement %(label)s"),
    What.EXCHANGE: N_("The exchange for run %(label)s"),
    What.OUTSIDE: N_("Not of the collection business"),
}
"""What a person may say that a line is."""
_MONEY: Final = frozenset({"amount", "balance"})


def reason_text(reason: Mapping[str, Any], currency: str) -> str:
    """A finding as a reader sees it, its amounts in the line's currency."""
    params = {name: money(value, currency) if name in _MONEY else value for name, value in reason["params"].items()}
    sentence = REASON_TEXTS[reason["code"]]
    return translate(sentence, **params)


def mark(reason: Mapping[str, Any]) -> str:
    """The tone of a finding: good speaks for it, bad against it, quiet says nothing."""
    if reason["code"] in (Code.TOO_MUCH, Code.MAYBE_KEPT, Code.RUNNER_UP, Code.SEVERAL_NAMED):
        return "warn"
    if reason["code"] in (Code.NO_REFERENCE, Code.NAME_OTHER, MoveCode.FAR_DAY):
        return "bad"
    return "good" if reason["weight"] > 0 else "bad" if reason["weight"] < 0 else "quiet"
