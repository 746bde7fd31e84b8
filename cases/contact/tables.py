"""The people of a debtor, how they are reached, what they asked for, and each contact."""

from piccolo.columns import JSONB, UUID, Boolean, Date, Text, Timestamptz
from piccolo.table import Table

from portal.identity import Tenant


class DebtorPerson(Tenant, Table, tablename="debtor_people"):
    """A person to speak to at a debtor."""

    debtor_id = UUID(default=None, null=False)
    client_id = UUID(default=None, null=True, help_text="The client that told us; none when we found out.")
    name = Text(default=None, null=False)
    position = Text(default="", help_text="Their work: accounts payable, owner, ...")
    authorised = Boolean(default=False, help_text="May speak for this debtor.")
    authorised_on = Date(default=None, null=True)
    third_party = Boolean(default=False, help_text="Not the debtor: the debt may not be disclosed.")
    representative = Boolean(default=False)
    guarantor = Boolean(default=False, help_text="Answers for the debt, once what they guaranteed is broken.")
    created_at = Timestamptz(default=None, null=False)


class ContactStop(Tenant, Table, tablename="contact_stops"):
    """Somebody at a debtor asked not to be contacted: on some channels, or at all."""

    debtor_id = UUID(default=None, null=False)
    person_id = UUID(default=None, null=True, help_text="None: everybody at the debtor.")
    channels = Text(default="", help_text="Comma-separated; empty means on none at all.")
    since = Date(default=None, null=False)
    note = Text(default="")
    recorded_by = UUID(default=None, null=True)
    lifted_at = Timestamptz(default=None, null=True)


class ContactPoint(Tenant, Table, tablename="contact_points"):
    """A telephone number or e-mail address, with its source and the wishes about it."""

    debtor_id = UUID(default=None, null=False)
    person_id = UUID(default=None, null=True)
    client_id = UUID(default=None, null=True)
    kind = Text(default=None, null=False, help_text="phone or email.")
    value = Text(default=None, null=False)
    source = Text(default="placement")
    verified_at = Timestamptz(default=None, null=True)
    created_at = Timestamptz(default=None, null=False)


class ContactAttempt(Tenant, Table, tablename="contact_attempts"):
    """A call or message, made or received, with the decision that allowed it."""

    client_id = UUID(default=None, null=False)
    case_id = UUID(default=None, null=False)
    debtor_id = UUID(default=None, null=False)
    person_id = UUID(default=None, null=True)
    contact_point_id = UUID(default=None, null=True)
    channel = Text(default="call")
    direction = Text(default="out")
    outcome = Text(default=None, null=False)
    reason_given = Text(default="")
    note = Text(default="")
    verdict = Text(default=None, null=False)
    decision = JSONB(default=None, null=False)
    override_reason = Text(default="")
    user_id = UUID(default=None, null=True)
    at = Timestamptz(default=None, null=False)
