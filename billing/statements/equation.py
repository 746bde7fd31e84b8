"""How a statement comes to what is paid: recovered, with what was brought over, less what the client has, costs repaid, fees
and VAT, what was carried, and what of it an invoice asks for instead.
"""

from dataclasses import dataclass

from billing.statements.register import Counts, Statement
from portal.pages.formats import MINUS, amount, date_full, percent
from portal.pages.text import ngettext, translate


@dataclass(frozen=True, slots=True)
class Term:
    """One figure of the equation, in words; the first has no sign."""

    label: str
    amount: str
    sign: str = ""
    note: str = ""


def equation(statement: Statement, counts: Counts, *, to_client: bool = True) -> tuple[list[Term], Term]:
    """The terms and the result, spoken in the current language, to the client or about it."""
    terms = [
        Term(translate("Recovered"), _amount(statement, statement.collected_minor), note=_recovered(counts)),
        Term(
            translate("Paid to you directly") if to_client else translate("Paid to the client directly"),
            _amount(statement, statement.direct_minor),
            MINUS,
            ngettext("%(num)s payment", "%(num)s payments", counts.direct) % {"num": counts.direct},
        ),
        *_brought(statement, to_client=to_client),
        *_costs(statement),
        Term(translate("Fees"), _amount(statement, statement.fees_minor), MINUS),
        _vat(statement),
        _carried_in(statement),
    ]
    if statement.clawed_in_minor:
        terms.append(_signed(statement, translate("Claw-backs"), statement.clawed_in_minor, _clawed(statement)))
    carried = statement.carried_out_minor + statement.clawed_out_minor
    if carried:
        terms.append(_signed(statement, translate("Carried to the next statement"), -carried, translate("stays open")))
    if statement.invoiced_minor:
        terms.append(_signed(statement, translate("Invoiced"), statement.invoiced_minor, _invoiced(statement)))
    return terms, Term(
        translate("Paid to you") if to_client else translate("Paid to the client"),
        _amount(statement, statement.net_minor),
        note=_paid(statement),
    )


def _recovered(counts: Counts) -> str:
    received = counts.payments - counts.went_back
    text = ngettext("%(num)s payment", "%(num)s payments", received) % {"num": received}
    if not counts.went_back:
        return text
    back = ngettext("%(num)s went back", "%(num)s went back", counts.went_back) % {"num": counts.went_back}
    return translate("%(received)s, %(returned)s", received=text, returned=back)


def _brought(statement: Statement, *, to_client: bool) -> list[Term]:
    if not statement.brought_minor:
        return []
    told = translate("held for you before, without a fee")
    note = told if to_client else translate("held for the client before, without a fee")
    return [Term(translate("Brought over"), _amount(statement, statement.brought_minor), "+", note)]


def _costs(statement: Statement) -> list[Term]:
    if not statement.costs_minor:
        return []
    label, note = translate("Costs repaid to the agency"), translate("advanced for your cases")
    return [Term(label, _amount(statement, statement.costs_minor), MINUS, note)]


def _vat(statement: Statement) -> Term:
    if not statement.vat_rate:
        return Term(translate("VAT"), _amount(statement, statement.vat_minor), MINUS, translate("none on our fees"))
    label = translate("VAT %(rate)s", rate=percent(statement.vat_rate))
    return Term(label, _amount(statement, statement.vat_minor), MINUS, translate("on the fee total, once"))


def _carried_in(statement: Statement) -> Term:
    label = translate("Carried from before")
    note = translate("nothing open") if not statement.carried_in_minor else translate("was still open")
    return _signed(statement, label, statement.carried_in_minor, note)


def _clawed(statement: Statement) -> str:
    if not statement.clawed_out_minor:
        return translate("money that went back after it was paid")
    return translate("%(amount)s of it stays open", amount=_amount(statement, abs(statement.clawed_out_minor)))


def _invoiced(statement: Statement) -> str:
    if statement.invoice_number is None:
        return translate("by invoice, with the approval")
    assert statement.invoice_due_on is not None
    return translate(
        "%(number)s, due on %(day)s", number=statement.invoice_number, day=date_full(statement.invoice_due_on)
    )


def parted(statement: Statement) -> str:
    """How fee and VAT are taken where an invoice asks for some of it, in words; nothing where all is kept back."""
    if not statement.invoiced_minor:
        return ""
    parts = {
        "kept": _amount(statement, statement.kept_minor),
        "fees": _amount(statement, statement.invoiced_fees_minor),
        "vat": _amount(statement, statement.invoiced_vat_minor),
    }
    text = translate(
        "%(kept)s is kept back of the money received; fees of %(fees)s and VAT of %(vat)s are invoiced.", **parts
    )
    if not statement.credited_minor:
        return text
    credited = _amount(statement, statement.credited_minor)
    return text + " " + translate("%(amount)s of it is credited for money that went back.", amount=credited)


def _signed(statement: Statement, label: str, minor: int, note: str) -> Term:
    return Term(label, _amount(statement, abs(minor)), MINUS if minor < 0 else "+", note)


def _paid(statement: Statement) -> str:
    account = statement.letterhead.masked_account
    if statement.paid_on is None:
        return translate("nothing to pay") if statement.net_minor == 0 else translate("not paid yet")
    day = date_full(statement.paid_on)
    return translate("%(day)s to %(account)s", day=day, account=account) if account else day


def _amount(statement: Statement, minor: int) -> str:
    return amount(minor, statement.currency)
