"""What of a payment reaches which invoice of its case: worked out, kept with the payment, given back with it, and read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from billing.payments.split import Split
from cases.invoices.register import standing_of
from cases.invoices.rules import Share, Standing, reach
from portal.pages.formats import amount
from portal.pages.text import N_, translate
from portal.people.actor import Actor
from portal.tenancy.database import sql

KEEP: Final = """
insert into invoice_shares (agency_id, client_id, case_id, payment_id, "on", position, invoice_id, amount_minor, named)
select $1, $2, $3, $4, $5, s.position, s.invoice_id, s.amount_minor, s.named
from unnest($6::uuid[], $7::bigint[], $8::boolean[]) with ordinality as s (invoice_id, amount_minor, named, position)
"""
GIVE_BACK: Final = """
insert into invoice_shares (agency_id, client_id, case_id, payment_id, "on", position, invoice_id, amount_minor, named)
select s.agency_id, s.client_id, s.case_id, r.id, r.received_on, s.position, s.invoice_id, -s.amount_minor, s.named
from payments r join invoice_shares s on s.agency_id = r.agency_id and s.payment_id = r.reverses
where r.agency_id = $1 and r.id = $2
"""
REACHED: Final = """
select s.payment_id, i.number, s.amount_minor, s.named, c.currency from invoice_shares s
join cases c on c.agency_id = s.agency_id and c.id = s.case_id
left join invoices i on i.agency_id = s.agency_id and i.id = s.invoice_id
where s.agency_id = $1 and s.payment_id = any($2) order by s.payment_id, s.position
"""


@dataclass(frozen=True, slots=True)
class Part:
    """What of a payment an invoice got, or, without a number, what went to no single one. Negative when it went back."""

    number: str | None
    amount_minor: int
    named: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """What a payment reached, in its order; said in words where it is shown, in the language spoken there."""

    parts: tuple[Part, ...] = ()
    currency: str = ""

    def __bool__(self) -> bool:
        return bool(self.parts)

    def __str__(self) -> str:
        """``RE-1 400.00, RE-2 100.00 (the oldest due first)``."""
        named = [part.named for part in self.parts]
        why = N_("as the debtor said") if all(named) else N_("as the debtor said, then the oldest due first")
        told = [
            f"{part.number or translate('no single invoice')} {amount(part.amount_minor, self.currency)}"
            for part in self.parts
        ]
        return translate(
            "%(invoices)s (%(why)s)",
            invoices=", ".join(told),
            why=translate(why if any(named) else N_("the oldest due first")),
        )


async def _reach(actor: Actor, split: Split) -> tuple[Standing, list[Share]]:
    """How the invoices of a case stand before a payment, and what it reaches of them."""
    owed = split.case.principal_minor if split.recalled is None else split.recalled.gone.principal_minor
    standing = await standing_of(actor, split.case, owed)
    return standing, reach(split.allocation.parts.principal_minor, standing, split.named)


async def would_reach(actor: Actor, split: Split) -> Reached:
    """What a payment reaches if it is posted now. Writes nothing."""
    standing, shares = await _reach(actor, split)
    numbers = {invoice.id: invoice.number for invoice in standing.invoices}
    parts = (
        Part(numbers[share.invoice_id] if share.invoice_id else None, share.amount_minor, share.named)
        for share in shares
    )
    return Reached(tuple(parts), split.currency)


async def keep_shares(actor: Actor, split: Split, payment_id: UUID) -> None:
    """Keep what a payment reaches, as the case stood when it was divided."""
    if split.allocation.parts.principal_minor:
        _, shares = await _reach(actor, split)
        await sql(
            KEEP,
            *(actor.agency_id, split.case.client_id, split.case.id, payment_id, split.received_on),
            *([share.invoice_id for share in shares], [share.amount_minor for share in shares]),
            [share.named for share in shares],
        )


async def give_back_shares(actor: Actor, reversal_id: UUID) -> None:
    """What a payment had reached is open again, share by share, with the payment that takes it back."""
    await sql(GIVE_BACK, actor.agency_id, reversal_id)


async def reached_by(actor: Actor, payment_ids: Sequence[UUID]) -> Mapping[UUID, Reached]:
    """What each of some payments reached; nothing is said of those that paid no principal."""
    found: dict[UUID, Reached] = {}
    for row in await sql(REACHED, actor.agency_id, list(payment_ids)):
        before = found.get(row["payment_id"], Reached())
        part = Part(row["number"], row["amount_minor"], row["named"])
        found[row["payment_id"]] = Reached((*before.parts, part), row["currency"])
    return found
