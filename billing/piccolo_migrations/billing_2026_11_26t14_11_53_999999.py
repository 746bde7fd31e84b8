from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-26T14:11:53:999999"
VERSION = "1.38.0"
DESCRIPTION = "Paid invoices have their transfer"


class InvoicePayment(Table, tablename="invoice_payments"):
    pass


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="billing", description=DESCRIPTION
    )

    async def take_over() -> None:
        """What was paid in one becomes a transfer, under the id that its journal was booked by."""
        await InvoicePayment.raw(
            """
            insert into invoice_payments (id, agency_id, client_id, invoice_id, amount_minor, paid_on, reference, journal_id,
                                          booked_by_name, booked_at)
            select id, agency_id, client_id, id, total_minor, paid_on, paid_reference, paid_journal_id,
                   paid_by_name, paid_at
            from client_invoices where paid_journal_id is not null
            """
        )
        await InvoicePayment.raw(
            "update client_invoices set paid_minor = total_minor, settled_on = paid_on where paid_journal_id is not null"
        )

    manager.add_raw(take_over)

    manager.drop_column(
        table_class_name="ClientInvoice",
        tablename="client_invoices",
        column_name="paid_at",
        db_column_name="paid_at",
        schema=None,
    )

    manager.drop_column(
        table_class_name="ClientInvoice",
        tablename="client_invoices",
        column_name="paid_by_name",
        db_column_name="paid_by_name",
        schema=None,
    )

    manager.drop_column(
        table_class_name="ClientInvoice",
        tablename="client_invoices",
        column_name="paid_journal_id",
        db_column_name="paid_journal_id",
        schema=None,
    )

    manager.drop_column(
        table_class_name="ClientInvoice",
        tablename="client_invoices",
        column_name="paid_on",
        db_column_name="paid_on",
        schema=None,
    )

    manager.drop_column(
        table_class_name="ClientInvoice",
        tablename="client_invoices",
        column_name="paid_reference",
        db_column_name="paid_reference",
        schema=None,
    )

    return manager
