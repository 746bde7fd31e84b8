from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-26T11:58:59:000000"
VERSION = "1.38.0"
DESCRIPTION = "Accounts of clients that were put aside"


class BankDetail(Table, tablename="bank_details"):
    pass


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="billing", description=DESCRIPTION
    )

    async def take_over() -> None:
        """Accounts that were put aside wait as if an owner had entered them: somebody else confirms them."""
        await BankDetail.raw(
            """
            insert into bank_details (id, agency_id, client_id, currency, version, holder, iban, status, proposed_by,
                                      proposed_by_name, proposed_at)
            select gen_random_uuid(), p.agency_id, p.client_id, a.base_currency, 1, left(p.name, 70), p.iban, 'proposed',
                   o.user_id, o.name, now()
            from accounts_put_aside p join agencies a on a.id = p.agency_id
            join lateral (select m.user_id, u.name from memberships m join users u on u.id = m.user_id
                          where m.agency_id = p.agency_id and m.role = 'owner' and m.ended_at is null
                          order by m.id limit 1) o on true
            """
        )
        await BankDetail.raw("drop table accounts_put_aside")

    manager.add_raw(take_over)
    return manager
