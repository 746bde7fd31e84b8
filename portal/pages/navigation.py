"""Where each person can go: the entries of the rail (agency) and the sidebar (client)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from portal.pages.text import N_, translate


class Person(Protocol):
    """What navigation asks of the actor."""

    @property
    def client_id(self) -> object: ...
    def may(self, permission: str, /) -> bool: ...


class Group(StrEnum):
    """What stands together, a line apart from the next."""

    WORK = "work"
    """Cases, and whose they are."""
    DECIDE = "decide"
    """What waits for somebody's word."""
    MONEY = "money"
    """What came in and goes out."""
    HOUSE = "house"
    """How the house is run; a client's sidebar has a heading over it."""


@dataclass(frozen=True)
class Entry:
    """One place: shown when its permission is held (None: always)."""

    permission: str | None
    url: str
    msgid: str
    icon: str
    group: Group = Group.WORK
    beside: str = ""
    """Another url whose pages belong here."""

    @property
    def text(self) -> str:
        """Its name in the language being spoken."""
        return translate(self.msgid)


STAFF: Final = (
    Entry("cases.work", "/queue", N_("Queue"), icon="list-check"),
    Entry("cases.read", "/cases", N_("Cases"), icon="folders"),
    Entry("plans.read", "/plans", N_("Plans"), icon="calendar-dollar"),
    Entry("clients.read", "/clients", N_("Clients"), icon="building"),
    Entry("recalls.answer", "/requests", N_("Requests"), icon="message-question", group=Group.DECIDE),
    Entry("acceptance.read", "/acceptance", N_("To accept"), icon="clipboard-check", group=Group.DECIDE),
    Entry("debtors.match", "/debtors/matches", N_("Matches"), icon="users-group", group=Group.DECIDE),
    Entry("payments.read", "/payments", N_("Payments"), icon="cash", group=Group.MONEY),
    Entry("bank.read", "/bank", N_("Bank"), icon="building-bank", group=Group.MONEY),
    Entry("remittances.read", "/remittances", N_("Remit"), icon="send", group=Group.MONEY),
    Entry("statements.read", "/statements", N_("Statements"), icon="receipt", group=Group.MONEY),
    Entry("reconciliations.read", "/reconciliation", N_("Reconcile"), icon="scale", group=Group.MONEY),
    Entry("ledger.read", "/ledger", N_("Ledger"), icon="notebook", group=Group.MONEY, beside="/openings"),
    Entry("audit.read", "/audit", N_("Audit"), icon="shield-check", group=Group.HOUSE),
    Entry("people.manage", "/people", N_("People"), icon="users", group=Group.HOUSE),
    Entry("agency.manage", "/settings", N_("Settings"), icon="settings", group=Group.HOUSE),
)

CLIENT: Final = (
    Entry(None, "/home", N_("Home"), icon="layout-dashboard"),
    Entry("cases.read", "/cases", N_("Cases"), icon="folders"),
    Entry("plans.read", "/plans", N_("Plans"), icon="calendar-dollar"),
    Entry("placements.submit", "/placements/new", N_("Place cases"), icon="file-upload"),
    Entry("placements.read", "/placements", N_("Placements"), icon="stack-2"),
    Entry("documents.submit", "/documents/add", N_("Documents"), icon="paperclip", beside="/documents"),
    Entry("statements.read", "/statements", N_("Statements"), icon="receipt"),
    Entry("people.manage", "/people", N_("People"), icon="users", group=Group.HOUSE),
    Entry("agreements.read", "/agreement", N_("Agreement"), icon="file-certificate", group=Group.HOUSE),
    Entry("api_keys.manage", "/keys", N_("API keys"), icon="api", group=Group.HOUSE),
)


def entries(person: Person) -> list[Entry]:
    """The places this person may open, in order."""
    table = CLIENT if person.client_id else STAFF
    return [entry for entry in table if entry.permission is None or person.may(entry.permission)]


def current(places: list[Entry], path: str) -> str | None:
    """The url of the entry a path lies under: the longest that fits, so that /placements/new is not /placements."""
    under = [
        (len(url), place.url)
        for place in places
        for url in (place.url, place.beside)
        if url and (path == url or path.startswith(url + "/"))
    ]
    return max(under, default=(0, None))[1]
