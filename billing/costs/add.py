"""A cost is entered: what the agency advanced is owed to it, and what is the debtor's to bear is owed on the case (event 16).

What the client paid itself is owed by the debtor, and nothing else is booked: its money is none of ours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from billing.bank.accounts import open_accounts
from billing.costs.words import Advancer, Kind
from billing.spoken import Spoken
from cases.casework import CaseFile, load_case, tell
from cases.situation import refresh
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.ledger.journal import JournalDraft, Line, cr, dr, owe_more, post
from portal.ledger.tables import Book, Component
from portal.money import LARGEST_MINOR
from portal.pages.formats import date_full
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import savepoint, sql, sql_value

SOURCE: Final = "costs"
"""The source of their journals."""

INSERT: Final = """
insert into case_costs (id, agency_id, client_id, case_id, document_id, kind, what, currency, amount_minor, paid_on,
                        advanced_by, on_debtor, note, journal_id, added_by, added_by_name, added_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
"""
MADE: Final = "select case_id from case_costs where agency_id = $1 and id = $2"
DOCUMENT: Final = "select id from documents where agency_id = $1 and case_id = $2 and id = $3 and state = 'released'"


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedCost:
    """A cost as it is entered, in minor units of the case's currency."""

    kind: str
    amount_minor: int | None
    paid_on: date | None
    advanced_by: str = Advancer.AGENCY
    on_debtor: bool = True
    """The debtor owes it; else the client alone."""
    what: str = ""
    note: str = ""
    document_id: UUID | None = None
    bank_account_id: UUID | None = None
    """The operating account that it was paid from, where the agency paid; None is its first."""


async def add_cost(actor: Actor, case_id: UUID, wanted: WantedCost, token: UUID) -> UUID:
    """Book a cost on a case; ``token`` is the form's and becomes its id, so that the same form sent again adds nothing.

    Raises:
        NotFound: there is no such case or document for the actor, or the token is another case's.
        Refused: it will not do, or its period is closed; the text says why.
    """
    actor.require("costs.add")
    case = await load_case(actor, case_id, lock=True)
    made = await sql_value(MADE, actor.agency_id, token)
    if made is not None:
        if made != case.id:
            raise NotFound
        return token
    kind, minor, day = _kind(wanted), _amount(wanted), await _day(actor, case, wanted.paid_on)
    _check_bearer(case, wanted)
    if wanted.document_id and not await sql_value(DOCUMENT, actor.agency_id, case.id, wanted.document_id):
        raise NotFound
    ours = wanted.advanced_by == Advancer.AGENCY
    account = await _account(actor, case, wanted) if ours else None
    lines = tuple(_lines(case, minor, account, ours=ours, on_debtor=wanted.on_debtor))
    async with savepoint():
        [journal_id] = await post(
            actor, [JournalDraft(SOURCE, str(token), "advance" if ours else "costs of the client", day, lines)]
        )
    await sql(
        INSERT,
        *(token, actor.agency_id, case.client_id, case.id, wanted.document_id, kind, wanted.what.strip()),
        *(case.currency, minor, day, wanted.advanced_by, wanted.on_debtor, wanted.note.strip(), journal_id),
        *(actor.user_id, actor.name, clock.now()),
    )
    facts = {
        "cost_kind": str(kind), "amount_minor": minor, "currency": case.currency, "paid_on": day,
        "advanced_by": wanted.advanced_by, "on_debtor": wanted.on_debtor,
    }  # fmt: skip
    await tell(actor, case, "cost.added", "money", {"cost_id": token, **facts})
    typed = {"text": wanted.what.strip(), "note": wanted.note.strip()}
    await record(
        actor, "cost.added", "cost", token, client_id=case.client_id,
        facts={**facts, "case_id": case.id, "journal_id": journal_id},
        personal={name: text for name, text in typed.items() if text} or None,
    )  # fmt: skip
    await refresh(actor, case.id)
    return token


async def _account(actor: Actor, case: CaseFile, wanted: WantedCost) -> UUID | None:
    """The account that the money left; one that is open, of the agency's own in this currency."""
    if wanted.bank_account_id is None:
        return None
    if wanted.bank_account_id not in {each["id"] for each in await open_accounts(actor, "operating", case.currency)}:
        raise Refused(N_("Please choose."), field="account", code="unknown")
    return wanted.bank_account_id


def _lines(case: CaseFile, minor: int, account: UUID | None, *, ours: bool, on_debtor: bool) -> Iterator[Line]:
    if ours:
        yield dr(Book.OPERATING, 1240, minor, case.currency, client=case.client_id)
        yield cr(Book.OPERATING, 1100, minor, case.currency, bank_account=account)
    if on_debtor:
        yield from owe_more(case.id, Component.COSTS, minor, case.currency, client=case.client_id)


def _kind(wanted: WantedCost) -> Kind:
    try:
        kind = Kind(wanted.kind)
    except ValueError:
        raise Refused(N_("Please choose."), field="kind", code="missing") from None
    if kind is Kind.OTHER and not wanted.what.strip():
        raise Refused(N_("Please say what it was."), field="what", code="missing")
    return kind


def _amount(wanted: WantedCost) -> int:
    if wanted.amount_minor is None:
        raise Refused(N_("Please fill this in."), field="amount", code="missing")
    if not 0 < wanted.amount_minor <= LARGEST_MINOR:
        raise Refused(N_("An amount above zero."), field="amount", code="out_of_range")
    return wanted.amount_minor


async def _day(actor: Actor, case: CaseFile, paid_on: date | None) -> date:
    if paid_on is None:
        raise Refused(N_("Please fill this in."), field="paid_on", code="missing")
    if paid_on > await agency_day(actor):
        raise Refused(N_("This day has not come yet."), field="paid_on", code="future")
    if paid_on < case.placed_on:
        raise Refused(
            N_("The case was placed on %(day)s: what was paid before is part of its claim."),
            field="paid_on", code="before_placement", day=Spoken(date_full, case.placed_on),
        )  # fmt: skip
    return paid_on


def _check_bearer(case: CaseFile, wanted: WantedCost) -> None:
    """Somebody owes it whom we ask: the debtor of an open case, or the client for what we paid."""
    if wanted.advanced_by not in set(Advancer):
        raise Refused(N_("Please choose."), field="who", code="missing")
    if wanted.on_debtor and not case.is_open:
        raise Refused(
            N_("The case is closed: its debtor is asked for nothing any more."), field="who", code="case_closed"
        )
    if not wanted.on_debtor and wanted.advanced_by == Advancer.CLIENT:
        raise Refused(
            N_("What the client paid and the debtor does not owe is nothing to book here."), field="who", code="nobody"
        )
