"""What tests of the money can ask for besides."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal import clock
from tests.billing.money import NOON


@pytest.fixture
def noon() -> Iterator[None]:
    """All of the test happens at noon."""
    with clock.at(NOON):
        yield
