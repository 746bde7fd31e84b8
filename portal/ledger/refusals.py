"""Why the ledger says no, and how the database's codes (see ``post_journals``) become reasons a person can read."""

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import asyncpg

from portal.errors import Forbidden, NotFound, Refused
from portal.money import decimal_string
from portal.pages.text import N_

if TYPE_CHECKING:
    from portal.ledger.journal import JournalDraft


class AlreadyPosted(Refused):
    """The agency has a journal of this source and external id: nothing posts twice."""

    def __init__(self, source: str, external_id: str) -> None:
        super().__init__(
            N_("This is already in the ledger (%(source)s %(external_id)s)."),
            code="already_posted",
            source=source,
            external_id=external_id,
        )


class AlreadyReversed(Refused):
    """The journal was reversed before; it is reversed once."""

    def __init__(self) -> None:
        super().__init__(N_("This entry has already been reversed."), code="already_reversed")


class Unbalanced(Refused):
    """Debits and credits of a journal differ in a book and currency, or a pair of accounts does not move together."""

    def __init__(self) -> None:
        super().__init__(N_("This entry does not balance."), code="unbalanced")


class WouldOverdraw(Refused):
    """A guarded balance would be negative on ``on``, by ``missing_minor``."""

    def __init__(
        self,
        account: int,
        on: date,
        *,
        currency: str,
        missing_minor: int,
        client_id: str | None = None,
        case_id: str | None = None,
        component: str | None = None,
    ) -> None:
        super().__init__(
            _OVERDRAWN.get(account, N_("The balance does not cover this: on %(on)s, %(missing)s would be missing.")),
            code="would_overdraw",
            on=on,
            missing=f"{decimal_string(missing_minor, currency)} {currency}",
        )
        self.account = account
        self.on = on
        self.missing_minor = missing_minor
        self.client_id = client_id
        self.case_id = case_id
        self.component = component


_OVERDRAWN = {
    9000: N_("This is more than is owed: on %(on)s, by %(missing)s."),
    2000: N_("The client's funds do not cover this: on %(on)s, %(missing)s would be missing."),
    2010: N_("This is more than is payable to the client: on %(on)s, by %(missing)s."),
    2020: N_("This is more than waits in suspense: on %(on)s, by %(missing)s."),
    2030: N_("This is more than is to be refunded: on %(on)s, by %(missing)s."),
    2040: N_("This is more than the trust account owes the agency: on %(on)s, by %(missing)s."),
}


class PeriodClosed(Refused):
    """The effective date lies in a closed period."""

    def __init__(self, through: date) -> None:
        super().__init__(N_("The books are closed through %(through)s."), code="period_closed", through=through)
        self.through = through


class WrongCurrency(Refused):
    """A line on a case is in another currency than the case."""

    def __init__(self, currency: str, of_case: str) -> None:
        super().__init__(
            N_("The case is in %(of_case)s, not in %(currency)s."),
            code="wrong_currency",
            currency=currency,
            of_case=of_case,
        )


class WrongAccount(Refused):
    """A line names an account that is not in the chart, the wrong holder for it, or an impossible amount."""

    def __init__(self, rule: str) -> None:
        super().__init__(N_("The ledger has no such account or amount (%(rule)s)."), code="wrong_account", rule=rule)


class NotAMirror(Refused):
    """A reversal differs from what it reverses in more than its signs."""

    def __init__(self) -> None:
        super().__init__(N_("A reversal must mirror the entry it reverses."), code="not_a_mirror")


class MayNotPost(Forbidden):
    """Clients and debtors do not post, nor does a transaction whose snapshot is older than its locks."""


def refusal(error: asyncpg.PostgresError, drafts: "Sequence[JournalDraft]") -> Exception | None:
    """The reason behind a database error of a posting; None when it is not one of the ledger's."""
    constraint = str(getattr(error, "constraint_name", None) or "")
    if error.sqlstate and error.sqlstate.startswith("PL"):
        return _by_code(error.sqlstate, json.loads(getattr(error, "detail", None) or "{}"), str(error))
    if constraint == "journals_external_id":
        return AlreadyPosted(*_posted_before(str(getattr(error, "detail", "")), drafts))
    if constraint == "journals_reversed_once":
        return AlreadyReversed()
    if isinstance(error, asyncpg.ForeignKeyViolationError) and constraint.startswith("journal"):
        return NotFound(constraint)
    if isinstance(error, asyncpg.CheckViolationError) and constraint.startswith("journal"):
        return WrongAccount(constraint)
    return None


def _by_code(code: str, facts: dict[str, Any], text: str) -> Exception | None:
    makers: dict[str, Callable[[], Exception]] = {
        "PL001": Unbalanced,
        "PL002": Unbalanced,
        "PL003": lambda: WouldOverdraw(
            facts["account"],
            date.fromisoformat(facts["on"]),
            currency=facts["currency"],
            missing_minor=-facts["balance"],
            client_id=facts.get("client"),
            case_id=facts.get("case"),
            component=facts.get("component"),
        ),
        "PL004": lambda: PeriodClosed(date.fromisoformat(facts["through"])),
        "PL005": lambda: WrongCurrency(facts["currency"], facts["of_case"]) if facts["of_case"] else NotFound("case"),
        "PL006": NotAMirror,
        "PL007": lambda: MayNotPost(text),
    }
    return makers[code]() if code in makers else None


def _posted_before(detail: str, drafts: "Sequence[JournalDraft]") -> tuple[str, str]:
    """Which draft the unique key speaks of: the database names its values, ours says where they end."""
    for draft in drafts:
        if f", {draft.source}, {draft.external_id})" in detail:
            return draft.source, draft.external_id
    return drafts[0].source, drafts[0].external_id
