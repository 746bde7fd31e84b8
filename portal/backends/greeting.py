"""What `portal up` says once everything runs: addresses, the sample's logins, and ways to the pages of its debtors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from portal.backends.home import Home
from portal.backends.mail import MailCatcher
from portal.backends.server import Server
from portal.settings import Settings


@dataclass(frozen=True, slots=True)
class WaysIn:
    """How the sample is looked at, as long as it exists: its logins, and private links to pages of its debtors."""

    logins: Sequence[Mapping[str, str]]
    debtors: Sequence[Mapping[str, str]]


def greet(
    console: Console,
    home: Home,
    servers: Sequence[Server],
    settings: Mapping[str, str],
    ways_in: WaysIn,
) -> None:
    """Say that the portal runs, where everything is, and how the sample is looked at."""
    checked = Settings.from_env(settings)
    addresses = Table(title="The portal is running", title_justify="left", show_header=False)
    addresses.add_row("Portal", checked.base_url)
    for server in servers:
        if isinstance(server, MailCatcher):
            addresses.add_row("Mail it sent", server.page)
    addresses.add_row("Database", f"port {_port(settings['PORTAL_DATABASE_URL'])}")
    addresses.add_row("Object storage", checked.s3_endpoint)
    if checked.stripe_secret_key is not None:
        addresses.add_row("Stripe", checked.stripe_api_base)
    addresses.add_row("Data and logs", str(home.path))
    console.print(addresses)
    if ways_in.logins:
        console.print(_table(ways_in.logins))
    for door in ways_in.debtors:
        who = f"{door['debtor']}, debtor of {door['agency']} (reference {door['reference']}, {door['postal_code']}):"
        console.print(who, door["address"], markup=False, highlight=False, soft_wrap=True)
    console.print("Ctrl-C stops everything.")


def _table(logins: Sequence[Mapping[str, str]]) -> Table:
    """The sample's logins, an agency after the other."""
    table = Table("Role", "Name", "E-mail", title_justify="left")
    passwords = sorted({login["password"] for login in logins})
    table.title = f"Sample logins, all with the password: {passwords[0]}" if len(passwords) == 1 else "Sample logins"
    if len(passwords) > 1:
        table.add_column("Password")
    agency = None
    for login in logins:
        if login["agency"] != agency:
            agency = login["agency"]
            table.add_section()
            table.add_row(f"[bold]{escape(agency)}[/bold]")
        more = [login["password"]] if len(passwords) > 1 else []
        table.add_row(*(escape(text) for text in (login["role"], login.get("name", ""), login["email"], *more)))
    return table


def _port(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.port or 5432} on {parts.hostname or 'a socket'}"
