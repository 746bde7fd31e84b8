"""What the packages above tell of a case to systems: each topic adds its own part, as the cases know none of them."""

from collections.abc import Awaitable, Callable

from cases.casework import CaseFile
from portal.people.actor import Actor

Telling = Callable[[Actor, CaseFile], Awaitable[object]]

_TOLD: dict[str, Telling] = {}


def tells(name: str) -> Callable[[Telling], Telling]:
    """Have a case tell this as well, under a name that `cases.api.description` describes."""

    def register(telling: Telling) -> Telling:
        _TOLD[name] = telling
        return telling

    return register


async def told_of(actor: Actor, case: CaseFile) -> dict[str, object]:
    """What they tell of a case."""
    return {name: await telling(actor, case) for name, telling in _TOLD.items()}
