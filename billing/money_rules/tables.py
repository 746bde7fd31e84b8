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
    statement_days = Integer(
        default=5, help_text="Working days after which the last statement of a trust account is old; 0: never."
    )
    signoff_days = Integer(
        default=15, help_text="Days after a month's end until two have signed it; 0: as the law says."
    )
    law = Text(default="", help_text="Whose deadlines the agency works to: a code of billing.deadlines; empty: none.")
