"""What a statement says of being paid out in another currency: both currencies, the quoted rate, and what the exchange
brought, in words.
"""

from billing.exchange.rate import rate_text
from billing.statements.register import Statement
from portal.pages.formats import date_full, money
from portal.pages.text import translate


def paid_out(statement: Statement, *, to_client: bool = True) -> str:
    """The sentences, in the current language, to the client or about it; nothing where it is paid what was collected."""
    target, rate, promised = statement.payout_currency, statement.quoted_rate, statement.payout_minor
    if target is None:
        return ""
    if rate is None or promised is None:
        return translate("Paid out in %(currency)s; no rate is quoted yet.", currency=target)
    quoted = translate(
        "%(amount)s are paid out as %(promised)s, at the quoted rate of %(rate)s.",
        amount=money(statement.net_minor, statement.currency),
        promised=money(promised, target),
        rate=rate_text(statement.currency, rate, target),
    )
    if statement.executed_rate is None or statement.exchanged_on is None:
        return quoted
    executed = translate(
        "Exchanged on %(day)s at %(rate)s.",
        day=date_full(statement.exchanged_on),
        rate=rate_text(statement.currency, statement.executed_rate, target),
    )
    return " ".join(filter(None, (quoted, executed, _difference(statement, promised, target, to_client=to_client))))


def _difference(statement: Statement, promised: int, target: str, *, to_client: bool) -> str:
    """Whose the difference between the two rates is."""
    paid = promised if statement.exchanged_minor is None else statement.exchanged_minor
    gain = paid - promised
    if gain > 0:
        sums = {"gain": money(gain, target), "paid": money(promised + gain, target)}
        if to_client:
            return translate("The better rate brings you %(gain)s: you are paid %(paid)s.", **sums)
        return translate("The better rate brings the client %(gain)s: it is paid %(paid)s.", **sums)
    if gain < 0:
        sums = {"loss": money(-gain, target), "paid": money(promised + gain, target)}
        if to_client:
            return translate("The worse rate costs you %(loss)s, as agreed: you are paid %(paid)s.", **sums)
        return translate("The worse rate costs the client %(loss)s, as agreed: it is paid %(paid)s.", **sums)
    executed, quoted = statement.executed_rate, statement.quoted_rate
    is_worse = executed is not None and quoted is not None and executed < quoted
    return translate("The agency bears the difference.") if is_worse else ""
