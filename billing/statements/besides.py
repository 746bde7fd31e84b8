"""What makes a statement's net beside its payments, line by line: what was brought over, claw-backs, what is invoiced, and
what was carried in and out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from billing.openings.brought import Brought
from billing.remittance.clawback import Clawback
from billing.statements.register import Statement
from portal.pages.text import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class Besides:
    """A line of a statement's file that is no payment. Minor units; ``net_minor`` is before VAT, as a payment's is."""

    statement_number: str | None
    client_name: str
    what: str
    """A msgid."""
    currency: str
    net_minor: int
    gross_minor: int = 0
    fee_minor: int = 0
    vat_minor: int = 0
    reference: str = ""
    case_number: str = ""
    debtor_name: str = ""
    on_day: date | None = None
    payment_id: str = ""


def besides(
    statements: Sequence[Statement], clawbacks: Sequence[Clawback], brought: Sequence[Brought]
) -> list[Besides]:
    """The lines of some statements that are no payments. With their payments they add up: the net before VAT of all, less
    their VAT, is what is paid. A statement that is put off has none, as it has no payments.
    """
    return [line for one in statements if not one.deferred for line in (*_brought(one, brought), *_of(one, clawbacks))]


def _brought(statement: Statement, brought: Sequence[Brought]) -> Iterator[Besides]:
    for each in brought:
        if each.statement_id == statement.id:
            yield Besides(
                statement_number=statement.number,
                client_name=statement.client_name,
                what=N_("Brought over"),
                currency=statement.currency,
                net_minor=each.amount_minor,
                gross_minor=each.amount_minor,
                reference=each.reference,
                case_number=each.case_number,
                debtor_name=each.debtor_name,
                on_day=each.received_on,
            )


def _of(statement: Statement, clawbacks: Sequence[Clawback]) -> Iterator[Besides]:
    told = [each for each in clawbacks if each.statement_id == statement.id]
    for each in told:
        yield Besides(
            statement_number=statement.number,
            client_name=statement.client_name,
            what=N_("Claw-back"),
            currency=statement.currency,
            net_minor=each.fee_minor - each.gross_minor,
            gross_minor=-each.gross_minor,
            fee_minor=-each.fee_minor,
            vat_minor=-each.vat_minor,
            reference=each.credit_note,
            case_number=each.case_number,
            debtor_name=each.debtor_name,
            on_day=each.on_day,
            payment_id=str(each.payment_id),
        )
    if statement.invoiced_minor:
        yield Besides(
            statement_number=statement.number,
            client_name=statement.client_name,
            what=N_("Invoiced"),
            currency=statement.currency,
            net_minor=statement.invoiced_minor,
            reference=statement.invoice_number or "",
        )
    told_minor = sum(each.owed_minor for each in told)
    for what, minor in (
        (N_("Carried from before"), statement.carried_in_minor + statement.clawed_in_minor + told_minor),
        (N_("Carried to the next statement"), -statement.carried_out_minor - statement.clawed_out_minor),
    ):
        if minor:
            yield Besides(
                statement_number=statement.number,
                client_name=statement.client_name,
                what=what,
                currency=statement.currency,
                net_minor=minor,
            )
