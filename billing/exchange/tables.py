"""The tables of exchanges."""

from piccolo.columns import UUID, BigInt, Date, Numeric, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class ExchangeQuote(Tenant, Table, tablename="exchange_quotes"):
    """A rate by which a run is worked out in another currency. Never changed: the latest of a run and currency counts."""

    run_id = UUID(default=None, null=False)
    target = Text(default=None, null=False, help_text="The currency paid out.")
    rate = Numeric(default=None, null=False, help_text="How much of it one unit of the run's currency buys.")
    source = Text(default=None, null=False, help_text="Who quoted it.")
    quoted_at = Timestamptz(default=None, null=False)
    entered_by = UUID(default=None, null=False)
    entered_by_name = Text(default="")
    entered_at = Timestamptz(default=None, null=False)


class Exchange(Tenant, Table, tablename="exchanges"):
    """What the bank exchanged for a run, all its statements of a currency together (T1900)."""

    run_id = UUID(default=None, null=False)
    journal_id = UUID(default=None, null=False)
    currency = Text(default=None, null=False, help_text="Sold: the run's.")
    target = Text(default=None, null=False, help_text="Bought: the currency paid out.")
    sold_minor = BigInt(default=None, null=False)
    quoted_minor = BigInt(default=None, null=False, help_text="What the statements promise of the other currency.")
    bought_minor = BigInt(default=None, null=False, help_text="What the bank gave for it.")
    rate = Numeric(default=None, null=False, help_text="The rate that the bank executed.")
    on_day = Date(default=None, null=False)
    reference = Text(default=None, null=False)
    executed_by = UUID(default=None, null=True)
    executed_by_name = Text(default="")
    executed_at = Timestamptz(default=None, null=False)
    taken_back_at = Timestamptz(default=None, null=True, help_text="It was entered in error; it has no parts any more.")
    taken_back_by_name = Text(default="")
    taken_back_because = Text(default="")
    taken_back_journal_id = UUID(default=None, null=True)


class ExchangePart(Tenant, Table, tablename="exchange_parts"):
    """One statement's part of an exchange: what it promises, what of the bought money fell to it, and whose the difference is."""

    client_id = UUID(default=None, null=False)
    exchange_id = UUID(default=None, null=False)
    statement_id = UUID(default=None, null=False)
    target = Text(default=None, null=False)
    sold_minor = BigInt(default=None, null=False)
    quoted_minor = BigInt(default=None, null=False)
    bought_minor = BigInt(default=None, null=False)
    paid_minor = BigInt(
        default=None, null=False, help_text="What the client is paid: as quoted, with a gain or loss that is its own."
    )
    drawn_minor = BigInt(default=0, help_text="A gain that is the agency's.")
    rate = Numeric(default=None, null=False, help_text="The executed one, for the client to see.")
    on_day = Date(default=None, null=False)
