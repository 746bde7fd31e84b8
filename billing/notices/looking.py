"""What is wrong with the clients' money at the bank, as it is known now."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from billing.bank.register import SELECT as STATEMENTS
from billing.deadlines.register import unsigned
from billing.deadlines.rules import LAWS, month_end
from billing.money_rules.rules import MoneyRules, rules_of
from billing.notices.rules import Finding
from billing.notices.tables import NoticeKind
from billing.reconciliation.three_way import ThreeWay, three_ways
from cases.contact.calendar import add_working_days
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql

UNKNOWN: Final = "ZZ"
"""No country: working days are Monday to Friday."""

BROKEN: Final = f"""
{STATEMENTS} and b.book = 'trust' and before.id is not null and (b.closed_on is null or b.closed_on >= $2)
order by s.to_on, s.id
"""

COUNTRIES: Final = """
select id, left(iban, 2) as country from bank_accounts where agency_id = $1 and book = 'trust' and iban <> ''
"""

STANDING: Final = """
select distinct on_day from notices where agency_id = $1 and kind = 'unsigned' and ended_at is null
"""


async def found_now(actor: Actor) -> list[Finding]:
    """Everything that is wrong, with its amount and the day whose reconciliation shows it."""
    today, rules = await agency_day(actor), await rules_of(actor)
    currencies, _ = await three_ways(actor, today)
    return [
        *(finding for one in currencies for finding in _differs(one, today)),
        *await _broken(actor, today),
        *await _old(actor, currencies, rules, today),
        *await _unsigned(actor, rules, today),
    ]


def _differs(one: ThreeWay, today: date) -> Iterator[Finding]:
    if one.ledger_minor != one.funds_minor:
        amount = one.ledger_minor - one.funds_minor
        yield Finding(
            kind=NoticeKind.SIDES, about=one.currency, currency=one.currency, on_day=today, amount_minor=amount
        )
    for account in one.uneven:
        yield Finding(
            kind=NoticeKind.DIFFERS, about=str(account.id), currency=one.currency, on_day=account.closing_on or today,
            account_name=account.name, amount_minor=account.difference_minor,
        )  # fmt: skip


async def _broken(actor: Actor, today: date) -> list[Finding]:
    return [
        Finding(
            kind=NoticeKind.CHAIN, about=str(row["id"]), currency=row["currency"], on_day=row["from_on"],
            account_name=row["account_name"], amount_minor=row["opening_minor"] - row["before_closing_minor"],
            statement_id=row["id"],
        )
        for row in await sql(BROKEN, actor.agency_id, today)
    ]  # fmt: skip


async def _old(actor: Actor, currencies: Sequence[ThreeWay], rules: MoneyRules, today: date) -> list[Finding]:
    """Accounts whose bank has told nothing for longer than the agency allows; what never told of itself is kept by hand."""
    if not rules.statement_days:
        return []
    countries = {row["id"]: row["country"] for row in await sql(COUNTRIES, actor.agency_id)}
    law = LAWS.get(rules.law)
    return [
        Finding(
            kind=NoticeKind.OLD, about=str(account.id), currency=one.currency, on_day=account.closing_on,
            account_name=account.name,
        )
        for one in currencies
        for account in one.accounts
        if account.closing_on is not None
        and add_working_days(
            account.closing_on, rules.statement_days, countries.get(account.id, law.country if law else UNKNOWN)
        )
        < today
    ]  # fmt: skip


async def _unsigned(actor: Actor, rules: MoneyRules, today: date) -> list[Finding]:
    """Months whose time to be signed off is over: the last one, and those before it whose notice still stands."""
    last = today.replace(day=1) - timedelta(days=1)
    ended = {last, *(row["on_day"] for row in await sql(STANDING, actor.agency_id))}
    late = [day for day in sorted(ended) if (due := sign_off_by(day, rules)) is not None and due < today]
    return [
        Finding(kind=NoticeKind.UNSIGNED, about=f"{currency} {day.isoformat()}", currency=currency, on_day=day)
        for day, currency in await unsigned(actor, late)
    ]


def sign_off_by(month: date, rules: MoneyRules) -> date | None:
    """The last day on which a month, given by a day of it, is signed by two: the agency's own or its law's, whichever is
    sooner; None where neither asks for it.
    """
    own = month_end(month) + timedelta(days=rules.signoff_days) if rules.signoff_days else None
    law = LAWS.get(rules.law)
    asked = law.prove_by(month) if law is not None else None
    return min((day for day in (own, asked) if day is not None), default=None)
