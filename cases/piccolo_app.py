"""Piccolo's app of the debt."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="cases",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=table_finder(
        modules=[
            "cases.tables",
            "cases.acceptance.tables",
            "cases.claim_page.tables",
            "cases.contact.tables",
            "cases.corrections.tables",
            "cases.debtor_links.tables",
            "cases.documents.tables",
            "cases.intake.tables",
            "cases.interest.tables",
            "cases.invoices.tables",
            "cases.lists.tables",
            "cases.plans.tables",
            "cases.promises.tables",
            "cases.recall.tables",
        ]
    ),
    migration_dependencies=["portal.piccolo_app"],
    commands=[],
)
