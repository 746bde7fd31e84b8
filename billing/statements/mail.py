"""The client's administrators are told by e-mail that a statement is closed."""

from uuid import UUID

from billing.exchange.rate import rate_text
from billing.statements.register import load_statement
from portal.jobs import job
from portal.jobs.registry import Payload
from portal.mail.postbox import send_mail
from portal.people.actor import system
from portal.tenancy.database import sql_one, transaction

READER = """
select u.email, u.name, u.language, u.time_zone from memberships m join users u on u.id = m.user_id
where m.agency_id = $1 and m.client_id = $2 and m.user_id = $3 and m.role = 'admin' and m.ended_at is null
  and u.disabled_at is null
"""


@job("statements.mail_closed")
async def mail_closed(payload: Payload) -> None:
    """Tell one of them, unless they left meanwhile. The figures stay behind the sign-in; the mail holds the link."""
    actor = system(UUID(payload["agency_id"]))
    async with transaction(actor.scope, read_only=True):
        statement = await load_statement(actor, UUID(payload["statement_id"]))
        reader = await sql_one(READER, actor.agency_id, statement.client_id, UUID(payload["user_id"]))
    if reader is None:
        return
    await send_mail(
        reader["email"],
        "billing/statement_closed.txt",
        language=reader["language"],
        time_zone=reader["time_zone"],
        statement=statement,
        rate=statement.quoted_rate
        and statement.payout_currency
        and rate_text(statement.currency, statement.quoted_rate, statement.payout_currency),
        name=reader["name"],
    )
