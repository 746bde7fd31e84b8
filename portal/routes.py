"""Routes of the shell."""

from typing import Any

import portal.audit.routes
import portal.audit.seal
import portal.health
import portal.pages.routes
import portal.people.routes

ROUTES: list[Any] = [
    *portal.health.ROUTES,
    *portal.pages.routes.ROUTES,
    *portal.people.routes.ROUTES,
    *portal.audit.routes.ROUTES,
]
