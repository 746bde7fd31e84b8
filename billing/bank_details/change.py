"""Changing where money goes: entered by one person, confirmed by another, and told at once to those it concerns.

A changed account is the classic fraud. Until somebody else has confirmed it, no debtor is told to pay there; and a
client's money goes there only some days after that, when all who were told could speak up.
"""

from typing import Final
from uuid import UUID

from billing.bank_details.account import Account, checked
from billing.bank_details.mail import tell_of_change
from billing.bank_details.register import FIELDS, Detail, load_detail
from billing.bank_details.tables import DetailStatus
from billing.bank_details.whose import whose
from billing.remittance.proof import Proof, prove
from cases.clients import load_client
from portal import clock
from portal.audit.record import record
from portal.errors import Refused
from portal.identity import new_id
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_one, sql_value

SHOWN_FOUR: Final = 4
"""So many characters of an account's number stand in the trail and in mail."""

INSERT: Final = """
insert into bank_details (id, agency_id, client_id, version, status, proposed_by, proposed_by_name, proposed_at, currency,
                          holder, iban, account_number, bank_name, branch, bank_code, bic)
select $3, $1, $2, coalesce(max(version), 0) + 1, 'proposed', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
from bank_details where agency_id = $1 and coalesce(client_id, agency_id) = coalesce($2, $1) and currency = $7
"""


async def propose(actor: Actor, account: Account, client_id: UUID | None = None) -> UUID:
    """Enter the agency's account for a currency, or a client's; gives the version's id. Entered again as it stands
    already, it is that version.

    Raises:
        NotFound: there is no such client for the actor.
        Refused: something about it will not do, or another account of this currency waits to be confirmed.
    """
    actor.require(whose(client_id).enters)
    if client_id is not None:
        await load_client(actor, client_id)
    account = checked(account)
    await _alone(actor)
    standing = await sql_one(
        "select id, status from bank_details where agency_id = $1 and coalesce(client_id, agency_id) = coalesce($2, $1)"
        " and currency = $3 and status in ('proposed', 'in_force') order by status desc limit 1",
        *(actor.agency_id, client_id, account.currency),
    )
    if standing is not None:
        kept = await load_detail(actor, standing["id"])
        if kept.account == account:
            return kept.id
        if kept.status is DetailStatus.PROPOSED:
            raise Refused(
                N_("Another account for %(currency)s waits to be confirmed. Take it back first."),
                field="currency",
                code="proposed_already",
                currency=account.currency,
            )
    detail_id = new_id()
    values = [getattr(account, name) for name in FIELDS]
    await sql(INSERT, actor.agency_id, client_id, detail_id, actor.user_id, actor.name, clock.now(), *values)
    await _told(actor, "proposed", detail_id)
    return detail_id


async def confirm(actor: Actor, detail_id: UUID, proof: Proof, secret_key: str) -> None:
    """Confirm an account that somebody else entered: from now on debtors are told to pay there, or the client's money
    goes there once it has rested.

    Raises:
        NotFound: there is no such version here.
        Refused: the actor entered it, it waits no more, or the proof of who they are does not fit.
    """
    seen = await load_detail(actor, detail_id)
    actor.require(whose(seen.client_id).confirms)
    _check_waits(actor, seen)
    await prove(actor, proof, secret_key)
    await _alone(actor)
    detail = await load_detail(actor, detail_id)
    _check_waits(actor, detail)
    now = clock.now()
    await sql(
        "update bank_details set status = 'replaced', ended_at = $4"
        " where agency_id = $1 and coalesce(client_id, agency_id) = coalesce($2, $1) and currency = $3"
        " and status = 'in_force'",
        *(actor.agency_id, detail.client_id, detail.currency, now),
    )
    await sql(
        "update bank_details set status = 'in_force', decided_by = $3, decided_by_name = $4, decided_at = $5"
        " where agency_id = $1 and id = $2 and status = 'proposed'",
        *(actor.agency_id, detail.id, actor.user_id, actor.name, now),
    )
    await _told(actor, "confirmed", detail.id)


async def decline(actor: Actor, detail_id: UUID) -> None:
    """Say no to an account that waits, or take one's own back.

    Raises:
        NotFound: there is no such version here.
        Refused: it waits no more.
    """
    of = whose((await load_detail(actor, detail_id)).client_id)
    if not actor.may(of.enters):
        actor.require(of.confirms)
    done = await sql_value(
        "update bank_details set status = 'declined', decided_by = $3, decided_by_name = $4, decided_at = $5"
        " where agency_id = $1 and id = $2 and status = 'proposed' returning id",
        *(actor.agency_id, detail_id, actor.user_id, actor.name, clock.now()),
    )
    if done is None:
        raise Refused(N_("This was decided already."), code="decided")
    await _told(actor, "declined", detail_id)


async def end(actor: Actor, detail_id: UUID) -> None:
    """Have no money sent to an account any more. That needs no second person: nobody is paid elsewhere by it.

    Raises:
        NotFound: there is no such version here.
        Refused: it is not shown.
    """
    actor.require(whose((await load_detail(actor, detail_id)).client_id).enters)
    done = await sql_value(
        "update bank_details set status = 'ended', ended_by_name = $3, ended_at = $4"
        " where agency_id = $1 and id = $2 and status = 'in_force' returning id",
        *(actor.agency_id, detail_id, actor.name, clock.now()),
    )
    if done is None:
        raise Refused(N_("This account is in force no more."), code="not_in_force")
    await _told(actor, "ended", detail_id)


def _check_waits(actor: Actor, detail: Detail) -> None:
    if detail.status is not DetailStatus.PROPOSED:
        raise Refused(N_("This was decided already."), code="decided")
    if detail.proposed_by == actor.user_id:
        raise Refused(whose(detail.client_id).not_alone, code="four_eyes")


async def _alone(actor: Actor) -> None:
    """One change of an agency's accounts at a time."""
    await sql("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"bank details of {actor.agency_id}")


async def _told(actor: Actor, done: str, detail_id: UUID) -> None:
    """The trail and everybody whom it concerns learn what was done."""
    detail = await load_detail(actor, detail_id)
    facts = {"currency": detail.currency, "version": detail.version, "account_ends": last_four(detail.account)}
    subject = whose(detail.client_id).subject
    await record(actor, f"{subject}.{done}", subject, detail_id, client_id=detail.client_id, facts=facts)
    await tell_of_change(actor, detail, f"{subject}.{done}")


def last_four(account: Account) -> str:
    """The end of an account's number, by which a person knows it without reading all of it."""
    return (account.iban or account.account_number)[-SHOWN_FOUR:]
