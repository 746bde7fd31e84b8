"""What the scripted processor holds of ours, and what it would list of a payout."""

from __future__ import annotations

from tests.billing.cards.scripted import Example, Scripted, example


def held_by(scripted: Scripted) -> int:
    """What the processor holds of ours, by its own objects: charges without its fees, less what it gave back, lost or paid out."""
    moved = 0
    for name, one in scripted.objects.items():
        if name.startswith("ch_") and one["paid"]:
            moved += one["balance_transaction"]["net"]
        elif (name.startswith("re_") and one["status"] == "succeeded") or (
            name.startswith("po_") and one["status"] == "paid"
        ):
            moved -= one["amount"]
        elif name.startswith("dp_"):
            moved += sum(each["net"] for each in one["balance_transactions"])
    return moved


def since_the_last_payout(scripted: Scripted) -> list[Example]:
    """What moved the processor's balance and stands in no payout's list yet, as it would list it; what failed comes back."""
    listed = {line["id"] for lines in scripted.lines.values() for line in lines}

    def moved(name: str, kind: str, amount: int) -> Example:
        said = {"id": f"txn_{name}_{kind}", "type": kind, "source": name, "amount": amount, "net": amount, "fee": 0}
        return example("balance_transaction", currency="eur", **said)

    every: list[Example] = []
    for name, one in scripted.objects.items():
        if name.startswith("ch_") and one["paid"]:
            every.append(one["balance_transaction"])
        elif name.startswith("re_"):
            gone = moved(name, "refund", -one["amount"])
            every += [gone] if one["status"] == "succeeded" else []
            every += (
                [moved(name, "refund_failure", one["amount"])]
                if one["status"] == "failed" and gone["id"] in listed
                else []
            )
        elif name.startswith("dp_"):
            every += one["balance_transactions"]
        elif name.startswith("po_") and one["status"] == "failed":
            every.append(moved(name, "payout_failure", one["amount"]))
    return [one for one in every if one["id"] not in listed]
