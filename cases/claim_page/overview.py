"""What a debtor reads first: to whom it owes how much, what that is made of, and what has been agreed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from cases.account.lines import AccountLine, LineKind
from cases.account.register import account_of
from cases.casework import CaseFile, load_case
from cases.claim_page.sections import Offered, offered
from cases.interest.accrue import Accrual, accrued
from cases.interest.post import as_if_posted
from cases.invoices.register import standing_of
from cases.invoices.rules import Standing
from cases.plans.register import PlanFile, running_plan
from portal.errors import NotFound
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.people.behalf import with_the_agencys_eyes
from portal.tenancy.database import sql_one

ITEMS: Final[tuple[tuple[str, frozenset[LineKind]], ...]] = (
    (
        N_("Principal"),
        frozenset({LineKind.INVOICE, LineKind.CREDIT_NOTE, LineKind.PART_PAYMENT, LineKind.REST, LineKind.OTHER}),
    ),
    (N_("Interest"), frozenset({LineKind.INTEREST})),
    (N_("Costs"), frozenset({LineKind.COSTS})),
    (N_("Corrections"), frozenset({LineKind.CORRECTION})),
    (N_("Payments"), frozenset({LineKind.PAYMENT, LineKind.DIRECT_PAYMENT, LineKind.PAYMENT_BACK})),
    (N_("Given up"), frozenset({LineKind.WRITE_OFF})),
    (N_("Taken back by the creditor"), frozenset({LineKind.RECALLED, LineKind.TAKEN_UP_AGAIN})),
)
"""The lines of the claim, and which lines of the account each adds up."""
ALWAYS: Final = (N_("Principal"), N_("Interest"), N_("Costs"), N_("Payments"))
"""Shown also when they are nought: that no costs are claimed is worth knowing."""


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the claim. Amounts are minor units of the case's currency; payments are below nought."""

    text: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class OpenPromise:
    """What the debtor promised and has not paid yet."""

    amount_minor: int
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """Who writes, as a debtor must be able to know."""

    name: str
    licence: str
    address: str
    complaints: str
    privacy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The claim as its debtor sees it at the end of a day."""

    case: CaseFile
    creditor: str
    on: date
    items: Sequence[Item]
    accrual: Accrual | None
    """Interest beside the balance."""
    standing: Standing
    """Its invoices, and what of each is paid and open."""
    promise: OpenPromise | None
    plan: PlanFile | None
    sections: Sequence[Offered]


def items(lines: Sequence[AccountLine]) -> list[Item]:
    """What the account comes to, by what the lines are; together they are the balance."""
    sums = [(text, [line.amount_minor for line in lines if line.kind in kinds]) for text, kinds in ITEMS]
    return [Item(text, sum(found)) for text, found in sums if found or text in ALWAYS]


async def own_case(actor: Actor) -> CaseFile:
    """The debtor's one case.

    Raises:
        NotFound: it is nobody's page.
    """
    if actor.case_id is None:
        raise NotFound
    return await load_case(actor, actor.case_id)


async def with_interest(actor: Actor, case: CaseFile) -> CaseFile:
    """The debtor's case as it is once its interest to today is posted: what pays all of it."""
    async with with_the_agencys_eyes(actor) as portal:
        return await as_if_posted(portal, case, await agency_day(portal))


async def claim_of(actor: Actor) -> Claim:
    """The claim of the debtor who asks, today."""
    actor.require("claim.read")
    case, today = await own_case(actor), await agency_day(actor)
    account = await account_of(actor, case, today)
    promise = await sql_one(
        "select amount_minor - received_minor as amount_minor, due_on from promises"
        " where agency_id = $1 and case_id = $2 and status = 'open'",
        *(actor.agency_id, case.id),
    )
    async with with_the_agencys_eyes(actor) as portal:
        accrual = await accrued(portal, case, today)
    return Claim(
        case=case,
        creditor=await creditor_of(actor, case),
        on=today,
        items=items(account.lines),
        accrual=accrual,
        standing=await standing_of(actor, case),
        promise=OpenPromise(**promise) if promise else None,
        plan=await running_plan(actor, case),
        sections=await offered(actor, case),
    )


async def creditor_of(actor: Actor, case: CaseFile) -> str:
    """To whom the debt is owed."""
    async with with_the_agencys_eyes(actor) as portal:
        row = await sql_one(
            "select name from clients where agency_id = $1 and id = $2", portal.agency_id, case.client_id
        )
    assert row is not None
    return str(row["name"])


async def agency_of(actor: Actor) -> Agency:
    """The debtor's agency."""
    row = await sql_one(
        "select name, licence, address, complaints, privacy from agencies where id = $1", actor.agency_id
    )
    if row is None:
        raise NotFound
    return Agency(**row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around every page of the debtor."""

    case: CaseFile
    agency: Agency
    valid_until: datetime
