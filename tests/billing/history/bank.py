"""What the bank does of itself, and what moves between accounts: each is told by a line, and finance says what it is."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hypothesis import strategies as st

from billing.bank.matching.by_hand import name
from billing.books.close import close_through
from portal.people.actor import Actor
from tests.billing.bank.matching.arriving import said, tell_of
from tests.billing.history.payments import people
from tests.billing.history.world import Act, World

ON = {
    "charge": ("trust", -1), "charge on ours": ("operating", -1), "interest": ("trust", 1), "interest on ours": ("operating", 1),
    "vat": ("operating", -1), "vat back": ("operating", 1), "top_up": ("second", 1),
}  # fmt: skip
"""The account that each is on, and whether money comes or goes."""
MOVED = {
    "charge": ((1000, -1), (1090, 1)),
    "interest": ((1000, 1), (2040, -1)),
    "vat": ((2100, 1),),
    "vat back": ((2100, -1),),
    "top_up": ((1000, 1), (1090, -1)),
}
"""What of it moves which account, debits above nought; on our own accounts nothing that is counted."""


async def told(world: World, actor: Actor, account: str, minor: int, text: str) -> UUID:
    """A line of today on an account."""
    world.lines += 1
    entry = said(minor, f"{text} {world.lines}", on=world.today)
    [line] = await tell_of(actor, world.banks[account], entry)
    return line


@dataclass(frozen=True)
class BankSaid:
    """The bank took or paid something, or what we owed arrived."""

    who: str
    what: str
    amount: int

    async def do(self, world: World, actor: Actor) -> None:
        """Its line comes, and is named."""
        account, sign = ON[self.what]
        line = await told(world, actor, account, sign * self.amount, self.what)
        await name(actor, line, self.what.split()[0])
        world.moved += [(number, "GBP", side * self.amount) for number, side in MOVED.get(self.what, ())]


@dataclass(frozen=True)
class Transferred:
    """Money went from one trust account to the other."""

    who: str
    amount: int

    async def do(self, world: World, actor: Actor) -> None:
        """Both banks confirm it."""
        out = await told(world, actor, "trust", -self.amount, "Transfer")
        into = await told(world, actor, "second", self.amount, "Transfer")
        await name(actor, out, f"transfer {into}")


@dataclass(frozen=True)
class ClosedBooks:
    """The books were closed through a day: whatever is corrected later lands after it."""

    who: str
    days_ago: int

    async def do(self, world: World, actor: Actor) -> None:
        """Close them."""
        await close_through(actor, world.ago(self.days_ago))


some = st.sampled_from([1, 3, 250, 1_234])
ACTS: tuple[st.SearchStrategy[Act], ...] = (
    st.builds(BankSaid, people, st.sampled_from(sorted(ON)), some),
    st.builds(Transferred, people, some),
    st.builds(ClosedBooks, people, st.integers(1, 4)),
)
