from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-26T17:34:43:000000"
VERSION = "1.38.0"
DESCRIPTION = "How clients are paid today is their first version"


class RemittanceTerms(Table, tablename="remittance_terms"):
    pass


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="cases", description=DESCRIPTION
    )

    async def take_over() -> None:
        """How a client is paid today has held from the start."""
        await RemittanceTerms.raw(
            """
            insert into remittance_terms (id, agency_id, client_id, effective_from, remittance_method, remittance_cycle,
                                          payout_currencies, exchange_gain, exchange_loss, agreed_by_name, agreed_at)
            select gen_random_uuid(), agency_id, id, '-infinity', remittance_method, remittance_cycle,
                   payout_currencies, exchange_gain, 'agency', '', created_at
            from clients
            """
        )

    manager.add_raw(take_over)

    manager.drop_column(
        table_class_name="Client",
        tablename="clients",
        column_name="exchange_gain",
        db_column_name="exchange_gain",
        schema=None,
    )

    manager.drop_column(
        table_class_name="Client",
        tablename="clients",
        column_name="payout_currencies",
        db_column_name="payout_currencies",
        schema=None,
    )

    manager.drop_column(
        table_class_name="Client",
        tablename="clients",
        column_name="remittance_cycle",
        db_column_name="remittance_cycle",
        schema=None,
    )

    manager.drop_column(
        table_class_name="Client",
        tablename="clients",
        column_name="remittance_method",
        db_column_name="remittance_method",
        schema=None,
    )

    return manager
