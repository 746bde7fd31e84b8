"""A closed statement is told by mail to the client's administrators: a link with the sums, or the PDF where they chose it."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

import asyncpg

from billing.statements.mail import mail_closed
from portal import clock
from portal.jobs import work_off
from tests.billing.money import NOON
from tests.billing.statements.test_pages import closed
from tests.letterbox import Letterbox
from tests.people import Cast, Visit

__all__ = ["closed"]


async def sent(cast: Cast, *, forgiving: bool = False) -> None:
    with clock.at(NOON):
        await work_off(agency_id=cast.nordkai.id, forgiving=forgiving)


async def told(cast: Cast, closed: UUID) -> None:
    """The job once more, as after a kill."""
    ids = {"agency_id": cast.nordkai.id, "statement_id": closed, "user_id": cast.brandt_admin.user_id}
    with clock.at(NOON):
        await mail_closed({name: str(value) for name, value in ids.items()})


async def test_who_chose_nothing_gets_a_link_with_the_sums_once_and_no_debtors_name(
    cast: Cast, closed: UUID, letterbox: Letterbox, owner: asyncpg.Connection
) -> None:
    letterbox.refuses = True
    await sent(cast, forgiving=True)
    assert letterbox.kept == []
    letterbox.refuses = False
    await told(cast, closed)
    await told(cast, closed)
    [(people, message)] = letterbox.kept
    assert people == [cast.brandt_admin.email] and not list(message.iter_attachments())
    said = message.get_content().replace("\xa0", " ")
    assert "BS-2026-11-1" in message["subject"] and f"/statements/{closed}" in said
    for line in ("Recovered: 2,600.00", "− Paid to you directly: 200.00", "− Fees: 650.00", "− VAT 20 %: 130.00",
                 "= Paid to you: GBP 1,620.00"):  # fmt: skip
        assert line in said, said
    assert "Orsini" not in said
    facts = await owner.fetchval(
        "select facts::text from audit_events where action = 'statement.mailed' and agency_id = $1", cast.nordkai.id
    )
    assert '"sha256":' not in facts and cast.brandt_admin.email not in facts


async def test_who_chose_the_pdf_gets_the_very_bytes_that_are_kept(
    cast: Cast, closed: UUID, letterbox: Letterbox, owner: asyncpg.Connection, visit: Visit
) -> None:
    for name in ("brandt_viewer", "brandt_submitter", "finance"):
        visitor = await visit(getattr(cast, name))
        assert (await visitor.post("/statements/by-mail", data={"how": "attached"})).status_code == 403
        assert "by e-mail" not in (await visitor.get("/statements")).text
    admin = await visit(cast.brandt_admin)
    for _ in range(2):
        assert (await admin.post("/statements/by-mail", data={"how": "attached"})).status_code == 303
    assert 'value="attached" checked' in (await admin.get("/statements")).text
    assert 'value="link" checked' in (await (await visit(cast.lanting_admin)).get("/statements")).text
    await owner.execute("update users set language = 'zh-Hans' where id = $1", cast.brandt_admin.user_id)
    await sent(cast)
    [(people, message)] = letterbox.kept
    [file] = message.iter_attachments()
    content = file.get_payload(decode=True)
    assert people == [cast.brandt_admin.email] and isinstance(content, bytes)
    assert file.get_filename() == "BS-2026-11-1-GBP.pdf" and file.get_content_type() == "application/pdf"
    paper = await owner.fetchrow("select * from papers where subject_id = $1 and language = 'zh-Hans'", closed)
    assert paper is not None and sha256(content).digest() == paper["sha256"], "in the reader's language"
    rows = await owner.fetch(
        "select action, facts ->> 'sha256' as digest from audit_events where agency_id = $1 and action = any($2) order by id",
        *(cast.nordkai.id, ["statement_by_mail.chosen", "statement.mailed"]),
    )
    assert [tuple(row) for row in rows] == [
        ("statement_by_mail.chosen", None),
        ("statement.mailed", paper["sha256"].hex()),
    ]
    await told(cast, closed)
    assert len(letterbox.kept) == 1
