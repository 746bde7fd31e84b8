"""Piccolo's app of the shell: people, audit and ledger tables."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="portal",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=table_finder(modules=["portal.people.tables", "portal.audit.tables", "portal.ledger.tables"]),
    migration_dependencies=[],
    commands=[],
)
