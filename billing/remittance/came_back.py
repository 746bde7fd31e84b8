"""A payout that the bank returned (event 10): it is the client's and in the trust account, and is paid again.

The account that it came back from is taken out of use. Nothing is paid there, nor to another one, before one person has
entered an account (the same may be right after all) and another has confirmed it, by the rules of any change.
"""

from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from billing.bank_details.change import end
from billing.bank_details.register import load_detail
from billing.bank_details.tables import DetailStatus
from billing.payments.split import one_line
from billing.remittance.journals import SOURCE
from billing.remittance.payees import check_account_rested
from billing.remittance.returned import Returned, load_returned
from billing.spoken import Spoken
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.ledger.journal import JournalDraft, Line, cr, dr, post
from portal.ledger.tables import Book
from portal.pages.formats import date_full
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import savepoint, sql, sql_one, sql_value

PAID_AGAIN: Final = "paid again"
"""The kind of its journals."""

# The account that the money was sent to last: of the statement, or where it came back before, the one it was paid to then.
SENT: Final = """
select s.id, s.client_id, coalesce(s.payout_currency, s.currency) as currency, coalesce(x.paid_minor, s.net_minor) as net_minor,
       s.number,
       coalesce((select r.paid_detail_id from returned_payouts r
                 where r.agency_id = s.agency_id and r.statement_id = s.id and r.status = 'paid' order by r.id desc limit 1),
                s.paid_detail_id,
                (select d.id from bank_details d
                 where d.agency_id = s.agency_id and d.id::text = s.letterhead ->> 'account_id')) as detail_id
from statements s left join exchange_parts x on x.agency_id = s.agency_id and x.statement_id = s.id
where s.agency_id = $1 and s.id = $2 and s.status = 'closed' and s.net_minor > 0
"""
INSERT: Final = """
insert into returned_payouts (id, agency_id, client_id, statement_id, currency, amount_minor, detail_id, returned_on, why,
                              journal_id, told_by_name, told_at)
values ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
PAID: Final = """
update returned_payouts set status = 'paid', paid_detail_id = $3, paid_on = $4, paid_reference = $5, paid_by_name = $6,
       paid_at = $7, paid_journal_id = $8
where agency_id = $1 and id = $2 and status = 'waiting'
"""
OF_JOURNAL: Final = "select id from returned_payouts where agency_id = $1 and journal_id = $2"


def back_lines(client_id: UUID, minor: int, currency: str, bank_account_id: UUID | None) -> tuple[Line, ...]:
    """The money is in the trust account again, and payable to the client."""
    return (
        dr(Book.TRUST, 1000, minor, currency, bank_account=bank_account_id),
        cr(Book.TRUST, 2010, minor, currency, client=client_id),
    )


async def payout_sent(actor: Actor, statement_id: UUID) -> asyncpg.Record:
    """The payout of a closed statement: whose, how much, and the account that it was sent to last.

    Raises:
        NotFound: there is no such statement, or it paid nothing.
    """
    row = await sql_one(SENT, actor.agency_id, statement_id)
    if row is None:
        raise NotFound
    return row


async def keep_returned(actor: Actor, sent: asyncpg.Record, on: date, why: str, journal_id: UUID) -> UUID:
    """Keep that a payout came back, by a journal that is posted, and take its account out of use; gives its id.

    Raises:
        Refused: it came back already, and was not paid again since.
    """
    returned_id = new_id()
    try:
        async with savepoint():
            await sql(
                INSERT,
                *(actor.agency_id, returned_id, sent["client_id"], sent["id"], sent["currency"], sent["net_minor"]),
                *(sent["detail_id"], on, one_line(why)[:140], journal_id, actor.name, clock.now()),
            )
    except asyncpg.UniqueViolationError:
        raise Refused(N_("This payout came back already, and waits to be paid again."), code="returned") from None
    if sent["detail_id"] is not None:
        detail = await load_detail(actor, sent["detail_id"])
        if detail.status is DetailStatus.IN_FORCE:
            await end(actor, detail.id)
    returned = await load_returned(actor, returned_id)
    await _record(actor, returned, "payout.returned", received_on=on, journal_id=journal_id)
    return returned_id


async def undo_returned(actor: Actor, journal_id: UUID) -> None:
    """The bank's line was something else: nothing came back. Its account stays out of use until somebody enters it again.
    Nothing happens where the journal is no returned payout's.

    Raises:
        Refused: it was paid again already.
    """
    returned_id = await sql_value(OF_JOURNAL, actor.agency_id, journal_id)
    if returned_id is None:
        return
    returned = await load_returned(actor, returned_id, lock=True)
    if not returned.is_waiting:
        raise Refused(N_("It was paid again already."), code="paid_again")
    await sql(
        "update returned_payouts set status = 'undone' where agency_id = $1 and id = $2", actor.agency_id, returned.id
    )
    await _record(actor, returned, "payout.return_undone")


async def pay_again(
    actor: Actor, returned_id: UUID, paid_on: date | None, reference: str, bank_account_id: UUID | None = None
) -> UUID:
    """Book that a returned payout left the trust account once more; gives the journal's id, also of the same again.

    Raises:
        NotFound: there is none here.
        Refused: no account was entered and confirmed since it came back, that account is too new, or day or reference
            will not do.
    """
    actor.require("remittances.prepare")
    returned = await load_returned(actor, returned_id, lock=True)
    if returned.paid_on is not None:
        found: UUID = await sql_value(
            "select paid_journal_id from returned_payouts where agency_id = $1 and id = $2",
            actor.agency_id,
            returned.id,
        )
        return found
    if not returned.is_waiting:
        raise NotFound
    day, named = await _day(actor, returned, paid_on), one_line(reference)
    if not named:
        raise Refused(N_("Please fill this in."), field="reference", code="missing")
    await _check_account(actor, returned, day)
    lines = (
        dr(Book.TRUST, 2010, returned.amount_minor, returned.currency, client=returned.client_id),
        cr(Book.TRUST, 1000, returned.amount_minor, returned.currency, bank_account=bank_account_id),
    )
    draft = JournalDraft(SOURCE, f"{returned.statement_id}:again:{returned.id}", PAID_AGAIN, day, lines)
    async with savepoint():
        [journal_id] = await post(actor, [draft])
    await sql(
        PAID, actor.agency_id, returned.id, returned.in_force_id, day, named[:140], actor.name, clock.now(), journal_id
    )
    await _record(actor, returned, "payout.paid_again", {"reference": named[:140]}, paid_on=day, journal_id=journal_id)
    return journal_id


async def _day(actor: Actor, returned: Returned, paid_on: date | None) -> date:
    if paid_on is None:
        raise Refused(N_("Please fill this in."), field="paid_on", code="missing")
    if paid_on > await agency_day(actor):
        raise Refused(N_("This day has not come yet."), field="paid_on", code="future")
    if paid_on < returned.returned_on:
        raise Refused(
            N_("It came back on %(day)s and cannot have been paid again before."),
            field="paid_on",
            code="before_return",
            day=Spoken(date_full, returned.returned_on),
        )
    return paid_on


async def _check_account(actor: Actor, returned: Returned, day: date) -> None:
    if returned.in_force_id is None or not returned.has_account:
        raise Refused(
            N_("Enter the account of %(client)s again, or another one, and have a second person confirm it first."),
            code="account_flagged",
            client=returned.client_name,
        )
    await check_account_rested(actor, returned.in_force_id, returned.client_name, day)


async def _record(
    actor: Actor, returned: Returned, action: str, personal: dict[str, str] | None = None, **more: object
) -> None:
    facts = {
        "number": returned.statement_number,
        "amount_minor": returned.amount_minor,
        "currency": returned.currency,
        **more,
    }
    await record(
        actor, action, "statement", returned.statement_id, client_id=returned.client_id, facts=facts, personal=personal
    )
