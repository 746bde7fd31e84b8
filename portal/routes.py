"""Routes of the shell."""

from typing import Any

import portal.pages.routes
import portal.people.routes

ROUTES: list[Any] = [*portal.pages.routes.ROUTES, *portal.people.routes.ROUTES]
