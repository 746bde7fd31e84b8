"""What was paid too much goes back to the debtor by two people, to the card, or pays another claim of the debtor."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from billing.bank_details.account import Account
from billing.payments.register import Payment
from billing.payments.returns import reverse
from billing.refunds.decide import approve, decline
from billing.refunds.pay import pay
from billing.remittance.proof import NotProven, Proof
from billing.surplus.left import surplus_left
from billing.surplus.refund import ask_to_refund
from billing.surplus.to_case import pay_other_claim
from billing.suspense.send_back import ask_to_send_back
from billing.suspense.take_in import suspend
from portal import clock
from portal.errors import Forbidden, NotFound, Refused
from portal.identity import new_id
from portal.ledger.balances import balance
from portal.settings import Settings
from portal.tenancy.database import as_job, sql, transaction
from tests.billing.money import NOON, TODAY, agreed, look, wrong
from tests.billing.money import pay as receive
from tests.billing.processing import charge, charged, charged_back, refunded, won
from tests.billing.remitting import PROOF
from tests.billing.trade import event, journal
from tests.cases.casework import placed_case
from tests.people import Cast, Person, Visit

WEBER = Account(currency="GBP", holder="K. Weber", iban="GB33BUKB20201555555555")
OTHER = Account(currency="GBP", holder="K. Weber", iban="DE89370400440532013000")


async def did(person: Person, do: Callable[..., Awaitable[Any]], *args: Any, days: int = 0) -> Any:
    """Do something in a transaction of its own."""
    with clock.at(NOON + timedelta(days=days)):
        async with transaction(person.actor.scope):
            return await do(person.actor, *args)


async def overpaid(cast: Cast, debtor: str = "K. Weber") -> tuple[UUID, Payment]:
    """Event 13: 240 owed, 265 paid."""
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=24_000, currency="GBP", debtor=debtor)
    return case_id, await receive(cast.finance, case_id, 26_500, reference="E2E 1")


async def kept(cast: Cast) -> int:
    async with transaction(as_job(cast.nordkai.id), read_only=True):
        return await balance(cast.nordkai.id, 2030, "GBP")


async def refused(code: str, person: Person, do: Callable[..., Awaitable[Any]], *args: Any, days: int = 0) -> None:
    with pytest.raises(Refused) as found:
        await did(person, do, *args, days=days)
    assert found.value.code == code


async def test_a_surplus_is_paid_back_by_two_people_as_event_13(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    case_id, payment = await overpaid(cast)
    names = {"C1": cast.brandt.id, "K5": case_id}
    received = await journal(owner, cast.nordkai.id, "payment", f"{case_id} E2E 1", **names)
    assert received == event(13, "receipt")
    assert await kept(cast) == 2_500
    await refused("over_what_is_left", cast.finance, ask_to_refund, payment.id, 2_501, WEBER)
    await refused("bad_iban", cast.finance, ask_to_refund, payment.id, 2_500,
                  Account(currency="GBP", holder="K. Weber", iban="GB33BUKB20201555555556"))  # fmt: skip
    refund = await did(cast.finance, ask_to_refund, payment.id, 2_500, WEBER)
    await refused("under_way", cast.second_finance, ask_to_refund, payment.id, 100, WEBER)
    await refused("not_approved", cast.finance, pay, refund, TODAY, "E2E 9")
    await refused("four_eyes", cast.finance, approve, refund, PROOF, settings.secret_key)
    with pytest.raises(NotProven):
        await did(cast.second_finance, approve, refund, Proof(password="x"), settings.secret_key)
    await did(cast.second_finance, approve, refund, PROOF, settings.secret_key)
    await refused("decided", cast.owner, approve, refund, PROOF, settings.secret_key)
    for day, reference, code in ((None, "E", "missing"), (TODAY + timedelta(days=1), "E", "future"),
                                 (TODAY - timedelta(days=1), "E", "too_early"), (TODAY, " ", "missing")):  # fmt: skip
        await refused(code, cast.finance, pay, refund, day, reference)
    for _ in range(2):
        await did(cast.finance, pay, refund, TODAY, "E2E 9")
    assert await journal(owner, cast.nordkai.id, "surplus", str(refund)) == event(13, "refund to the debtor")
    assert (await kept(cast), await wrong(cast.nordkai.id)) == (0, [])
    await refused("over_what_is_left", cast.finance, ask_to_refund, payment.id, 1, WEBER)
    told = await owner.fetch(
        "select kind, client_sees from case_events where case_id = $1 order by id desc limit 2", case_id
    )
    assert [(row["kind"], row["client_sees"]) for row in told] == [
        ("surplus.refund_paid", True), ("surplus.refund_approved", False),
    ]  # fmt: skip
    trail = await owner.fetch("select action, facts from audit_events where subject_id = $1 order by id", refund)
    assert [row["action"].removeprefix("surplus.refund_") for row in trail] == ["asked", "approved", "paid"]
    assert not any("Weber" in row["facts"] or "BUKB" in row["facts"] for row in trail)
    # The bank takes the receipt back afterwards: what went to the debtor is our loss, not the clients'.
    await did(cast.finance, reverse, payment.id, "returned_by_bank", TODAY)
    assert (await kept(cast), await wrong(cast.nordkai.id)) == (0, [])
    async with transaction(as_job(cast.nordkai.id), read_only=True):
        assert await balance(cast.nordkai.id, 5010, "GBP") == 2_500
    await owner.execute("update refunds set amount_minor = 2499 where id = $1", refund)
    assert any(fault.startswith("what debtors are owed") for fault in await wrong(cast.nordkai.id))


async def test_another_payee_than_before_waits_three_days_and_a_payment_that_goes_back_stops_its_refund(
    cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    _, payment = await overpaid(cast)
    first = await did(cast.finance, ask_to_refund, payment.id, 2_500, WEBER)
    await did(cast.second_finance, decline, first)
    await refused("decided", cast.second_finance, approve, first, PROOF, settings.secret_key)
    second = await did(cast.second_finance, ask_to_refund, payment.id, 2_500, OTHER)
    await did(cast.finance, approve, second, PROOF, settings.secret_key)
    await refused("too_early", cast.finance, pay, second, TODAY + timedelta(days=2), "E2E 1", days=2)
    await did(cast.finance, reverse, payment.id, "wrong_case", TODAY, days=2)
    await refused("not_approved", cast.finance, pay, second, TODAY + timedelta(days=3), "E2E 1", days=3)
    assert await owner.fetchval("select status from refunds where id = $1", second) == "gone"
    assert (await kept(cast), await wrong(cast.nordkai.id)) == (0, [])


async def test_what_came_by_cheque_is_not_paid_back_while_the_cheque_may_bounce(
    cast: Cast, owner: asyncpg.Connection, settings: Settings, visit: Visit
) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=24_000, currency="GBP")
    payment = await receive(cast.finance, case_id, 26_500, channel="cheque", reference="100217")
    refund = await did(cast.finance, ask_to_refund, payment.id, 2_500, WEBER)
    with clock.at(NOON):
        site = await visit(cast.second_finance)
        assert "may still bounce until" in (await site.get(f"/surplus/{payment.id}")).text, "the approver reads it"
    await did(cast.second_finance, approve, refund, PROOF, settings.secret_key)
    assert payment.release_on == TODAY + timedelta(days=10)
    assert await owner.fetchval("select pay_from from refunds where id = $1", refund) == payment.release_on
    await refused("too_early", cast.finance, pay, refund, TODAY + timedelta(days=9), "E2E 9", days=9)
    await did(cast.finance, pay, refund, TODAY + timedelta(days=10), "E2E 9", days=10)
    # What nobody knows came by cheque as well; to another payee than before, the longer of the two waits.
    assert (await kept(cast), await wrong(cast.nordkai.id)) == (0, [])
    piece = await did(cast.finance, partial(suspend, token=new_id()), 1_000, "GBP", TODAY, "cheque")
    for payee, asked_on, waits in ((WEBER, 0, 10), (OTHER, 8, 11)):
        back = await did(cast.finance, ask_to_send_back, piece, payee, days=asked_on)
        await did(cast.second_finance, approve, back, PROOF, settings.secret_key, days=asked_on)
        day = await owner.fetchval("select pay_from from refunds where id = $1", back)
        assert day == TODAY + timedelta(days=waits)
        await did(cast.finance, decline, back, days=asked_on)


async def test_card_money_goes_back_to_the_card_out_of_what_was_too_much_first(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=24_000, currency="GBP")
    payment = await charged(cast.nordkai.id, case_id, charge("ch_1", 26_500, 500))
    await refused("by_processor", cast.finance, ask_to_refund, payment.id, 2_500, WEBER)
    for _ in range(2):
        assert (await refunded(cast.nordkai.id, payment, "re_1", 1_500)).id == payment.id
    assert await journal(owner, cast.nordkai.id, "processor", "re_1 surplus") == [
        "trust Dr2030 15.00", "trust Cr1010 15.00",
    ]  # fmt: skip
    assert (await look(cast.finance.actor, case_id)).balance_minor == 0
    assert (await kept(cast), await wrong(cast.nordkai.id)) == (1_000, [])
    # More than is left of it: all goes back, and the rest is received again.
    await refunded(cast.nordkai.id, payment, "re_2", 2_000)
    assert (await look(cast.finance.actor, case_id)).balance_minor == 1_000, "230.00 of 240.00 are paid"
    assert (await kept(cast), await wrong(cast.nordkai.id)) == (0, [])
    other = await placed_case(cast.nordkai, cast.brandt, amount_minor=24_000, currency="GBP", debtor="Hofmann")
    second = await charged(cast.nordkai.id, other, charge("ch_2", 26_500, 500))
    await refunded(cast.nordkai.id, second, "re_3", 2_500)
    await charged_back(cast.nordkai.id, second, "du_2", 26_500, 2_000)
    assert (await look(cast.finance.actor, other)).balance_minor == 24_000
    assert (await kept(cast), await wrong(cast.nordkai.id)) == (0, [])


@dataclass(frozen=True)
class Gone:
    """What happened to a charge of 265.00 on a claim of 240.00, and what is owed, kept for the debtor and lost then."""

    what: str
    minor: int
    owed_minor: int
    kept_minor: int
    lost_minor: int = 0


@pytest.mark.parametrize(
    "history",
    [
        [Gone("refunded", 2_500, 0, 0), Gone("charged_back", 24_000, 24_000, 0), Gone("won", 24_000, 0, 0)],
        [Gone("refunded", 1_500, 0, 1_000), Gone("refunded", 2_000, 1_000, 0), Gone("refunded", 3_000, 4_000, 0)],
        [Gone("refunded", 1_500, 0, 1_000), Gone("charged_back", 26_500, 24_000, 0, 1_500),
         Gone("won", 26_500, 0, 1_000)],
        [Gone("transferred", 2_500, 0, 0), Gone("charged_back", 24_000, 24_000, 0)],
        [Gone("transferred", 2_500, 0, 0), Gone("charged_back", 26_500, 24_000, 0, 2_500), Gone("won", 26_500, 0, 0)],
    ],
)  # fmt: skip
async def test_of_a_charge_the_case_owes_what_its_debtor_did_not_pay_in_the_end_and_we_lose_what_it_had_twice(
    cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch, history: list[Gone]
) -> None:
    # The processor could not give it back to the card, so that it may go by transfer.
    monkeypatch.setattr("billing.surplus.refund.CARD_FAILED", "select $1::uuid is not null and $2 <> ''")
    await agreed(cast, cast.brandt)
    case_id = await placed_case(cast.nordkai, cast.brandt, amount_minor=24_000, currency="GBP")
    payment = await charged(cast.nordkai.id, case_id, charge("ch_1", 26_500))
    later = NOON + timedelta(days=7)  # a card payment is held as long
    for number, gone in enumerate(history):
        if gone.what == "transferred":
            refund = await did(cast.finance, ask_to_refund, payment.id, gone.minor, WEBER)
            await did(cast.second_finance, approve, refund, PROOF, settings.secret_key)
            await did(cast.finance, pay, refund, payment.release_on, "E2E 9", days=7)
        elif gone.what == "refunded":
            await refunded(cast.nordkai.id, payment, f"re_{number}", gone.minor, at=later)
        else:
            happens = {"charged_back": charged_back, "won": won}[gone.what]
            await happens(cast.nordkai.id, payment, "du_1", gone.minor, at=later)
        owed = (await look(cast.finance.actor, case_id)).balance_minor
        async with transaction(as_job(cast.nordkai.id), read_only=True):
            stands = [await balance(cast.nordkai.id, account, "GBP") for account in (2030, 5010, 4000, 4090)]
            clients = await balance(cast.nordkai.id, 2000, "GBP", client=cast.brandt.id)
        assert (owed, *stands[:2]) == (gone.owed_minor, gone.kept_minor, gone.lost_minor), gone
        assert clients == 24_000 - owed and 4 * (stands[2] - stands[3]) == clients, "and what came bears its fee"
        assert await wrong(cast.nordkai.id) == []


async def test_a_surplus_pays_another_claim_of_the_same_debtor_and_client_and_comes_back_from_it(
    cast: Cast, owner: asyncpg.Connection
) -> None:
    case_id, payment = await overpaid(cast)
    await agreed(cast, cast.lanting)
    debtor = await owner.fetchval("select debtor_id from cases where id = $1", case_id)
    cases = [
        await placed_case(cast.nordkai, client, amount_minor=2_000, currency="GBP", debtor=name)
        for client, name in ((cast.brandt, "Weber again"), (cast.lanting, "Weber"), (cast.brandt, "Hofmann"))
    ]
    await owner.execute("update cases set debtor_id = $1 where id = any($2)", debtor, cases[:2])
    for foreign in cases[1:]:
        with pytest.raises(NotFound):
            await did(cast.finance, pay_other_claim, payment.id, foreign, 500, new_id())
    await refused("over_balance", cast.finance, pay_other_claim, payment.id, cases[0], 2_500, new_id())
    click = new_id()
    paid = await did(cast.finance, pay_other_claim, payment.id, cases[0], 2_000, click)
    assert await did(cast.finance, pay_other_claim, payment.id, cases[0], 2_000, click) == paid, "the same click"
    assert (await look(cast.finance.actor, cases[0])).close_code == "paid_in_full"
    assert (await kept(cast), await wrong(cast.nordkai.id)) == (500, [])
    assert await owner.fetchval("select fee_minor from payments where id = $1", paid) == 500
    # Taken back there it waits in suspense; and with the payment it was too much of, all of it goes back.
    await did(cast.finance, reverse, paid, "wrong_case", TODAY)
    assert (await look(cast.finance.actor, cases[0])).balance_minor == 2_000
    piece = await owner.fetchrow("select status, case_id, why from suspense where payment_id = $1", payment.id)
    assert piece is not None and (piece["status"], piece["case_id"], piece["why"]) == ("waiting", None, "surplus")
    assert await wrong(cast.nordkai.id) == []
    await did(cast.finance, pay_other_claim, payment.id, cases[0], 300, new_id())
    await did(cast.finance, reverse, payment.id, "returned_by_bank", TODAY)
    assert (await look(cast.finance.actor, cases[0])).balance_minor == 2_000
    assert (await kept(cast), await wrong(cast.nordkai.id)) == (0, [])
    assert (await did(cast.finance, surplus_left, payment.id)).here_minor == 0


async def test_only_finance_of_this_agency_pays_debtors_back(cast: Cast, settings: Settings) -> None:
    _, payment = await overpaid(cast)
    refund = await did(cast.finance, ask_to_refund, payment.id, 2_500, WEBER)
    for name in ("manager", "negotiator", "auditor", "brandt_admin", "lanting_admin", "huadong_finance"):
        for do, *args in (
            (ask_to_refund, payment.id, 1, WEBER),
            (approve, refund, PROOF, settings.secret_key),
            (decline, refund),
            (pay, refund, TODAY, "E2E 1"),
            (pay_other_claim, payment.id, payment.case_id, 1, new_id()),
        ):
            with pytest.raises((Forbidden, NotFound)):
                await did(getattr(cast, name), do, *args)
    async with transaction(cast.brandt_admin.actor.scope, read_only=True):
        assert await sql("select id from refunds") == []


async def test_the_pages_list_ask_approve_and_book_it(cast: Cast, visit: Visit) -> None:
    _, payment = await overpaid(cast)
    site, other = await visit(cast.finance), await visit(cast.second_finance)
    url = f"/surplus/{payment.id}"
    assert url in (await site.get("/surplus")).text
    assert url in (await site.get(f"/payments/{payment.id}")).text
    form = {"amount": "25.00", "holder": "K. Weber", "iban": "GB33BUKB20201555555556"}
    assert (await site.post(f"{url}/refunds", data=form)).status_code == 422
    assert (await site.post(f"{url}/refunds", data={**form, "iban": WEBER.iban})).status_code == 303
    page = (await other.get(url)).text
    refund = page.split("/refunds/")[1].split("/")[0]
    assert "GB33 BUKB 2020 1555 5555 55" in page
    assert (await other.post(f"/refunds/{refund}/approval", data={"password": "x"})).status_code == 422
    right = {"password": PROOF.password}
    assert (await other.post(f"/refunds/{refund}/approval", data=right)).status_code == 303
    wrong_day = {"paid_on": "2020-01-01", "reference": "E2E 9"}
    assert (await site.post(f"/refunds/{refund}/payment", data=wrong_day)).status_code == 422
    paid = {**wrong_day, "paid_on": clock.today("Europe/Berlin").isoformat()}
    assert (await site.post(f"/refunds/{refund}/payment", data=paid)).status_code == 303
    assert "Nothing is left of it" in (await site.get(url)).text
    assert "Nothing is owed to debtors" in (await site.get("/surplus")).text
    assert (
        await site.post(f"{url}/other-claim", data={"case": str(uuid4()), "amount": "1", "token": str(uuid4())})
    ).status_code == 404
    assert await wrong(cast.nordkai.id) == []
