"""The approval of opening balances: by somebody who wrote none of them, who proves who they are. One journal, once."""

from typing import Final
from uuid import UUID

from billing.openings.journals import Balances, opening_lines
from billing.openings.prepare import checked_day, write_trail
from billing.openings.propose import check_whole
from billing.openings.register import Opening, banks_of, load_opening
from billing.openings.tables import OpeningStatus
from billing.remittance.proof import Proof, prove
from billing.spoken import Spoken
from portal import clock
from portal.errors import Refused
from portal.ledger.journal import JournalDraft, post
from portal.ledger.tables import Book
from portal.pages.formats import date_full, when
from portal.pages.text import N_, say
from portal.people.actor import Actor
from portal.tenancy.database import savepoint, sql, sql_one, sql_value

SOURCE: Final = "opening"

# Whoever posts shares this lock: nothing is booked between the look at the books and the journal.
HOLD_LEDGER: Final = "select pg_advisory_xact_lock(ledger_lock(), hashtext($1))"
# Those that were undone do not count.
EARLIER: Final = """
select min(l.effective_on) from journal_lines l join journals j on j.agency_id = l.agency_id and j.id = l.journal_id
where l.agency_id = $1 and l.account in (1000, 1010, 1100) and l.account < 9000 and coalesce(l.client_id, l.agency_id) = $1
  and l.currency = $2 and l.effective_on <= $3 and j.source <> 'opening'
"""
TOLD_EARLIER: Final = """
select a.name, min(coalesce(s.from_on, s.to_on)) as since from opening_banks b
join bank_accounts a on a.agency_id = b.agency_id and a.id = b.bank_account_id
join bank_statements s on s.agency_id = a.agency_id and s.bank_account_id = a.id and s.withdrawn_at is null
where b.agency_id = $1 and b.opening_id = $2 and coalesce(s.from_on, s.to_on) < $3
group by a.name order by a.name limit 1
"""
FUNDS: Final = """
select client_id, sum(amount_minor)::bigint as amount_minor from opening_items
where agency_id = $1 and opening_id = $2 and kind = 'funds' group by client_id order by client_id
"""
APPROVE: Final = """
update openings set status = 'approved', approved_by = $3, approved_by_name = $4, approved_at = $5, journal_id = $6
where agency_id = $1 and id = $2 and status = 'proposed'
"""
# From that day on the accounts' statements are expected: they were open then, whenever they were entered here.
OPEN_SINCE: Final = """
update bank_accounts a set opened_on = $3 from opening_banks b
where b.agency_id = $1 and b.opening_id = $2 and a.agency_id = b.agency_id and a.id = b.bank_account_id and a.opened_on > $3
"""
# A piece has the id of the suspense that it becomes.
SUSPEND: Final = """
with made as (
    insert into suspense (id, agency_id, why, currency, amount_minor, received_on, channel, payer, reference, journal_id,
                          recorded_by, recorded_at)
    select i.id, i.agency_id, case i.kind when 'refund' then 'owed_back' else 'unknown' end, $3, i.amount_minor, i.received_on,
           'bank', i.debtor_name, i.reference, $4, $5, $6
    from opening_items i where i.agency_id = $1 and i.opening_id = $2 and i.kind <> 'funds'
    returning id)
update opening_items i set suspense_id = made.id from made where i.agency_id = $1 and i.id = made.id
"""


async def approve(actor: Actor, opening_id: UUID, shown: int, proof: Proof, secret_key: str) -> None:
    """Bring opening balances into the books, as they were ``shown`` by their version.

    Raises:
        NotFound: there are none.
        Refused: the actor wrote some of them, they are not proposed, were changed since they were shown, or are in the
            books already; the books have earlier money in the currency, or are closed; the proof does not fit.
    """
    actor.require("openings.approve")
    _check(actor, await load_opening(actor, opening_id), shown)
    await prove(actor, proof, secret_key)
    opening = await load_opening(actor, opening_id, lock=True)
    _check(actor, opening, shown)
    check_whole(opening)
    await checked_day(actor, opening.effective_on)
    await sql(HOLD_LEDGER, str(actor.agency_id))
    await _check_first(actor, opening)
    draft = JournalDraft(
        SOURCE, str(opening.id), "opening", opening.effective_on, opening_lines(await _balances(actor, opening))
    )
    async with savepoint():
        [journal_id] = await post(actor, [draft])
    await sql(APPROVE, actor.agency_id, opening.id, actor.user_id, actor.name, clock.now(), journal_id)
    await sql(OPEN_SINCE, actor.agency_id, opening.id, opening.effective_on)
    await sql(SUSPEND, actor.agency_id, opening.id, opening.currency, journal_id, actor.user_id, clock.now())
    assert opening.proof_sha256 is not None
    await write_trail(actor, opening, "opening.approved", journal_id=journal_id, sha256=opening.proof_sha256.hex())


def may_approve(actor: Actor, opening: Opening) -> bool:
    """Whether this person's word is one that the proposal waits for."""
    return (
        opening.status is OpeningStatus.PROPOSED
        and actor.may("openings.approve")
        and actor.user_id not in (None, *opening.authors)
    )


def _check(actor: Actor, opening: Opening, shown: int) -> None:
    if opening.approved_at is not None:
        raise Refused(
            N_("%(name)s approved these opening balances already, on %(when)s."), code="already_approved",
            name=opening.approved_by_name, when=Spoken(when, opening.approved_at),
        )  # fmt: skip
    if opening.status is not OpeningStatus.PROPOSED:
        raise Refused(
            N_("These opening balances do not wait for approval: %(status)s."), code="not_proposed",
            status=say(opening.status_text),
        )  # fmt: skip
    if actor.user_id in opening.authors:
        raise Refused(
            N_(
                "You wrote some of this, so that somebody else approves it. No money comes into the books on one person's word."
            ),
            code="four_eyes",
        )
    if opening.version != shown:
        raise Refused(
            N_("This was changed since you looked at it. Look at it again, and approve it then."),
            code="changed_meanwhile",
        )


async def _check_first(actor: Actor, opening: Opening) -> None:
    earlier = await sql_value(EARLIER, actor.agency_id, opening.currency, opening.effective_on)
    if earlier is not None:
        raise Refused(
            N_("The books have money in %(currency)s since %(day)s. Opening balances stand before it: choose an earlier day."),
            code="not_first", currency=opening.currency, day=Spoken(date_full, earlier),
        )  # fmt: skip
    told = await sql_one(TOLD_EARLIER, actor.agency_id, opening.id, opening.effective_on)
    if told is not None:
        raise Refused(
            N_("The bank's statements of “%(name)s” begin on %(day)s. Its balance is brought over by that day at the latest."),
            code="statements_before", name=told["name"], day=Spoken(date_full, told["since"]),
        )  # fmt: skip


async def _balances(actor: Actor, opening: Opening) -> Balances:
    banks = [bank for bank in await banks_of(actor, opening.id) if bank.amount_minor]
    funds = await sql(FUNDS, actor.agency_id, opening.id)
    return Balances(
        currency=opening.currency,
        trust={bank.id: bank.amount_minor or 0 for bank in banks if bank.book == Book.TRUST},
        operating={bank.id: bank.amount_minor or 0 for bank in banks if bank.book == Book.OPERATING},
        funds={row["client_id"]: row["amount_minor"] for row in funds},
        suspense_minor=opening.suspense_minor + opening.refund_minor,
        due_to_operating_minor=opening.due_to_operating_minor,
        due_from_operating_minor=opening.due_from_operating_minor,
        vat_minor=opening.vat_minor,
    )
