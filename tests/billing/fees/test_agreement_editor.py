"""The editor of fee agreements: rules in order, schedules to start from, and a payment to try them on."""

import pytest

from billing.fees.agreement_form import rules_in
from billing.fees.agreement_texts import done, rule_numbers, rules_texts
from billing.fees.agreements import versions
from billing.fees.samples import SAMPLES
from billing.fees.terms import Basis
from portal.errors import Refused
from portal.pages.forms import Form
from portal.tenancy.database import transaction
from tests.billing.fees.test_client_pages import text
from tests.billing.money import TODAY, agreed, count
from tests.people import Cast, Visit

pytestmark = pytest.mark.usefixtures("noon")

FRAME = {"effective_from": TODAY.isoformat(), "selected_by": "payment", "age_from": "issued"}
EVERY = {"mode": "whole", "limits": "payment", "more_kind": "points"}
BEARS = {"bears_principal": "1", "bears_interest": "1", "bears_costs": "1"}
PAYMENT = {
    "try_currency": "EUR", "try_placed": "1000", "try_principal": "500", "try_stage": "amicable",
    "try_received_by": "agency", "try_due_on": "2026-04-26", "try_issued_on": "2026-03-01",
    "try_placed_on": "2026-09-15", "try_received_on": "2026-10-02",
}  # fmt: skip


def rule(number: int, **fields: str) -> dict[str, str]:
    """The fields of a rule: ``basis``, ``rate_0``, ``stage_legal`` …"""
    texts: dict[str, str] = {}
    for name, value in {**EVERY, **BEARS, **fields}.items():
        stem, rest = next(
            (known, name[len(known) :]) for known in (*EVERY, "received_by", "up_to", "basis", "bears", "stage", "rate",
                                                      "within", "currency", "minimum", "maximum", "over", "more")
            if name == known or name.startswith(f"{known}_")
        )  # fmt: skip
        texts[f"{stem}_{number}{rest}"] = value
    return texts


FREE = rule(0, basis="flat", rate_0="0", within="14")
AGED = rule(1, basis="age_at_placement", up_to_0="120", rate_0="20", up_to_1="180", rate_1="25")
SLICED = rule(2, basis="payment_amount", mode="marginal", currency="EUR", up_to_0="2000", rate_0="30", up_to_1="5000",
              rate_1="25", minimum="15", over="365", more="5")  # fmt: skip
REST = rule(3, basis="flat", rate_0="35")
RULES = FREE | AGED | SLICED | REST


async def test_the_owner_agrees_rules_in_order_and_they_come_back_in_the_editor(cast: Cast, visit: Visit) -> None:
    browser = await visit(cast.owner)
    place = f"/clients/{cast.brandt.id}/agreements"
    assert (await browser.post(place, data=FRAME | RULES)).status_code == 303
    async with transaction(cast.owner.actor.scope, read_only=True):
        [made] = await versions(cast.owner.actor, cast.brandt.id)
    assert [each.basis for each in made.agreement.rules] == [
        Basis.FLAT, Basis.AGE_AT_PLACEMENT, Basis.PAYMENT_AMOUNT, Basis.FLAT,
    ]  # fmt: skip
    assert rules_in(Form(rules_texts(made.agreement.rules))) == rules_in(Form(RULES)), "as they were typed"
    page = text((await browser.get(f"/clients/{cast.brandt.id}")).text)
    assert "Up to 120 days old when placed: 20 %; Up to 180 days old when placed: 25 %" in page
    assert "An account ages from its oldest date of issue." in page
    again = (await browser.get(f"{place}/new")).text
    assert 'name="up_to_1_1" type="text" value="180"' in again
    assert 'name="rate_2_0" type="text" value="30"' in again


async def test_a_payment_is_tried_on_the_rules_and_nothing_is_kept(cast: Cast, visit: Visit) -> None:
    browser = await visit(cast.owner)
    place = f"/clients/{cast.brandt.id}/agreements"
    tried = await browser.post(f"{place}/try", data=FRAME | RULES | PAYMENT, headers={"HX-Request": "true"})
    said = text(tried.text)
    assert "Try a payment" not in said, "only what changes is sent"
    assert "500.00 × 30 % = 150.00" in said and "Slice" not in said
    assert "paid on day 17, skipped" in said
    assert "198 is over 180, skipped" in said, "198 days from its issue, 142 from its due date"
    due = await browser.post(f"{place}/try", data=FRAME | RULES | PAYMENT | {"age_from": "due"})
    assert "25 % because the account was 142 days old when placed" in text(due.text)
    assert await count("fee_agreements", cast.nordkai.id) == 0


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"within_3": "14"}, "basis_3", "The last rule must fit every payment"),
        ({"up_to_1_1": "120"}, "up_to_1_1", "More than the tier before it."),
        ({"up_to_1_0": ""}, "up_to_1_0", "A tier without a bound is the last."),
        ({"rate_1_0": ""}, "rate_1_0", "Please fill this in."),
        ({"mode_1": "marginal"}, "mode_1", "Slice by slice goes only by"),
        ({"currency_2": ""}, "currency_2", "Amounts need a currency."),
        ({"currency_2": "EUX"}, "currency_2", "This is not a currency."),
        ({"minimum_2": "20", "maximum_2": "10"}, "maximum_2", "Not less than the minimum."),
        ({"more_2": "71"}, "more_2", "With it a rate of this rule would be more than 100 %."),
        ({"bears_3_principal": "", "bears_3_interest": "", "bears_3_costs": ""}, "bears_3", "Choose at least one."),
        ({"rate_3_0": "100.00001"}, "rate_3_0", "A percentage between 0 and 100."),
        ({"rate_3_1": "5"}, "up_to_3_0", "A tier without a bound is the last."),
        ({"selected_by": "chance"}, "selected_by", "Please choose one of the list."),
    ],
)
async def test_what_does_not_fit_together_stands_beside_its_field(
    cast: Cast, visit: Visit, change: dict[str, str], field: str, said: str
) -> None:
    browser = await visit(cast.owner)
    refused = await browser.post(f"/clients/{cast.brandt.id}/agreements", data=FRAME | RULES | change)
    assert refused.status_code == 422
    assert said in text(refused.text)
    if field in RULES and not field.startswith("bears"):
        assert f'id="f-{field}-error"' in refused.text
    assert await count("fee_agreements", cast.nordkai.id) == 0


def test_rules_are_moved_added_and_taken_away_without_losing_what_was_typed() -> None:
    moved = done(RULES, "up_2")
    assert rule_numbers(moved) == [0, 1, 2, 3]
    assert (moved["basis_1"], moved["basis_2"]) == ("payment_amount", "age_at_placement")
    assert (moved["rate_1_1"], moved["up_to_2_1"]) == ("25", "180")
    assert done(moved, "down_1") == RULES
    more = done(RULES, "add")
    assert (more["basis_3"], more.get("rate_3_0"), more["rate_4_0"]) == ("flat", None, "35"), "before the last"
    assert done(more, "remove_3") == RULES
    assert done(RULES, "up_0") == done(RULES, "remove_9") == done(RULES, "nonsense") == RULES


@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.code for sample in SAMPLES])
@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
async def test_every_schedule_to_start_from_can_be_agreed_as_it_is(sample, currency: str) -> None:  # type: ignore[no-untyped-def]
    rules = sample.rules_in(currency)
    assert tuple(rules_in(Form(rules_texts(rules)))) == rules


async def test_a_schedule_fills_the_editor_and_is_tried_at_once(cast: Cast, visit: Visit) -> None:
    browser = await visit(cast.owner)
    page = text((await browser.get(f"/clients/{cast.brandt.id}/agreements/new?from=age")).text)
    assert "20 % because the account was 120 days old when placed (rule 3 of agreement v1" in page


async def test_only_who_agrees_opens_the_editor(cast: Cast, visit: Visit) -> None:
    await agreed(cast, cast.brandt)
    for name, status in (("manager", 403), ("finance", 403), ("brandt_admin", 403), ("huadong_owner", 404)):
        browser = await visit(getattr(cast, name))
        place = f"/clients/{cast.brandt.id}/agreements"
        assert (await browser.get(f"{place}/new")).status_code == status
        for way in ("new", "try"):
            assert (await browser.post(f"{place}/{way}", data=FRAME | RULES | PAYMENT)).status_code == status


def test_nothing_typed_is_no_agreement() -> None:
    with pytest.raises(Refused, match="last rule"):
        rules_in(Form({}))
