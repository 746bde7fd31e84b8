"""The accounts that a run pays: who entered them, and whether they are still what was approved."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from billing.bank.confirming import own_payee
from billing.bank_details.register import load_detail
from billing.remittance.run import Run
from billing.spoken import Spoken
from portal.errors import Refused
from portal.pages.formats import date_full
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agency_time import agency_zone
from portal.tenancy.database import sql, sql_value

ENTERED: Final = """
select k.name from statements s join clients k on k.agency_id = s.agency_id and k.id = s.client_id
join bank_details d on d.agency_id = s.agency_id and d.id::text = s.letterhead ->> 'account_id'
where s.agency_id = $1 and s.run_id = $2 and not s.deferred and s.net_minor > 0 and d.proposed_by = $3
order by k.name limit 1
"""

GIVEN_UP: Final = """
select k.name from statements s join clients k on k.agency_id = s.agency_id and k.id = s.client_id
join bank_details d on d.agency_id = s.agency_id and d.id::text = s.letterhead ->> 'account_id'
where s.agency_id = $1 and s.run_id = $2 and not s.deferred and s.net_minor > 0 and d.status in ('replaced', 'ended')
order by k.name
"""

# Where the money of a statement goes: to the account that was approved; where that was given up since, and no payment file
# was made before, to the one that is in force now.
PAYEES: Final = """
select s.id as statement_id, k.name as client_name, case when since.is_given_up then f.id else d.id end as detail_id
from statements s join clients k on k.agency_id = s.agency_id and k.id = s.client_id
join bank_details d on d.agency_id = s.agency_id and d.id::text = s.letterhead ->> 'account_id'
left join bank_details f on f.agency_id = s.agency_id and f.client_id = s.client_id and f.currency = d.currency
     and f.status = 'in_force'
left join payment_files p on p.agency_id = s.agency_id and p.run_id = s.run_id and p.currency = d.currency
     and (d.iban <> '' or d.currency <> 'EUR')
cross join lateral (
    select d.status in ('replaced', 'ended') and coalesce(p.made_at >= coalesce(d.ended_at, min(n.decided_at)), true) as is_given_up
    from bank_details n where n.agency_id = d.agency_id and n.client_id = d.client_id and n.currency = d.currency
      and n.version > d.version and n.status <> 'declined') since
where s.agency_id = $1 and s.id = any($2) and s.net_minor > 0 order by k.name
"""


@dataclass(frozen=True, slots=True)
class Payee:
    """Where the money of a statement goes; None where the approved account was given up and none is in force."""

    statement_id: UUID
    client_name: str
    detail_id: UUID | None


async def payees_of(actor: Actor, statement_ids: Collection[UUID]) -> list[Payee]:
    """The accounts that statements are paid to, of those that were approved with one."""
    return [Payee(**row) for row in await sql(PAYEES, actor.agency_id, list(statement_ids))]


async def check_rested(actor: Actor, payees: Sequence[Payee], day: date) -> None:
    """Nobody is paid to an account that was changed a moment ago: whoever was told of it could still speak up.

    Raises:
        Refused: an account rests on that day, or was taken away and none is in its place.
    """
    for payee in payees:
        if payee.detail_id is None:
            raise Refused(
                N_("The account of %(client)s was taken away, and none is in its place: nothing can be paid to it."),
                code="no_account",
                client=payee.client_name,
            )
        await check_account_rested(actor, payee.detail_id, payee.client_name, day)


async def check_account_rested(actor: Actor, detail_id: UUID, client_name: str, day: date) -> None:
    """Whether an account of a client may be paid to on a day.

    Raises:
        Refused: it was changed a moment ago, and rests.
    """
    first = (await load_detail(actor, detail_id)).payable_from(await agency_zone(actor))
    if day < first:
        raise Refused(
            N_("The account of %(client)s was changed: nothing is paid there before %(day)s."),
            field="paid_on",
            code="account_rests",
            client=client_name,
            day=Spoken(date_full, first),
        )


async def check_not_enterer(actor: Actor, run: Run) -> None:
    """Whoever changed the account of a client last, or entered the agency's own, does not approve that money goes there.

    Raises:
        Refused: the actor did.
    """
    own = await own_payee(actor, run.currency) if run.kept_minor else None
    if own is not None and own.created_by == actor.user_id:
        raise Refused(
            N_(
                "You entered the agency's own account, so that somebody else approves what is paid there. No money leaves on"
                " one person's word."
            ),
            code="own_four_eyes",
        )
    name = await sql_value(ENTERED, actor.agency_id, run.id, actor.user_id)
    if name is not None:
        raise Refused(
            N_(
                "You entered the account of %(client)s, so that somebody else approves what is paid there. No money leaves"
                " on one person's word."
            ),
            code="payee_four_eyes",
            client=name,
        )


async def given_up_since(actor: Actor, run_id: UUID) -> list[str]:
    """The clients whose account was replaced or taken away since the run was approved, by name."""
    return [row["name"] for row in await sql(GIVEN_UP, actor.agency_id, run_id)]
