"""Changing a client's terms: at once, or, of how it is paid, from its next cycle on. Where it is paid takes two people, and
is changed apart.
"""

import re
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final
from uuid import UUID

from cases.clients import ClientFile, Terms, check, check_name_is_free, load_client, lock_clients
from cases.remittance_terms import FIELDS, PayingOut, Told, agree, agreed_with
from portal.audit.record import record
from portal.editing import ChangedMeanwhile, changed_fields, latest_change
from portal.errors import Refused
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.tenancy.database import sql, sql_value

CHANGED: Final = "client.changed"
_PREFIX: Final = re.compile(r"[A-Z0-9]{1,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedTerms(Terms):
    """A client's terms as its owner edits them; how it is paid is what was agreed last."""

    statement_prefix: str = ""


def edited(client: ClientFile, paying_out: PayingOut) -> EditedTerms:
    """The part of a client that can be edited, with how it is paid by what was agreed last."""
    kept = {name: getattr(client, name) for name in EditedTerms.__dataclass_fields__ if name not in FIELDS}
    return EditedTerms(**kept, **asdict(paying_out))


async def prefix_is_fixed(actor: Actor, client_id: UUID) -> bool:
    """Whether statements were numbered with the client's prefix: the series goes on under it."""
    return bool(
        await sql_value(
            "select exists (select from number_series where agency_id = $1 and series = $2 and last > 0)",
            *(actor.agency_id, f"statements of {client_id}"),
        )
    )


async def change_terms(actor: Actor, client_id: UUID, wanted: EditedTerms, seen: EditedTerms, told: Told) -> None:
    """Keep a client's terms, which were ``seen`` when the change began. They hold for what happens from now on; how it is
    paid changes with its next cycle, which ``told`` settles.

    Raises:
        NotFound: there is no such client.
        ChangedMeanwhile: they were other ones by then.
        Refused: something will not do, with its field.
    """
    actor.require("clients.manage")
    await lock_clients(actor)
    client = await load_client(actor, client_id, lock=True)
    before = edited(client, (await agreed_with(actor, client_id)).latest)
    if before != seen:
        raise ChangedMeanwhile(before, await latest_change(actor, CHANGED, "client", client_id))
    check(wanted, before)
    old, new = asdict(before), asdict(wanted)
    changed = changed_fields(old, new)
    if not changed:
        return
    if "name" in changed:
        await check_name_is_free(actor, wanted.name, client_id)
    if "statement_prefix" in changed:
        await _check_prefix(actor, client_id, wanted.statement_prefix)
    await _keep(actor, client_id, {name: new[name] for name in changed if name not in FIELDS})
    since = await agree(actor, client_id, wanted.paying_out, told) if set(changed) & set(FIELDS) else None
    await _record(actor, client_id, old, new, since)


async def withdraw_change(actor: Actor, client_id: UUID, told: Told) -> None:
    """Have a client be paid on as it is; the change of it that waits never holds. Nothing happens where none waits.

    Raises:
        NotFound: there is no such client.
    """
    actor.require("clients.manage")
    await lock_clients(actor)
    client = await load_client(actor, client_id, lock=True)
    agreed = await agreed_with(actor, client_id)
    if agreed.coming is None:
        return
    await agree(actor, client_id, agreed.current, told)
    old, new = (asdict(edited(client, terms)) for terms in (agreed.coming, agreed.current))
    await _record(actor, client_id, old, new, None)


async def _keep(actor: Actor, client_id: UUID, columns: dict[str, object]) -> None:
    if not columns:
        return
    assignments = ", ".join(f"{name} = ${place}" for place, name in enumerate(columns, start=3))
    await sql(
        f"update clients set {assignments} where agency_id = $1 and id = $2",  # noqa: S608 - own column names
        *(actor.agency_id, client_id, *columns.values()),
    )


async def _record(
    actor: Actor, client_id: UUID, old: dict[str, object], new: dict[str, object], since: date | None
) -> None:
    """What changed, and, of how the client is paid, from which day on; none where nothing waits by it."""
    changed = changed_fields(old, new)
    plain = [name for name in changed if name != "address"]
    facts: dict[str, object] = {"currency": actor.base_currency}
    if since is not None:
        facts["remittance_from"] = since
    await record(
        actor, CHANGED, "client", client_id, client_id=client_id,
        facts=facts, before={name: old[name] for name in plain}, after={name: new[name] for name in plain},
        personal={"address_before": str(old["address"]), "address": str(new["address"])} if "address" in changed else None,
    )  # fmt: skip


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
