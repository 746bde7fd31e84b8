"""Routes of this package."""

from typing import Any

ROUTES: list[Any] = []
