"""From a creditor's file to money on a statement, in a real browser, in both languages."""

from __future__ import annotations

from datetime import date, timedelta

import asyncpg
import pytest

from cases.situation import refresh
from portal.people.actor import system
from portal.people.permissions import Role
from portal.tenancy.database import sql, transaction
from tests.browser.conftest import Sit
from tests.browser.journey import Journey, Story
from tests.browser.site import Site
from tests.people import Cast, Person, joined

COLUMNS = (
    "InvoiceNumber", "DebtorName", "Address", "PostalCode", "City", "State", "Country", "Email", "PhoneNumber",
    "InvoiceDate", "DueDate", "PrincipalAmount", "CurrencyCode", "DebtorContactPerson",
)  # fmt: skip


def row(*values: str) -> dict[str, str]:
    return dict(zip(COLUMNS, values, strict=True))


def days_ago(number: int) -> str:
    return (date.today() - timedelta(days=number)).isoformat()


ENGLISH = Story(
    language="en", zone="Europe/Berlin", currency="EUR", client="Köhler Ventile GmbH", submitter="Katrin Vogt", rate="25",
    rows=(
        row("RE-24188", "Müller Maschinenbau GmbH", "Beusselstraße 44", "10553", "Berlin", "", "DE",
            "s.weber@mueller.example", "+49 30 55501420", days_ago(150), days_ago(120), "48210.55", "EUR", "Sabine Weber"),
        row("RE-24231", "Harbour & Lyle Fabrication Ltd", "8 Kirkstall Road", "LS3 1LP", "Leeds", "", "GB",
            "accounts@harbour.example", "+44 113 2345678", days_ago(100), days_ago(70), "7340.00", "EUR", "Tom Lyle"),
        row("RE-24240", "Ferretti Pompe S.p.A.", "Via Emilia 12", "25124", "Brescia", "BS", "IT",
            "conti@ferretti.example", "+39 030 2423400", "2026-02-30", days_ago(60), "8412.00", "EUR", "Anna Ferretti"),
    ),
    promised="1000.00", fee="250.00", net="750.00",
    said="Customer paid 60 % today. Can pay 1,000 this week.", reason="She asked to be called at this hour.",
)  # fmt: skip

CHINESE = Story(
    language="zh-Hans", zone="Asia/Shanghai", currency="CNY", client="苏州兰亭轴承有限公司", submitter="周敏", rate="30",
    rows=(
        row("LT-26-0518", "宁波海川五金制品有限公司", "江北大道 88 号", "315000", "宁波", "浙江", "CN",
            "caiwu@haichuan.example", "+86 574 87654321", days_ago(150), days_ago(120), "386200.00", "CNY", "陈国强"),
        row("LT-26-0603", "青岛远洋机械有限公司", "香港中路 12 号", "266000", "青岛", "山东", "CN",
            "zhangwu@yuanyang.example", "+86 532 83123456", days_ago(100), days_ago(70), "214000.00", "CNY", "王丽"),
        row("LT-26-0610", "杭州瑞丰阀门有限公司", "文三路 5 号", "311200", "杭州", "浙江", "CN",
            "caiwu@ruifeng.example", "+86 571 88123456", "2026-02-30", days_ago(60), "12480.00", "CNY", "刘洋"),
    ),
    promised="10000.00", fee="3000.00", net="7000.00",
    said="老板出差，财务答应本周先付一万元。", reason="对方要求此时来电。",
)  # fmt: skip


async def cast_of(story: Story, cast: Cast, owner: asyncpg.Connection) -> dict[str, Person]:
    """The agency's people; their pages are in the story's language."""
    if story.language == "en":
        people = {name: getattr(cast, name) for name in ("owner", "negotiator", "finance", "second_finance")}
    else:
        people = {name: getattr(cast, f"huadong_{name}") for name in ("owner", "negotiator", "finance")}
        people["second_finance"] = await joined(owner, "huadong_second_finance", cast.huadong, Role.FINANCE)
    ids = [person.user_id for person in people.values()]
    await owner.execute("update users set language = $2 where id = any($1)", ids, story.language)
    return people


async def office_hours_have_come(owner: Person) -> None:
    """Cases placed at night or on a Sunday are planned for the next working day: nobody here waits for it."""
    actor = owner.actor
    async with transaction(system(actor.agency_id).scope):
        query = "update cases set next_action_at = least(next_action_at, now()) where agency_id = $1 returning id"
        await refresh(actor, *[row["id"] for row in await sql(query, actor.agency_id)])


@pytest.mark.parametrize("story", [ENGLISH, CHINESE], ids=["english", "chinese"])
async def test_money_is_recovered_from_the_file_to_the_statement(
    story: Story, cast: Cast, owner: asyncpg.Connection, site: Site, sit: Sit
) -> None:
    people = await cast_of(story, cast, owner)
    journey = Journey(story, site, lambda: sit(language=story.language))
    owner_page = await journey.signed_in(people["owner"])
    await journey.take_on_client(owner_page)
    submitter = await journey.invite_submitter(owner_page)
    await journey.place_cases(submitter)
    await journey.attach_document(submitter)
    await office_hours_have_come(people["owner"])
    negotiator = await journey.signed_in(people["negotiator"])
    await journey.work_case(negotiator)
    finance = await journey.signed_in(people["finance"])
    await journey.record_payment(finance)
    await journey.see_promise_kept(negotiator)
    await journey.follow_case(submitter)
    await journey.prepare_remittance(finance)
    second = await journey.signed_in(people["second_finance"])
    await journey.approve_remittance(second)
    await journey.read_statement(submitter)
