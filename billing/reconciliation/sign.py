"""Signing a reconciliation: one person says that it is right, another looks and signs too. It becomes a document then."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from billing.reconciliation.bank import Items
from billing.reconciliation.document import as_pdf
from billing.reconciliation.three_way import ThreeWay, three_ways
from billing.remittance.proof import Proof, prove
from billing.spoken import Spoken
from portal import clock
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.jobs import enqueue
from portal.pages.formats import date_full
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_day
from portal.tenancy.database import sql, sql_one, sql_value

SELECT: Final = """
select id, currency, on_day, bank_minor, ledger_minor, funds_minor, figures, first_by, first_by_name, first_at, second_by_name,
second_at, document_sha256
from reconciliations where agency_id = $1
"""
OF_DAY: Final = f"{SELECT} and on_day = $2 order by currency"
RECENT: Final = f"{SELECT} order by on_day desc, currency limit 24"
INSERT: Final = """
insert into reconciliations (id, agency_id, currency, on_day, bank_minor, ledger_minor, funds_minor, figures, first_by,
                             first_by_name, first_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (agency_id, on_day, currency) do nothing returning id
"""
SIGN: Final = """
update reconciliations set second_by = $3, second_by_name = $4, second_at = $5, document = $6, document_sha256 = $7
where agency_id = $1 and id = $2 and second_at is null
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A reconciliation that one person signed, or two. Minor units of ``currency``."""

    id: UUID
    currency: str
    on_day: date
    bank_minor: int | None
    ledger_minor: int
    funds_minor: int
    figures: dict[str, Any]
    first_by: UUID
    first_by_name: str
    first_at: datetime
    second_by_name: str
    second_at: datetime | None
    document_sha256: bytes | None


async def signed_on(actor: Actor, day: date) -> dict[str, Signed]:
    """What was signed for a day, by currency."""
    return {one.currency: one for one in _signed(await sql(OF_DAY, actor.agency_id, day))}


async def recently_signed(actor: Actor) -> list[Signed]:
    """What was signed last, the latest day first."""
    return _signed(await sql(RECENT, actor.agency_id))


def _signed(rows: Sequence[Any]) -> list[Signed]:
    return [Signed(**{**row, "figures": json.loads(row["figures"])}) for row in rows]


async def load_signed(actor: Actor, reconciliation_id: UUID) -> Signed:
    """One that was signed.

    Raises:
        NotFound: there is none for the actor.
    """
    actor.require("reconciliations.read")
    rows = await sql(f"{SELECT} and id = $2", actor.agency_id, reconciliation_id)
    if not rows:
        raise NotFound
    return _signed(rows)[0]


async def sign_first(actor: Actor, currency: str, day: date) -> UUID:
    """Say that the trust money of a currency is right at the end of a day, with what is seen now; gives its id.

    Raises:
        NotFound: there is no trust money in this currency.
        Refused: the day is not over, somebody signed it already, the ledger and the funds differ, or so do the bank and
            the ledger by something that no item explains.
    """
    actor.require("reconciliations.sign")
    if day >= await agency_day(actor):
        raise Refused(N_("This day is not over yet."), code="not_over")
    found = next((one for one in (await three_ways(actor, day))[0] if one.currency == currency), None)
    if found is None:
        raise NotFound
    signed = Refused(N_("%(day)s is signed already."), code="signed", day=Spoken(date_full, day))
    if currency in await signed_on(actor, day):
        raise signed
    if not found.is_even:
        raise Refused(N_("The sides differ: clear what lies between them first."), code="differs")
    reconciliation_id = await sql_value(
        INSERT, new_id(), actor.agency_id, currency, day, found.bank_minor, found.ledger_minor, found.funds_minor,
        json.dumps(figures_of(found), ensure_ascii=False), actor.user_id, actor.name, clock.now(),
    )  # fmt: skip
    if reconciliation_id is None:  # somebody signs it at this moment
        raise signed
    await _told(actor, "reconciliation.signed_first", await load_signed(actor, reconciliation_id))
    return UUID(str(reconciliation_id))


async def sign_second(actor: Actor, reconciliation_id: UUID, proof: Proof, secret_key: str) -> None:
    """Sign what somebody else signed, with a second factor. The document is made of what both saw.

    Raises:
        NotFound: there is none.
        Refused: the actor signed it first, it is signed by two, the figures are others by now, or the proof does not fit.
    """
    actor.require("reconciliations.sign")
    _check(actor, await load_signed(actor, reconciliation_id))
    await prove(actor, proof, secret_key)
    await sql(
        "select from reconciliations where agency_id = $1 and id = $2 for update", actor.agency_id, reconciliation_id
    )
    signed = await load_signed(actor, reconciliation_id)
    _check(actor, signed)
    now = next((one for one in (await three_ways(actor, signed.on_day))[0] if one.currency == signed.currency), None)
    if now is None or figures_of(now) != signed.figures:
        raise Refused(
            N_("Something of that day was posted or told by the bank since it was signed. Sign it anew."), code="stale"
        )
    at = clock.now()
    head = await sql_one("select name, address, licence, time_zone from agencies where id = $1", actor.agency_id)
    assert head is not None
    document = await asyncio.to_thread(as_pdf, signed, dict(head), actor.name, at, actor.language)
    digest = sha256(document).digest()
    await sql(SIGN, actor.agency_id, signed.id, actor.user_id, actor.name, at, document, digest)
    await _told(actor, "reconciliation.signed_second", signed, sha256=digest.hex())
    await enqueue("notices.look", {"agency_id": actor.agency_id})


async def withdraw(actor: Actor, reconciliation_id: UUID) -> None:
    """Take back what only one person has signed.

    Raises:
        NotFound: there is none.
        Refused: two have signed it.
    """
    actor.require("reconciliations.sign")
    signed = await load_signed(actor, reconciliation_id)
    gone = await sql_value(
        "delete from reconciliations where agency_id = $1 and id = $2 and second_at is null returning id",
        *(actor.agency_id, signed.id),
    )
    if gone is None:  # the other signs it at this moment, or has
        raise Refused(N_("Two have signed it: it stays."), code="final")
    await _told(actor, "reconciliation.withdrawn", signed)


async def document_of(actor: Actor, reconciliation_id: UUID) -> bytes:
    """The document of a reconciliation that two signed, the same bytes each time.

    Raises:
        NotFound: there is none yet.
    """
    await load_signed(actor, reconciliation_id)
    row = await sql_one(
        "select document from reconciliations where agency_id = $1 and id = $2", actor.agency_id, reconciliation_id
    )
    if row is None or row["document"] is None:
        raise NotFound
    return bytes(row["document"])


def _check(actor: Actor, signed: Signed) -> None:
    if signed.second_at is not None:
        raise Refused(N_("%(name)s has signed it already."), code="signed", name=signed.second_by_name)
    if signed.first_by == actor.user_id:
        raise Refused(N_("You signed first, so that somebody else signs now."), code="four_eyes")


def figures_of(found: ThreeWay) -> dict[str, Any]:
    """What is signed, as JSON."""
    return {
        "accounts": [
            {
                "name": account.name, "ends": account.ends, "number": account.number,
                "closing_on": account.closing_on.isoformat() if account.closing_on else None,
                "closing_minor": account.closing_minor, "ledger_minor": account.ledger_minor,
                "outstanding_minor": account.outstanding.total_minor, "outstanding": account.outstanding.count,
                "not_booked_minor": account.not_booked.total_minor, "not_booked": account.not_booked.count,
                "adjusted_minor": account.adjusted_minor,
                "between": [_listed(account.outstanding, 1), _listed(account.not_booked, -1)],
            }
            for account in found.accounts
        ],
        "funds": [[number, minor] for number, minor in found.lines],
    }  # fmt: skip


def _listed(items: Items, sign: int) -> list[list[Any]]:
    """The items of one kind that are listed, signed as they lead from the bank's word to the books."""
    return [[item.on.isoformat(), item.what, sign * item.minor, item.own_name] for item in items.listed]


async def _told(actor: Actor, action: str, signed: Signed, **more: object) -> None:
    facts = {
        "currency": signed.currency, "on_day": signed.on_day, "ledger_minor": signed.ledger_minor,
        "bank_minor": signed.bank_minor, "funds_minor": signed.funds_minor, **more,
    }  # fmt: skip
    await record(actor, action, "reconciliation", signed.id, facts=facts)
