"""What follows when cases close, whoever closes them and for whatever reason: the packages above say it, since the cases
know nothing of money that is earned with them.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from portal.people.actor import Actor

if TYPE_CHECKING:
    from cases.casework import CaseFile

Following = Callable[[Actor, "Sequence[CaseFile]"], Awaitable[None]]
"""Called in the transaction of the close, after it, with the cases as they were; their rows are held."""

_FOLLOWING: list[Following] = []


def at_close(following: Following) -> Following:
    """Have this follow whenever cases close. Called once, when its module is imported."""
    _FOLLOWING.append(following)
    return following


async def follow_close(actor: Actor, cases: "Sequence[CaseFile]") -> None:
    """Cases have closed: do what follows."""
    for following in _FOLLOWING:
        await following(actor, cases)
