"""The pieces of opening balances: each client's money, and money that is nobody's or a debtor's, by what it was known by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from billing.openings.prepare import change
from billing.openings.register import Opening
from billing.openings.tables import ItemKind
from billing.spoken import Spoken
from portal.audit.record import record
from portal.errors import NotFound, Refused
from portal.identity import new_id
from portal.money import LARGEST_MINOR
from portal.pages.formats import date_full
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_value

LONGEST: Final = 140
MOST_ITEMS: Final = 5_000
"""In all; they become one journal and the lines of statements."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenItem:
    """A piece as somebody writes it down, in minor units. Funds name their client, and nothing else does."""

    kind: ItemKind
    client_id: UUID | None
    reference: str
    debtor_name: str
    received_on: date | None
    amount_minor: int | None


# The case is the client's that is known by this reference, where just one is.
ADD: Final = """
insert into opening_items (id, agency_id, opening_id, kind, client_id, case_id, reference, debtor_name, received_on, amount_minor)
select t.id, $1, $2, t.kind, t.client_id, found.case_id, t.reference, coalesce(nullif(t.debtor_name, ''), found.debtor_name, ''),
       t.received_on, t.amount_minor
from unnest($3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::date[], $9::bigint[])
     as t (id, kind, client_id, reference, debtor_name, received_on, amount_minor)
left join lateral (
    select min(c.id::text)::uuid as case_id, min(c.debtor_name) as debtor_name from cases c
    where c.agency_id = $1 and c.client_id = t.client_id and c.currency = $10 and t.reference <> ''
      and t.reference in (c.number, c.reference) having count(*) = 1) found on true
"""


async def add_items(actor: Actor, opening_id: UUID, given: Sequence[GivenItem]) -> None:
    """Write pieces down. A reference that just one case of the client has ties the piece to that case.

    Raises:
        NotFound: there is no such draft, or no such client.
        Refused: it is no draft any more, or a piece will not do.
    """
    opening = await change(actor, opening_id)
    if opening.items + len(given) > MOST_ITEMS:
        raise Refused(N_("At most %(limit)s pieces."), code="too_many", limit=MOST_ITEMS)
    for item in given:
        check_item(item, opening)
    clients = list({item.client_id for item in given if item.client_id is not None})
    known = await sql_value(
        "select count(*) from clients where agency_id = $1 and id = any($2)", actor.agency_id, clients
    )
    if known != len(clients):
        raise NotFound
    await sql(
        ADD,
        *(actor.agency_id, opening.id, sorted(new_id() for _ in given), [item.kind.value for item in given]),
        *([item.client_id for item in given], [item.reference for item in given], [item.debtor_name for item in given]),
        *([item.received_on for item in given], [item.amount_minor for item in given], opening.currency),
    )
    facts = {
        "currency": opening.currency,
        "count": len(given),
        "amount_minor": sum(item.amount_minor or 0 for item in given),
    }
    await record(actor, "opening.items_added", "opening", opening.id, facts=facts)


async def remove_item(actor: Actor, opening_id: UUID, item_id: UUID | None) -> None:
    """Strike a piece out, or all of them; what is not there any more changes nothing.

    Raises:
        NotFound: there is no such draft.
        Refused: it is no draft any more.
    """
    opening = await change(actor, opening_id)
    gone = await sql(
        "delete from opening_items where agency_id = $1 and opening_id = $2 and ($3::uuid is null or id = $3)"
        " returning amount_minor",
        *(actor.agency_id, opening.id, item_id),
    )
    facts = {"currency": opening.currency, "count": len(gone), "amount_minor": sum(row["amount_minor"] for row in gone)}
    await record(actor, "opening.items_removed", "opening", opening.id, facts=facts)


def check_item(item: GivenItem, opening: Opening) -> None:
    """Look a piece over.

    Raises:
        Refused: something is missing, or it came after the day.
    """
    if item.kind is ItemKind.FUNDS and item.client_id is None:
        raise Refused(N_("Please choose whose it is."), field="client", code="missing")
    if item.kind is not ItemKind.FUNDS and item.client_id is not None:
        raise Refused(N_("Only a client's money names a client."), field="client", code="not_funds")
    if not item.reference and not item.debtor_name:
        raise Refused(
            N_("A reference or who paid: by something it must be known again."), field="reference", code="missing"
        )
    if max(len(item.reference), len(item.debtor_name)) > LONGEST:
        raise Refused(N_("At most %(limit)s characters."), field="reference", code="too_long", limit=LONGEST)
    if item.received_on is None:
        raise Refused(N_("Please fill this in."), field="received_on", code="missing")
    if item.received_on > opening.effective_on:
        raise Refused(
            N_("What came after %(day)s is booked here as a payment."), field="received_on", code="later",
            day=Spoken(date_full, opening.effective_on),
        )  # fmt: skip
    if item.amount_minor is None:
        raise Refused(N_("Please fill this in."), field="amount", code="missing")
    if not 0 < item.amount_minor <= LARGEST_MINOR:
        raise Refused(N_("An amount above zero."), field="amount", code="bad_amount")
