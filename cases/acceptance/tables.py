"""The versions of an agency's rules, and what single cases still lack."""

from piccolo.columns import JSONB, UUID, Boolean, Integer, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class AcceptanceRules(Tenant, Table, tablename="acceptance_rules"):
    """A version of what the agency accepts: from one client, or from every client without rules of its own."""

    client_id = UUID(default=None, null=True, help_text="None: the agency's default.")
    version = Integer(default=None, null=False, help_text="Counted from 1, for each client and for the default.")
    content = JSONB(default=None, null=True, help_text="None: the client has no rules of its own any more.")
    changed_by = UUID(default=None, null=True)
    changed_by_name = Text(default="")
    changed_at = Timestamptz(default=None, null=False)


class CaseRequirement(Tenant, Table, tablename="case_requirements"):
    """Something that a case lacks. Open while nothing met it; it counts only while its case waits for it."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    code = Text(default=None, null=False, help_text="below_minimum, too_old, country_not_accepted, document_missing.")
    kind = Text(default="", help_text="The kind of document that is missing.")
    params = JSONB(default="{}", help_text="The figures of the rule and of the case.")
    rules_id = UUID(default=None, null=False, help_text="The version of the rules it was judged by.")
    asked_at = Timestamptz(default=None, null=False)
    question = Text(default="", help_text="What the agency wrote when it asked again.")
    answer = Text(default="", help_text="What the client wrote back.")
    cannot_supply = Boolean(default=False, help_text="The client says that it cannot be supplied.")
    answered_at = Timestamptz(default=None, null=True)
    answered_by = UUID(default=None, null=True)
    answered_by_name = Text(default="")
    met_at = Timestamptz(default=None, null=True)
    met_by = Text(default="", help_text="document, answer or waived.")
    document_id = UUID(default=None, null=True, help_text="The document that met it.")
    settled_by = UUID(default=None, null=True, help_text="Who accepted the answer or waived it.")
    settled_by_name = Text(default="")
    reason = Text(default="", help_text="Why it was waived.")
