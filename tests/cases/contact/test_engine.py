"""The engine keeps its promises for any rules and any question."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cases.contact.engine import Decision, decide, lamp, may_proceed
from cases.contact.packs import shipped
from cases.contact.question import Channel, Dispute, Person, Stop
from cases.contact.rules import Verdict, strictest
from cases.contact.zones import Place
from portal.pages.text import speaking
from tests.cases.contact.asking import BERLIN, TUESDAY, WEBER, ask, at, calls, hours, rule

RULES = shipped()
MINUTE = timedelta(minutes=1)
ZONES = ["Europe/Berlin", "America/New_York", "America/Los_Angeles", "Asia/Kolkata", "Australia/Lord_Howe",
         "America/Havana", "Asia/Beirut", "Pacific/Auckland"]  # fmt: skip

moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
places = st.lists(
    st.sampled_from(ZONES).map(lambda zone: Place(zone, {"E": "DE", "A": "US"}.get(zone[0], "NZ"))),
    min_size=1, max_size=2, unique=True,
).map(tuple)  # fmt: skip
windows = st.tuples(st.integers(0, 22 * 4), st.integers(4, 48)).map(
    lambda pair: hours(_clock(pair[0]), _clock(min(pair[0] + pair[1], 95)), "closed")
)
counts = st.tuples(st.integers(1, 3), st.integers(1, 9)).map(
    lambda pair: {"test": "frequency", "limits": ({"most": pair[0], "days": pair[1]},), "per": "debtor"}
)
timed_rules = st.lists(
    st.tuples(st.one_of(windows, counts), st.sampled_from([Verdict.REASON, Verdict.BLOCK])).map(
        lambda pair: rule(pair[0], pair[1])
    ),
    min_size=1,
    max_size=4,
)
people = st.sampled_from(
    [
        WEBER,
        None,
        Person("x", "X"),
        Person("y", "Y", third_party=True),
        replace(WEBER, stops=(Stop(date(2026, 1, 1), frozenset({Channel.CALL})),)),
    ]
)


def _clock(quarter: int) -> str:
    return f"{quarter // 4:02d}:{quarter % 4 * 15:02d}"


@st.composite
def questions(draw):
    now = draw(moments)
    ages = draw(st.lists(st.integers(0, 10 * 24 * 60), max_size=6))
    return ask(
        now,
        places=draw(places),
        person=draw(people),
        history=calls(now - timedelta(minutes=age) for age in ages),
        disputes=draw(st.sampled_from([(), (Dispute(date(2026, 1, 1)),)])),
    )


@given(questions(), timed_rules)
def test_the_next_allowed_moment_is_allowed_and_the_minute_before_is_not(question, rules):
    decision = decide(question, rules)
    if decision.next_allowed_at is None:
        assert decision.verdict != Verdict.ALLOW
        return
    then = decision.next_allowed_at
    assert then >= question.now
    assert decide(replace(question, now=then), rules).verdict == Verdict.ALLOW
    if then - MINUTE >= question.now:
        assert decide(replace(question, now=then - MINUTE), rules).verdict != Verdict.ALLOW


@given(questions(), timed_rules)
def test_an_allowance_holds_until_the_moment_it_names(question, rules):
    decision = decide(question, rules)
    if decision.verdict == Verdict.ALLOW and decision.until is not None:
        assert decide(replace(question, now=decision.until), rules).verdict != Verdict.ALLOW
        just_before = max(question.now, decision.until - MINUTE)
        assert decide(replace(question, now=just_before), rules).verdict == Verdict.ALLOW


@given(questions(), timed_rules)
def test_after_a_contact_the_next_one_is_allowed_when_the_engine_said(question, rules):
    decision = decide(question, rules)
    if decision.follows_at is not None:
        made = replace(question, history=(*question.history, *calls([question.now], None)))
        assert decide(replace(made, now=decision.follows_at), rules).verdict == Verdict.ALLOW
        before = decision.follows_at - MINUTE
        if before >= question.now:
            assert decide(replace(made, now=before), rules).verdict != Verdict.ALLOW


@given(questions(), timed_rules)
def test_the_strictest_verdict_always_wins_and_all_are_shown(question, rules):
    decision = decide(question, [*rules, *RULES])
    assert decision.verdict == strictest(finding.verdict for finding in decision.findings)
    assert decision.verdict == max((finding.verdict for finding in decision.findings), key=lambda v: v.rank)
    assert len(decision.findings) == len(rules) + len(RULES)


@given(questions(), timed_rules, timed_rules)
def test_another_rule_never_loosens_a_verdict(question, rules, more):
    before, after = decide(question, rules), decide(question, [*rules, *more])
    assert after.verdict.rank >= before.verdict.rank
    if after.next_allowed_at is not None:
        assert before.next_allowed_at is not None
        assert after.next_allowed_at >= before.next_allowed_at


@given(questions(), timed_rules)
def test_a_decision_survives_being_stored(question, rules):
    decision = decide(question, [*rules, *RULES])
    restored = Decision.from_facts(json.loads(json.dumps(decision.as_facts())))
    assert restored == decision
    for language in ("en", "zh-Hans"):
        with speaking(language, "Europe/Berlin"):
            assert [str(f.fact) for f in restored.findings] == [str(f.fact) for f in decision.findings]


@given(questions(), timed_rules)
def test_a_lamp_shows_what_the_decision_says(question, rules):
    decision, light = decide(question, rules), lamp(question, rules)
    assert (light.verdict, light.until, light.next_allowed_at) == (
        decision.verdict,
        decision.until,
        decision.next_allowed_at,
    )


def test_verdicts_are_ordered_from_allow_to_block():
    ranked = sorted(Verdict, key=lambda verdict: verdict.rank)
    assert ranked == [Verdict.ALLOW, Verdict.REASON, Verdict.REQUIRE, Verdict.HOLD, Verdict.BLOCK]
    assert strictest([]) == Verdict.ALLOW


def test_a_rule_speaks_only_from_its_first_to_its_last_day():
    closed = rule(hours("08:00", "09:00"), effective_from=date(2026, 11, 24), effective_to=date(2026, 11, 24))
    assert decide(ask(TUESDAY - timedelta(days=1)), [closed]).findings == ()
    decision = decide(ask(), [closed])
    assert decision.verdict == Verdict.BLOCK
    assert decision.next_allowed_at == at("2026-11-25T00:00")
    assert decide(ask(TUESDAY + timedelta(days=1)), [closed]).verdict == Verdict.ALLOW


def test_a_rule_speaks_only_in_its_jurisdiction():
    texan = rule(hours("08:00", "09:00"), jurisdiction="US-TX")
    assert decide(ask(), [texan]).findings == ()
    assert decide(ask(places=(Place("America/Chicago", "US", "IL"),)), [texan]).findings == ()
    assert decide(ask(places=(*BERLIN, Place("America/Chicago", "US", "TX"))), [texan]).verdict == Verdict.BLOCK


def test_a_missing_artefact_is_required_until_it_is_there():
    opt_out = rule({"test": "artefacts", "artefacts": ("opt_out_line",)}, Verdict.REQUIRE)
    decision = decide(ask(channel=Channel.EMAIL), [opt_out])
    assert decision.verdict == Verdict.REQUIRE
    assert decision.needs == {"opt_out_line"}
    refusal = may_proceed(decision, may_override=True, reason="urgent", artefacts=frozenset())
    assert refusal is not None and refusal.code == "require"
    assert may_proceed(decision, may_override=False, reason=None, artefacts=frozenset({"opt_out_line"})) is None
    present = ask(channel=Channel.EMAIL, artefacts=frozenset({"opt_out_line"}))
    assert decide(present, [opt_out]).verdict == Verdict.ALLOW


def test_a_written_reason_and_the_right_to_override_carry_past_a_reason_verdict():
    late = decide(ask(at("2026-11-24T20:00")), RULES)
    allowed = decide(ask(), RULES)
    assert may_proceed(allowed, may_override=False, reason=None) is None
    assert may_proceed(late, may_override=True, reason="He asked to be called tonight") is None
    blank = may_proceed(late, may_override=True, reason="  ")
    assert blank is not None and (blank.code, blank.field) == ("reason_missing", "reason")
    junior = may_proceed(late, may_override=False, reason="He asked to be called tonight")
    assert junior is not None and junior.code == "override_forbidden"
    assert junior.next_allowed_at == at("2026-11-25T08:00")


def test_artefacts_do_not_carry_past_a_rule_that_also_wants_a_reason():
    opt_out = rule({"test": "artefacts", "artefacts": ("opt_out_line",)}, Verdict.REQUIRE)
    decision = decide(ask(at("2026-11-24T20:00")), [*RULES, opt_out])
    refusal = may_proceed(decision, may_override=False, reason=None, artefacts=frozenset({"opt_out_line"}))
    assert refusal is not None and refusal.code == "override_forbidden"


def test_nobody_overrides_a_block_or_a_hold():
    stopped = decide(ask(person=replace(WEBER, stops=(Stop(date(2026, 10, 30)),))), RULES)
    held = decide(ask(disputes=(Dispute(date(2026, 11, 1)),)), RULES)
    for decision, code in ((stopped, "block"), (held, "hold")):
        refusal = may_proceed(decision, may_override=True, reason="I insist", artefacts=frozenset({"consent"}))
        assert refusal is not None and refusal.code == code
