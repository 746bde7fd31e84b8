"""`portal bench`: our figures beside those of the bare database, taken in turns in one run.

    portal bench --cases 100000

A database of its own is created, filled, measured and dropped. The goals stand beside the figures in docs/benchmarks.md.
"""

from portal.bench.run import run

__all__ = ["run"]
