"""Pages of people and access."""

from typing import Any

from portal.people import letters as letters  # registers the jobs that mail them
from portal.people import purge as purge  # and the one that deletes what has no value any more
from portal.people.routes import account, directory, invitation, keys, login, reset, settings

ROUTES: list[Any] = [
    *login.ROUTES,
    *reset.ROUTES,
    *invitation.ROUTES,
    *account.ROUTES,
    *directory.ROUTES,
    *keys.ROUTES,
    *settings.ROUTES,
]
