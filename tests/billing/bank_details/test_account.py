"""Accounts and references by their own digits."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from segno import helpers
from stdnum import iso11649

from billing.bank_details.account import Account, case_number_in, checked, creditor_reference, in_groups, payment_code
from portal.errors import Refused

GERMAN = Account(
    currency="EUR", holder="Nordkai  Inkasso GmbH Treuhand", iban="de89 3704 0044 0532 0130 00", bic="cobadeffxxx"
)
CHINESE = Account(
    currency="CNY", holder="华东商账管理有限公司", account_number="6222 0210 0112 3456 789", bank_name="中国工商银行",
    branch="上海市静安支行", bank_code="102290002916",
)  # fmt: skip


def test_an_account_is_kept_without_the_blanks_that_people_type() -> None:
    kept = checked(GERMAN)
    assert (kept.holder, kept.iban, kept.bic) == (
        "Nordkai Inkasso GmbH Treuhand", "DE89370400440532013000", "COBADEFFXXX",
    )  # fmt: skip
    assert kept.number_in_groups == "DE89 3704 0044 0532 0130 00" and kept.is_sepa
    chinese = checked(CHINESE)
    assert chinese.number_in_groups == "6222 0210 0112 3456 789" and not chinese.is_sepa


@pytest.mark.parametrize(
    ("account", "field"),
    [
        (Account(currency="EUR", holder="A", iban="DE89370400440532013001"), "iban"),
        (Account(currency="EUR", holder="", iban="DE89370400440532013000"), "holder"),
        (Account(currency="EUR", holder="A" * 71, iban="DE89370400440532013000"), "holder"),
        (Account(currency="EUR", holder="A"), "iban"),
        (Account(currency="EUR", holder="A", iban="DE89370400440532013000", account_number="1234"), "account_number"),
        (Account(currency="EUR", holder="A", iban="DE89370400440532013000", bic="COBA"), "bic"),
        (Account(currency="CNY", holder="A", account_number="62220210", bank_name="B", branch="C"), "bank_code"),
        (
            Account(currency="CNY", holder="A", account_number="62220210", bank_name="B", bank_code="102290002916"),
            "branch",
        ),
        (Account(currency="USD", holder="A", account_number="62220210"), "bank_name"),
        (Account(currency="XXY", holder="A", account_number="62220210", bank_name="B"), "currency"),
    ],
)
def test_what_cannot_be_an_account_is_refused_at_its_field(account: Account, field: str) -> None:
    with pytest.raises(Refused) as refused:
        checked(account)
    assert refused.value.field == field


@given(st.integers(2000, 2099), st.integers(1, 9_999_999))
@settings(max_examples=60)
def test_a_structured_reference_is_valid_and_leads_back_to_its_case(year: int, number: int) -> None:
    case_number = f"{year}-{number:05}"
    reference = creditor_reference(case_number)
    assert iso11649.is_valid(reference)
    assert case_number_in(in_groups(reference).lower()) == case_number
    wrong = reference[:-1] + str((int(reference[-1]) + 1) % 10)
    assert case_number_in(wrong) is None


def test_the_payment_code_says_what_the_scheme_wants() -> None:
    code = payment_code(checked(GERMAN), 1_234_50, creditor_reference("2026-00417"))
    same = helpers.make_epc_qr(
        "Nordkai Inkasso GmbH Treuhand", "DE89370400440532013000", Decimal("1234.50"), reference="RF52202600417",
        bic="COBADEFFXXX",
    )  # fmt: skip
    assert code == same
    assert payment_code(checked(GERMAN), 0, "RF52202600417") is None
    assert payment_code(checked(CHINESE), 1_00, "2026-00417") is None
