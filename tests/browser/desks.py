"""What lies on a desk before a browser test begins: cases due now, and money agreed on them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from portal import clock
from tests.billing.money import agreed
from tests.cases.casework import placed_case
from tests.people import Cast

DEBTORS = (
    ("Müller Maschinenbau GmbH", "DE", "+493055501420", 4_821_055),
    ("Van der Meer Metaal B.V.", "NL", "+31401234567", 941_820),
    ("Harbour & Lyle Fabrication Ltd", "GB", "+441132345678", 734_000),
)


async def due_cases(cast: Cast, number: int = 3) -> list[UUID]:
    """Brandt's cases that are due at this moment, the most urgent first, under an agreement of 25 %."""
    now = clock.now()
    await agreed(cast, cast.brandt)
    return [
        await placed_case(
            cast.nordkai, cast.brandt, amount_minor=amount, debtor=name, country=country, phone=phone,
            next_at=now - timedelta(minutes=30 - place), due_on=(now - timedelta(days=127)).date(),
            placed_at=now - timedelta(days=20),
        )
        for place, (name, country, phone, amount) in enumerate(DEBTORS[:number])
    ]  # fmt: skip
