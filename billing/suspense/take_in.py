"""Money that arrived and that nobody knows: it is in the trust account, so it is in the books (event 12)."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from billing.payments.split import BY_HAND, one_line
from billing.spoken import Spoken
from billing.tables import Channel
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.identity import new_id
from portal.ledger.journal import JournalDraft, cr, dr, post
from portal.ledger.tables import Book
from portal.money import LARGEST_MINOR, is_currency
from portal.pages.formats import date_full
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import savepoint, sql, sql_value

SOURCE: Final = "suspense"
"""The source of journals that bring money into suspense or send it back; matching is a payment's."""

WAYS: Final = tuple(channel for channel in BY_HAND if channel is not Channel.DIRECT)
"""How money that nobody knows may have come."""

INSERT: Final = """
insert into suspense (id, agency_id, why, currency, amount_minor, received_on, channel, payer, reference, journal_id,
                      recorded_by, owner_id, recorded_at)
values ($1, $2, 'unknown', $3, $4, $5, $6, $7, $8, $9, $10, $10, $11)
"""

FORM: Final = """
select s.id from suspense s join journals j on j.agency_id = s.agency_id and j.id = s.journal_id
where s.agency_id = $1 and j.source = $2 and j.external_id = $3
"""

ALIKE: Final = """
select received_on from suspense
where agency_id = $1 and reference = $2 and amount_minor = $3 and currency = $4 and status in ('waiting', 'asked', 'approved')
union all
select received_on from payments p
where agency_id = $1 and external_reference = $2 and amount_minor + surplus_minor + held_minor = $3 and currency = $4
  and reverses is null and not exists (select from payments r where r.agency_id = p.agency_id and r.reverses = p.id)
limit 1
"""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Money that nobody knows, as it came. Minor units."""

    amount_minor: int
    currency: str
    received_on: date
    channel: str = Channel.BANK
    payer: str = ""
    reference: str = ""
    booked_on: date | None = None
    """The day from which on the books have it in suspense, where it was booked as something else until then."""


async def suspend(
    actor: Actor,
    amount_minor: int | None,
    currency: str,
    received_on: date | None,
    channel: str,
    payer: str = "",
    reference: str = "",
    *,
    token: UUID,
) -> UUID:
    """Put money of an unknown payer into suspense; gives its id, also when the same form was sent before.

    Raises:
        Refused: something is missing or cannot be, or money like it with this reference was recorded already.
    """
    actor.require("payments.record")
    external_id = f"form {token}"
    known: UUID | None = await sql_value(FORM, actor.agency_id, SOURCE, external_id)
    if known is not None:
        return known
    day = await _checked(actor, amount_minor, currency, received_on, channel)
    assert amount_minor is not None
    named = one_line(reference)
    await _check_new(actor, named, amount_minor, currency)
    money = Unknown(amount_minor, currency, day, channel, one_line(payer), named)
    suspense_id, _ = await bring_in(actor, SOURCE, external_id, money)
    return suspense_id


async def bring_in(
    actor: Actor, source: str, external_id: str, money: Unknown, bank_account_id: UUID | None = None
) -> tuple[UUID, UUID]:
    """Post money of an unknown payer into suspense; gives its id and the journal's. Raises as `portal.ledger.journal.post`."""
    lines = (
        dr(Book.TRUST, 1000, money.amount_minor, money.currency, bank_account=bank_account_id),
        cr(Book.TRUST, 2020, money.amount_minor, money.currency),
    )
    day = money.booked_on or money.received_on
    async with savepoint():
        [journal_id] = await post(actor, [JournalDraft(source, external_id, "receipt", day, lines)])
    suspense_id = new_id()
    await sql(
        INSERT,
        *(suspense_id, actor.agency_id, money.currency, money.amount_minor, money.received_on, money.channel),
        *(money.payer, money.reference, journal_id, actor.user_id, clock.now()),
    )
    personal = {name: text for name, text in (("payer", money.payer), ("reference", money.reference)) if text}
    facts = {
        "amount_minor": money.amount_minor,
        "currency": money.currency,
        "received_on": money.received_on,
        "journal_id": journal_id,
    }
    await record(actor, "suspense.recorded", "suspense", suspense_id, facts=facts, personal=personal or None)
    return suspense_id, journal_id


async def _checked(
    actor: Actor, amount_minor: int | None, currency: str, received_on: date | None, channel: str
) -> date:
    if amount_minor is None:
        raise Refused(N_("Please fill this in."), field="amount", code="missing")
    if not 0 < amount_minor <= LARGEST_MINOR:
        raise Refused(N_("An amount above zero."), field="amount", code="bad_amount")
    if not is_currency(currency):
        raise Refused(N_("This is not a currency."), field="currency", code="bad_currency")
    if channel not in WAYS:
        raise Refused(N_("Please choose how the money came."), field="channel", code="bad_channel")
    if received_on is None:
        raise Refused(N_("Please fill this in."), field="received_on", code="missing")
    if received_on > await agency_day(actor):
        raise Refused(N_("This day has not come yet."), field="received_on", code="future")
    return received_on


async def _check_new(actor: Actor, reference: str, amount_minor: int, currency: str) -> None:
    before = await sql_value(ALIKE, actor.agency_id, reference, amount_minor, currency) if reference else None
    if before is not None:
        raise Refused(
            N_("Money of this amount with this reference was recorded already, received on %(day)s."),
            field="reference",
            code="reference_used",
            day=Spoken(date_full, before),
        )
