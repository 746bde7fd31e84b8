"""Routes of the money."""

from typing import Any

import billing.fees.routes
import billing.home.routes
import billing.payments.journal_page
import billing.payments.panel
import billing.payments.routes
import billing.plans.ladder_routes
import billing.plans.routes
import billing.remittance.routes
import billing.statements.routes
import billing.trail_words  # the audit trail speaks its codes

ROUTES: list[Any] = [
    *billing.fees.routes.ROUTES,
    *billing.home.routes.ROUTES,
    *billing.payments.routes.ROUTES,
    *billing.payments.panel.ROUTES,
    *billing.payments.journal_page.ROUTES,
    *billing.plans.ladder_routes.ROUTES,
    *billing.plans.routes.ROUTES,
    *billing.remittance.routes.ROUTES,
    *billing.statements.routes.ROUTES,
]
