"""Changing a client's terms. Where it is paid takes two people, and is changed apart."""

import re
from dataclasses import asdict, dataclass
from typing import Final
from uuid import UUID

from cases.clients import ClientFile, Terms, check, check_name_is_free, load_client, lock_clients
from portal.audit.record import record
from portal.editing import ChangedMeanwhile, changed_fields, latest_change
from portal.errors import Refused
from portal.money import is_currency
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_value

CHANGED: Final = "client.changed"
_PREFIX: Final = re.compile(r"[A-Z0-9]{1,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedTerms(Terms):
    """A client's terms as its owner edits them."""

    statement_prefix: str = ""
    payout_currencies: str = ""
    """What it is paid out in another currency than was collected: ``USD>GBP``, comma-separated, in order."""
    exchange_gain: str = "client"
    """Whose a better rate than the quoted one is: ``client`` or ``agency``."""


def edited(client: ClientFile) -> EditedTerms:
    """The part of a client that can be edited."""
    return EditedTerms(**{name: getattr(client, name) for name in EditedTerms.__dataclass_fields__})


async def prefix_is_fixed(actor: Actor, client_id: UUID) -> bool:
    """Whether statements were numbered with the client's prefix: the series goes on under it."""
    return bool(
        await sql_value(
            "select exists (select from number_series where agency_id = $1 and series = $2 and last > 0)",
            *(actor.agency_id, f"statements of {client_id}"),
        )
    )


async def change_terms(actor: Actor, client_id: UUID, wanted: EditedTerms, seen: EditedTerms) -> None:
    """Keep a client's terms, which were ``seen`` when the change began. They hold for what happens from now on.

    Raises:
        NotFound: there is no such client.
        ChangedMeanwhile: they were other ones by then.
        Refused: something will not do, with its field.
    """
    actor.require("clients.manage")
    await lock_clients(actor)
    before = edited(await load_client(actor, client_id, lock=True))
    if before != seen:
        raise ChangedMeanwhile(before, await latest_change(actor, CHANGED, "client", client_id))
    check(wanted, before)
    _check_exchange(wanted)
    old, new = asdict(before), asdict(wanted)
    changed = changed_fields(old, new)
    if not changed:
        return
    if "name" in changed:
        await check_name_is_free(actor, wanted.name, client_id)
    if "statement_prefix" in changed:
        await _check_prefix(actor, client_id, wanted.statement_prefix)
    assignments = ", ".join(f"{name} = ${place}" for place, name in enumerate(changed, start=3))
    await sql(
        f"update clients set {assignments} where agency_id = $1 and id = $2",  # noqa: S608 - own column names
        *(actor.agency_id, client_id, *(new[name] for name in changed)),
    )
    plain = [name for name in changed if name != "address"]
    await record(
        actor, CHANGED, "client", client_id, client_id=client_id,
        facts={"currency": actor.base_currency}, before={name: old[name] for name in plain}, after={name: new[name] for name in plain},
        personal={"address_before": before.address, "address": wanted.address} if "address" in changed else None,
    )  # fmt: skip


def _check_exchange(terms: EditedTerms) -> None:
    if terms.exchange_gain not in ("client", "agency"):
        raise Refused(N_("Please choose one of the list."), field="exchange_gain", code="unknown")
    pairs = [pair.split(">") for pair in terms.payout_currencies.split(",") if pair]
    for pair in pairs:
        if len(pair) != 2 or pair[0] == pair[1] or not all(map(is_currency, pair)):
            raise Refused(N_("Please choose one of the list."), field=f"pays_in_{pair[0]}", code="unknown")
    collected = [pair[0] for pair in pairs]
    if collected != sorted(set(collected)):
        raise Refused(N_("Please choose one of the list."), field="payout_currencies", code="unknown")


async def _check_prefix(actor: Actor, client_id: UUID, prefix: str) -> None:
    if await prefix_is_fixed(actor, client_id):
        raise Refused(N_("Statements were numbered with this already."), field="statement_prefix", code="fixed")
    if not _PREFIX.fullmatch(prefix):
        raise Refused(N_("1 to 8 capital letters and digits."), field="statement_prefix", code="bad_prefix")
    taken = await sql_value(
        "select exists (select from clients where agency_id = $1 and statement_prefix = $2 and id <> $3)",
        *(actor.agency_id, prefix, client_id),
    )
    if taken:
        raise Refused(N_("Another client's statements begin with it."), field="statement_prefix", code="taken")
