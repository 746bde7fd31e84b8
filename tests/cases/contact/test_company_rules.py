"""The company pack: what a negotiator may do on an ordinary day, and why not."""

from dataclasses import replace
from datetime import UTC, date, datetime
from time import perf_counter

import pytest

from cases.contact.engine import decide, lamp
from cases.contact.guard import lamp_text, shown
from cases.contact.packs import shipped
from cases.contact.question import (
    Channel,
    DebtorClass,
    Direction,
    Dispute,
    Outcome,
    PastContact,
    Person,
    Purpose,
    Representation,
    Rest,
    Stop,
)
from cases.contact.rules import Verdict
from portal import clock
from portal.pages.text import speaking
from tests.cases.contact.asking import TUESDAY, WEBER, ask, at, calls, places_of

RULES = shipped()
TWO_CALLS = calls([at("2026-11-18T15:42"), at("2026-11-20T16:05")])


def hits(question):
    return [finding.rule_id for finding in decide(question, RULES).hits]


def test_an_authorised_person_may_be_called_on_a_working_day():
    decision = decide(ask(history=TWO_CALLS), RULES)
    assert decision.verdict == Verdict.ALLOW
    assert decision.until == at("2026-11-24T18:00")
    assert decision.next_allowed_at == TUESDAY
    assert decision.follows_at == at("2026-11-25T08:00")


def test_the_guard_says_it_in_the_words_of_the_trade():
    with clock.at(TUESDAY), speaking("en", "Europe/Berlin"):
        guard = shown(decide(ask(history=TWO_CALLS), RULES))
        said = [str(guard.sentence), str(guard.until), *(f"{line.code} {line.fact}" for line in guard.rules)]
        follows = str(guard.follows).replace("\u00a0", " ")
    assert [text.replace("\u00a0", " ") for text in said] == [
        "You may call Sabine Weber now",
        "until 18:00 Berlin",
        "B2B-TIME Tue 13:40, inside 08:00–18:00; no holiday in Berlin",
        "B2B-FREQ No call today; 2 of 3 calls in 7 days (18 and 20 Nov)",
        "B2B-NAMED Authorised for this debtor since 18 Nov",
        "ANY-* No stop, dispute, recall, plan, standstill or lawyer on record",
    ]
    assert follows == "After this call the next one is allowed Wed 25 Nov, 08:00."


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-24T07:59", "2026-11-24T08:00"),
        ("2026-11-24T18:00", "2026-11-25T08:00"),
        ("2026-11-27T18:00", "2026-11-30T08:00"),
        ("2026-12-24T18:00", "2026-12-28T08:00"),
        ("2027-01-01T12:00", "2027-01-04T08:00"),
    ],
)
def test_outside_hours_weekends_and_holidays_wait_for_the_next_working_morning(now, opens):
    decision = decide(ask(at(now)), RULES)
    assert decision.verdict == Verdict.REASON
    assert [finding.rule_id for finding in decision.hits] == ["B2B-TIME"]
    assert decision.next_allowed_at == at(opens)


def test_a_call_from_berlin_to_qingdao_waits_for_the_morning_there():
    question = ask(at("2026-11-24T13:38"), places=places_of("CN", city="Qingdao"))
    decision = decide(question, RULES)
    assert decision.next_allowed_at == at("2026-11-25T08:00", "Asia/Shanghai") == at("2026-11-25T01:00")
    with speaking("en", "Europe/Berlin"):
        assert str(decision.sentence) == "Outside Qingdao hours"
        assert str(lamp_text(lamp(question, RULES), question.now)) == "opens in 11 h"


def test_letters_and_e_mails_have_no_hours():
    for channel in (Channel.LETTER, Channel.EMAIL):
        decision = decide(ask(at("2026-12-25T23:00"), channel), RULES)
        assert (decision.verdict, decision.until) == (Verdict.ALLOW, None)


def test_a_second_call_on_one_day_needs_a_reason():
    decision = decide(ask(history=calls([at("2026-11-24T09:12")])), RULES)
    assert decision.verdict == Verdict.REASON
    assert decision.next_allowed_at == at("2026-11-25T08:00")
    with speaking("en"):
        assert str(decision.hits[0].fact) == "1 of 1 calls today, the last at 09:12"


def test_the_fourth_call_in_seven_days_waits_until_the_first_is_a_week_old():
    history = calls([at("2026-11-18T10:00"), at("2026-11-19T10:00"), at("2026-11-20T10:00")])
    assert decide(ask(history=history), RULES).next_allowed_at == at("2026-11-25T08:00")
    assert decide(ask(at("2026-11-25T10:00"), history=history), RULES).verdict == Verdict.ALLOW


def test_their_calls_and_our_letters_do_not_count_as_calls_placed():
    history = (
        PastContact(at("2026-11-24T09:00"), Channel.CALL, Direction.INBOUND, Outcome.RIGHT_PARTY),
        PastContact(at("2026-11-24T10:00"), Channel.LETTER, Direction.OUTBOUND, Outcome.SENT),
    )
    assert decide(ask(history=history), RULES).verdict == Verdict.ALLOW


def test_a_call_counts_on_the_day_it_was_for_the_debtor():
    """23:30 in Berlin is already the next morning in Shanghai."""
    question = ask(
        at("2026-11-25T10:00", "Asia/Shanghai"),
        places=places_of("CN"),
        history=calls([at("2026-11-24T17:30")]),  # 00:30 on the 25th in Shanghai
    )
    assert "B2B-FREQ" in hits(question)


def test_somebody_not_recorded_as_authorised_needs_a_reason():
    decision = decide(ask(person=Person("x", "Max Lange")), RULES)
    assert (decision.verdict, hits(ask(person=Person("x", "Max Lange")))) == (Verdict.REASON, ["B2B-NAMED"])
    assert decision.next_allowed_at is None


def test_a_third_party_is_never_told_of_the_debt():
    adviser = Person("hofer", "Dr. Hofer", third_party=True)
    assert decide(ask(person=adviser), RULES).verdict == Verdict.BLOCK
    assert decide(ask(person=adviser, purpose=Purpose.LOCATION), RULES).verdict == Verdict.ALLOW


def test_who_asked_not_to_be_called_may_still_be_written_to():
    mueller = replace(WEBER, stops=(Stop(date(2026, 10, 30), frozenset({Channel.CALL})),))
    decision = decide(ask(person=mueller), RULES)
    assert decision.verdict == Verdict.BLOCK
    assert decision.next_allowed_at is None
    assert decide(ask(channel=Channel.EMAIL, person=mueller), RULES).verdict == Verdict.ALLOW


def test_a_stop_for_everything_holds_on_every_channel():
    silent = replace(WEBER, stops=(Stop(date(2026, 10, 30)),))
    assert {decide(ask(channel=channel, person=silent), RULES).verdict for channel in Channel} == {Verdict.BLOCK}


def test_a_disputed_claim_is_held_until_it_is_answered():
    question = ask(disputes=(Dispute(date(2026, 11, 3)),), balance_minor=90_00, currency="EUR")
    decision = decide(question, RULES)
    assert (decision.verdict, decision.next_allowed_at) == (Verdict.HOLD, None)
    assert decide(replace(question, purpose=Purpose.ANSWER), RULES).verdict == Verdict.ALLOW


def test_of_a_partly_disputed_claim_the_rest_may_be_collected():
    question = ask(disputes=(Dispute(date(2026, 11, 3), 50_00),), balance_minor=90_00, currency="EUR")
    decision = decide(question, RULES)
    assert decision.verdict == Verdict.ALLOW
    with speaking("en"):
        fact = next(f.fact for f in decision.findings if f.rule_id == "ANY-DISPUTE")
        assert str(fact).endswith("speak about EUR\u00a040.00 only")
    assert decide(replace(question, about_disputed=True), RULES).verdict == Verdict.HOLD
    assert decide(replace(question, balance_minor=50_00), RULES).verdict == Verdict.HOLD


def test_a_represented_debtor_is_contacted_through_the_lawyer_only():
    represented = Representation("Kanzlei Hofer", date(2026, 11, 1))
    lawyer = Person("hofer", "Dr. Hofer", third_party=True, representative=True)
    assert decide(ask(representation=represented), RULES).verdict == Verdict.BLOCK
    assert decide(ask(channel=Channel.LETTER, person=None, representation=represented), RULES).verdict == Verdict.BLOCK
    assert decide(ask(representation=represented, person=lawyer), RULES).verdict == Verdict.ALLOW


def test_a_call_they_make_can_always_be_logged():
    stopped = replace(WEBER, stops=(Stop(date(2026, 10, 30)),))
    question = ask(at("2026-11-28T23:00"), person=stopped, direction=Direction.INBOUND)
    assert decide(question, RULES).verdict == Verdict.ALLOW


def test_a_debtor_whose_place_nobody_knows_is_not_simply_called():
    decision = decide(ask(places=()), RULES)
    assert (decision.verdict, decision.next_allowed_at) == (Verdict.REASON, None)


def test_a_private_person_is_not_called_at_night_either():
    assert decide(ask(at("2026-11-24T23:00"), debtor_class=DebtorClass.CONSUMER), RULES).verdict == Verdict.REASON


def test_a_question_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        ask(datetime(2026, 11, 24, 12))


def test_fifty_lamps_say_what_fifty_decisions_say():
    questions = [ask(datetime(2026, 11, 24, hour, 30, tzinfo=UTC), case_id=str(hour)) for hour in range(24)] * 2
    for question in questions:
        decision, light = decide(question, RULES), lamp(question, RULES)
        assert (light.verdict, light.until, light.next_allowed_at) == (
            decision.verdict,
            decision.until,
            decision.next_allowed_at,
        )
        assert light.rule_id == (decision.hits[0].rule_id if decision.hits else None)


def test_every_rule_names_its_source_and_has_an_id_of_its_own():
    assert len({row.id for row in RULES}) == len(RULES)
    assert all(row.source and row.text for row in RULES)


def test_a_page_of_fifty_rows_is_judged(record_property):
    questions = [ask(history=TWO_CALLS, case_id=str(row)) for row in range(50)]
    for name, answer in (("decide", decide), ("lamp", lamp)):
        began = perf_counter()
        verdicts = {answer(question, RULES).verdict for question in questions}
        record_property(f"{name}_50_ms", round((perf_counter() - began) * 1000, 1))
        assert verdicts == {Verdict.ALLOW}


def test_while_a_plan_is_kept_nobody_asks_for_payment_but_what_they_ask_is_answered():
    kept = decide(ask(agreement="plan_running"), RULES)
    assert (kept.verdict, hits(ask(agreement="plan_running")), kept.next_allowed_at) == (
        Verdict.HOLD,
        ["ANY-PLAN"],
        None,
    )
    for channel in (Channel.LETTER, Channel.EMAIL):
        assert decide(ask(channel=channel, agreement="plan_running"), RULES).verdict == Verdict.HOLD
    assert decide(ask(agreement="plan_running", purpose=Purpose.ANSWER), RULES).verdict == Verdict.ALLOW
    assert decide(ask(agreement="plan_running", direction=Direction.INBOUND), RULES).verdict == Verdict.ALLOW
    late = decide(ask(agreement="plan_in_grace"), RULES)
    assert late.verdict == Verdict.ALLOW
    with speaking("en", "Europe/Berlin"):
        assert "speak about the plan" in " ".join(str(finding.fact) for finding in late.findings)
    assert decide(ask(agreement="plan_broken"), RULES).verdict == Verdict.ALLOW


@pytest.mark.parametrize(("by_law", "verdict", "rule"), [(False, "HOLD", "ANY-REST"), (True, "BLOCK", "ANY-STAY")])
def test_a_rest_holds_contact_through_its_last_day_and_then_lets_go(by_law: bool, verdict: str, rule: str):
    rest = Rest(date(2026, 11, 25), by_law=by_law)
    decision = decide(ask(rest=rest), RULES)
    assert (decision.verdict, hits(ask(rest=rest))) == (verdict, [rule])
    assert decision.next_allowed_at == at("2026-11-26T08:00")
    assert decide(ask(at("2026-11-26T09:00"), rest=rest), RULES).verdict == Verdict.ALLOW
    assert decide(ask(rest=rest, purpose=Purpose.ANSWER), RULES).verdict == Verdict.ALLOW
    assert lamp(ask(rest=rest), RULES).next_allowed_at == decision.next_allowed_at


def test_a_guarantor_is_asked_only_once_the_agreement_is_broken():
    karl = replace(WEBER, name="Karl Weber", guarantor=True)
    for agreement in ("", "plan_offered", "plan_in_grace"):
        assert hits(ask(person=karl, agreement=agreement)) == ["ANY-GUARANTOR"]
    assert "ANY-GUARANTOR" in hits(ask(person=karl, agreement="plan_running"))
    assert hits(ask(agreement="plan_broken")) == hits(ask(person=karl, agreement="plan_broken")) == []
    with speaking("en", "Europe/Berlin"):
        facts = [str(finding.fact) for finding in decide(ask(person=karl, agreement="plan_broken"), RULES).findings]
    assert "A guarantor: speak about the guarantee only" in facts
