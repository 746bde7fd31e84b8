"""The seven invariants of the ledger, proved again from what is stored, and that payments, outcomes, statements,
corrections and recalls say the same as the books; ``portal verify`` prints them.

The database holds them after every journal. This asks anew, agency by agency, in a job's scope, so that a restored
backup, a hand at the owner's console or a fault of ours would show, with the ids of what is wrong.
"""

from dataclasses import dataclass
from uuid import UUID

import asyncpg

from portal.check import Check
from portal.ledger import advances, exchanges, registers
from portal.tenancy.database import sql

SHOWN = 50
"""How many faults a check lists before it only counts on."""


@dataclass(frozen=True, slots=True)
class _Proof:
    """A query that gives one row, its columns named, for each fault; ``$1`` is the agency."""

    name: str
    query: str


BALANCED = _Proof(
    "every journal balances per book and currency",
    """
    select 'does not balance' as fault, journal_id, book, currency, sum(amount_minor) as difference_minor
    from journal_lines where agency_id = $1
    group by journal_id, book, currency having sum(amount_minor) <> 0
    union all
    select 'has no lines', id, null, null, null from journals as journal
    where agency_id = $1 and not exists (
        select from journal_lines as line where line.agency_id = $1 and line.journal_id = journal.id)
    union all
    select 'has lines of another date', journal.id, null, null, null
    from journals as journal
    join journal_lines as line on line.agency_id = $1 and line.journal_id = journal.id
    where journal.agency_id = $1 and line.effective_on <> journal.effective_on
    group by journal.id
    """,
)

TRUST = _Proof(
    "trust assets equal trust liabilities",
    """
    select currency, effective_on, sum(amount_minor) as difference_minor
    from journal_lines where agency_id = $1 and book = 'trust'
    group by currency, effective_on having sum(amount_minor) <> 0
    order by effective_on, currency
    """,
)

GUARDED = _Proof(
    "guarded balances are never negative on any date",
    """
    select account, currency, client_id, case_id, component, effective_on, balance_minor
    from (select account, currency, client_id, case_id, component, effective_on,
                 sum(sum(own)) over (partition by account, currency, client_id, case_id, component
                                     order by effective_on) as balance_minor
          from (select account, currency, case_id, component, effective_on,
                       case when account = 9000 then null else client_id end as client_id,
                       case when account = 9000 then amount_minor else -amount_minor end as own
                from journal_lines
                where agency_id = $1 and account in (2000, 2010, 2020, 2030, 2040, 9000)) as line
          group by account, currency, client_id, case_id, component, effective_on) as days
    where balance_minor < 0
    order by effective_on, account
    """,
)

PAIRS = _Proof(
    "1090 equals 2190, and 2040 equals 1220",
    """
    select journal_id, currency, sum(amount_minor) filter (where account in (1090, 2190)) as apart_1090_minor,
           sum(amount_minor) filter (where account in (2040, 1220)) as apart_2040_minor
    from journal_lines where agency_id = $1 and account in (1090, 2190, 2040, 1220)
    group by journal_id, currency
    having coalesce(sum(amount_minor) filter (where account in (1090, 2190)), 0) <> 0
        or coalesce(sum(amount_minor) filter (where account in (2040, 1220)), 0) <> 0
    """,
)

THREE_WAY = _Proof(
    "trust bank equals what it is held for, on every date",
    """
    select currency, effective_on, bank_minor, held_for_minor
    from (select currency, effective_on,
                 sum(sum(amount_minor) filter (where account = 1000)) over days as bank_minor,
                 sum(-sum(amount_minor) filter (where account <> 1000)) over days as held_for_minor
          from journal_lines
          where agency_id = $1 and account in (1000, 1010, 1090, 1900, 2000, 2010, 2020, 2030, 2040)
          group by currency, effective_on
          window days as (partition by currency order by effective_on)) as day
    where coalesce(bank_minor, 0) <> coalesce(held_for_minor, 0)
    order by effective_on, currency
    """,
)

CASES = _Proof(
    "each case's balance is its MEMO balance",
    """
    select coalesce(cases.id, memo.case_id) as case_id, cases.currency, memo.currency as memo_currency,
           principal_minor, memo.principal as memo_principal, interest_minor, memo.interest as memo_interest,
           costs_minor, memo.costs as memo_costs
    from (select id, currency, principal_minor, interest_minor, costs_minor from cases where agency_id = $1) as cases
    full join (
        select case_id, currency, coalesce(sum(amount_minor) filter (where component = 'principal'), 0) as principal,
               coalesce(sum(amount_minor) filter (where component = 'interest'), 0) as interest,
               coalesce(sum(amount_minor) filter (where component = 'costs'), 0) as costs
        from journal_lines where agency_id = $1 and account = 9000
        group by case_id, currency) as memo on memo.case_id = cases.id
    where (coalesce(principal_minor, 0), coalesce(interest_minor, 0), coalesce(costs_minor, 0))
          <> (coalesce(memo.principal, 0), coalesce(memo.interest, 0), coalesce(memo.costs, 0))
       or cases.currency <> memo.currency or cases.id is null
    """,
)

CHECKPOINTS = _Proof(
    "every checkpoint is the sum of the lines before it",
    """
    select account, currency, client_id, day as through, stated as balance_minor, balance as lines_minor
    from (select account, currency, client_id, day, stated,
                 sum(amount) over (partition by account, currency, client_id order by day, stated nulls first) as balance
          from (select account, currency, client_id, effective_on as day, sum(amount_minor) as amount, null::bigint as stated
                from journal_lines
                where agency_id = $1 and account in (2000, 2010, 2020, 2030, 2040)
                group by account, currency, client_id, effective_on
                union all
                select account, currency, client_id, through, 0, balance_minor from balance_checkpoints
                where agency_id = $1) as line) as days
    where stated <> balance
    order by day, account
    """,
)

DAYS = _Proof(
    "every day that was summed up is the sum of its lines",
    """
    select day, account, currency, bank_account_id, sum(stated)::bigint as stated_minor, sum(amount)::bigint as lines_minor
    from (select day, account, currency, bank_account_id, amount_minor as stated, 0 as amount
          from ledger_days where agency_id = $1
          union all
          select effective_on, account, currency, bank_account_id, 0, amount_minor
          from journal_lines
          where agency_id = $1 and journal_id <= (select journal_id from ledger_marks where agency_id = $1)) as line
    group by day, account, currency, bank_account_id having sum(stated) <> sum(amount)
    order by day, account
    """,
)

# Money and evidence are only ever added to. What else may be written of them is in the three grants.sql.
KEPT = """array['journals', 'journal_lines', 'balance_checkpoints', 'ledger_days', 'ledger_marks', 'payments', 'audit_events',
                 'audit_personal', 'audit_seals']"""

GRANTS = _Proof(
    "the application may not change what is posted",
    f"""
    select 'may ' || lower(right_) || ' ' || place as fault
    from unnest({KEPT}) as place, unnest(array['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) as right_
    where $1::uuid is not null and has_table_privilege('portal_app', place, right_)
    union all
    select 'may update columns of ' || place
    from unnest({KEPT}) as place where has_any_column_privilege('portal_app', place, 'UPDATE')
    union all
    select 'may insert ' || place
    from unnest(array['journals', 'journal_lines', 'balance_checkpoints', 'ledger_days', 'ledger_marks', 'audit_seals',
                      'audit_unsealed']) as place
    where has_any_column_privilege('portal_app', place, 'INSERT')
    union all
    select 'may update cases.' || place
    from unnest(array['principal_minor', 'interest_minor', 'costs_minor']) as place
    where has_column_privilege('portal_app', 'cases', place, 'UPDATE')
    union all
    select 'a case may begin with a balance that nothing posts'
    where not exists (select from pg_trigger
                      where tgrelid = 'cases'::regclass and tgfoid = 'post_claims'::regproc and tgenabled in ('O', 'A'))
    union all
    select 'may change closed_periods' where has_any_column_privilege('portal_app', 'closed_periods', 'UPDATE')
        or has_table_privilege('portal_app', 'closed_periods', 'DELETE')
    union all
    select 'bypasses row-level security' from pg_roles
    where rolname = 'portal_app' and (rolsuper or rolbypassrls)
    union all
    select 'may become ' || rolname from pg_roles
    where rolname <> 'portal_app' and pg_has_role('portal_app', oid, 'member')
    """,  # noqa: S608 - a constant
)

SEALED = _Proof(
    "every sealed journal is as it was sealed",
    """
    with sealed as (
        select sequence, subject_id, sealed.digest
        from audit_seals, unnest(kinds, subject_ids, digests) as sealed (kind, subject_id, digest)
        where agency_id = $1 and kind = 'journal')
    select case when found.id is null then 'is gone' else 'was changed' end as fault, sequence, subject_id as journal_id
    from sealed
    left join journal_digests((select array_agg(subject_id) from sealed)) as found on found.id = subject_id
    where found.digest is distinct from sealed.digest
    union all
    select 'never reached the seal', null, id from journals
    where agency_id = $1 and id not in (select subject_id from sealed)
      and not exists (select from audit_unsealed
                      where agency_id = $1 and kind = 'journal' and subject_id = journals.id)
    """,
)

PAYMENTS = _Proof("every payment is as it was booked", registers.PAYMENTS)
SUSPENSE = _Proof("suspense is what waits in it", registers.SUSPENSE)
SURPLUS = _Proof("what debtors are owed is what they paid too much", registers.SURPLUS)
CLAWBACKS = _Proof("what clients owe for money that went back is its claw-backs", registers.CLAWBACKS)
COSTS = _Proof("what was advanced for cases is what is still to be repaid", advances.COSTS)
INVOICES = _Proof("every invoice to a client is as it was booked", registers.INVOICES)
CREDIT_NOTES = _Proof("every credit note gives back what was booked", registers.CREDIT_NOTES)
EXCHANGES = _Proof("what was exchanged is what statements promised, and the rest waits", exchanges.EXCHANGES)
STATEMENTS = _Proof("every statement is its lines, and as it was booked", registers.STATEMENTS)

BANK = _Proof("every bank line in the books is what its journals moved on its account", registers.BANK)
RETURNED = _Proof("every payout that came back is as it was booked", registers.RETURNED)
OUTCOMES = _Proof("goods and set-off came off claims as their clients confirmed", registers.OUTCOMES)
CORRECTIONS = _Proof("every correction is as it was booked, and what was recalled owes nothing", registers.CORRECTIONS)

PROOFS = (
    *(BALANCED, TRUST, GUARDED, PAIRS, THREE_WAY, CASES, CHECKPOINTS, DAYS, GRANTS, SEALED),
    *(PAYMENTS, SUSPENSE, SURPLUS, COSTS, CLAWBACKS, INVOICES, CREDIT_NOTES, BANK, STATEMENTS, RETURNED, OUTCOMES),
    *(EXCHANGES, CORRECTIONS),
)


async def prove(agency_id: UUID) -> list[Check]:
    """Prove the invariants for one agency, inside a transaction of a job of that agency.

    ``GRANTS`` and ``SEALED`` are invariant 7 in its two halves.
    """
    return [await _prove(proof, agency_id) for proof in PROOFS]


async def _prove(proof: _Proof, agency_id: UUID) -> Check:
    faults = await sql(proof.query, agency_id)
    told = [_describe(fault) for fault in faults[:SHOWN]]
    if len(faults) > SHOWN:
        told.append(f"and {len(faults) - SHOWN} more")
    return Check(proof.name, not faults, "; ".join(told) or "holds")


def _describe(fault: asyncpg.Record) -> str:
    """``journal_id 01a2…, book trust, difference_minor 5``: every column that says something."""
    parts = [value if name == "fault" else f"{name} {value}" for name, value in fault.items() if value is not None]
    return ", ".join(parts)
