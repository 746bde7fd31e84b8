from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table


class Client(Table, tablename="clients"):
    pass

ID = "2026-11-26T11:58:48:932375"
VERSION = "1.38.0"
DESCRIPTION = "Accounts of clients are kept apart"


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="cases", description=DESCRIPTION
    )

    async def put_aside() -> None:
        """What was known of a client's account waits for its new place, where a second person confirms it."""
        await Client.raw(
            "create table accounts_put_aside as select agency_id, id as client_id, name, iban from clients where iban <> ''"
        )

    manager.add_raw(put_aside)
    manager.drop_column(
        table_class_name="Client",
        tablename="clients",
        column_name="iban",
        db_column_name="iban",
        schema=None,
    )

    return manager
