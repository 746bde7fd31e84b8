"""Who is told by e-mail of each step by which an account changes, whoever takes it: the agency's owners, and of a client's
account its administrators, who know where their money should go.
"""

from typing import Final
from uuid import UUID

from billing.bank_details.places import place_of
from billing.bank_details.register import Detail, load_detail
from portal.jobs import enqueue, job
from portal.jobs.registry import Payload
from portal.mail.postbox import send_mail
from portal.pages.text import N_
from portal.people.actor import Actor, system
from portal.people.behalf import with_the_agencys_eyes
from portal.tenancy.database import sql, sql_one, transaction

WORDS: Final = {
    "bank_details.proposed": N_("%(name)s entered another bank account for debtors. It is not shown before a second person confirms it."),
    "bank_details.confirmed": N_("%(name)s confirmed another bank account for debtors. From now on they are told to pay there."),
    "bank_details.declined": N_("%(name)s declined a bank account that was entered for debtors. Nothing changes."),
    "bank_details.ended": N_("%(name)s took the bank account for debtors away. No debtor sees it any more."),
    "payee.proposed": N_("%(name)s entered another bank account for remittances. Nothing is paid there before a second person confirms it."),
    "payee.confirmed": N_("%(name)s confirmed another bank account for remittances. Where it replaces one, nothing is paid there for three days."),
    "payee.declined": N_("%(name)s declined a bank account that was entered for remittances. Nothing changes."),
    "payee.ended": N_("%(name)s took the bank account for remittances away. Nothing is paid there any more."),
}  # fmt: skip
"""What they read, by what was done."""

CONCERNED: Final = """
select m.user_id, m.client_id from memberships m
where m.agency_id = $1 and m.ended_at is null
  and (m.role = 'owner' and m.client_id is null or m.role = 'admin' and m.client_id = $2)
"""
READER: Final = f"""
select u.email, u.name, u.language, u.time_zone, a.name as agency_name, k.name as client_name, c.client_id
from ({CONCERNED}) c
join users u on u.id = c.user_id and u.disabled_at is null
join agencies a on a.id = $1 left join clients k on k.agency_id = $1 and k.id = $2
where c.user_id = $3
"""  # noqa: S608 - constants


async def tell_of_change(actor: Actor, detail: Detail, action: str) -> None:
    """One mail each, so that a worker that dies between two of them sends none twice."""
    async with with_the_agencys_eyes(actor) as portal:
        concerned = await sql(CONCERNED, portal.agency_id, detail.client_id)
    for row in concerned:
        ids = {"agency_id": actor.agency_id, "detail_id": detail.id, "user_id": row["user_id"], "action": action}
        await enqueue("bank_details.mail", ids)


@job("bank_details.mail")
async def mail_change(payload: Payload) -> None:
    """Tell one of them, unless they left meanwhile. Of the account only the end is in the mail."""
    actor = system(UUID(payload["agency_id"]))
    async with transaction(actor.scope, read_only=True):
        detail = await load_detail(actor, UUID(payload["detail_id"]))
        reader = await sql_one(READER, actor.agency_id, detail.client_id, UUID(payload["user_id"]))
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
        place=place_of(detail.client_id, of_client=reader["client_id"] is not None),
    )
