"""What is agreed with debtors, proved again: how each agreement stands, what it forgave, and what was written down.

``portal verify`` asks for it, agency by agency. What is kept with an agreement was judged by its lines and by the money
in the books; it is judged anew here, so that a restored backup, a hand at the owner's console or a fault of ours shows.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from cases.plans.register import COLUMNS, LINE_COLUMNS, KeptLine, PlanFile, plan_file
from cases.plans.standing import Standing, stand
from cases.plans.tables import PlanStatus
from cases.promises.judge import Received
from portal.check import proof
from portal.people.actor import system
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql

AT_ONCE: Final = 500


@proof("every running agreement stands as its lines and the books say", "{} agreements")
async def prove_standing(agency_id: UUID) -> tuple[int, list[str]]:
    """What is kept of those that run, against a judgement of today; the new day's own job may not have run yet."""
    today = await agency_day(system(agency_id))
    looked_at, faults, last = 0, [], UUID(int=0)
    while running := await _some_running(agency_id, last):
        looked_at += len(running)
        faults += [fault for one in running if (fault := _fault(one, today))]
        last = running[-1].plan.id
    return looked_at, faults


@dataclass(frozen=True, slots=True)
class _Running:
    """An agreement that runs, with all that it is judged by."""

    plan: PlanFile
    case_number: str
    balance_minor: int
    lines: Sequence[KeptLine]
    received: Sequence[Received]


RUNNING: Final = f"""
select p.*, c.number as case_number, c.balance_minor
from (select {COLUMNS}, agency_id from plans
      where agency_id = $1 and status in ('active', 'grace') and id > $2 order by id limit $3) as p
join cases c on c.agency_id = p.agency_id and c.id = p.case_id order by p.id
"""  # noqa: S608 - own column names
LINES: Final = f"""
select plan_id, {LINE_COLUMNS} from plan_lines where agency_id = $1 and plan_id = any($2) order by plan_id, position
"""  # noqa: S608 - own column names
MONEY: Final = """
select p.id as plan_id, greatest(j.effective_on, coalesce(p.starts_on, p.made_on)) as on_day,
       -sum(l.amount_minor)::bigint as amount_minor
from plans p
join journal_lines l on l.agency_id = p.agency_id and l.case_id = p.case_id and l.account = 9000
join journals j on j.agency_id = l.agency_id and j.id = l.journal_id and j.source = 'payment' and j.posted_at > p.offered_at
where p.agency_id = $1 and p.id = any($2)
group by 1, 2
"""


async def _some_running(agency_id: UUID, last: UUID) -> list[_Running]:
    rows = await sql(RUNNING, agency_id, last, AT_ONCE)
    ids = [row["id"] for row in rows]
    lines: dict[UUID, list[KeptLine]] = defaultdict(list)
    for plan_id, *values in await sql(LINES, agency_id, ids):
        lines[plan_id].append(KeptLine(*values))
    received: dict[UUID, list[Received]] = defaultdict(list)
    for plan_id, on, minor in await sql(MONEY, agency_id, ids):
        received[plan_id].append(Received(on, minor))
    return [
        _Running(plan_file(row), row["case_number"], row["balance_minor"], lines[row["id"]], received[row["id"]])
        for row in rows
    ]


def _fault(running: _Running, today: date) -> str | None:
    plan = running.plan
    kept = (
        plan.status.value,
        plan.paid_minor,
        plan.arrears_minor,
        plan.next_due_on,
        plan.next_due_minor,
        plan.breaks_on,
    )
    judged = _judged(running, today)
    if kept in (_as_kept(judged), _as_kept(_judged(running, today - timedelta(days=1)))):
        if running.balance_minor == 0 and plan.paid_minor > 0:
            return f"agreement {plan.version} of case {running.case_number} runs, and nothing is owed any more"
        return None
    return (
        f"agreement {plan.version} of case {running.case_number} is kept as {plan.status} with {plan.paid_minor} paid"
        f" and {plan.arrears_minor} late, and stands as {judged.state} with {judged.paid_minor} and {judged.arrears_minor}"
    )


def _judged(running: _Running, day: date) -> Standing:
    plan, dues = running.plan, [line.due for line in running.lines]
    return stand(dues, running.received, plan.breaks, day, plan.country, plan.region)


def _as_kept(standing: Standing) -> tuple[object, ...]:
    """A standing as it is kept while an agreement runs."""
    due = standing.following
    expected = (due.due_on, due.minor) if due else (None, None)
    return (standing.state.value, standing.paid_minor, standing.arrears_minor, *expected, standing.breaks_on)


# One runs at a time; a case that is closed has none.
TOO_MANY: Final = """
select c.number, count(*) as running, c.status from plans p
join cases c on c.agency_id = p.agency_id and c.id = p.case_id
where p.agency_id = $1 and p.status in ('active', 'grace')
group by c.id, c.number, c.status having count(*) > 1 or c.status = 'closed' order by c.number
"""


@proof("an open case has one running agreement at most, and a closed one none", "{} agencies")
async def prove_one_runs(agency_id: UUID) -> tuple[int, list[str]]:
    """Cases on which more runs than may."""
    rows = await sql(TOO_MANY, agency_id)
    return 1, [f"case {row['number']}, {row['status']}, has {row['running']} that run" for row in rows]


# What a settlement forgave is written off by the journal that it names, unless its debtor paid all after all; what came on
# top of what it was about stays owed, and leaves its case open.
FULFILLED: Final = """
select c.number, p.version,
       case when w.minor > p.forgiven_minor then 'more was written off than was agreed'
            when c.status <> 'closed' and (c.balance_minor = 0 or w.minor is distinct from p.forgiven_minor)
                then 'its case is open'
            when c.balance_minor <> 0 and (c.close_code in ('settled_in_full', 'paid_in_full')
                                           or w.minor is distinct from p.forgiven_minor) then 'its case still owes'
            when p.write_off_journal_id is null and c.close_code <> 'paid_in_full' then 'nothing was written off'
            when p.write_off_journal_id is not null and w.minor is null then 'its write-off is not in the books'
       end as fault
from plans p join cases c on c.agency_id = p.agency_id and c.id = p.case_id
left join lateral (
    select -sum(l.amount_minor) as minor
    from journals j join journal_lines l on l.agency_id = j.agency_id and l.journal_id = j.id and l.account = 9000
    where j.agency_id = p.agency_id and j.id = p.write_off_journal_id and j.source = 'settlement'
      and l.case_id = p.case_id and not exists (
          select from journals r where r.agency_id = j.agency_id and r.reverses = j.id)) w on true
where p.agency_id = $1 and p.status = $2 and p.forgiven_minor > 0
order by c.number, p.version
"""


@proof("a fulfilled settlement has its write-off, and its case is settled", "{} settlements")
async def prove_settlements(agency_id: UUID) -> tuple[int, list[str]]:
    """Settlements that were fulfilled, against the books and their cases."""
    rows = await sql(FULFILLED, agency_id, PlanStatus.COMPLETED)
    faults = [f"agreement {row['version']} of case {row['number']}: {row['fault']}" for row in rows if row["fault"]]
    return len(rows), faults


# The bytes of documents are hashed beside this, against what their rows say.
WRITTEN_DOWN: Final = """
select c.number, p.version, d.sha256 is not distinct from p.document_sha256 and d.case_id = p.case_id as is_same
from plans p
join cases c on c.agency_id = p.agency_id and c.id = p.case_id
left join documents d on d.agency_id = p.agency_id and d.id = p.document_id
where p.agency_id = $1 and (p.document_id is not null or p.document_sha256 is not null)
order by c.number, p.version
"""


@proof("an agreement's document is the one that was written down", "{} agreements")
async def prove_written(agency_id: UUID) -> tuple[int, list[str]]:
    """The digest that each agreement keeps of its document, against the document's own."""
    rows = await sql(WRITTEN_DOWN, agency_id)
    faults = [
        f"agreement {row['version']} of case {row['number']} names another document than was written down"
        for row in rows
        if not row["is_same"]
    ]
    return len(rows), faults
