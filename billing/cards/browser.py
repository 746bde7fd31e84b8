"""What the processor's own form needs on a page: its script, and leave to load it from where it comes.

The stand-in serves a script of its own, from the address at which it answers; it is known by that address having no TLS.
"""

from dataclasses import dataclass
from typing import Final

from portal.pages.security import Guests, origin, policy
from portal.settings import Settings

SCRIPT: Final = "https://js.stripe.com/v3/"
GUESTS: Final = Guests(
    scripts=("https://js.stripe.com", "https://*.js.stripe.com"),
    frames=("https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"),
    answers=("https://api.stripe.com",),
)


@dataclass(frozen=True, slots=True)
class Element:
    """The processor's form on a page: the address of its script, and the page's content security policy."""

    script: str
    policy: str


def element(settings: Settings) -> Element:
    """The processor's form, by the settings."""
    store = origin(settings.s3_public_endpoint)
    if settings.stripe_api_base.startswith("https:"):
        return Element(SCRIPT, policy(store, GUESTS))
    base = origin(settings.stripe_api_base)
    return Element(f"{base}/js.stripe.com/v3/", policy(store, Guests(scripts=(base,), answers=(base,))))
