"""Charges, interest and VAT of an account, booked by hand where no line of its bank tells of them yet. When one does, it is
what was booked here, and nothing is booked a second time (`billing.bank.matching.moves`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from billing.bank.accounts import OwnAccount, load_account
from billing.bank.matching.moving import BANK
from billing.bank.matching.own import owed_to_trust
from billing.bank.matching.postings import Moved, charged, interest_paid, vat_paid
from billing.bank.matching.register import line_of
from billing.payments.processor_journals import OPEN_SINCE
from billing.payments.split import one_line
from billing.remittance.interest import hold_undrawn
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.ledger import journal
from portal.ledger.journal import JournalDraft, Line, post
from portal.money import LARGEST_MINOR
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import savepoint, sql, sql_one, sql_value

LONGEST_WHY: Final = 200
NEAR_DAYS: Final = 5


class Entry(StrEnum):
    """What is booked."""

    CHARGE = "charge"
    INTEREST = "interest"
    VAT_PAID = "vat_paid"
    VAT_BACK = "vat_back"


OF_BOOK: Final = {
    "trust": (Entry.CHARGE, Entry.INTEREST),
    "operating": (Entry.CHARGE, Entry.INTEREST, Entry.VAT_PAID, Entry.VAT_BACK),
}
"""What may be booked on an account, by whose money it holds."""
OUT: Final = frozenset({Entry.CHARGE, Entry.VAT_PAID})
"""What leaves the account."""
POSTED: Final[dict[Entry, tuple[str, Callable[[Moved], list[Line]]]]] = {
    Entry.CHARGE: ("charge", charged),
    Entry.INTEREST: ("bank interest", interest_paid),
    Entry.VAT_PAID: ("VAT", vat_paid),
    Entry.VAT_BACK: ("VAT", vat_paid),
}
"""The journal's kind and its lines, those of a bank line that is such a thing."""


@dataclass(frozen=True, slots=True)
class _OnAccount:
    """What is booked, as `billing.bank.matching.postings` asks for it."""

    book: str
    bank_account_id: UUID
    currency: str
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Something that was booked by hand. ``amount_minor`` is positive where it came in."""

    journal_id: UUID
    kind: str
    effective_on: date
    posted_at: datetime
    amount_minor: int
    is_told: bool
    """A line of the bank was found to be it."""
    is_taken_back: bool


HOLD: Final = "select from bank_accounts where agency_id = $1 and id = $2 for no key update"
KNOWN: Final = "select id from journals where agency_id = $1 and source = 'bank' and external_id = $2"
# What was booked, or a line that waits, of the same amount about the same day.
TWIN: Final = """
select exists (
    select from journal_lines l join journals j on j.agency_id = l.agency_id and j.id = l.journal_id
    where l.agency_id = $1 and l.bank_account_id = $2 and l.amount_minor = $3 and j.source = 'bank' and j.kind = $4
      and j.reverses is null and l.effective_on between $5::date - $6::int and $5::date + $6::int
      and not exists (select from journals r where r.agency_id = j.agency_id and r.reverses = j.id)) as is_booked,
    exists (
    select from bank_lines t where t.agency_id = $1 and t.bank_account_id = $2 and t.amount_minor = $3 and t.status = 'open'
      and t.booked_on between $5::date - $6::int and $5::date + $6::int) as is_told
"""
LATEST: Final = """
select j.id as journal_id, j.kind, j.effective_on, j.posted_at, l.amount_minor,
       exists (select from bank_matches m where m.agency_id = $1 and m.journal_id = j.id and m.undone_at is null) as is_told,
       exists (select from journals r where r.agency_id = $1 and r.reverses = j.id) as is_taken_back
from journals j
join journal_lines l on l.agency_id = $1 and l.journal_id = j.id and l.bank_account_id = $2
where j.agency_id = $1 and j.source = 'bank' and j.external_id between 'hand ' and 'hand ~' and j.reverses is null
order by j.id desc limit 50
"""
ONE: Final = """
select j.id, j.kind, j.effective_on, l.bank_account_id, l.amount_minor, l.currency, j.external_id
from journals j join journal_lines l on l.agency_id = $1 and l.journal_id = j.id and l.bank_account_id is not null
where j.agency_id = $1 and j.id = $2 and j.source = 'bank' and j.external_id between 'hand ' and 'hand ~' and j.reverses is null
"""
BACK: Final = "select exists (select from journals where agency_id = $1 and reverses = $2)"


async def entries_on(actor: Actor, bank_account_id: UUID) -> Sequence[Kept]:
    """What was booked by hand on an account, the latest first."""
    actor.require("bank.read")
    return [Kept(**row) for row in await sql(LATEST, actor.agency_id, bank_account_id)]


async def book_entry(
    actor: Actor,
    bank_account_id: UUID,
    what: str,
    amount_minor: int | None,
    on: date | None,
    token: UUID,
    *,
    another: bool = False,
) -> UUID:
    """Book what the bank charged or paid, or VAT, on an account; gives the journal's id. The same form books once;
    ``another`` says that it is none of those of its amount that are known already.

    Raises:
        NotFound: there is no such account for the actor.
        Refused: it is closed or has no such thing, the amount or the day will not do, or one of that amount is known.
    """
    actor.require("bank.match")
    await sql(HOLD, actor.agency_id, bank_account_id)
    account = await load_account(actor, bank_account_id)
    known: UUID | None = await sql_value(KNOWN, actor.agency_id, f"hand {token}")
    if known is not None:
        return known
    entry = _which(account, what)
    if amount_minor is None or not 0 < amount_minor <= LARGEST_MINOR:
        raise Refused(N_("An amount above zero."), field="amount", code="bad_amount")
    minor, day = -amount_minor if entry in OUT else amount_minor, await _day(actor, on)
    kind, lines = POSTED[entry]
    if not another:
        await _see_no_twin(actor, account, minor, kind, day)
    moved = _OnAccount(account.book, account.id, account.currency, minor)
    async with savepoint():
        [journal_id] = await post(actor, [JournalDraft(BANK, f"hand {token}", kind, day, tuple(lines(moved)))])
    await _told(actor, "booked", account.id, entry, minor, account.currency, day, journal_id)
    return journal_id


def _which(account: OwnAccount, what: str) -> Entry:
    if account.closed_on is not None:
        raise Refused(N_("This account is closed."), code="closed")
    entry = next((one for one in OF_BOOK[account.book] if one == what), None)
    if entry is None:
        raise Refused(N_("Please choose what it is."), field="what", code="missing")
    return entry


async def _day(actor: Actor, on: date | None) -> date:
    if on is None:
        raise Refused(N_("Please fill this in."), field="on", code="missing")
    if on > await agency_day(actor):
        raise Refused(N_("This day has not come yet."), field="on", code="future")
    return on


async def _see_no_twin(actor: Actor, account: OwnAccount, minor: int, kind: str, day: date) -> None:
    twin = await sql_one(TWIN, actor.agency_id, account.id, minor, kind, day, NEAR_DAYS)
    assert twin is not None
    if twin["is_told"]:
        raise Refused(
            N_("A line of the bank with this amount waits to be matched: book that one, or say that this is another."),
            field="another", code="line_waits",
        )  # fmt: skip
    if twin["is_booked"]:
        raise Refused(
            N_("One of this amount is booked a few days from this already. Say that this is another, if it is."),
            field="another", code="twin",
        )  # fmt: skip


async def take_back_entry(actor: Actor, bank_account_id: UUID, journal_id: UUID, why: str) -> None:
    """Reverse what was booked by hand in error, on its day or the first that is not closed; a second time changes nothing.

    Raises:
        NotFound: nothing was booked so on this account.
        Refused: no reason is given, a bank line is it, a run draws the interest, or the agency paid the charge in since.
    """
    actor.require("bank.match")
    await sql(HOLD, actor.agency_id, bank_account_id)
    one = await sql_one(ONE, actor.agency_id, journal_id)
    if one is None or one["bank_account_id"] != bank_account_id:
        raise NotFound
    if await sql_value(BACK, actor.agency_id, journal_id):
        return
    note = one_line(why)[:LONGEST_WHY]
    if not note:
        raise Refused(N_("Please say why."), field="why", code="missing")
    if await line_of(actor, journal_id) is not None:
        raise Refused(N_("A line of the bank is this: take the match back there first."), code="matched")
    account = await load_account(actor, bank_account_id)
    await _see_it_is_there(actor, account, one["kind"], one["amount_minor"])
    day = max(one["effective_on"], await sql_value(OPEN_SINCE, actor.agency_id) or date.min)
    async with savepoint():
        back_id = await journal.reverse(actor, journal_id, BANK, f"{one['external_id']} back", day)
    entry = next(
        each for each, (kind, _) in POSTED.items() if kind == one["kind"] and (each in OUT) == (one["amount_minor"] < 0)
    )
    await _told(actor, "taken_back", account.id, entry, one["amount_minor"], one["currency"], day, back_id, note)


async def _see_it_is_there(actor: Actor, account: OwnAccount, kind: str, minor: int) -> None:
    """Neither does a run draw interest of the clients' account, nor is its charge made good already."""
    if account.book != "trust":
        return
    if kind == POSTED[Entry.INTEREST][0]:
        await hold_undrawn(actor, account.currency, minor)
    elif (await owed_to_trust(actor)).get(account.currency, 0) < -minor:
        raise Refused(N_("The agency has paid this charge in already: take that back first."), code="paid_in")


async def _told(
    actor: Actor,
    done: str,
    account_id: UUID,
    entry: Entry,
    minor: int,
    currency: str,
    on: date,
    journal_id: UUID,
    note: str = "",
) -> None:
    facts = {"entry": str(entry), "amount_minor": abs(minor), "currency": currency, "on": on, "journal_id": journal_id}
    personal = {"note": note} if note else None
    await record(actor, f"bank_entry.{done}", "bank_account", account_id, facts=facts, personal=personal)
