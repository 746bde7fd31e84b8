from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-26T20:36:51:999999"
VERSION = "1.38.0"
DESCRIPTION = "What was asked for and paid back before is a refund"


class Refund(Table, tablename="refunds"):
    pass


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="billing", description=DESCRIPTION
    )

    async def take_over() -> None:
        """Refunds of surplus stay what they were. Suspended money that was sent back has a refund to a payee as it was typed;
        what was asked for and not approved yet waits again, since its payee was never checked."""
        await Refund.raw(
            """
            insert into refunds (id, agency_id, client_id, case_id, payment_id, currency, amount_minor, way, holder, iban,
                                 account_number, bank_name, branch, bank_code, bic, is_other_payee, status, asked_by,
                                 asked_by_name, asked_at, decided_by, decided_by_name, decided_at, pay_from, paid_on,
                                 paid_reference, paid_by_name, paid_at, journal_id, returned_on, returned_journal_id)
            select id, agency_id, client_id, case_id, payment_id, currency, amount_minor, way, holder, iban, account_number,
                   bank_name, branch, bank_code, bic, is_other_payee, status, asked_by, asked_by_name, asked_at, decided_by,
                   decided_by_name, decided_at, pay_from, paid_on, paid_reference, paid_by_name, paid_at, journal_id,
                   returned_on, returned_journal_id
            from surplus_refunds
            """
        )
        await Refund.raw(
            """
            insert into refunds (agency_id, client_id, case_id, suspense_id, currency, amount_minor, way, holder, status,
                                 asked_by, asked_by_name, asked_at, decided_by, decided_by_name, decided_at, paid_on,
                                 paid_by_name, paid_at, journal_id)
            select s.agency_id, s.client_id, s.case_id, s.id, s.currency, s.amount_minor, 'typed', s.send_to, 'paid',
                   s.asked_by, s.asked_by_name, s.asked_at, s.ended_by, s.ended_by_name, s.ended_at, j.effective_on,
                   s.ended_by_name, s.ended_at, s.out_journal_id
            from suspense s join journals j on j.agency_id = s.agency_id and j.id = s.out_journal_id
            where s.status = 'sent_back'
            """
        )
        await Refund.raw("update suspense set status = 'waiting' where status = 'asked'")

    manager.add_raw(take_over)

    manager.drop_table(
        class_name="SurplusRefund", tablename="surplus_refunds", schema=None
    )

    manager.drop_column(
        table_class_name="Suspense",
        tablename="suspense",
        column_name="asked_at",
        db_column_name="asked_at",
        schema=None,
    )

    manager.drop_column(
        table_class_name="Suspense",
        tablename="suspense",
        column_name="asked_by",
        db_column_name="asked_by",
        schema=None,
    )

    manager.drop_column(
        table_class_name="Suspense",
        tablename="suspense",
        column_name="asked_by_name",
        db_column_name="asked_by_name",
        schema=None,
    )

    manager.drop_column(
        table_class_name="Suspense",
        tablename="suspense",
        column_name="send_to",
        db_column_name="send_to",
        schema=None,
    )

    return manager
