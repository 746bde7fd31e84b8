"""Where Piccolo finds the engine and the tables of the three packages."""

from piccolo.conf.apps import AppRegistry

from portal.tenancy.database import DB

APP_REGISTRY = AppRegistry(apps=["portal.piccolo_app", "cases.piccolo_app", "billing.piccolo_app"])

__all__ = ["APP_REGISTRY", "DB"]
