"""Outcomes of a case other than a payment, an agreement to pay or its end."""

from piccolo.columns import JSONB, UUID, BigInt, Boolean, Date, Integer, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class Outcome(Tenant, Table, tablename="outcomes"):
    """Something that was agreed or happened on a case, with its value, its day and the paper that shows it."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    document_id = UUID(default=None, null=True, help_text="The paper that shows it.")
    kind = Text(default=None, null=False, help_text="goods, set_off, collateral, extension or standstill.")
    status = Text(default=None, null=False, help_text="proposed, stands, declined, withdrawn or ended.")
    on = Date(default=None, null=False, help_text="The day it happened or was agreed.")
    until = Date(default=None, null=True, help_text="Of an extension the new due date, of a standstill its last day.")
    currency = Text(default=None, null=False)
    value_minor = BigInt(default=None, null=True, help_text="Of goods and set-off: what they take off the claim.")
    what = Text(default="", help_text="Which goods, claim or thing, in words.")
    agreed_with = Text(default="", help_text="Who agreed, on the debtor's side.")
    guarantor = Text(default="")
    security = Text(default="", help_text="Of collateral: mortgage, pledge, retention, assignment or other.")
    ranking = Integer(default=None, null=True, help_text="Of collateral: before or after whom it is paid.")
    ground = Text(default="", help_text="Of a standstill: agreement, court or insolvency.")
    interest_frozen = Boolean(default=False, help_text="No interest is to run while it lasts.")
    effect = JSONB(default="{}", help_text="What was shown of it: parts, fee and balance, in minor units.")
    payment_id = UUID(default=None, null=True, help_text="Of goods and set-off: what was posted.")
    asked_by = UUID(default=None, null=True)
    asked_by_name = Text(default="")
    asked_at = Timestamptz(default=None, null=False)
    decided_by = UUID(default=None, null=True)
    decided_by_name = Text(default="")
    decided_at = Timestamptz(default=None, null=True)
    answer = Text(default="", help_text="Why the client did not confirm it.")
    ended_by_name = Text(default="")
    ended_at = Timestamptz(default=None, null=True)
    ended_because = Text(default="", help_text="Why it was released or ended before its time.")
