"""Bringing the secrets of all agencies to the newest key, for the operator's command."""

from uuid import UUID

from billing.cards.vault import seal, unseal
from portal.tenancy.database import Scope, as_job, sql, sql_one, transaction

OPERATOR = Scope(kind="operator")


async def rotate() -> int:
    """Seal every agency's secrets under the newest key; gives how many agencies have some. Safe to run again."""
    async with transaction(OPERATOR, read_only=True):
        agencies = [row["id"] for row in await sql("select id from all_agencies()")]
    return sum([await _rotate(agency_id) for agency_id in agencies])


async def _rotate(agency_id: UUID) -> bool:
    async with transaction(as_job(agency_id)):
        row = await sql_one(
            "select secret_key, webhook_secret from processor_accounts where agency_id = $1 for update", agency_id
        )
        if row is None or not (row["secret_key"] or row["webhook_secret"]):
            return False
        await sql(
            "update processor_accounts set secret_key = $2, webhook_secret = $3 where agency_id = $1",
            agency_id,
            *(seal(agency_id, unseal(agency_id, row[name])) for name in ("secret_key", "webhook_secret")),
        )
        return True
