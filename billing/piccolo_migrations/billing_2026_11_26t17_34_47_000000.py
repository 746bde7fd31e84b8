from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-26T17:34:47:000000"
VERSION = "1.38.0"
DESCRIPTION = "Statements say whose the difference of their exchange is"


class Statement(Table, tablename="statements"):
    pass


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="billing", description=DESCRIPTION
    )

    async def take_over() -> None:
        """What was exchanged stays divided as it was; of what is not, a gain is whose the client's terms say. A loss always
        was the agency's. What keeps a statement as it is steps aside, and is declared anew with the migrations."""
        await Statement.raw("drop trigger if exists statement_stays on statements")
        await Statement.raw(
            """
            update statements s
            set exchange_loss = 'agency',
                exchange_gain = coalesce(
                    (select case when x.drawn_minor > 0 then 'agency' else 'client' end from exchange_parts x
                     where x.agency_id = s.agency_id and x.statement_id = s.id and x.bought_minor > x.quoted_minor),
                    (select t.exchange_gain from remittance_terms t
                     where t.agency_id = s.agency_id and t.client_id = s.client_id
                     order by t.effective_from limit 1),
                    'client')
            where s.payout_currency is not null
            """
        )

    manager.add_raw(take_over)

    return manager
