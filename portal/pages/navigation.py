"""Where each person can go: the entries of the rail (agency) and the sidebar (client)."""

from dataclasses import dataclass
from typing import Final, Protocol

from portal.pages.text import N_, translate


class Person(Protocol):
    """What navigation asks of the actor."""

    @property
    def client_id(self) -> object: ...
    def may(self, permission: str, /) -> bool: ...


@dataclass(frozen=True)
class Entry:
    """One place: shown when its permission is held (None: always)."""

    permission: str | None
    url: str
    msgid: str
    icon: str
    set_up: bool = False

    @property
    def text(self) -> str:
        """Its name in the language being spoken."""
        return translate(self.msgid)


STAFF: Final = (
    Entry("cases.work", "/queue", N_("Queue"), icon="list-check"),
    Entry("cases.read", "/cases", N_("Cases"), icon="folders"),
    Entry("recalls.answer", "/requests", N_("Requests"), icon="message-question"),
    Entry("acceptance.read", "/acceptance", N_("To accept"), icon="clipboard-check"),
    Entry("debtors.match", "/debtors/matches", N_("Debtors"), icon="users-group"),
    Entry("clients.read", "/clients", N_("Clients"), icon="building"),
    Entry("payments.read", "/payments", N_("Payments"), icon="cash"),
    Entry("remittances.read", "/remittances", N_("Remit"), icon="send"),
    Entry("statements.read", "/statements", N_("Statements"), icon="receipt"),
    Entry("audit.read", "/audit", N_("Audit"), icon="shield-check"),
    Entry("people.manage", "/people", N_("People"), icon="users"),
    Entry("agency.manage", "/settings", N_("Settings"), icon="settings"),
)

CLIENT: Final = (
    Entry(None, "/home", N_("Home"), icon="layout-dashboard"),
    Entry("cases.read", "/cases", N_("Cases"), icon="folders"),
    Entry("placements.submit", "/placements/new", N_("Place cases"), icon="file-upload"),
    Entry("placements.read", "/placements", N_("Placements"), icon="stack-2"),
    Entry("documents.submit", "/documents/add", N_("Documents"), icon="paperclip"),
    Entry("statements.read", "/statements", N_("Statements"), icon="receipt"),
    Entry("people.manage", "/people", N_("People"), icon="users", set_up=True),
    Entry("agreements.read", "/agreement", N_("Agreement"), icon="file-certificate", set_up=True),
    Entry("api_keys.manage", "/keys", N_("API keys"), icon="api"),
)


def entries(person: Person) -> list[Entry]:
    """The places this person may open, in order."""
    table = CLIENT if person.client_id else STAFF
    return [entry for entry in table if entry.permission is None or person.may(entry.permission)]


def current(places: list[Entry], path: str) -> str | None:
    """The url of the entry a path lies under: the longest that fits, so that /placements/new is not /placements."""
    under = [place.url for place in places if path == place.url or path.startswith(place.url + "/")]
    return max(under, key=len, default=None)
