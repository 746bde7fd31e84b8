"""The debtor's way in: nothing is known before the proof, and no guess goes uncounted."""

from __future__ import annotations

import re
from datetime import timedelta

import asyncpg
import httpx
import pytest

from cases.account.lines import AccountLine, LineKind
from cases.claim_page.links import make_link, revoke_links, send_link
from cases.claim_page.overview import items
from cases.claim_page.proof import is_one_of
from cases.contact.log import ContactRefused
from cases.contact.question import Channel
from cases.contact.stops import stop_contact
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.jobs import work_off
from portal.people.actor import system
from portal.people.arrival import new_token
from portal.tenancy.database import NOBODY, sql_value, transaction
from tests.cases.casework import MONDAY, placed_case
from tests.cases.claim_page.coming import POSTAL_CODE, come, link_to, number_of
from tests.letterbox import Letterbox
from tests.people import Cast, Visit


async def answered(client: httpx.AsyncClient, method: str, path: str, **data: str) -> str:
    """What a link answers, without what may differ: its own token."""
    answer = await client.request(method, path, data=data or None)
    assert answer.status_code in (200, 422, 429), answer.status_code
    head = {name: value for name, value in answer.headers.items() if name != "content-length"}
    return f"{answer.status_code} {head} {answer.text}".replace(path.rpartition("/")[2], "·")


async def test_a_known_link_and_an_unknown_one_are_answered_alike_until_the_proof(cast: Cast, visit: Visit) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    known, ended = await link_to(cast.negotiator, case_id), await link_to(cast.negotiator, case_id)
    with clock.at(MONDAY):
        async with transaction(cast.negotiator.actor.scope):
            await revoke_links(cast.negotiator.actor, case_id)
        known = await link_to(cast.negotiator, case_id)
        unknown = f"/claim/{new_token()}"
        stranger = await visit()
        for asked in ({}, {"reference": "2026-99999", "postal_code": POSTAL_CODE}, {"code": "12345678"}, {"mail": "1"}):
            method = "POST" if asked else "GET"
            told = {await answered(stranger, method, path, **asked) for path in (known, ended, unknown)}
            assert len(told) == 1, asked
            [text] = told
            assert "Nordkai" not in text and "Brandt" not in text and "noindex" in text
            assert "'cache-control': 'no-store'" in text and "'referrer-policy': 'same-origin'" in text


async def test_a_scanners_visit_changes_nothing(cast: Cast, visit: Visit, owner: asyncpg.Connection) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    path = await link_to(cast.negotiator, case_id)
    scanner = await visit()
    kept = "select to_jsonb(l) from claim_links l where case_id = $1"
    before = await owner.fetchval(kept, case_id)
    for method in ("GET", "HEAD", "OPTIONS"):
        answer = await scanner.request(method, path)
        assert answer.status_code < 500 and "claim" not in scanner.cookies
    assert await owner.fetchval(kept, case_id) == before
    assert await owner.fetchval("select count(*) from claim_visits where case_id = $1", case_id) == 0
    async with transaction(NOBODY):
        assert await sql_value("select count(*) from queue.pgqueuer") == 0


async def test_the_letter_proves_the_debtor_who_sees_the_claim_and_no_other(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=123_456)
    sibling = await placed_case(cast.nordkai, cast.brandt, amount_minor=777_700)
    await owner.execute(
        "update cases set debtor_id = (select debtor_id from cases where id = $1) where id = $2", case_id, sibling
    )
    debtor = await come(visit, cast.negotiator, case_id)
    with clock.at(MONDAY):
        page = await debtor.get("/claim")
        assert page.status_code == 200 and "1,234.56" in page.text and "Brandt &amp; Söhne" in page.text
        assert "7,777.00" not in page.text and "9,011.56" not in page.text, "a sibling case is another matter"
        assert page.headers["x-robots-tag"] == "noindex, nofollow" and page.headers["cache-control"] == "no-store"
        assert (await debtor.post("/claim/language", data={"language": "zh-Hans", "next": "/claim"})).status_code == 303
        assert "尚欠" in (await debtor.get("/claim")).text
        assert (await debtor.get(f"/cases/{case_id}")).status_code == 303, "the rest of the portal knows no debtor"
    told = (
        "select actor_kind, actor_name, facts ? 'address' as apart from audit_events where action = 'claim_page.opened'"
    )
    [event] = await owner.fetch(f"{told} and subject_id = $1", case_id)
    assert tuple(event) == ("debtor", "", True)


@pytest.mark.parametrize("ends", ["idle", "link", "revoked", "left", "staff"])
async def test_a_visit_ends(cast: Cast, visit: Visit, ends: str) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    debtor, later = await come(visit, cast.negotiator, case_id), MONDAY + timedelta(minutes=5)
    if ends == "idle":
        later = MONDAY + timedelta(minutes=31)
    elif ends == "link":
        later = MONDAY + timedelta(days=31)
    elif ends == "revoked":
        with clock.at(MONDAY):
            async with transaction(cast.negotiator.actor.scope):
                assert await revoke_links(cast.negotiator.actor, case_id) == 1
    elif ends == "left":
        with clock.at(MONDAY):
            token = debtor.cookies["claim"]
            assert (await debtor.post("/claim/sign-out")).status_code == 200
            debtor.cookies.set("claim", token)
    else:
        debtor = await visit(cast.owner)
    with clock.at(later):
        for method, path in (("GET", "/claim"), ("POST", "/claim/language")):
            answer = await debtor.request(method, path, data={"language": "en"} if method == "POST" else None)
            assert answer.status_code == 401 and "Brandt" not in answer.text and "1,000.00" not in answer.text


async def test_guessing_must_wait_for_the_link_and_in_the_end_opens_nothing(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    path, stranger = await link_to(cast.negotiator, case_id), await visit()
    right = {"reference": await number_of(cast.negotiator, case_id), "postal_code": POSTAL_CODE}
    with clock.at(MONDAY):
        given = [(await stranger.post(path, data=right | {"postal_code": "10116"})).status_code for _ in range(6)]
        assert given == [422] * 5 + [429]
        assert (await stranger.post(path, data=right)).status_code == 429, "not even what is right is judged"
    assert await owner.fetchval("select wrong_proofs from claim_links where case_id = $1", case_id) == 5
    with clock.at(MONDAY + timedelta(hours=1)):
        await owner.execute("update claim_links set wrong_proofs = 30 where case_id = $1", case_id)
        assert (await stranger.post(path, data=right)).status_code == 422


async def test_a_code_goes_to_the_debtors_address_and_works_once(
    cast: Cast, visit: Visit, owner: asyncpg.Connection, letterbox: Letterbox
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    path, debtor = await link_to(cast.negotiator, case_id), await visit()
    with clock.at(MONDAY):
        await debtor.post(path, data={"mail": "1"})
        await work_off(forgiving=True)
        assert letterbox.kept == [], "no address is known"
        await owner.execute(
            "insert into contact_points (agency_id, debtor_id, kind, value, created_at)"
            " select agency_id, debtor_id, 'email', 'ap@mueller.example', $2 from cases where id = $1",
            *(case_id, MONDAY),
        )
        for _ in range(5):
            await debtor.post(path, data={"mail": "1"})
        await work_off(forgiving=True)
        assert [to for to, _ in letterbox.kept] == [["ap@mueller.example"]] * 2, "three times are enough for anybody"
        letter = letterbox.kept[-1][1].get_content()
        assert "Brandt" not in letter and "1,000" not in letter
        [code] = set(re.findall(r"\b\d{8}\b", letter))
        assert (await debtor.get(f"{path}?code={code}")).status_code == 200
        assert (await debtor.post(path, data={"code": f"{code[:4]} {code[4:]}"})).status_code == 303
        assert (await debtor.get("/claim")).status_code == 200
        assert (await (await visit()).post(path, data={"code": code})).status_code == 422, "it was used"


async def test_a_link_is_mailed_where_the_contact_guard_allows_it(
    cast: Cast, owner: asyncpg.Connection, letterbox: Letterbox
) -> None:
    case_id, actor = await placed_case(cast.nordkai, cast.brandt), cast.negotiator.actor
    with clock.at(MONDAY):
        async with transaction(actor.scope):
            with pytest.raises(Refused, match="No e-mail address"):
                await send_link(actor, case_id, "asked")
        person = "select id from debtor_people where debtor_id = (select debtor_id from cases where id = $1)"
        await owner.execute(
            "insert into contact_points (agency_id, debtor_id, person_id, kind, value, created_at)"
            f" select agency_id, debtor_id, ({person}), 'email', 'ap@mueller.example', $2 from cases where id = $1",
            *(case_id, MONDAY),
        )
        async with transaction(actor.scope):
            await send_link(actor, case_id, "asked")
        await work_off(forgiving=True)
        assert "/claim/" in letterbox.only().get_content()
        sent = await owner.fetchrow(
            "select channel, outcome, verdict from contact_attempts where case_id = $1", case_id
        )
        assert tuple(sent) == ("email", "sent", "ALLOW")
        async with transaction(actor.scope):
            await stop_contact(actor, case_id, None, [Channel.EMAIL])
        async with transaction(actor.scope):
            with pytest.raises(ContactRefused):
                await send_link(actor, case_id, "asked")
        async with transaction(system(cast.nordkai.id).scope):
            await send_link(system(cast.nordkai.id), case_id, "card")
        await work_off(forgiving=True)
        assert len(letterbox.kept) == 1
        assert await owner.fetchval(
            "select facts->>'because' from case_events where case_id = $1 and kind = 'claim_link.not_sent'", case_id
        ) == "contact_refused"  # fmt: skip


async def test_links_are_for_whoever_works_the_case(cast: Cast) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    with clock.at(MONDAY):
        for who, wall in (
            (cast.auditor, Forbidden),
            (cast.brandt_admin, Forbidden),
            (cast.huadong_negotiator, NotFound),
        ):
            for act in (make_link, revoke_links):
                async with transaction(who.actor.scope):
                    with pytest.raises(wall):
                        await act(who.actor, case_id)


def test_a_reference_is_known_however_it_is_typed() -> None:
    assert is_one_of(" 2026 – 00417", ["2026-00417", "R-1"]) and is_one_of("sw1a 1aa", ["SW1A 1AA", ""])
    assert is_one_of("２０００３１", ["200031"]), "digits of full width are digits"
    assert not is_one_of("", ["", None]) and not is_one_of("--", ["", "-"])


async def test_the_agency_makes_mails_and_revokes_links_beside_the_case(
    cast: Cast, visit: Visit, owner: asyncpg.Connection
) -> None:
    case_id = await placed_case(cast.nordkai, cast.brandt)
    page = f"/cases/{case_id}/claim-page"
    negotiator, auditor = await visit(cast.negotiator), await visit(cast.auditor)
    with clock.at(MONDAY):
        made = await negotiator.post(f"{page}/links")
        [address] = re.findall(r"http[^<\s]+/claim/[\w-]{43}", made.text)
        assert address not in (await negotiator.get(page)).text, "it is shown once"
        assert "not opened yet" in (await negotiator.get(page)).text
        given = {"reference": await number_of(cast.negotiator, case_id), "postal_code": POSTAL_CODE}
        assert (await (await visit()).post(httpx.URL(address).path, data=given)).status_code == 303
        assert "not opened yet" not in (await negotiator.get(page)).text
        assert "No e-mail address" in (await negotiator.post(f"{page}/mail")).text
        assert (await auditor.get(page)).status_code == 200
        for act in ("links", "mail", "revoke"):
            assert (await auditor.post(f"{page}/{act}")).status_code == 403
            assert (await (await visit(cast.brandt_admin)).post(f"{page}/{act}")).status_code == 403
        assert (await (await visit(cast.brandt_admin)).get(page)).status_code == 403
        assert (await negotiator.post(f"{page}/revoke")).status_code == 303
        assert "No private link holds" in (await negotiator.get(page)).text


def test_what_its_creditor_took_back_is_not_told_as_given_up() -> None:
    lines = [
        AccountLine(on=MONDAY.date(), kind=kind, case_number="2026-00001", text="", amount_minor=minor)
        for kind, minor in ((LineKind.INVOICE, 100_000), (LineKind.RECALLED, -100_000))
    ]
    told = {item.text: item.amount_minor for item in items(lines)}
    assert told["Taken back by the creditor"] == -100_000 and "Given up" not in told
