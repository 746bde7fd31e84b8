"""All owners are told by e-mail of each step by which the account for debtors changes, whoever takes it."""

from typing import Final
from uuid import UUID

from billing.bank_details.register import load_detail
from portal.jobs import enqueue, job
from portal.jobs.registry import Payload
from portal.mail.postbox import send_mail
from portal.pages.text import N_
from portal.people.actor import Actor, system
from portal.tenancy.database import sql, sql_one, transaction

WORDS: Final = {
    "bank_details.proposed": N_("%(name)s entered another bank account for debtors. It is not shown before a second person confirms it."),
    "bank_details.confirmed": N_("%(name)s confirmed another bank account for debtors. From now on they are told to pay there."),
    "bank_details.declined": N_("%(name)s declined a bank account that was entered for debtors. Nothing changes."),
    "bank_details.ended": N_("%(name)s took the bank account for debtors away. No debtor sees it any more."),
}  # fmt: skip
"""What an owner reads, by what was done."""

OWNERS: Final = """
select user_id from memberships where agency_id = $1 and role = 'owner' and client_id is null and ended_at is null
"""
READER: Final = """
select u.email, u.name, u.language, u.time_zone, a.name as agency_name from memberships m
join users u on u.id = m.user_id and u.disabled_at is null join agencies a on a.id = m.agency_id
where m.agency_id = $1 and m.user_id = $2 and m.role = 'owner' and m.client_id is null and m.ended_at is null
"""


async def tell_owners(actor: Actor, detail_id: UUID, action: str) -> None:
    """One mail each, so that a worker that dies between two of them sends none twice."""
    for row in await sql(OWNERS, actor.agency_id):
        ids = {"agency_id": actor.agency_id, "detail_id": detail_id, "user_id": row["user_id"], "action": action}
        await enqueue("bank_details.mail", ids)


@job("bank_details.mail")
async def mail_change(payload: Payload) -> None:
    """Tell one owner, unless they left meanwhile. Of the account only the end is in the mail."""
    actor = system(UUID(payload["agency_id"]))
    async with transaction(actor.scope, read_only=True):
        detail = await load_detail(actor, UUID(payload["detail_id"]))
        reader = await sql_one(READER, actor.agency_id, UUID(payload["user_id"]))
    if reader is None:
        return
    done = payload["action"].rpartition(".")[2]
    by = {"proposed": detail.proposed_by_name, "ended": detail.ended_by_name}.get(done, detail.decided_by_name)
    account = detail.account
    await send_mail(
        reader["email"],
        "billing/bank_details/changed.txt",
        language=reader["language"],
        time_zone=reader["time_zone"],
        what=WORDS[payload["action"]],
        by=by,
        account=account,
        ends=(account.iban or account.account_number)[-4:],
        reader=reader,
    )
