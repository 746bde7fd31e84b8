"""Mail goes out from jobs only: a mail that was promised in a transaction is sent once that has committed.

A template is a text file: its first line is the subject, the second is empty, the rest is the body. It is rendered in
the recipient's language. A server that refuses raises, and the job is tried again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from functools import cache
from urllib.parse import urlsplit

import aiosmtplib
from jinja2 import Environment, Template

from portal import clock
from portal.errors import Unanswered
from portal.pages.rendering import environment
from portal.pages.text import ngettext, speaking, translate
from portal.settings import Settings
from portal.tenancy.database import DB

PATIENCE_SECONDS = 30.0
LONGEST_SUBJECT = 200

_settings: Settings | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail."""

    file_name: str
    content_type: str
    content: bytes


class BadAddress(ValueError):
    """This is no address that mail can go to."""


class PostboxSilent(Unanswered):
    """There is no mail server to be reached: nothing was handed over."""


def portal_address() -> str:
    """The address of the portal, as mails name it."""
    return _where().base_url


def configure(settings: Settings) -> None:
    """Say where mail is handed over and who sends it. Nothing is connected yet."""
    global _settings  # noqa: PLW0603 - one postbox a process
    _settings = settings


async def send_mail(
    to: str,
    template: str,
    *,
    language: str,
    time_zone: str = "UTC",
    attachments: Sequence[Attachment] = (),
    **context: object,
) -> None:
    """Render ``template`` (``portal/mail/invitation.txt``) and hand it over for one recipient.

    Templates find ``base_url``, the address of the portal, beside their context. Called in a job, outside a
    transaction, so that no row is locked while a server far away thinks.

    Raises:
        BadAddress: ``to`` is no address.
        PostboxSilent: the server cannot be reached.
        aiosmtplib.SMTPException: it refused, or broke off.
    """
    if DB.current_transaction.get() is not None:
        raise RuntimeError("mail is sent by a job, outside its transactions")
    settings = _where()
    with speaking(language, time_zone):
        subject, body = rendered(template, {"base_url": settings.base_url, "language": language, **context})
    await _hand_over(settings, compose(settings.mail_from, to, subject, body, language, attachments))


def rendered(template: str, context: dict[str, object]) -> tuple[str, str]:
    """Subject and body in the language being spoken. They are rendered apart, so that no value can leave its line."""
    subject, body = _parts(template)
    spoken = {"_": translate, "ngettext": _counted, **context}
    line = " ".join(subject.render(spoken).split())
    return line[:LONGEST_SUBJECT], body.render(spoken).strip() + "\n"


def _counted(singular: str, plural: str, num: int, /, **params: object) -> str:
    """What pages call ``ngettext``, without their escaping: in a mail Brandt & Söhne are called just that."""
    return ngettext(singular, plural, num) % {"num": num, **params}


def compose(
    sender: str, to: str, subject: str, body: str, language: str = "en", attachments: Sequence[Attachment] = ()
) -> EmailMessage:
    """A mail as it goes over the wire."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = _address(to)
    message["Subject"] = "".join(c for c in subject if c.isprintable())
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].rstrip("> "))
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    for one in attachments:
        kind, _, detail = one.content_type.partition("/")
        name = "".join(c for c in one.file_name if c.isprintable())
        message.add_attachment(one.content, maintype=kind, subtype=detail, filename=name)
    message["Content-Language"] = language
    return message


def _address(text: str) -> Address:
    """One address and nothing more: no list, no name, no second line."""
    try:
        address = Address(addr_spec=text)
        return Address(username=address.username, domain=address.domain.encode("idna").decode("ascii"))
    except (ValueError, IndexError, TypeError, MessageError):
        raise BadAddress("not an address") from None


@cache
def _plain() -> Environment:
    """The environment of the pages, without the escaping that a text needs none of."""
    return environment().overlay(autoescape=False)


@cache
def _parts(template: str) -> tuple[Template, Template]:
    env = _plain()
    assert env.loader is not None
    source, _, _ = env.loader.get_source(env, template)
    subject, empty, body = source.split("\n", 2)
    if empty.strip():
        raise ValueError(f"{template}: the second line of a mail is empty")
    return env.from_string(subject), env.from_string(body)


async def _hand_over(settings: Settings, message: EmailMessage) -> None:
    server = settings.mail_server
    try:
        await aiosmtplib.send(
            message,
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.tls,
            start_tls=server.starttls,
            local_hostname=urlsplit(settings.base_url).hostname,
            timeout=PATIENCE_SECONDS,
        )
    except (aiosmtplib.SMTPConnectError, OSError) as error:
        raise PostboxSilent(type(error).__name__) from None


def _where() -> Settings:
    if _settings is None:
        raise RuntimeError("the postbox has not been configured")
    return _settings
