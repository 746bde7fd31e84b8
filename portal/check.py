"""The outcome of one proof, as `portal verify` lists it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """What was proved, whether it held, and in words what was looked at or what is wrong."""

    name: str
    ok: bool
    detail: str
