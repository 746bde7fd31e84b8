from piccolo.apps.migrations.auto.migration_manager import MigrationManager

ID = "2026-11-26T20:35:13:307272"
VERSION = "1.38.0"
DESCRIPTION = "True"


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="billing", description=DESCRIPTION
    )

    manager.drop_column(
        table_class_name="ClientInvoice",
        tablename="client_invoices",
        column_name="language",
        db_column_name="language",
        schema=None,
    )

    manager.drop_column(
        table_class_name="ClientInvoice",
        tablename="client_invoices",
        column_name="object_key",
        db_column_name="object_key",
        schema=None,
    )

    manager.drop_column(
        table_class_name="ClientInvoice",
        tablename="client_invoices",
        column_name="sha256",
        db_column_name="sha256",
        schema=None,
    )

    manager.drop_column(
        table_class_name="ClientInvoice",
        tablename="client_invoices",
        column_name="version_id",
        db_column_name="version_id",
        schema=None,
    )

    manager.drop_column(
        table_class_name="CreditNote",
        tablename="credit_notes",
        column_name="language",
        db_column_name="language",
        schema=None,
    )

    manager.drop_column(
        table_class_name="CreditNote",
        tablename="credit_notes",
        column_name="object_key",
        db_column_name="object_key",
        schema=None,
    )

    manager.drop_column(
        table_class_name="CreditNote",
        tablename="credit_notes",
        column_name="sha256",
        db_column_name="sha256",
        schema=None,
    )

    manager.drop_column(
        table_class_name="CreditNote",
        tablename="credit_notes",
        column_name="version_id",
        db_column_name="version_id",
        schema=None,
    )

    manager.drop_column(
        table_class_name="PaymentReceipt",
        tablename="payment_receipts",
        column_name="object_key",
        db_column_name="object_key",
        schema=None,
    )

    manager.drop_column(
        table_class_name="PaymentReceipt",
        tablename="payment_receipts",
        column_name="sha256",
        db_column_name="sha256",
        schema=None,
    )

    manager.drop_column(
        table_class_name="PaymentReceipt",
        tablename="payment_receipts",
        column_name="version_id",
        db_column_name="version_id",
        schema=None,
    )

    return manager
