"""The journal of an exchange, as event 14 of the money rules books it: what was sold and bought, and whose the difference is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from billing.exchange.rate import spread
from portal.ledger.journal import JournalDraft, Line, cr, dr
from portal.ledger.tables import Book

SOURCE = "exchange"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """What an approved statement promises in another currency, in minor units, and whose a better or worse rate is, by the
    terms that it was approved with."""

    statement_id: UUID
    client_id: UUID
    sold_minor: int
    quoted_minor: int
    gain_is_clients: bool
    loss_is_clients: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What of the bought money falls to a statement."""

    promised: Promised
    bought_minor: int

    @property
    def gain_minor(self) -> int:
        """What a better rate brought."""
        return max(0, self.bought_minor - self.promised.quoted_minor)

    @property
    def lost_minor(self) -> int:
        """What a worse one cost."""
        return max(0, self.promised.quoted_minor - self.bought_minor)

    @property
    def made_good_minor(self) -> int:
        """A loss that is the agency's: also where the bank's smallest units left nothing for the client."""
        return 0 if self.promised.loss_is_clients and self.bought_minor else self.lost_minor

    @property
    def paid_minor(self) -> int:
        """What the client is paid: what it was promised, and a gain or loss that is its own."""
        gained = self.gain_minor if self.promised.gain_is_clients else 0
        return self.promised.quoted_minor + gained - (self.lost_minor - self.made_good_minor)

    @property
    def drawn_minor(self) -> int:
        """A gain that is the agency's."""
        return 0 if self.promised.gain_is_clients else self.gain_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """What the bank did: sold one currency on a day, bought another; the accounts are those at the banks, where known."""

    currency: str
    target: str
    bought_minor: int
    on: date
    sold_from: UUID | None = None
    bought_on: UUID | None = None


def divided(promised: Sequence[Promised], bought_minor: int) -> list[Part]:
    """What was bought, over the statements it was bought for."""
    parts = spread(bought_minor, [one.quoted_minor for one in promised])
    return [Part(one, minor) for one, minor in zip(promised, parts, strict=True)]


def exchanged(exchange_id: UUID, deal: Deal, parts: Sequence[Part]) -> JournalDraft:
    """The exchange clearing of both currencies is settled; a gain and a loss (O5030 where it is ours) are whose they are."""
    return JournalDraft(SOURCE, str(exchange_id), "exchange", deal.on, tuple(_exchanged(deal, parts)))


def _exchanged(deal: Deal, parts: Sequence[Part]) -> Iterator[Line]:
    sold = sum(part.promised.sold_minor for part in parts)
    lost, drawn = sum(part.made_good_minor for part in parts), sum(part.drawn_minor for part in parts)
    target = deal.target
    yield dr(Book.TRUST, 1900, sold, deal.currency)
    yield cr(Book.TRUST, 1000, sold, deal.currency, bank_account=deal.sold_from)
    yield dr(Book.TRUST, 1000, deal.bought_minor, target, bank_account=deal.bought_on)
    if lost:
        yield dr(Book.TRUST, 1090, lost, target)
    yield cr(Book.TRUST, 1900, sum(part.promised.quoted_minor for part in parts), target)
    for part in parts:
        theirs = part.paid_minor - part.promised.quoted_minor
        if theirs:
            yield (cr if theirs > 0 else dr)(Book.TRUST, 2010, abs(theirs), target, client=part.promised.client_id)
    if drawn:
        yield cr(Book.TRUST, 2040, drawn, target)
        yield dr(Book.OPERATING, 1220, drawn, target)
        yield cr(Book.OPERATING, 5030, drawn, target)
    if lost:
        yield dr(Book.OPERATING, 5030, lost, target)
        yield cr(Book.OPERATING, 2190, lost, target)
