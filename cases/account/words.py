"""The account with a debtor in words."""

from typing import Final

from cases.account.lines import LineKind
from portal.pages.text import N_

KINDS: Final = {
    LineKind.INVOICE: N_("Invoice"),
    LineKind.CREDIT_NOTE: N_("Credit note"),
    LineKind.PART_PAYMENT: N_("Part payment"),
    LineKind.REST: N_("Claimed besides"),
    LineKind.INTEREST: N_("Interest"),
    LineKind.COSTS: N_("Costs"),
    LineKind.CORRECTION: N_("Correction"),
    LineKind.PAYMENT: N_("Payment"),
    LineKind.DIRECT_PAYMENT: N_("Payment to the creditor"),
    LineKind.GOODS_RETURNED: N_("Goods returned"),
    LineKind.SET_OFF: N_("Set-off"),
    LineKind.KEPT_BY_BANKS: N_("Kept by banks, at the creditor's cost"),
    LineKind.PAYMENT_BACK: N_("Payment went back"),
    LineKind.WRITE_OFF: N_("Written off"),
    LineKind.OWED_AGAIN: N_("Owed again, write-off undone"),
    LineKind.RECALLED: N_("Taken back by the creditor"),
    LineKind.TAKEN_UP_AGAIN: N_("Taken up again, as money came"),
    LineKind.OTHER: N_("Other entry"),
}
GROUP_TEXTS: Final = {
    "claimed": N_("Invoices"),
    "credits": N_("Credits and part payments before"),
    "corrections": N_("Corrections"),
    "added": N_("Interest and costs"),
    "paid": N_("Payments"),
    "given_up": N_("Written off or taken back"),
}
