"""Who may do what: the whole table, on one page.

A role gives its permissions inside its own agency or client only; row-level security decides which rows those are.
Roles of an agency: owner, manager, negotiator, finance, auditor. Roles of a client: admin, submitter, viewer.
API keys act with the role ``client_key`` or ``agency_key``; whoever proved to be the debtor of a case, with ``debtor``.
"""

from enum import StrEnum


class Role(StrEnum):
    """What a person is in an agency, or for a client of it."""

    OWNER = "owner"
    """Runs the agency: people, clients, fee agreements, settings; may do everything but approve their own money."""
    MANAGER = "manager"
    """Leads the negotiators: queues, clients, cases."""
    NEGOTIATOR = "negotiator"
    """Works cases."""
    FINANCE = "finance"
    """Books payments, prepares and approves remittances."""
    AUDITOR = "auditor"
    """Reads everything, changes nothing."""
    ADMIN = "admin"
    """Of a client: its people and keys, besides what a submitter may."""
    SUBMITTER = "submitter"
    """Of a client: hands over cases and documents."""
    VIEWER = "viewer"
    """Of a client: reads."""
    CLIENT_KEY = "client_key"
    """A client's system."""
    AGENCY_KEY = "agency_key"
    """An agency's system."""
    DEBTOR = "debtor"
    """Who owes, on the page of their one case."""


AGENCY_ROLES = (Role.OWNER, Role.MANAGER, Role.NEGOTIATOR, Role.FINANCE, Role.AUDITOR)
CLIENT_ROLES = (Role.ADMIN, Role.SUBMITTER, Role.VIEWER)

# permission: the roles that have it
PERMISSIONS: dict[str, str] = {
    # the agency's people
    "agency.manage": "owner",
    "people.manage": "owner admin",
    "api_keys.manage": "owner admin",
    "audit.read": "owner manager auditor",
    "styleguide.read": "owner manager negotiator finance auditor",
    # clients and their terms
    "clients.read": "owner manager negotiator finance auditor agency_key",
    "clients.manage": "owner",
    "agreements.read": "owner manager finance auditor admin submitter viewer",
    "agreements.manage": "owner",
    # handing over
    "placements.submit": "admin submitter client_key",
    "placements.roll_back": "owner manager admin submitter",
    "placements.read": "owner manager negotiator finance auditor admin submitter viewer client_key agency_key",
    # what the agency accepts, and what cases lack
    "acceptance.read": "owner manager negotiator finance auditor",
    "acceptance.manage": "owner manager",
    "requirements.ask": "owner manager negotiator",
    "requirements.decide": "owner manager",
    "requirements.answer": "admin submitter client_key",
    "documents.read": "owner manager negotiator finance auditor admin submitter viewer client_key debtor",
    "documents.submit": "owner manager negotiator admin submitter client_key debtor",
    "documents.hold": "owner manager",
    # working cases
    "cases.read": "owner manager negotiator finance auditor admin submitter viewer client_key agency_key debtor",
    "cases.work": "owner manager negotiator",
    "cases.steal": "owner manager",
    "cases.second_placement": "owner manager",
    "contact.override": "owner manager negotiator",
    "debtors.read": "owner manager negotiator finance auditor",
    # agreements to pay, and who may agree to what
    "plans.read": "owner manager negotiator finance auditor admin submitter viewer debtor",
    "plans.approve": "owner manager",
    "plans.decide": "admin",
    # interest beside the balance: terms, judgments, pauses, and what comes into the books
    "interest.set": "owner manager negotiator",
    # what comes of a case besides money
    "outcomes.read": "owner manager negotiator finance auditor admin submitter viewer",
    "outcomes.confirm": "admin submitter",
    # what is given up of a claim: proposed by one, approved by another
    "write_offs.read": "owner manager negotiator finance auditor admin submitter viewer",
    "write_offs.propose": "owner manager negotiator",
    "write_offs.confirm": "owner manager negotiator",
    "write_offs.approve": "owner manager",
    "write_offs.decide": "admin",
    "authority.read": "owner manager negotiator auditor",
    "authority.manage": "owner manager",
    # cases that a client asks back, and figures that it corrects
    "recalls.ask": "admin submitter client_key",
    "recalls.answer": "owner manager",
    "corrections.make": "admin submitter client_key",
    "corrections.decide": "owner manager",
    "debtors.match": "owner manager",
    # the money
    "payments.read": "owner manager finance auditor",
    "payments.record": "finance owner",
    # costs of cases
    "costs.read": "owner manager negotiator finance auditor admin submitter viewer client_key agency_key",
    "costs.add": "owner manager finance",
    # the agency's accounts at banks, and what banks say of them
    "bank.read": "owner finance auditor",
    "bank.import": "owner finance",
    "bank.manage": "owner finance",
    "bank.match": "owner finance",
    "money_rules.manage": "owner finance",
    # where debtors pay, and what they paid elsewhere
    "bank_details.read": "owner manager negotiator finance auditor",
    "bank_details.manage": "owner",
    "bank_details.confirm": "owner finance",
    "payees.read": "owner manager finance auditor admin viewer",
    "payees.enter": "owner finance admin",
    "payees.confirm": "owner finance",
    "direct_payments.read": "owner manager negotiator finance auditor admin submitter viewer client_key",
    "direct_payments.report": "owner manager negotiator finance admin submitter client_key",
    "direct_payments.answer": "admin submitter",
    "direct_payments.decide": "owner finance",
    # what another system kept before: proposed by one, approved by another
    "openings.read": "owner finance auditor",
    "openings.propose": "owner finance",
    "openings.approve": "owner finance",
    "ledger.read": "owner finance auditor",
    "ledger.close": "owner finance",
    "reconciliations.read": "owner finance auditor",
    "reconciliations.sign": "owner finance",
    "remittances.read": "owner finance auditor",
    "remittances.prepare": "finance owner",
    "remittances.approve": "finance owner",
    "invoices.read": "owner manager finance auditor admin submitter viewer",
    "invoices.issue": "owner finance",
    "statements.read": "owner manager finance auditor admin submitter viewer client_key agency_key",
    "statements.receive": "admin",
    # the debtor's own page
    "claim.read": "debtor",
    "claim.answer": "debtor",
    "claim.pay": "debtor",
    # a client's own home
    "recovery.read": "admin submitter viewer",
}

OF_ROLE: dict[Role, frozenset[str]] = {
    role: frozenset(name for name, roles in PERMISSIONS.items() if role in roles.split()) for role in Role
}


def permits(role: Role, permission: str) -> bool:
    """Whether a role has a permission.

    Raises:
        KeyError: the permission is not in the table.
    """
    PERMISSIONS[permission]
    return permission in OF_ROLE[role]
