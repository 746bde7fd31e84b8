"""The Stripe stand-in: a program of its own that answers as Stripe's interface does, for development."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from portal.backends.server import Server, listens


class StripeStandIn(Server):
    name: ClassVar[str] = "stripe"
    title: ClassVar[str] = "Stripe stand-in"
    variables: ClassVar[frozenset[str]] = frozenset(
        {
            "PORTAL_STRIPE_SECRET_KEY",
            "PORTAL_STRIPE_WEBHOOK_SECRET",
            "PORTAL_STRIPE_PUBLISHABLE_KEY",
            "PORTAL_STRIPE_API_BASE",
        }
    )

    @staticmethod
    def installed() -> bool:
        """Whether it is there at all: it comes with the development requirements only."""
        return importlib.util.find_spec("localstripe") is not None

    def prepare(self) -> None:
        (self.home.path / "stripe").mkdir(mode=0o700, exist_ok=True)
        self.home.port("stripe")

    def command(self) -> list[str]:
        return [sys.executable, "-m", "localstripe", "--port", str(self.home.known_port("stripe"))]

    def process_environ(self) -> Mapping[str, str]:
        folders = [str(Path(__file__).parent / "loopback"), os.environ.get("PYTHONPATH", "")]
        return dict(os.environ) | {
            "PYTHONPATH": os.pathsep.join(filter(None, folders)),
            "STAND_IN_STATE": str(self.home.path / "stripe" / "state"),
        }

    def answers(self) -> bool:
        return listens(self.home.known_port("stripe"))

    def environ(self) -> dict[str, str]:
        return {
            "PORTAL_STRIPE_SECRET_KEY": f"sk_test_{self.home.secrets['stripe_secret_key']}",
            "PORTAL_STRIPE_WEBHOOK_SECRET": f"whsec_{self.home.secrets['stripe_webhook_secret']}",
            "PORTAL_STRIPE_PUBLISHABLE_KEY": "pk_test_of_the_stand_in",
            "PORTAL_STRIPE_API_BASE": f"http://127.0.0.1:{self.home.known_port('stripe')}",
        }
