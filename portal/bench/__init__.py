"""`portal bench`: our figures beside those of the bare database, taken in turns in one run.

    portal bench --cases 100000

A database of its own is created, filled, measured and dropped. The goals stand beside the figures in docs/benchmarks.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from portal.bench.figure import Figure
    from portal.settings import Settings


def run(settings: Settings, *, cases: int, report: Path | None = None) -> list[Figure]:
    """Measure with so many cases, see `portal.bench.measuring.run`."""
    # Imported late: the small processes that make the load begin in this package too, and should begin quickly.
    from portal.bench.measuring import run as measure

    return measure(settings, cases=cases, report=report)
