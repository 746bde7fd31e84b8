"""The journals of a remittance, statement by statement, as events 5, 6, 10 and 11 of the money rules book them."""

from collections.abc import Iterator
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
    """What leaves the client's funds: received by us, less costs that were repaid to us with it."""
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
    if settled.net_minor:
        yield cr(Book.TRUST, 2010, settled.net_minor, currency, client=client)
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


def payment(settled: Settled, on: date, account: UUID | None = None) -> list[JournalDraft]:
    """The money leaves the trust account: the client's part to the client, ours to us. ``account`` is the one at the bank,
    where it is known."""
    client, currency, drafts = settled.client_id, settled.currency, []
    if settled.net_minor:
        paid = (
            dr(Book.TRUST, 2010, settled.net_minor, currency, client=client),
            cr(Book.TRUST, 1000, settled.net_minor, currency, bank_account=account),
        )
        drafts.append(_draft(settled, "paid", on, paid))
    if settled.drawn_minor:
        draw = (
            dr(Book.TRUST, 2040, settled.drawn_minor, currency),
            cr(Book.TRUST, 1000, settled.drawn_minor, currency, bank_account=account),
            dr(Book.OPERATING, 1100, settled.drawn_minor, currency),
            cr(Book.OPERATING, 1220, settled.drawn_minor, currency),
        )
        drafts.append(_draft(settled, "draw", on, draw))
    return drafts


def interest_draw(run_id: UUID, minor: int, currency: str, on: date, account: UUID | None = None) -> list[JournalDraft]:
    """Interest that the bank paid on the trust account leaves it with a run: it is ours."""
    if not minor:
        return []
    lines = (
        dr(Book.TRUST, 2040, minor, currency),
        cr(Book.TRUST, 1000, minor, currency, bank_account=account),
        dr(Book.OPERATING, 1100, minor, currency),
        cr(Book.OPERATING, 1220, minor, currency),
    )
    return [JournalDraft(SOURCE, f"{run_id}:draw", "draw", on, lines)]


def _draft(settled: Settled, kind: str, on: date, lines: tuple[Line, ...]) -> JournalDraft:
    return JournalDraft(SOURCE, f"{settled.statement_id}:{kind}", kind, on, lines)
