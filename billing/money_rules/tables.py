"""The table of an agency's rules of money."""

from piccolo.columns import Integer, Text
from piccolo.table import Table

from portal.identity import Tenant


class MoneyRules(Tenant, Table, tablename="money_rules"):
    """How an agency books and holds money, where it is not as the portal does by default. One row an agency."""

    match_limit = Integer(
        default=90, help_text="From this confidence on a line is booked to its case by itself; 100: never."
    )
    hold_bank = Integer(default=0, help_text="Days for which money of a channel is not remitted, like what follows.")
    hold_card = Integer(default=7)
    hold_direct_debit = Integer(default=5)
    hold_cheque = Integer(default=10)
    hold_cash = Integer(default=0)
    law = Text(default="", help_text="Whose deadlines the agency works to: a code of billing.deadlines; empty: none.")
