"""One history that touches every account of the chart."""

from __future__ import annotations

from typing import Final

from billing.fees.agreements import SelectedBy
from cases.remittance_terms import PayingOut
from portal.ledger.tables import Component
from tests.billing.history.bank import BankSaid, ClosedBooks, Transferred
from tests.billing.history.claims import Advanced, Asked, Bearing, Corrected, GivenUp
from tests.billing.history.passing_on import Agreed, Changed, led
from tests.billing.history.payments import Paid, Suspended, TakenBack, led_back
from tests.billing.history.processor import PaidIn, Processed
from tests.billing.history.world import ABROAD, Passed, Step

STEPS: Final[tuple[Step, ...]] = (
    Changed("owner", "brandt", "0.2", 0, PayingOut(payout_currencies=ABROAD)),
    Changed("owner", "lanting", "0.2", 0, PayingOut(remittance_method="gross", payout_currencies=ABROAD)),
    Agreed("owner", "brandt", "0.25", SelectedBy.PAYMENT, tuple(Component)),
    Bearing("manager", 0, "0.0525"),
    Advanced("finance", 0, "add", 500, on_debtor=True),
    # Received by every way, and given back by the processor before anything was passed on.
    Paid("finance", 0, 30_000, "bank", 0, "E2E 1"),
    Paid("finance", 0, 3_333, "direct", 1, ""),
    Paid("finance", 1, 998, "bank", 0, ""),
    Suspended("finance", 0, 333, 1, is_found=False),
    Processed(0, "charged_back", 0, 5_000, 3),
    Processed(0, "won", 1, 2_000, 3),
    Paid("finance", 2, 7, "bank", 0, ""),
    Paid("finance", 3, 30_000, "bank", 0, ""),
    # The banks' own doings, and what the agency pays in.
    BankSaid("finance", "charge", 250),
    BankSaid("finance", "interest", 99),
    Transferred("finance", 1_234),
    *led_back(0, 3),
    PaidIn("finance", to_processor=True, is_part=False),
    PaidIn("finance", to_processor=False, is_part=False),
    Passed(8),
    # Passed on net, gross and in pounds for yen and dinars; then some of it bounces.
    *led("GBP", 6),
    *led("JPY", 5),
    *led("KWD", 5),
    PaidIn("finance", to_processor=False, is_part=False),
    *led("JPY", 6)[5:],
    *led("KWD", 6)[5:],
    TakenBack("finance", 0, 0, "returned_by_bank"),
    Asked("finance", 0, "pay", "lanting", "GBP"),
    Asked("finance", 0, "claw back", "brandt", "GBP"),
    BankSaid("finance", "vat", 1),
    GivenUp("manager", 0, 99, "part"),
    Corrected(0, 80_000),
    Passed(3),
    ClosedBooks("finance", 1),
    TakenBack("finance", 1, 0, "not_received"),
)
