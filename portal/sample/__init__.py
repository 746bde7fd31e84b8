"""The sample world of `portal up`: two agencies with seven months of work behind them. Every name in it is invented."""

from portal.sample.cast import LOGINS
from portal.sample.loading import load

__all__ = ["LOGINS", "load"]
