"""Handing a typed case over: checked by the rules of every door, then a placement of one case that is named after the
draft, so that neither a second click nor a second window places it twice."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cases.casework import STANDS
from cases.debtors import match_name
from cases.intake.as_given import Field
from cases.intake.by_hand.drafts import drop_draft, title_of
from cases.intake.corrections.recheck import check_alone
from cases.intake.draft import CaseDraft
from cases.intake.issue import Code, Issue, Severity, found
from cases.intake.json_placement import json_case
from cases.intake.likeness import same_invoice, same_reference
from cases.intake.reading import context_of
from cases.intake.receive import Received, arrival, receive
from cases.intake.written import Written, spot
from portal.errors import Refused
from portal.money import BadAmount, UnknownCurrency, parse_amount
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.behalf import with_the_agencys_eyes
from portal.tenancy.database import sql_one


class Incomplete(Refused):
    """The case cannot be placed as it is written; ``issues`` say why, named by the spots of the form."""

    def __init__(self, issues: tuple[Issue, ...]) -> None:
        super().__init__(N_("This case cannot be handed over yet."), code="incomplete")
        self.issues = issues


async def place_by_hand(actor: Actor, draft_id: UUID, written: Written) -> Received:
    """Hand a typed case over and throw its draft away; asked again, it is as it was asked first.

    Raises:
        Incomplete: something in it is wrong, or the client has placed the same claim before.
        ReferenceTaken: this draft was handed over with other content.
        StoreAway: the storage does not answer; nothing was written.
    """
    actor.require("placements.submit")
    assert actor.client_id is not None
    context = await context_of(actor.agency_id, actor.client_id)
    checked = check_alone(1, written, context)
    reference = f"hand-{draft_id.hex[-12:]}"
    if checked.draft is None:
        raise Incomplete(checked.issues)
    if (known := await _placed_before(actor, checked.draft, reference)) is not None:
        raise Incomplete((*checked.issues, known))
    content = json.dumps({"reference": reference, "cases": [json_case(written)]}, ensure_ascii=False).encode()
    received = await receive(actor, await arrival(io.BytesIO(content), "json", "hand", title_of(written), reference))
    await drop_draft(actor, draft_id)
    return received


# What the placement itself placed is no duplicate: it is the same window's second click.
SAME_REFERENCE: Final = f"""
select c.number from cases c left join placements p on p.agency_id = c.agency_id and p.id = c.placement_id
where c.agency_id = $1 and c.client_id = $2 and c.reference = $3
  and {STANDS}
  and p.reference is distinct from $4
limit 1
"""  # noqa: S608 - our own words
SAME_INVOICE: Final = f"""
select c.number, i.number as invoice, c.debtor_name as debtor
from unnest($3::text[], $4::bigint[]) as drafted (number, amount_minor)
join invoices i on i.agency_id = $1 and i.client_id = $2 and i.number = drafted.number
               and i.amount_minor = drafted.amount_minor
join cases c on c.agency_id = i.agency_id and c.id = i.case_id and c.currency = $5
            and {STANDS}
join debtors d on d.agency_id = c.agency_id and d.id = c.debtor_id and d.match_name = $6
left join placements p on p.agency_id = c.agency_id and p.id = c.placement_id
where p.reference is distinct from $7
order by c.id limit 1
"""  # noqa: S608 - our own words


async def _placed_before(actor: Actor, draft: CaseDraft, reference: str) -> Issue | None:
    """What the client has placed before, at its field: the reference, or an invoice of the same debtor and amount."""
    whose = (actor.agency_id, actor.client_id)
    if (case := await sql_one(SAME_REFERENCE, *whose, draft.reference, reference)) is not None:
        params, likeness = {"number": case["number"]}, same_reference(draft.reference)
        return found(Severity.ERROR, 1, spot(Field.REFERENCE), Code.ALREADY_PLACED, params, likeness=likeness)
    numbers = [invoice.number for invoice in draft.invoices]
    async with with_the_agencys_eyes(actor):  # people of a client do not see the names by which debtors are known
        case = await sql_one(
            SAME_INVOICE,
            *(*whose, numbers, [invoice.amount_minor for invoice in draft.invoices]),
            *(draft.currency, match_name(draft.debtor.name), reference),
        )
    if case is None:
        return None
    params = {"number": case["number"], "invoice": case["invoice"]}
    invoice = draft.invoices[numbers.index(case["invoice"])]
    likeness = same_invoice(draft.debtor.name, case["debtor"], draft.currency, invoice.number, invoice.amount_minor)
    name = spot(Field.NUMBER, numbers.index(invoice.number))
    return found(Severity.ERROR, 1, name, Code.INVOICE_PLACED, params, likeness=likeness)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a half-written case adds up to, in minor units of its currency; empty without one that is known."""

    currency: str
    invoiced_minor: int = 0
    credited_minor: int = 0
    interest_minor: int = 0
    costs_minor: int = 0

    @property
    def principal_minor(self) -> int:
        """What is left of the invoices."""
        return self.invoiced_minor - self.credited_minor

    @property
    def total_minor(self) -> int:
        """What is claimed in all."""
        return self.principal_minor + self.interest_minor + self.costs_minor


def claim_of(written: Written) -> Claim:
    """What is typed so far adds up to; an amount that cannot be read counts as nothing."""
    currency = written.values.get(Field.CURRENCY, "").strip().upper()
    return Claim(
        currency,
        sum(_minor(invoice, Field.AMOUNT, currency) for invoice in written.invoices),
        sum(_minor(credit, Field.CREDIT_AMOUNT, currency) for credit in written.credits),
        _minor(written.values, Field.INTEREST, currency),
        _minor(written.values, Field.COSTS, currency),
    )


def _minor(entry: Mapping[Field, str], known: Field, currency: str) -> int:
    try:
        return parse_amount(entry.get(known, "").strip(), currency)
    except (BadAmount, UnknownCurrency):
        return 0
