import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Protocol

import pytest
from aiosmtpd.smtp import SMTP

from portal.mail import postbox
from portal.settings import Settings


class Envelope(Protocol):
    content: bytes
    mail_from: str
    rcpt_tos: list[str]


@dataclass
class Letterbox:
    """A mail server that keeps what it is given, or refuses it."""

    settings: Settings
    kept: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    refuses: bool = False

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802 - its name
        if self.refuses:
            return "451 come back later"
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.kept.append((envelope.rcpt_tos, message))
        return "250 kept"

    def only(self) -> EmailMessage:
        [(_, message)] = self.kept
        return message


@pytest.fixture
async def letterbox(database: Settings) -> AsyncIterator[Letterbox]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, loop=loop), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    box = Letterbox(replace(database, smtp_url=f"smtp://127.0.0.1:{port}"))
    postbox.configure(box.settings)
    yield box
    postbox.configure(database)
    server.close()
