"""The journals of a remittance, statement by statement, as events 5, 6, 10, 11 and 14 of the money rules book them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from portal.ledger.journal import JournalDraft, Line, cr, dr
from portal.ledger.tables import Book

SOURCE = "remittance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A statement's figures. Minor units; ``owed_*`` is what the client owes us before and after it, and
    ``clawed_*`` what it owes for money that went back (O1230).
    """

    statement_id: UUID
    client_id: UUID
    currency: str
    ours_minor: int
    """What leaves the client's funds: brought over or received by us, less costs that were repaid to us with it."""
    repaid_minor: int
    """Those costs, which are due to us since they were received."""
    direct_costs_minor: int
    """Costs that we had advanced and the client received from the debtor: it owes us these."""
    fees_minor: int
    vat_minor: int
    net_minor: int
    owed_before_minor: int
    owed_after_minor: int
    clawed_before_minor: int
    clawed_after_minor: int
    invoiced_fees_minor: int
    invoiced_vat_minor: int
    credited_minor: int
    payout_currency: str | None = None
    """What the client is paid in, where that is another currency."""
    payout_minor: int | None = None
    """What it is promised there, at the quoted rate."""
    exchanged_minor: int | None = None
    """What it is paid there, once the bank has exchanged it: with a gain or loss that is its own."""
    gained_minor: int = 0
    """A gain of the exchange that is ours."""

    @property
    def kept_minor(self) -> int:
        """What we keep of the client's funds."""
        return self.ours_minor - self.net_minor

    @property
    def drawn_minor(self) -> int:
        """What we draw when the run is paid."""
        return self.kept_minor + self.repaid_minor

    @property
    def invoiced_minor(self) -> int:
        """What the statement's invoice asks for, and posts (`billing.invoices.journals`)."""
        return self.invoiced_fees_minor + self.invoiced_vat_minor - self.credited_minor


def approval(settled: Settled, on: date) -> list[JournalDraft]:
    """What was held for the client becomes payable, and our part of it due to us; the fee is earned and taxed.

    Where the money does not cover fee, VAT and what was owed, the rest is owed by the client (O1200). What is invoiced is
    the invoice's to post. A statement whose payments all went back moves nothing and has no journal.
    """
    lines = tuple(_approval(settled))
    return [_draft(settled, "approval", on, lines)] if lines else []


def _approval(settled: Settled) -> Iterator[Line]:
    client, currency = settled.client_id, settled.currency
    if settled.ours_minor:
        yield dr(Book.TRUST, 2000, settled.ours_minor, currency, client=client)
    if settled.kept_minor:
        yield cr(Book.TRUST, 2040, settled.kept_minor, currency)
        yield dr(Book.OPERATING, 1220, settled.kept_minor, currency)
    if settled.net_minor and settled.payout_currency is None:
        yield cr(Book.TRUST, 2010, settled.net_minor, currency, client=client)
    elif settled.net_minor:
        yield cr(Book.TRUST, 1900, settled.net_minor, currency)
    owed = settled.owed_after_minor - settled.owed_before_minor
    if owed:
        yield (dr if owed > 0 else cr)(Book.OPERATING, 1200, abs(owed), currency, client=client)
    fees = settled.fees_minor - settled.invoiced_fees_minor
    vat = settled.vat_minor - settled.invoiced_vat_minor
    clawed = settled.clawed_after_minor - settled.credited_minor - settled.clawed_before_minor
    if fees:
        yield cr(Book.OPERATING, 1210, fees, currency, client=client)
    if vat:
        yield cr(Book.OPERATING, 2100, vat, currency)
    if settled.direct_costs_minor:
        yield cr(Book.OPERATING, 1240, settled.direct_costs_minor, currency, client=client)
    if clawed:
        yield (dr if clawed > 0 else cr)(Book.OPERATING, 1230, abs(clawed), currency, client=client)
    if settled.net_minor and settled.payout_currency and settled.payout_minor:
        yield dr(Book.TRUST, 1900, settled.payout_minor, settled.payout_currency)
        yield cr(Book.TRUST, 2010, settled.payout_minor, settled.payout_currency, client=client)


def payout(settled: Settled, on: date, accounts: Mapping[str, UUID]) -> JournalDraft:
    """The client's part leaves the trust account. ``accounts`` are those at the bank, by currency, where they are known."""
    currency, minor = settled.currency, settled.net_minor
    if settled.payout_currency is not None and settled.exchanged_minor is not None:
        currency, minor = settled.payout_currency, settled.exchanged_minor
    paid = (
        dr(Book.TRUST, 2010, minor, currency, client=settled.client_id),
        cr(Book.TRUST, 1000, minor, currency, bank_account=accounts.get(currency)),
    )
    return _draft(settled, "paid", on, paid)


def draw(settled: Settled, on: date, accounts: Mapping[str, UUID]) -> list[JournalDraft]:
    """Our part leaves the trust account, where there is one: what is kept, and a gain of an exchange that is ours."""
    drawn = [(settled.drawn_minor, settled.currency), (settled.gained_minor, settled.payout_currency or "")]
    lines = tuple(line for minor, currency in drawn if minor for line in _draw(minor, currency, accounts))
    return [_draft(settled, "draw", on, lines)] if lines else []


def _draw(minor: int, currency: str, accounts: Mapping[str, UUID]) -> Iterator[Line]:
    yield dr(Book.TRUST, 2040, minor, currency)
    yield cr(Book.TRUST, 1000, minor, currency, bank_account=accounts.get(currency))
    yield dr(Book.OPERATING, 1100, minor, currency)
    yield cr(Book.OPERATING, 1220, minor, currency)


def interest_draw(
    run_id: UUID, minor: int, currency: str, on: date, accounts: Mapping[str, UUID]
) -> list[JournalDraft]:
    """Interest that the bank paid on the trust account leaves it with a run: it is ours."""
    if not minor:
        return []
    return [JournalDraft(SOURCE, f"{run_id}:draw", "draw", on, tuple(_draw(minor, currency, accounts)))]


def _draft(settled: Settled, kind: str, on: date, lines: tuple[Line, ...]) -> JournalDraft:
    return JournalDraft(SOURCE, f"{settled.statement_id}:{kind}", kind, on, lines)
