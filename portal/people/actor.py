"""The actor: who does something, for whom, and what they may do."""

from dataclasses import dataclass
from uuid import UUID

from portal.errors import Forbidden
from portal.people.permissions import Role, permits
from portal.tenancy.database import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person, a key, a debtor or the system itself, acting within one agency. Every mutation takes one."""

    kind: str
    """user, api_key, debtor or system."""
    agency_id: UUID
    agency_name: str
    base_currency: str
    role: Role | None = None
    user_id: UUID | None = None
    """The user, or the id of the API key."""
    name: str = ""
    email: str = ""
    client_id: UUID | None = None
    client_name: str = ""
    case_id: UUID | None = None
    """The one case of a debtor."""
    session_id: UUID | None = None
    membership_id: UUID | None = None
    memberships: int = 1
    language: str = "en"
    time_zone: str = "UTC"
    theme: str = "auto"
    is_sample: bool = False
    second_factor: bool = False
    request_id: UUID | None = None

    @property
    def scope(self) -> Scope:
        """What the actor's transactions may see."""
        if self.kind == "system":
            return Scope(kind="job", agency_id=self.agency_id)
        if self.kind == "debtor":
            return Scope(kind="debtor", agency_id=self.agency_id, case_id=self.case_id)
        kind = "staff" if self.client_id is None else "client"
        return Scope(kind=kind, agency_id=self.agency_id, client_id=self.client_id, user_id=self.user_id)

    @property
    def is_staff(self) -> bool:
        """Works for the agency, neither for a client of it nor as a debtor."""
        return self.client_id is None and self.kind != "debtor"

    def may(self, permission: str) -> bool:
        """Whether the actor's role has the permission. The system may do everything."""
        return self.kind == "system" or (self.role is not None and permits(self.role, permission))

    def require(self, permission: str) -> None:
        """Stop here without the permission.

        Raises:
            Forbidden: the role does not have it.
        """
        if not self.may(permission):
            raise Forbidden(permission)


def system(agency_id: UUID, agency_name: str = "", base_currency: str = "EUR", time_zone: str = "UTC") -> Actor:
    """The portal itself, in a background job of one agency."""
    return Actor(
        kind="system", agency_id=agency_id, agency_name=agency_name, base_currency=base_currency, time_zone=time_zone
    )
