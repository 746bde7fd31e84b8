"""The queue narrowed by country and by the hours, and the chart of those hours: all by the contact rules."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from cases.contact.engine import lamp
from cases.contact.packs.company import RULES
from cases.contact.question import Channel, DebtorClass, Question
from cases.contact.rules import Verdict
from cases.contact.windows import Whereabouts, hours_of, open_at, spans_of
from cases.contact.zones import AREA, places_of
from cases.queues.filters import Filters
from cases.queues.overview import LINES, Group, count
from portal import clock
from tests.cases.casework import MONDAY, placed_case
from tests.people import Cast, Visit

HOURS = hours_of(RULES)
BERLIN = Whereabouts("company", "DE", "", "")
SHANGHAI = Whereabouts("company", "CN", "", "200")
TEXAS = Whereabouts("company", "US", "TX", "750")
NEW_YORK = Whereabouts("company", "US", "NY", "100")
TUESDAY = datetime(2026, 11, 24, 12, 38, tzinfo=UTC)
"""13:38 in Berlin, 20:38 in Shanghai, 07:38 in New York."""


def main(page: str) -> str:
    """The list of a page, without what stands beside it."""
    return page.split('id="rows"')[1].split("</main>", maxsplit=1)[0]


async def europe_and_china(cast: Cast) -> None:
    await placed_case(cast.nordkai, cast.brandt, debtor="Berliner KG")
    await placed_case(cast.nordkai, cast.lanting, debtor="宁波海川五金", country="CN", phone="+8657488880000")


async def test_callable_now_are_the_cases_whose_debtors_are_at_work(cast: Cast, visit: Visit) -> None:
    with clock.at(MONDAY):
        await europe_and_china(cast)
    with clock.at(TUESDAY):
        page = (await (await visit(cast.negotiator)).get("/queue?callable=1")).text
    assert "Berliner KG" in main(page)
    assert "宁波海川五金" not in main(page)
    assert "1 to work today" in page
    assert "What else stands against one is checked on the case." in page
    with clock.at(TUESDAY.replace(hour=2)):
        page = (await (await visit(cast.negotiator)).get("/queue?callable=1")).text
    assert "Berliner KG" not in main(page)
    assert "宁波海川五金" in main(page)


async def test_nobody_is_callable_on_a_sunday(cast: Cast, visit: Visit) -> None:
    with clock.at(MONDAY):
        await europe_and_china(cast)
    with clock.at(TUESDAY - timedelta(days=2)):
        page = (await (await visit(cast.negotiator)).get("/queue?callable=1")).text
    assert "Nothing waits for you" in page
    assert "closed today" in page


async def test_a_country_is_chosen_by_its_name_and_stays_in_every_link(cast: Cast, visit: Visit) -> None:
    with clock.at(MONDAY):
        await europe_and_china(cast)
        negotiator = await visit(cast.negotiator)
        page = (await negotiator.get("/queue")).text
        assert re.search(r'href="/queue\?country=CN"><span>China</span><span class="c-chip-count">1<', page)
        page = (await negotiator.get("/queue?country=CN")).text
        assert "宁波海川五金" in main(page)
        assert "Berliner KG" not in main(page)
        for link in ("/queue?country=CN&amp;mine=1", "/queue?country=CN&amp;callable=1", "/queue.xlsx?country=CN"):
            assert link in page
        assert "Germany" in page, "the other countries can still be chosen"


@pytest.mark.parametrize("query", ["country=xx1", "country=%00", "callable=yes", "band=99", "situation=none"])
async def test_a_filter_that_none_can_be_is_left_out(cast: Cast, visit: Visit, query: str) -> None:
    with clock.at(MONDAY):
        await europe_and_china(cast)
        page = (await (await visit(cast.negotiator)).get(f"/queue?{query}")).text
    assert "Berliner KG" in main(page) and "宁波海川五金" in main(page)


async def test_the_chart_counts_the_cases_to_work_by_the_hours_of_their_debtors(cast: Cast, visit: Visit) -> None:
    with clock.at(MONDAY):
        await europe_and_china(cast)
        await placed_case(cast.nordkai, cast.brandt, debtor="Wiener GmbH", country="AT", phone="+4315550142")
        await placed_case(cast.huadong, cast.mingda, debtor="Theirs")
    with clock.at(TUESDAY):
        page = (await (await visit(cast.negotiator)).get("/queue")).text
    chart = page.split('class="c-windows"')[1].split("</figure>")[0]
    # Nordkai's people read UTC: Berlin and Vienna are open 07:00 to 17:00, Shanghai 00:00 to 10:00.
    told = re.findall(r'c-windows-place"[^>]*>([^<]+)<.*?aria-label="([^"]+)".*?class="num">(\d+)<', chart)
    assert told == [("Shanghai", "00:00–10:00", "1"), ("Berlin +1", "07:00–17:00, open now", "2")]
    assert "style=" not in chart


async def test_the_page_asks_the_same_few_questions_however_many_countries_there_are(
    cast: Cast, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = asyncpg.connection.Connection.fetch

    async def fetch(self: asyncpg.Connection, query: str, *args: object, **more: object) -> object:
        asked.append(query)
        return await real(self, query, *args, **more)

    monkeypatch.setattr(asyncpg.connection.Connection, "fetch", fetch)
    counted = []
    with clock.at(MONDAY):
        for countries in (("DE",), ("FR", "IT", "ES", "PL", "NL", "CN", "BR")):
            for country in countries:
                await placed_case(cast.nordkai, cast.brandt, country=country)
            negotiator = await visit(cast.negotiator)
            asked.clear()
            assert (await negotiator.get("/queue")).status_code == 200
            counted.append(len(asked))
    assert counted[0] == counted[1]


def test_a_span_is_what_the_engine_allows_minute_by_minute() -> None:
    """The chart and the guard can never disagree: every quarter of an hour of the day is asked of the engine itself."""
    for where in (BERLIN, SHANGHAI, TEXAS, NEW_YORK, Whereabouts("person", "US", "", "")):
        for day in (date(2026, 11, 24), date(2026, 11, 26), date(2026, 10, 25), date(2026, 11, 1)):
            spans = spans_of(where, HOURS, day, "Europe/Berlin")
            at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=2)
            for quarter in range(28 * 4):
                moment = at + timedelta(minutes=15 * quarter)
                if clock_day(moment) == day:
                    assert open_at(where, HOURS, moment) == any(begins <= moment < ends for begins, ends in spans)


def clock_day(moment: datetime) -> date:
    from zoneinfo import ZoneInfo

    return moment.astimezone(ZoneInfo("Europe/Berlin")).date()


def test_what_the_hours_close_the_whole_engine_closes_too() -> None:
    asked = Question(now=TUESDAY, channel=Channel.CALL, debtor_class=DebtorClass.COMPANY, places=SHANGHAI.places)
    assert not open_at(SHANGHAI, HOURS, TUESDAY)
    assert lamp(asked, RULES).verdict is not Verdict.ALLOW


def test_a_holiday_over_there_is_a_day_without_hours() -> None:
    thanksgiving = date(2026, 11, 26)
    assert spans_of(NEW_YORK, HOURS, thanksgiving, "Europe/Berlin") == ()
    assert spans_of(BERLIN, HOURS, thanksgiving, "Europe/Berlin") != ()


def test_hours_over_midnight_of_the_reader_are_two_spans() -> None:
    spans = spans_of(Whereabouts("company", "US", "CA", "900"), HOURS, date(2026, 11, 25), "Asia/Shanghai")
    assert [f"{begins:%d %H:%M}–{ends:%d %H:%M}" for begins, ends in spans] == ["24 16:00–25 02:00"]
    eastern = spans_of(NEW_YORK, HOURS, date(2026, 11, 25), "Asia/Shanghai")
    assert [f"{begins:%d %H:%M}–{ends:%d %H:%M}" for begins, ends in eastern] == [
        "24 16:00–24 23:00",
        "25 13:00–25 16:00",
    ]


@pytest.mark.parametrize(
    ("country", "code"),
    [("US", "10001"), ("US", "79901"), ("ES", "35001"), ("PT", "95000"), ("CN", "830000"), ("BR", "69400"), ("CA", "V5K 0A1"),
     ("AU", "2880"), ("DE", "10115"), ("GB", "SW1A 1AA")],
)  # fmt: skip
def test_the_beginning_of_a_postal_code_decides_on_the_zone(country: str, code: str) -> None:
    assert places_of(country, postal_code=code) == places_of(country, postal_code=code[:AREA])


def test_a_chart_stays_short_and_loses_no_case() -> None:
    countries = ("DE", "CN", "GB", "BR", "IN", "JP", "AE", "TH", "NZ", "FJ", "PK", "NP", "BD", "TR", "ZA", "CV")
    groups = [Group(5, Whereabouts("company", country, "", ""), 2) for country in countries]
    found = count(groups, Filters(), TUESDAY, "Europe/Berlin")
    assert len(found.windows) == LINES + 1
    assert sum(window.cases for window in found.windows) == 2 * len(countries) == found.total
