"""What waited in suspense turned out to be no payment at all: interest, a transfer that came back, or a file read wrongly.

It leaves by the mirror of the journal that brought it, and the bank's line is open again, or gone, in the same transaction.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

from billing.payments.returns import REASONS
from billing.suspense.take_in import SOURCE
from billing.unclaimed.claimed import claimed
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.ledger.journal import JournalDraft, cr, dr, mirrored, post
from portal.ledger.tables import Book
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import savepoint, sql

NO_PAYMENT: Final = "no_payment"
OPENING_UNDONE: Final = "opening_undone"
GONE_TEXTS: Final = {
    **REASONS,
    NO_PAYMENT: N_("It was no payment, and is booked as what it is"),
    OPENING_UNDONE: N_("The opening balances that brought it over were undone"),
}
"""Why suspended money is there no more."""

# Whole pieces alone: what was divided is in other hands.
WAITING: Final = """
select s.id, s.amount_minor, s.currency, s.journal_id, l.bank_account_id, j.effective_on as since from suspense s
join journals j on j.agency_id = s.agency_id and j.id = s.journal_id
join journal_lines l on l.agency_id = s.agency_id and l.journal_id = s.journal_id and l.account = 1000
where s.agency_id = $1 and s.id = any($2) and s.status = 'waiting' and s.payment_id is null and s.charge_id = ''
  and l.amount_minor = s.amount_minor
order by s.id for update of s
"""
GONE: Final = """
update suspense s set status = 'gone', gone_why = $4, ended_by = $5, ended_by_name = $6, ended_at = $7, out_journal_id = t.out_id
from unnest($2::uuid[], $3::uuid[]) as t (id, out_id) where s.agency_id = $1 and s.id = t.id
"""


async def leave_suspense(actor: Actor, days: Mapping[UUID, date]) -> None:
    """Take pieces of suspended money out of suspense and off the bank, each on its day; where it came into suspense later,
    because it was booked as something else until then, on that.

    Raises:
        Refused: one of them does not wait any more, or was divided.
    """
    actor.require("payments.record")
    rows = await sql(WAITING, actor.agency_id, list(days))
    if len(rows) != len(days):
        raise Refused(N_("This money is not in suspense any more."), code="not_here")
    left_on = {row["id"]: max(days[row["id"]], row["since"]) for row in rows}
    drafts = [
        JournalDraft(
            SOURCE,
            f"{row['id']} no payment",
            "receipt reversed",
            left_on[row["id"]],
            (
                mirrored(
                    dr(Book.TRUST, 1000, row["amount_minor"], row["currency"], bank_account=row["bank_account_id"])
                ),
                mirrored(cr(Book.TRUST, 2020, row["amount_minor"], row["currency"])),
            ),
            row["journal_id"],
        )
        for row in rows
    ]
    async with savepoint():
        out = await post(actor, drafts)
    ids = [row["id"] for row in rows]
    await sql(GONE, actor.agency_id, ids, out, NO_PAYMENT, actor.user_id, actor.name, clock.now())
    for row, journal_id in zip(rows, out, strict=True):
        await claimed(actor, suspense_id=row["id"])
        facts = {"amount_minor": row["amount_minor"], "currency": row["currency"], "received_on": left_on[row["id"]]}
        await record(
            actor,
            "suspense.gone",
            "suspense",
            row["id"],
            facts={**facts, "reason": NO_PAYMENT, "journal_id": journal_id},
        )
