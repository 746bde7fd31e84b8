"""A receipt as a document: A4, the agency's letterhead, in the debtor's language (typst).

What is printed is the payment and what was kept with its receipt, none of which changes; the time in the file is that of
its making. The bytes are kept, so that nothing is printed a second time.
"""

import asyncio
from pathlib import Path
from typing import Final

import asyncpg

from billing.fees.terms import Payee
from billing.payments.reaching import Reached, reached_by
from billing.receipts.register import Receipt
from cases.casework import CLAIM_GONE, CaseFile
from portal.pages.formats import amount, country, date_full, money
from portal.pages.text import N_, speaking, translate
from portal.pages.typeset import pdf, text_lines
from portal.people.actor import Actor
from portal.tenancy.database import sql_one

TEMPLATE: Final = Path(__file__).parent / "receipt.typ"

SHORT_TEXTS: Final = {
    "debtor": N_("You sent %(sent)s, and %(arrived)s arrived: banks kept %(kept)s on the way, which stays owed."),
    "client": N_(
        "You sent %(sent)s, and %(arrived)s arrived: banks kept %(kept)s on the way, which your creditor bears."
    ),
    "agency": N_("You sent %(sent)s, and %(arrived)s arrived: banks kept %(kept)s on the way, which we bear."),
}
HEAD: Final = """
select a.name as agency, a.address as agency_address, a.licence, a.time_zone, k.name as client
from agencies a join clients k on k.agency_id = a.id and k.id = $2 where a.id = $1
"""


async def as_pdf(actor: Actor, case: CaseFile, receipt: Receipt) -> bytes:
    """The document of a receipt that has its number. Takes some 10 ms, beside the event loop."""
    head = await sql_one(HEAD, actor.agency_id, case.client_id)
    assert head is not None
    reached = (await reached_by(actor, [receipt.payment_id])).get(receipt.payment_id, Reached())
    return await asyncio.to_thread(_set, case, receipt, head, reached)


def _set(case: CaseFile, receipt: Receipt, head: asyncpg.Record, reached: Reached) -> bytes:
    with speaking(receipt.language, head["time_zone"]):
        content = _content(case, receipt, head, reached)
    return pdf(TEMPLATE, content, receipt.issued_at)


def _content(case: CaseFile, receipt: Receipt, head: asyncpg.Record, reached: Reached) -> dict[str, object]:
    """Everything that is printed, in words."""
    currency = receipt.currency
    assert receipt.issued_at is not None
    return {
        "language": receipt.language,
        "title": translate("Receipt"),
        "number": receipt.number,
        "agency": head["agency"],
        "sender": " · ".join([head["agency"], *text_lines(head["agency_address"])]),
        "agency_lines": [*text_lines(head["agency_address"]), *text_lines(head["licence"])],
        "client": case.debtor_name,
        "client_lines": _address(case),
        "facts": [
            [translate("Number"), receipt.number],
            [translate("Date"), date_full(receipt.issued_at)],
            [translate("Case"), case.number],
            [translate("Creditor"), head["client"]],
            [translate("Creditor's reference"), case.reference],
        ],
        "opening": _opening(receipt, head),
        "columns": [translate("Used for"), currency],
        "lines": _lines(receipt, reached),
        "total": [translate("Paid"), amount(receipt.total_minor, currency)],
        "left": _left(case, receipt),
        "after": _after(case, receipt),
        "note": translate("Made by machine and valid without a signature. Please keep it with your papers."),
        "page": translate("Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
    }


def _address(case: CaseFile) -> list[str]:
    place = f"{case.debtor_postal_code} {case.debtor_city}".strip()
    return [line for line in (case.debtor_street, place, case.debtor_region, country(case.debtor_country)) if line]


def _opening(receipt: Receipt, head: asyncpg.Record) -> str:
    paid = money(receipt.total_minor, receipt.currency)
    day = date_full(receipt.received_on)
    if receipt.received_by is Payee.CLIENT:
        return translate(
            "You paid %(amount)s to %(creditor)s on %(day)s. We have entered it on your account.",
            amount=paid, creditor=head["client"], day=day,
        )  # fmt: skip
    return translate(
        "We received %(amount)s from you on %(day)s for %(creditor)s. It came as: %(channel)s.",
        amount=paid, creditor=head["client"], day=day, channel=translate(receipt.channel_text),
    )  # fmt: skip


def _lines(receipt: Receipt, reached: Reached) -> list[list[str]]:
    """What the payment was used for: of the principal invoice by invoice."""
    of_principal = [
        (
            translate("Principal, invoice %(number)s", number=one.number) if one.number else translate("Principal"),
            one.amount_minor,
        )
        for one in reached.parts
    ]
    parts = [
        (translate("Costs"), receipt.costs_minor),
        (translate("Interest"), receipt.interest_minor),
        *of_principal,
        (translate("Kept until it can be booked"), receipt.held_minor),
        (translate("More than was owed, kept for you"), receipt.surplus_minor),
    ]
    return [[name, amount(minor, receipt.currency)] for name, minor in parts if minor]


def _left(case: CaseFile, receipt: Receipt) -> str:
    if case.close_code in CLAIM_GONE:
        return translate("The account is back with your creditor, who tells you what is left to pay.")
    return translate("Left to pay: %(amount)s", amount=money(receipt.left_minor, receipt.currency))


def _after(case: CaseFile, receipt: Receipt) -> list[str]:
    told = []
    if receipt.short is not None:
        sent, arrived = receipt.short["sent_minor"], receipt.short["arrived_minor"]
        sentence = SHORT_TEXTS[receipt.short["bearer"]]
        told.append(
            translate(
                sentence,
                sent=money(sent, receipt.currency), arrived=money(arrived, receipt.currency),
                kept=money(sent - arrived, receipt.currency),
            )
        )  # fmt: skip
    if receipt.surplus_minor:
        told.append(translate("What is more than was owed is paid back to you."))
    if case.close_code not in CLAIM_GONE and receipt.left_minor == 0:
        told.append(translate("With this nothing is owed any more on this account. Thank you."))
    return told
