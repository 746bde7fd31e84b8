"""Books and kinds of journals in words."""

from typing import Final

from portal.pages.text import N_, translate

BOOKS: Final = {"trust": N_("Trust"), "operating": N_("Operating"), "memo": N_("Memo")}

KINDS: Final = {
    "advance": N_("costs advanced by the agency"),
    "approval": N_("approval of a remittance"),
    "bank interest": N_("interest of the bank"),
    "charge": N_("bank charge"),
    "chargeback": N_("chargeback"),
    "claim corrected": N_("claim corrected"),
    "claim recalled": N_("claim recalled"),
    "costs of the client": N_("costs paid by the client"),
    "credit note": N_("credit note to the client"),
    "compensation": N_("fixed sum for late payment"),
    "direct payment": N_("direct payment"),
    "dispute fee": N_("fee of the processor for a chargeback"),
    "kept by banks": N_("kept by banks"),
    "draw": N_("fees drawn"),
    "exchange": N_("exchange into another currency"),
    "funding": N_("paid to the processor by the agency"),
    "goods returned": N_("goods returned"),
    "interest": N_("interest"),
    "invoice paid": N_("invoice paid by the client"),
    "invoice": N_("invoice to the client"),
    "loss made good": N_("loss made good"),
    "loss": N_("loss of the agency"),
    "match": N_("suspended money booked to a case"),
    "opening": N_("opening balances"),
    "own transfer": N_("transfer between own accounts"),
    "paid again": N_("remittance paid again"),
    "paid": N_("remittance paid"),
    "payout returned": N_("payout returned by the bank"),
    "payout": N_("payout of the processor"),
    "placement taken back": N_("placement taken back"),
    "placement": N_("placement"),
    "recalled claim paid": N_("paid on a recalled claim"),
    "processor fee": N_("fee of the processor"),
    "receipt": N_("receipt"),
    "refund returned": N_("refund returned by the bank"),
    "refund": N_("refund"),
    "return": N_("payment that went back"),
    "returned": N_("suspended money that went back"),
    "sent back": N_("suspended money sent back"),
    "set-off": N_("set-off"),
    "surplus refund": N_("refund to the debtor"),
    "surplus to suspense": N_("surplus on its way to another claim"),
    "top-up": N_("paid in by the agency"),
    "VAT": N_("VAT paid to the state"),
    "write-off": N_("write-off"),
}
"""What journals are called, by the kind they are posted with."""

FOLLOWING: Final = {
    " reversed": N_("%(kind)s, taken back"),
    " clawed back": N_("%(kind)s, after its remittance"),
}
"""What may come behind a kind."""


def kind_text(kind: str) -> str:
    """The kind of a journal in the language being spoken."""
    for ending, text in FOLLOWING.items():
        if kind.endswith(ending):
            return translate(text, kind=kind_text(kind.removesuffix(ending)))
    return translate(KINDS[kind]) if kind in KINDS else kind
