"""Routes of the money."""

from typing import Any

import billing.bank.entry_routes
import billing.bank.matching.book  # a worker knows its job
import billing.bank.matching.routes
import billing.bank.routes
import billing.bank_details.routes
import billing.books.journal_page
import billing.books.routes
import billing.cards.chargebacks
import billing.cards.hooks
import billing.cards.payouts
import billing.cards.prove  # `portal verify` proves them
import billing.cards.refund_sending
import billing.cards.routes
import billing.cards.settings_routes
import billing.cards.sweep
import billing.claim_page.agreement_routes
import billing.claim_page.autopay_routes
import billing.claim_page.otherwise
import billing.claim_page.pay_routes
import billing.claim_page.plan_routes
import billing.claim_page.sections  # the debtor's overview offers them
import billing.costs.api  # a case tells systems of its costs
import billing.costs.routes
import billing.deadlines.routes
import billing.direct.api
import billing.direct.routes
import billing.exchange.routes
import billing.fees.routes
import billing.home.routes
import billing.invoices.costs_at_close  # it follows closed cases
import billing.invoices.credit_routes
import billing.invoices.routes
import billing.money_rules.routes
import billing.openings.prove  # `portal verify` proves them
import billing.openings.routes
import billing.outcomes.routes
import billing.papers.prove  # `portal verify` proves them
import billing.payments.panel
import billing.payments.prove  # `portal verify` proves them
import billing.payments.prove_reached
import billing.payments.routes
import billing.plans.ladder_routes
import billing.plans.routes
import billing.receipts.routes
import billing.reconciliation.nightly
import billing.reconciliation.proof  # `portal verify` proves them
import billing.reconciliation.routes
import billing.refunds.file_routes
import billing.refunds.prove  # `portal verify` proves them
import billing.refunds.routes
import billing.remittance.carrying_out
import billing.remittance.returned_routes
import billing.remittance.routes
import billing.short.routes
import billing.statements.routes
import billing.surplus.routes
import billing.suspense.routes
import billing.trail_words  # the audit trail speaks its codes
import billing.unclaimed.routes
import billing.write_offs.prove  # `portal verify` proves them
import billing.write_offs.routes

ROUTES: list[Any] = [
    *billing.claim_page.agreement_routes.ROUTES,
    *billing.claim_page.otherwise.ROUTES,
    *billing.claim_page.autopay_routes.ROUTES,
    *billing.claim_page.pay_routes.ROUTES,
    *billing.claim_page.plan_routes.ROUTES,
    *billing.cards.hooks.ROUTES,
    *billing.costs.routes.ROUTES,
    *billing.bank.entry_routes.ROUTES,
    *billing.bank.matching.routes.ROUTES,
    *billing.bank.routes.ROUTES,
    *billing.bank_details.routes.ROUTES,
    *billing.books.routes.ROUTES,
    *billing.deadlines.routes.ROUTES,
    *billing.direct.api.ROUTES,
    *billing.direct.routes.ROUTES,
    *billing.cards.routes.ROUTES,
    *billing.cards.settings_routes.ROUTES,
    *billing.exchange.routes.ROUTES,
    *billing.fees.routes.ROUTES,
    *billing.home.routes.ROUTES,
    *billing.invoices.routes.ROUTES,
    *billing.invoices.credit_routes.ROUTES,
    *billing.money_rules.routes.ROUTES,
    *billing.openings.routes.ROUTES,
    *billing.outcomes.routes.ROUTES,
    *billing.payments.routes.ROUTES,
    *billing.payments.panel.ROUTES,
    *billing.books.journal_page.ROUTES,
    *billing.plans.ladder_routes.ROUTES,
    *billing.plans.routes.ROUTES,
    *billing.receipts.routes.ROUTES,
    *billing.reconciliation.routes.ROUTES,
    *billing.refunds.file_routes.ROUTES,
    *billing.refunds.routes.ROUTES,
    *billing.remittance.returned_routes.ROUTES,
    *billing.remittance.routes.ROUTES,
    *billing.short.routes.ROUTES,
    *billing.statements.routes.ROUTES,
    *billing.surplus.routes.ROUTES,
    *billing.suspense.routes.ROUTES,
    *billing.unclaimed.routes.ROUTES,
    *billing.write_offs.routes.ROUTES,
]
