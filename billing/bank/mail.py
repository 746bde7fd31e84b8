"""The agency's owners are told by e-mail when an account of its own is entered, and when it is confirmed."""

from typing import Final
from uuid import UUID

from portal.jobs import enqueue, job
from portal.jobs.registry import Payload
from portal.mail.postbox import send_mail
from portal.pages.text import N_
from portal.people.actor import Actor, system
from portal.tenancy.database import sql, sql_one, transaction

WORDS: Final = {
    "bank_account.opened": N_(
        "%(name)s entered another account of the agency's own. Nothing is paid there before a second person confirms it."
    ),
    "bank_account.confirmed": N_(
        "%(name)s confirmed another account of the agency's own. Its part of remittances goes there; where it comes after"
        " another, not for three days."
    ),
}
"""What they read, by what was done."""

OWNERS: Final = """
select user_id from memberships where agency_id = $1 and ended_at is null and role = 'owner' and client_id is null
"""
READER: Final = """
select u.email, u.name, u.language, u.time_zone, a.name as agency_name, b.id as account_id, b.currency,
       coalesce(nullif(b.holder, ''), b.name) as holder, right(coalesce(nullif(b.iban, ''), b.account_number), 4) as ends,
       b.created_by_name, b.confirmed_by_name
from memberships m join users u on u.id = m.user_id and u.disabled_at is null
join agencies a on a.id = m.agency_id join bank_accounts b on b.agency_id = m.agency_id and b.id = $3
where m.agency_id = $1 and m.user_id = $2 and m.ended_at is null and m.role = 'owner' and m.client_id is null
"""


async def tell_owners(actor: Actor, bank_account_id: UUID, action: str) -> None:
    """One mail each, so that a worker that dies between two of them sends none twice."""
    for row in await sql(OWNERS, actor.agency_id):
        ids = {
            "agency_id": actor.agency_id, "bank_account_id": bank_account_id, "user_id": row["user_id"], "action": action,
        }  # fmt: skip
        await enqueue("bank.mail_account", ids)


@job("bank.mail_account")
async def mail_account(payload: Payload) -> None:
    """Tell one of them, unless they left meanwhile. Of the account only the end is in the mail."""
    actor, action = system(UUID(payload["agency_id"])), payload["action"]
    async with transaction(actor.scope, read_only=True):
        ids = (UUID(payload["user_id"]), UUID(payload["bank_account_id"]))
        reader = await sql_one(READER, actor.agency_id, *ids)
    if reader is None:
        return
    await send_mail(
        reader["email"],
        "billing/bank/account_changed.txt",
        language=reader["language"],
        time_zone=reader["time_zone"],
        what=WORDS[action],
        by=reader["confirmed_by_name"] if action == "bank_account.confirmed" else reader["created_by_name"],
        reader=reader,
    )
