"""Routes of the debt."""

from typing import Any

import cases.acceptance.routes
import cases.account.routes
import cases.api.routes
import cases.claim_page.routes
import cases.corrections.routes
import cases.debtor_links.routes
import cases.documents.document_routes
import cases.documents.folder.routes
import cases.documents.routes
import cases.intake.routes
import cases.interest.routes
import cases.lists.routes
import cases.lists.shelf
import cases.new_day  # registers what a new day brings
import cases.queues.routes
import cases.recall.routes
import cases.search.routes
import cases.trail_words  # the audit trail speaks its codes
import cases.workbench.routes

ROUTES: list[Any] = [
    *cases.acceptance.routes.ROUTES,
    *cases.account.routes.ROUTES,
    *cases.api.routes.ROUTES,
    *cases.documents.document_routes.ROUTES,
    *cases.documents.folder.routes.ROUTES,
    *cases.claim_page.routes.ROUTES,
    *cases.corrections.routes.ROUTES,
    *cases.debtor_links.routes.ROUTES,
    *cases.documents.routes.ROUTES,
    *cases.intake.routes.ROUTES,
    *cases.interest.routes.ROUTES,
    *cases.lists.routes.ROUTES,
    *cases.lists.shelf.ROUTES,
    *cases.queues.routes.ROUTES,
    *cases.recall.routes.ROUTES,
    *cases.search.routes.ROUTES,
    *cases.workbench.routes.ROUTES,
]
