from collections.abc import Iterator, Mapping
from uuid import UUID, uuid4

import aiosmtplib
import pytest
from jinja2 import ChoiceLoader, DictLoader, PrefixLoader

from portal.jobs import enqueue, work_off
from portal.jobs.registry import JOBS, Job
from portal.mail import postbox
from portal.mail.postbox import Attachment, BadAddress, send_mail
from portal.pages.rendering import environment
from portal.tenancy.database import NOBODY, sql, transaction
from tests.letterbox import Letterbox
from tests.people import Cast

TEMPLATES = {
    "greeting.txt": "A word to {{ name }}\n\nGood day {{ name }},\n\n{{ text }}\n\n{{ base_url }}/cases\n",
    "said.txt": "{{ _('Queue') }}\n\n{{ _('Cases') }}\n",
    "broken.txt": "A subject\nand no empty line\n",
}


@pytest.fixture(autouse=True)
def templates() -> Iterator[None]:
    env = environment()
    before = env.loader
    assert before is not None
    env.loader = ChoiceLoader([PrefixLoader({"test": DictLoader(TEMPLATES)}), before])
    postbox._plain.cache_clear()
    postbox._parts.cache_clear()
    yield
    env.loader = before
    postbox._plain.cache_clear()
    postbox._parts.cache_clear()


async def test_a_mail_carries_subject_body_and_the_portals_address(letterbox: Letterbox) -> None:
    await send_mail(
        "anna@example.com", "test/greeting.txt", language="en", name="Søren & Söhne", text="Zwölf Boxkämpfer"
    )
    [(recipients, message)] = letterbox.kept
    assert recipients == ["anna@example.com"]
    assert message["Subject"] == "A word to Søren & Söhne"
    assert "Good day Søren & Söhne,\n\nZwölf Boxkämpfer\n\nhttp" in message.get_content().replace("\r\n", "\n")
    assert message["Auto-Submitted"] == "auto-generated"


async def test_a_mail_speaks_the_recipients_language(letterbox: Letterbox) -> None:
    await send_mail("a@example.com", "test/said.txt", language="en")
    await send_mail("a@example.com", "test/said.txt", language="zh-Hans")
    english, chinese = (message for _, message in letterbox.kept)
    assert (english["Subject"], english.get_content().strip()) == ("Queue", "Cases")
    assert (english["Content-Language"], chinese["Content-Language"]) == ("en", "zh-Hans")


async def test_files_go_along(letterbox: Letterbox) -> None:
    files = [
        Attachment("Rechnung Nr. 5.pdf", "application/pdf", b"%PDF-1.7 ..."),
        Attachment("上海.csv", "text/csv", b"a,b"),
    ]
    await send_mail("a@example.com", "test/said.txt", language="en", attachments=files)
    found = [(part.get_filename(), part.get_content_type()) for part in letterbox.only().iter_attachments()]
    assert found == [("Rechnung Nr. 5.pdf", "application/pdf"), ("上海.csv", "text/csv")]
    assert next(letterbox.only().iter_attachments()).get_content() == b"%PDF-1.7 ..."


@pytest.mark.parametrize("name", ["Eve\r\nBcc: all@example.com", "Eve\n\nBody", "Eve\u2028Bcc: x", "Eve\x00\x0bBcc: x"])
async def test_a_name_cannot_add_a_header_or_leave_the_subject(letterbox: Letterbox, name: str) -> None:
    await send_mail("a@example.com", "test/greeting.txt", language="en", name=name, text="")
    [(recipients, message)] = letterbox.kept
    assert recipients == ["a@example.com"]
    assert message["Bcc"] is None
    assert message["Subject"].startswith("A word to Eve")


@pytest.mark.parametrize(
    "to",
    ["", "nobody", "a@", "@b.de", "a@b.de\r\nBcc: c@d.de", "a@b.de, c@d.de", "Anna <a@b.de>", "a b@c.de", "a@b.de\x00"],
)
async def test_only_one_plain_address_receives_a_mail(letterbox: Letterbox, to: str) -> None:
    with pytest.raises(BadAddress):
        await send_mail(to, "test/said.txt", language="en")
    assert letterbox.kept == []


async def test_a_domain_in_letters_beyond_ascii_is_written_as_mail_servers_know_it(letterbox: Letterbox) -> None:
    await send_mail("info@bücher.example", "test/said.txt", language="en")
    assert letterbox.kept[0][0] == ["info@xn--bcher-kva.example"]


async def test_mail_does_not_leave_inside_a_transaction(letterbox: Letterbox) -> None:
    async with transaction(NOBODY):
        with pytest.raises(RuntimeError, match="job"):
            await send_mail("a@example.com", "test/said.txt", language="en")


async def test_a_template_whose_second_line_is_not_empty_is_refused(letterbox: Letterbox) -> None:
    with pytest.raises(ValueError, match="second line"):
        await send_mail("a@example.com", "test/broken.txt", language="en")


async def test_a_mail_that_the_server_refuses_stays_a_job(letterbox: Letterbox, cast: Cast) -> None:
    async def write(payload: Mapping[str, str]) -> None:
        assert UUID(payload["agency_id"]) == cast.nordkai.id
        await send_mail("a@example.com", "test/said.txt", language="en")

    name = f"test.{uuid4().hex}"
    JOBS[name] = Job(name, write, 3)
    try:
        letterbox.refuses = True
        async with transaction(NOBODY):
            await enqueue(name, {"agency_id": cast.nordkai.id})
        with pytest.raises(aiosmtplib.SMTPException):
            await work_off(agency_id=cast.nordkai.id)
        letterbox.refuses = False
        async with transaction(NOBODY):
            await sql("update queue.pgqueuer set execute_after = now() where entrypoint = $1", name)
        assert await work_off(agency_id=cast.nordkai.id) == 1
        assert len(letterbox.kept) == 1
    finally:
        del JOBS[name]
