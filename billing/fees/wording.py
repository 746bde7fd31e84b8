"""The words of fee rules and of the reasons why one fits or not."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from portal.money import exponent
from portal.pages.formats import amount, number, percent
from portal.pages.text import N_, Text, ngettext, say, translate

Stored = Mapping[str, Any]
"""A part of a fee's explanation as it lies in the database (see `billing.fees.rules.compute`)."""

COMPONENTS: Final[Mapping[str, str]] = {
    "principal": N_("principal"),
    "interest": N_("interest"),
    "costs": N_("costs"),
}
STAGES: Final[Mapping[str, str]] = {
    "amicable": N_("amicable"),
    "second_placement": N_("second placement"),
    "legal": N_("legal"),
    "forwarded": N_("forwarded"),
}


def rule_text(rule: Stored, currency: str, *, after_others: bool = False) -> str:
    """A rule in words: ``Up to 120 days old when placed: 20 %``. ``after_others`` says that it is a last resort."""
    money = str(rule["currency"] or currency)
    if after_others and rule["basis"] == "flat" and not _conditions(rule):
        text = translate("Everything else: %(rate)s", rate=rate_text(rule["tiers"][0]["rate"]))
    else:
        text = translate("; ").join(str(tier_text(tier, rule["basis"], money)) for tier in rule["tiers"])
    for condition in _conditions(rule):
        text = translate("%(condition)s: %(rule)s", condition=condition, rule=text)
    if len(rule["components"]) < len(COMPONENTS):
        text = translate("%(rule)s, on %(components)s only", rule=text, components=named(rule["components"]))
    if raised := rule.get("surcharge"):
        text = translate("%(rule)s; %(surcharge)s", rule=text, surcharge=surcharge_text(raised))
    for limit in _limits(rule, money):
        text = translate("%(rule)s. %(limit)s", rule=text, limit=limit)
    return text


def _limits(rule: Stored, currency: str) -> list[Text | str]:
    """The least and the most that a rule takes; fees explained before rules told of it have none."""
    least, most, over = rule.get("minimum_minor"), rule.get("maximum_minor"), rule.get("limits", "payment")
    said: list[Text | str] = []
    if least is not None:
        at_least = limit_text("minimum", over, amount(least, currency))
        said.append(
            say("%(at_least)s: what is missing of it is due when the case closes", at_least=at_least)
            if over == "case"
            else at_least
        )
    if most is not None:
        said.append(limit_text("maximum", over, amount(most, currency)))
    return said


def limit_text(code: str, over: str, limit: str) -> Text:
    """The least or the most that a rule takes: ``At least 50.00 a case``."""
    texts = {
        ("minimum", "payment"): say("At least %(limit)s a payment", limit=limit),
        ("minimum", "case"): say("At least %(limit)s a case", limit=limit),
        ("maximum", "payment"): say("At most %(limit)s a payment", limit=limit),
        ("maximum", "case"): say("At most %(limit)s a case", limit=limit),
    }
    return texts[code, over]


def surcharge_text(raised: Stored) -> str:
    """What a rate rises by for old accounts: ``5 % points more over 730 days old``."""
    days = days_text(raised["past_days"])
    texts = {
        "points": say("%(rate)s points more over %(days)s old", rate=rate_text(raised["rate"]), days=days),
        "relative": say("%(rate)s of the rate more over %(days)s old", rate=rate_text(raised["rate"]), days=days),
    }
    return str(texts[raised["kind"]])


def _conditions(rule: Stored) -> list[Text | str]:
    """What must be so, the last one said first."""
    said: list[Text | str] = []
    if rule["within_days"] is not None:
        count = rule["within_days"]
        said.append(ngettext("First %(num)s day", "First %(num)s days", count) % {"num": count})
    if rule["received_by"] is not None:
        said.append(say("Paid to the client") if rule["received_by"] == "client" else say("Paid to us"))
    if rule.get("otherwise"):  # earlier payments were explained before there was such a rule
        said.append(say("Goods and set-off"))
    if rule.get("foreign"):
        said.append(say("Debtor abroad"))
    if rule["stages"]:
        said.append(translate(", ").join(translate(STAGES[stage]) for stage in rule["stages"]))
    if rule["currency"] is not None:
        said.append(str(rule["currency"]))
    return said


def tier_text(tier: Stored, basis: str, currency: str) -> Text:
    """One tier of a rule in words; its bound is in minor units of ``currency`` where it is an amount."""
    rate, bound = rate_text(tier["rate"]), tier["up_to"]
    if basis == "flat" and Decimal(tier["rate"]) == 0:
        return say("no fee")
    if basis == "flat":
        return say("%(rate)s of every payment", rate=rate)
    if bound is None:
        return say("Everything above: %(rate)s", rate=rate)
    if basis in ("age_at_placement", "days"):
        days = days_text(bound)
        texts = {
            "age_at_placement": say("Up to %(days)s old when placed: %(rate)s", days=days, rate=rate),
            "days": say("Up to %(days)s past due: %(rate)s", days=days, rate=rate),
        }
        return texts[basis]
    up_to = amount(bound, currency)
    texts = {
        "placed_amount": say("Placed up to %(amount)s: %(rate)s", amount=up_to, rate=rate),
        "payment_amount": say("Payments up to %(amount)s: %(rate)s", amount=up_to, rate=rate),
        "paid_to_date": say("Paid in all up to %(amount)s: %(rate)s", amount=up_to, rate=rate),
    }
    return texts[basis]


def because(rule: Stored, facts: Stored) -> Text:
    """The reason as a clause after "because"."""
    code, params = rule["code"], rule["params"]
    if code == "flat":
        return _because_flat(rule)
    if code == "within_free_days":
        return say("it was received on day %(day)s of %(limit)s free days", **params)
    if code in ("age_at_placement", "days"):
        days = days_text(params["value"])
        texts = {
            "age_at_placement": say("the account was %(days)s old when placed", days=days),
            "days": say("the debt was %(days)s past due", days=days),
        }
        return texts[code]
    value = amount(params["value"], facts["currency"])
    texts = {
        "placed_amount": say("%(amount)s was placed", amount=value),
        "payment_amount": say("the payment was of %(amount)s", amount=value),
        "paid_to_date": say("%(amount)s has been paid in all", amount=value),
    }
    return texts[code]


def _because_flat(rule: Stored) -> Text:
    if rule.get("otherwise"):
        return say("it is no money, but goods or a set-off")
    if rule.get("foreign"):
        return say("the debtor is in another country than the client")
    if rule["stages"] == ["second_placement"]:
        return say("it is a second placement")
    return say("one rate was agreed for every payment")


def shortly(rule: Stored, facts: Stored) -> Text:
    """The reason in a few words."""
    code, params = rule["code"], rule["params"]
    if code == "flat":
        return _shortly_flat(rule)
    if code == "within_free_days":
        return say("day %(day)s of %(limit)s free days", **params)
    if code == "age_at_placement":
        return say("%(days)s old when placed", days=days_text(params["value"]))
    if code == "days":
        return say("%(days)s past due", days=days_text(params["value"]))
    value = amount(params["value"], facts["currency"])
    texts = {
        "placed_amount": say("%(amount)s placed", amount=value),
        "payment_amount": say("payment of %(amount)s", amount=value),
        "paid_to_date": say("%(amount)s paid in all", amount=value),
    }
    return texts[code]


def _shortly_flat(rule: Stored) -> Text:
    if rule.get("otherwise"):
        return say("goods or set-off")
    if rule.get("foreign"):
        return say("debtor abroad")
    return say("second placement") if rule["stages"] == ["second_placement"] else say("agreed rate")


def outcome(rule: Stored, facts: Stored) -> str:
    """Why a rule was taken or passed over, in a few words."""
    if rule["outcome"] != "skipped":
        return translate("fits") if rule["outcome"] == "fits" else translate("not reached")
    return translate("%(why)s, skipped", why=_passed_over(rule, facts))


NOT_SO: Final[Mapping[str, str]] = {
    "in_money": N_("it is money"),
    "not_foreign": N_("the debtor is in the client's country"),
}


def _passed_over(rule: Stored, facts: Stored) -> Text:
    code, params = rule["code"], rule["params"]
    if code == "after_free_days":
        return say("paid on day %(day)s", day=params["day"])
    if code == "over_last_tier":
        in_days = rule["basis"] in ("age_at_placement", "days")
        value, limit = (
            number(params[key]) if in_days else amount(params[key], facts["currency"]) for key in ("value", "limit")
        )
        return say("%(value)s is over %(limit)s", value=value, limit=limit)
    if code == "other_stage":
        return say("stage is %(stage)s", stage=translate(STAGES[params["stage"]]))
    if code in NOT_SO:
        return say(NOT_SO[code])
    if code == "other_currency":
        return say("paid in %(currency)s", currency=params["currency"])
    return say("received by %(payee)s", payee=payee(facts["received_by"]))


def payee(code: str) -> str:
    return translate("the client") if code == "client" else translate("us")


def named(components: list[str]) -> str:
    names = [translate(COMPONENTS[component]) for component in components]
    if len(names) == 1:
        return names[0]
    return translate("%(first)s and %(last)s", first=translate(", ").join(names[:-1]), last=names[-1])


def days_text(count: int) -> str:
    return ngettext("%(num)s day", "%(num)s days", count) % {"num": number(count)}


def rate_text(text: str) -> str:
    return percent(Decimal(text))


def is_whole(exact: Decimal) -> bool:
    return exact == exact.to_integral_value()


def exact_amount(exact_minor: Decimal, currency: str) -> str:
    """An amount before rounding, with as many decimals as it has: 8.3325."""
    if is_whole(exact_minor):
        return amount(int(exact_minor), currency)
    value = exact_minor.scaleb(-exponent(currency)).normalize()
    decimals = -int(value.as_tuple().exponent)
    return number(value, decimals)
