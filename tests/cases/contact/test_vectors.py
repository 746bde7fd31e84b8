"""Published examples of contact law that the measures already prove, with the rules given as test data.

Numbers from Regulation F (12 CFR 1006) and its official interpretation.
"""

from datetime import UTC, date, datetime

import pytest

from cases.contact.calendar import add_working_days
from cases.contact.engine import decide
from cases.contact.measures.hours import Hours
from cases.contact.question import Channel, Consent, Direction, Outcome, PastContact
from cases.contact.rules import RuleKind, Verdict
from cases.contact.zones import places_of
from tests.cases.contact.asking import BERLIN, ask, at, calls, hours, rule

EAST = "America/New_York"
NEW_YORK = places_of("US", region="NY")
CALL7 = rule(
    {
        "test": "frequency",
        "limits": ({"most": 7, "days": 7},),
        "channels": ("call",),
        "directions": ("out",),
        "per": "debtor",
    },
    Verdict.REASON,
    id="CALL7",
)
TALK7 = rule(
    {"test": "frequency", "limits": ({"most": 1, "days": 7},), "outcomes": ("right_party", "refused"), "per": "debtor"},
    Verdict.REASON,
    id="TALK7",
)


def may_call(now, rules, **facts):
    return decide(ask(now, places=NEW_YORK, **facts), rules).verdict == Verdict.ALLOW


def test_seven_calls_in_seven_days_are_allowed_and_the_next_waits_for_the_eighth_day():
    made = [at(f"2026-04-0{day}T10:00", EAST) for day in (1, 2, 3, 4, 5, 6)]
    seventh = at("2026-04-07T10:00", EAST)
    assert may_call(seventh, [CALL7], history=calls(made))
    decision = decide(ask(at("2026-04-07T11:00", EAST), places=NEW_YORK, history=calls([*made, seventh])), [CALL7])
    assert decision.verdict == Verdict.REASON
    assert decision.next_allowed_at == at("2026-04-08T00:00", EAST)


def test_after_a_conversation_they_began_no_call_for_seven_days():
    talk = PastContact(at("2026-08-13T15:00", EAST), Channel.CALL, Direction.INBOUND, Outcome.RIGHT_PARTY)
    decision = decide(ask(at("2026-08-13T16:00", EAST), places=NEW_YORK, history=(talk,)), [TALK7])
    assert decision.next_allowed_at == at("2026-08-20T00:00", EAST)


def test_calls_within_seven_days_of_direct_consent_are_not_counted():
    counting = rule(
        {"test": "uncounted", "rules": ("CALL7",), "outcomes": ("not_connected",), "consent_days": 7},
        kind=RuleKind.COUNTING,
        id="CALLX",
    )
    consent = (Consent(at("2026-06-04T12:00", EAST)),)
    eight = calls([at(f"2026-06-{8 + number % 3:02d}T{10 + number}:00", EAST) for number in range(8)])
    assert may_call(at("2026-06-10T19:00", EAST), [CALL7, counting], history=eight, consents=consent)
    assert not may_call(at("2026-06-10T19:00", EAST), [CALL7], history=eight, consents=consent)
    late = calls([at(f"2026-06-11T{9 + number:02d}:00", EAST) for number in range(7)])
    assert not may_call(at("2026-06-11T18:00", EAST), [CALL7, counting], history=(*eight, *late), consents=consent)


def test_a_call_that_did_not_connect_is_not_counted():
    counting = rule(
        {"test": "uncounted", "rules": ("CALL7",), "outcomes": ("not_connected",), "consent_days": 7},
        kind=RuleKind.COUNTING,
    )
    busy = calls([at(f"2026-06-08T{9 + n:02d}:00", EAST) for n in range(7)], Outcome.NOT_CONNECTED)
    rang = calls([at(f"2026-06-08T{9 + n:02d}:00", EAST) for n in range(7)], Outcome.VOICEMAIL)
    assert may_call(at("2026-06-08T18:00", EAST), [CALL7, counting], history=busy)
    assert not may_call(at("2026-06-08T18:00", EAST), [CALL7, counting], history=rang)


def test_an_eastern_mobile_and_a_pacific_address_leave_11_to_21_eastern():
    both = places_of("US", region="CA", phone="+1 212 555 0100")
    assert {place.zone for place in both} == {EAST, "America/Los_Angeles"}
    window = Hours.read(hours("08:00", "21:00")).shared_window(both, date(2026, 11, 24))
    assert window == (at("2026-11-24T11:00", EAST), at("2026-11-24T21:00", EAST))
    inside = [hour for hour in range(24) if decide(
        ask(at(f"2026-11-24T{hour:02d}:00", EAST), places=both), [rule(hours("08:00", "21:00"))]
    ).verdict == Verdict.ALLOW]  # fmt: skip
    assert inside == list(range(11, 21))


def test_a_notice_sent_on_2_march_is_received_on_the_9th_and_the_period_ends_on_8_april():
    received = add_working_days(date(2026, 3, 2), 5, "US")
    assert received == date(2026, 3, 9)
    assert date.fromordinal(received.toordinal() + 30) == date(2026, 4, 8)


@pytest.mark.parametrize(
    ("zone", "country", "day", "opens", "closes"),
    [
        ("America/New_York", "US", date(2026, 3, 8), 12, 1),  # clocks go forward: 08:00 is 12:00 UTC, not 13:00
        ("America/New_York", "US", date(2026, 11, 1), 13, 2),  # and back
        ("Europe/Berlin", "DE", date(2026, 3, 29), 6, 19),
        ("Europe/Berlin", "DE", date(2026, 10, 25), 7, 20),
    ],
)
def test_on_the_day_the_clocks_change_the_window_follows_the_new_clock(zone, country, day, opens, closes):
    places = places_of(country, region="NY" if country == "US" else "")
    window = Hours.read(hours("08:00", "21:00")).shared_window(places, day)
    assert window is not None
    assert (window[0].astimezone(UTC).hour, window[1].astimezone(UTC).hour) == (opens, closes)
    assert window[0] == at(f"{day}T08:00", zone)


def test_a_bound_that_the_clocks_skip_or_repeat_is_read_in_the_debtors_favour():
    opening_in_the_gap = Hours.read(hours("02:30", "12:00")).day_window(BERLIN[0], date(2026, 3, 29))
    opening_twice = Hours.read(hours("02:30", "12:00")).day_window(BERLIN[0], date(2026, 10, 25))
    closing_twice = Hours.read(hours("00:30", "02:30")).day_window(BERLIN[0], date(2026, 10, 25))
    assert opening_in_the_gap is not None and opening_twice is not None and closing_twice is not None
    assert opening_in_the_gap[0] == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert opening_twice[0] == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert closing_twice[1] == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("parameters", [
    {"test": "horoscope"},
    hours("21:00", "08:00"),
    {"test": "frequency", "limits": (), "per": "debtor"},
    {"test": "frequency", "limits": ({"most": 0, "days": 1},), "per": "debtor"},
    {"test": "frequency", "limits": ({"most": 1, "days": 1},), "per": "planet"},
    {"test": "artefacts", "artefacts": ()},
])  # fmt: skip
def test_a_row_whose_parameters_make_no_sense_is_refused(parameters):
    with pytest.raises(ValueError):
        _ = rule(parameters).measure
