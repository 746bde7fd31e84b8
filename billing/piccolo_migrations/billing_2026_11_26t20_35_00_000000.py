from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-26T20:35:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Documents of invoices, credit notes and receipts are papers"


class Paper(Table, tablename="papers"):
    pass


OWN = """
insert into papers (id, agency_id, kind, subject_id, client_id, case_id, language, file_name, object_key, version_id, sha256,
                    made_at)
select uuidv7(), agency_id, '{kind}', id, {client}, {case}, language, number || '.pdf', object_key, version_id, sha256,
       issued_at
from {table} where sha256 is not null
"""

WAITING = """
do $$ begin
    if to_regclass('queue.pgqueuer') is not null then
        update queue.pgqueuer
        set entrypoint = 'papers.make',
            payload = case entrypoint when 'receipts.make' then convert_to(jsonb_build_object(
                'agency_id', convert_from(payload, 'utf8')::jsonb -> 'agency_id', 'kind', 'receipt',
                'id', convert_from(payload, 'utf8')::jsonb -> 'receipt_id')::text, 'utf8') else payload end
        where entrypoint in ('receipts.make', 'invoices.make_document');
    end if;
end $$
"""


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="billing", description=DESCRIPTION
    )

    async def take_over() -> None:
        """The bytes stay where they lie; what waits to be made is made as a paper."""
        for kind, table, client, case in (
            ("invoice", "client_invoices", "client_id", "null"),
            ("credit_note", "credit_notes", "client_id", "null"),
            ("receipt", "payment_receipts", "null", "case_id"),
        ):
            await Paper.raw(OWN.format(kind=kind, table=table, client=client, case=case))
        await Paper.raw(WAITING)

    manager.add_raw(take_over)

    return manager
