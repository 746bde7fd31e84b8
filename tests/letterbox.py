"""A mail server that tests hold in their hands."""

from __future__ import annotations

from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Protocol

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
