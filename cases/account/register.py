"""The account of one debtor with one creditor, as that creditor placed the debtor, in one currency and up to a day.

Whom a client placed under one name is one debtor on its account. What the agency knows besides, such as that another
client's debtor is the same, has no part in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from cases.account.lines import AccountCase, AccountLine, LineKind, Paper, account, summary
from cases.account.moves import debt_moves
from cases.casework import CaseFile, load_cases
from cases.interest.accrue import accrued_each
from portal.people.actor import Actor
from portal.tenancy.database import sql

CASES: Final = """
select c.id, c.number, c.reference, c.placed_on from cases base
join cases c on c.agency_id = base.agency_id and c.client_id = base.client_id and c.debtor_id = base.debtor_id
            and c.currency = base.currency and c.debtor_country = base.debtor_country
            and name_fold(c.debtor_name) = name_fold(base.debtor_name)
where base.agency_id = $1 and base.id = $2 order by c.id
"""
INVOICES: Final = """
select case_id, number, coalesce(issued_on, due_on) as on, amount_minor, due_on from invoices
where agency_id = $1 and case_id = any($2) order by case_id, due_on, number
"""
CREDITS: Final = """
select k.case_id, k.kind, k.number, coalesce(k.on, c.placed_on) as on, k.amount_minor from case_credits k
join cases c on c.agency_id = k.agency_id and c.id = k.case_id
where k.agency_id = $1 and k.case_id = any($2) order by k.id
"""
REASONS: Final = "select id, reason from claim_corrections where agency_id = $1 and case_id = any($2)"

CREDIT_KINDS: Final = {"credit_note": LineKind.CREDIT_NOTE, "payment": LineKind.PART_PAYMENT}


@dataclass(frozen=True, slots=True)
class Account:
    """The account as it stands at the end of a day. Amounts are minor units of the case's currency."""

    case: CaseFile
    on: date
    case_ids: Sequence[UUID]
    lines: Sequence[AccountLine]
    interest_minor: int = 0
    """What its open cases bear beside the balance to that day (`with_interest`)."""

    @property
    def cases(self) -> int:
        """How many cases are on it."""
        return len(self.case_ids)

    @property
    def balance_minor(self) -> int:
        """What is owed at the end of it."""
        return self.lines[-1].balance_minor if self.lines else 0

    @property
    def summary(self) -> dict[str, int]:
        """What its groups of lines come to."""
        return summary(self.lines)


async def cases_of_account(actor: Actor, case: CaseFile) -> list[AccountCase]:
    """The cases on the account to which a case belongs, the oldest first."""
    return [AccountCase(**row) for row in await sql(CASES, actor.agency_id, case.id)]


async def account_of(actor: Actor, case: CaseFile, on: date) -> Account:
    """The account to which a case belongs, at the end of a day."""
    cases = await cases_of_account(actor, case)
    ids = [each.id for each in cases]
    papers = [Paper(kind=LineKind.INVOICE, **row) for row in await sql(INVOICES, actor.agency_id, ids)]
    papers += [
        Paper(row["case_id"], CREDIT_KINDS[row["kind"]], row["number"], row["on"], row["amount_minor"])
        for row in await sql(CREDITS, actor.agency_id, ids)
    ]
    reasons = {row["id"]: row["reason"] for row in await sql(REASONS, actor.agency_id, ids)}
    return Account(case, on, ids, account(cases, papers, await debt_moves(ids), on, reasons))


async def with_interest(actor: Actor, account: Account) -> Account:
    """The account with the interest that has accrued on its open cases to its day, and is not in its balance."""
    accruals = await accrued_each(actor, await load_cases(actor, account.case_ids), account.on)
    return replace(account, interest_minor=sum(accrual.beside_minor for accrual in accruals.values()))
