"""Piccolo's app of the money."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="billing",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=table_finder(
        modules=[
            "billing.tables",
            "billing.bank.tables",
            "billing.bank.matching.tables",
            "billing.bank_details.tables",
            "billing.reconciliation.tables",
            "billing.cards.tables",
            "billing.costs.tables",
            "billing.direct.tables",
            "billing.exchange.tables",
            "billing.invoices.tables",
            "billing.money_rules.tables",
            "billing.notices.tables",
            "billing.openings.tables",
            "billing.outcomes.tables",
            "billing.papers.tables",
            "billing.payment_files.tables",
            "billing.receipts.tables",
            "billing.refunds.tables",
            "billing.remittance.tables",
            "billing.short.tables",
            "billing.statements.tables",
            "billing.suspense.tables",
            "billing.unclaimed.tables",
            "billing.write_offs.tables",
        ]
    ),
    migration_dependencies=["portal.piccolo_app", "cases.piccolo_app"],
    commands=[],
)
