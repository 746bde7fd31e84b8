"""Routes of the debt."""

from typing import Any

import cases.queues.routes
import cases.workbench.routes

ROUTES: list[Any] = [
    *cases.queues.routes.ROUTES,
    *cases.workbench.routes.ROUTES,
]
