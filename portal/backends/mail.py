"""The mail catcher: takes every mail, sends none on, and shows what it took as files and as a page."""

from __future__ import annotations

import email
import email.policy
import html
import json
import re
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar, Protocol

from portal.backends.processes import python_environ
from portal.backends.secrets import write_private
from portal.backends.server import Server, listens

LISTED = 500
"""How many of the latest mails the listing names; all stay as files."""


class MailCatcher(Server):
    name: ClassVar[str] = "mail"
    title: ClassVar[str] = "Mail catcher"
    variables: ClassVar[frozenset[str]] = frozenset({"PORTAL_SMTP_URL", "PORTAL_MAIL_FROM"})

    def prepare(self) -> None:
        (self.home.path / "mail").mkdir(mode=0o700, exist_ok=True)
        self.home.port("mail")
        self.home.port("mail page")

    def command(self) -> list[str]:
        ports = (self.home.known_port("mail"), self.home.known_port("mail page"))
        return [sys.executable, "-m", "portal.backends.mail", str(self.home.path / "mail"), *map(str, ports)]

    def process_environ(self) -> Mapping[str, str]:
        return python_environ()

    def answers(self) -> bool:
        return listens(self.home.known_port("mail")) and listens(self.home.known_port("mail page"))

    def environ(self) -> dict[str, str]:
        return {
            "PORTAL_SMTP_URL": f"smtp://127.0.0.1:{self.home.known_port('mail')}",
            "PORTAL_MAIL_FROM": "Portal <portal@localhost>",
        }

    @property
    def page(self) -> str:
        return f"http://127.0.0.1:{self.home.known_port('mail page')}/"


@dataclass(frozen=True)
class Caught:
    """One line of the listing."""

    file: str
    received: str
    sender: str
    recipients: list[str]
    subject: str


class Catcher:
    """Writes each mail to a file of its own and keeps the listing, `index.json`, the latest first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = threading.Lock()
        self.count = 0

    async def handle_DATA(self, server: object, session: object, envelope: _Envelope) -> str:  # noqa: N802  its name
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        self.keep(content, envelope.mail_from or "", envelope.rcpt_tos)
        return "250 Kept, not sent"

    def keep(self, content: bytes, sender: str, recipients: list[str]) -> Caught:
        message = _parse(content)
        with self.lock:
            self.count += 1
            received = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
            file = f"{received}-{time.time_ns() % 10**9:09d}-{self.count}.eml"
            (self.folder / file).write_bytes(content)
            caught = Caught(file, received, sender, list(recipients), str(message["subject"] or ""))
            listing = [asdict(one) for one in [caught, *listed(self.folder)][:LISTED]]
            write_private(self.folder / "index.json", json.dumps(listing, ensure_ascii=False, indent=1))
        return caught


class _Envelope(Protocol):
    """What the SMTP library hands over; named here because it brings no types."""

    content: bytes | str | None
    mail_from: str | None
    rcpt_tos: list[str]


def listed(folder: Path) -> list[Caught]:
    """The listing as it stands, the latest mail first."""
    try:
        return [Caught(**one) for one in json.loads((folder / "index.json").read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError):
        return []


def messages_to(folder: Path, recipient: str) -> list[EmailMessage]:
    """The mails that one address has received, the latest first."""
    return [_parse((folder / one.file).read_bytes()) for one in listed(folder) if recipient in one.recipients]


def _parse(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage), "the default policy makes these"
    return message


# The page


def _handler(folder: Path) -> type[BaseHTTPRequestHandler]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.strip("/")
            file = folder / name
            if not name:
                self._answer(200, _list_page(folder))
            elif re.fullmatch(r"[\w-]+\.eml", name, re.ASCII) and file.is_file():
                self._answer(200, _message_page(file))
            else:
                self._answer(404, _page("Not found", "<p>There is no such mail.</p>"))

        def _answer(self, status: int, text: str) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the log for what goes wrong."""

    return Page


def _list_page(folder: Path) -> str:
    rows = "".join(
        f'<li><a href="/{html.escape(one.file)}">{html.escape(one.subject or "(no subject)")}</a> '
        f"to {html.escape(', '.join(one.recipients))} <small>{html.escape(one.received)}</small>"
        for one in listed(folder)
    )
    return _page("Mail that the portal sent", f"<ul>{rows}</ul>" if rows else "<p>None yet. Reload to look again.</p>")


def _message_page(file: Path) -> str:
    message = _parse(file.read_bytes())
    body = message.get_body(("plain", "html"))
    text = html.escape(str(body.get_content()) if body is not None else "")
    linked = re.sub(r"https?://[^\s<>&]+(?:&amp;[^\s<>&]+)*", r'<a href="\g<0>">\g<0></a>', text)
    heads = "".join(
        f"<dt>{name}<dd>{html.escape(str(message[name] or ''))}" for name in ("From", "To", "Subject", "Date")
    )
    return _page(str(message["subject"] or "(no subject)"), f'<p><a href="/">All mail</a><dl>{heads}</dl><pre>{linked}')


def _page(title: str, body: str) -> str:
    style = "body{font:16px/1.5 system-ui;max-width:50rem;margin:2rem auto;padding:0 1rem}pre{white-space:pre-wrap}"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f"<style>{style}</style><h1>{html.escape(title)}</h1>{body}"
    )


def main(folder: Path, smtp_port: int, page_port: int) -> None:
    """Catch mail until ended."""
    from aiosmtpd.controller import Controller

    controller = Controller(Catcher(folder), hostname="127.0.0.1", port=smtp_port, data_size_limit=50_000_000)
    controller.start()
    ThreadingHTTPServer(("127.0.0.1", page_port), _handler(folder)).serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
