"""How an agency takes cards, as its owner decides it; and the connected account, which only the operator names.

An account under the platform is reached with the platform's key: whoever could name any account could reach any.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg
from asyncpg import UniqueViolationError

from billing.cards.accounts import METHODS
from billing.cards.tables import AccountMode
from billing.cards.vault import seal
from portal import clock
from portal.audit.record import record
from portal.editing import ChangedMeanwhile, changed_fields, latest_change
from portal.errors import Refused
from portal.identity import new_id
from portal.pages.text import N_
from portal.people.actor import Actor
from portal.people.agencies import list_agencies
from portal.tenancy.database import savepoint, sql, sql_one, transaction

CHANGED: Final = "card_account.changed"
ENDS: Final = 4
"""So many last letters of a secret are shown, to recognise it by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAccount:
    """What is kept, without the secrets."""

    mode: AccountMode = AccountMode.CONNECTED
    account_id: str = ""
    publishable_key: str = ""
    secret_key_ends: str = ""
    webhook_secret_ends: str = ""
    methods: str = "card"
    is_on: bool = False
    changed_by_name: str = ""
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedAccount:
    """What the owner wants. An empty secret leaves the one that is kept."""

    mode: str
    publishable_key: str
    secret_key: str
    webhook_secret: str
    methods: tuple[str, ...]
    is_on: bool


FIELDS: Final = ("mode", "publishable_key", "secret_key_ends", "webhook_secret_ends", "methods", "is_on")
KEPT: Final = f"select {', '.join(KeptAccount.__dataclass_fields__)} from processor_accounts where agency_id = $1"  # noqa: S608
UPSERT: Final = """
insert into processor_accounts (id, agency_id, mode, publishable_key, secret_key_ends, webhook_secret_ends, methods, is_on,
                                secret_key, webhook_secret, changed_by, changed_by_name, changed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
on conflict (agency_id) do update
set mode = excluded.mode, publishable_key = excluded.publishable_key, secret_key_ends = excluded.secret_key_ends,
    webhook_secret_ends = excluded.webhook_secret_ends, methods = excluded.methods, is_on = excluded.is_on,
    secret_key = case when excluded.secret_key <> '' then excluded.secret_key else processor_accounts.secret_key end,
    webhook_secret = case when excluded.webhook_secret <> '' then excluded.webhook_secret
                          else processor_accounts.webhook_secret end,
    changed_by = excluded.changed_by, changed_by_name = excluded.changed_by_name, changed_at = excluded.changed_at
"""


async def kept_account(actor: Actor) -> KeptAccount:
    """What is kept of the actor's agency."""
    actor.require("agency.manage")
    return _kept(await sql_one(KEPT, actor.agency_id))


def _kept(row: asyncpg.Record | None) -> KeptAccount:
    return KeptAccount(**{**row, "mode": AccountMode(row["mode"])}) if row else KeptAccount()


async def change_account(actor: Actor, wanted: WantedAccount, seen_at: str) -> None:
    """Keep how the agency takes cards; ``seen_at`` is when it had last been changed as the form was opened.

    Raises:
        ChangedMeanwhile: others changed it by then.
        Refused: something is missing or is no such key, with its field.
    """
    actor.require("agency.manage")
    await sql("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"processor account {actor.agency_id}")
    before = await kept_account(actor)
    if seen_at != stamp(before):
        raise ChangedMeanwhile(before, await latest_change(actor, CHANGED, "card_account", actor.agency_id))
    after = KeptAccount(
        mode=_mode(wanted.mode),
        account_id=before.account_id,
        publishable_key=_key(wanted.publishable_key, "publishable_key", "pk_"),
        secret_key_ends=_key(wanted.secret_key, "secret_key", "sk_", "rk_")[-ENDS:] or before.secret_key_ends,
        webhook_secret_ends=_key(wanted.webhook_secret, "webhook_secret", "whsec_")[-ENDS:]
        or before.webhook_secret_ends,
        methods=_methods(wanted.methods),
        is_on=wanted.is_on,
    )
    _check(after)
    await sql(
        UPSERT,
        *(new_id(), actor.agency_id, *(getattr(after, name) for name in FIELDS)),
        *(seal(actor.agency_id, wanted.secret_key), seal(actor.agency_id, wanted.webhook_secret)),
        *(actor.user_id, actor.name, clock.now()),
    )
    old, new = ({name: getattr(one, name) for name in FIELDS} for one in (before, after))
    changed = {*changed_fields(old, new)}
    changed |= {
        name for name in ("secret_key_ends", "webhook_secret_ends") if getattr(wanted, name.removesuffix("_ends"))
    }
    if changed:
        await record(
            actor, CHANGED, "card_account", actor.agency_id,
            before={name: old[name] for name in FIELDS if name in changed},
            after={name: new[name] for name in FIELDS if name in changed},
        )  # fmt: skip


def stamp(kept: KeptAccount) -> str:
    """When it was changed last, as the form carries it along."""
    return kept.changed_at.isoformat() if kept.changed_at else ""


def _mode(text: str) -> AccountMode:
    try:
        return AccountMode(text)
    except ValueError:
        raise Refused(N_("Please choose."), field="mode", code="missing") from None


def _key(text: str, field: str, *beginnings: str) -> str:
    if text and (not text.startswith(beginnings) or len(text) > 300 or not text.isascii() or not text.isprintable()):
        raise Refused(
            N_("Such keys begin with %(beginnings)s."), field=field, code="bad_key", beginnings=" / ".join(beginnings)
        )
    return text


def _methods(chosen: tuple[str, ...]) -> str:
    known = [method for method in METHODS if method in chosen]
    if not known:
        raise Refused(N_("Please choose at least one."), field="methods", code="missing")
    return ",".join(known)


def _check(after: KeptAccount) -> None:
    if not after.is_on:
        return
    if after.mode is AccountMode.CONNECTED and not after.account_id:
        raise Refused(
            N_("Your account is not connected yet: ask whoever runs this portal, or use your own keys."),
            field="mode", code="not_connected",
        )  # fmt: skip
    if after.mode is AccountMode.OWN:
        kept = {"publishable_key": after.publishable_key, "secret_key": after.secret_key_ends,
                "webhook_secret": after.webhook_secret_ends}  # fmt: skip
        for field, value in kept.items():
            if not value:
                raise Refused(N_("Please fill this in."), field=field, code="missing")


CONNECT: Final = """
insert into processor_accounts (id, agency_id, mode, account_id, changed_at) values ($1, $2, 'connected', $3, $4)
on conflict (agency_id) do update set mode = 'connected', account_id = excluded.account_id, changed_at = excluded.changed_at
"""


async def connect(slug: str, account_id: str) -> None:
    """The operator's command: say which account under the platform is an agency's. Its owner turns cards on.

    Raises:
        Refused: there is no such agency, it is no account, or it is another agency's.
    """
    if not account_id.startswith("acct_") or not account_id.isascii() or not account_id.isprintable():
        raise Refused(N_("Such keys begin with %(beginnings)s."), code="bad_key", beginnings="acct_")
    agency = next((one for one in await list_agencies() if one.slug == slug), None)
    if agency is None:
        raise Refused(N_("There is no such agency."), code="no_agency")
    actor = agency.actor
    async with transaction(actor.scope):
        try:
            async with savepoint():
                await sql(CONNECT, new_id(), agency.id, account_id, clock.now())
        except UniqueViolationError:
            raise Refused(N_("This account is connected to another agency."), code="connected") from None
        await record(actor, CHANGED, "card_account", agency.id, after={"mode": "connected", "account_id": account_id})
