"""Lines of the agency's own making: bank charges on the trust account, what makes them good, and runs that were paid."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg

from billing.bank.matching.candidates import Line
from billing.bank.matching.said import read_texts
from portal.people.actor import Actor
from portal.tenancy.database import sql

CHARGE_CODES: Final = ("CHRG", "COMM", "NCHG", "NCOM", "FEES")
_CHARGE_WORDS: Final = re.compile(
    r"\b(bank (charges?|fees?)|charges?|fees?|entgelt\w*|gebühr\w*|gebuehr\w*|kontoführung\w*|provision|frais|kosten)\b"
    r"|手续费|服务费|账户管理费",
    re.IGNORECASE,
)


class AffairCode(StrEnum):
    """What speaks for it."""

    CHARGE_CODE = "charge_code"
    CHARGE_WORD = "charge_word"
    NO_COUNTERPARTY = "no_counterparty"
    FROM_OWN_ACCOUNT = "from_own_account"
    OWED_TO_TRUST = "owed_to_trust"
    RUN_NAMED = "run_named"
    RUN_SUM = "run_sum"


class AffairReason(NamedTuple):
    """A finding with its weight."""

    code: AffairCode
    weight: int


@dataclass(frozen=True, slots=True)
class OwnAffair:
    """What a line is: ``charge``, ``top_up`` or ``run``."""

    what: str
    reasons: tuple[AffairReason, ...]
    run_id: UUID | None = None
    run_number: str = ""
    run_kinds: tuple[str, ...] = ()
    """Which of its journals left with the debit: ``paid`` to clients, ``draw`` to the agency."""

    @property
    def confidence(self) -> int:
        """The sum of the weights, at most 100."""
        return min(100, sum(reason.weight for reason in self.reasons))


OWED: Final = """
select currency, sum(amount_minor)::bigint as owed_minor from journal_lines
where agency_id = $1 and account = 1090 and account < 9000 group by currency
"""
RUNS: Final = """
select r.id, r.number, r.currency, sum(s.net_minor)::bigint as net_minor,
       sum(s.collected_minor - s.direct_minor)::bigint as ours_minor
from remittance_runs r join statements s on s.agency_id = r.agency_id and s.run_id = r.id and not s.deferred
where r.agency_id = $1 and r.status = 'approved' group by r.id, r.number, r.currency
"""


async def own_affairs(actor: Actor, lines: Sequence[Line], own_accounts: frozenset[str]) -> dict[UUID, OwnAffair]:
    """By line on a trust account, what of the agency's own making it is, where that is likely."""
    trust = [line for line in lines if line.book == "trust"]
    if not trust:
        return {}
    owed = {row["currency"]: row["owed_minor"] for row in await sql(OWED, actor.agency_id)}
    runs = await sql(RUNS, actor.agency_id)
    found: dict[UUID, OwnAffair] = {}
    for line in trust:
        affair = _top_up(line, owed.get(line.currency, 0), own_accounts) if line.amount_minor > 0 else None
        if line.amount_minor < 0 and not line.went_back:
            paid = [_run(line, run) for run in runs if run["currency"] == line.currency]
            affair = next((one for one in paid if one is not None), None) or _charge(line)
        if affair is not None:
            found[line.id] = affair
    return found


def _top_up(line: Line, owed_minor: int, own_accounts: frozenset[str]) -> OwnAffair | None:
    """What the agency owes the trust account is paid in from its own."""
    if line.counterparty_account not in own_accounts or line.amount_minor > owed_minor:
        return None
    return OwnAffair(
        "top_up", (AffairReason(AffairCode.FROM_OWN_ACCOUNT, 50), AffairReason(AffairCode.OWED_TO_TRUST, 30))
    )


def _run(line: Line, run: asyncpg.Record) -> OwnAffair | None:
    """An approved run whose sum left in one debit: what clients get, or with it what the agency keeps."""
    kinds = {run["ours_minor"]: ("paid", "draw"), run["net_minor"]: ("paid",)}.get(-line.amount_minor)
    if kinds is None:
        return None
    reasons = [AffairReason(AffairCode.RUN_SUM, 50)]
    if read_texts((*line.texts, line.bank_reference)).names(run["number"]):
        reasons.append(AffairReason(AffairCode.RUN_NAMED, 40))
    return OwnAffair("run", tuple(reasons), run["id"], run["number"], kinds)


def _charge(line: Line) -> OwnAffair | None:
    """What the bank takes for itself."""
    reasons = []
    if any(code in line.code.upper() for code in CHARGE_CODES):
        reasons.append(AffairReason(AffairCode.CHARGE_CODE, 60))
    if _CHARGE_WORDS.search(f"{line.kind} {line.text}"):
        reasons.append(AffairReason(AffairCode.CHARGE_WORD, 30))
    if reasons and not line.counterparty_account:
        reasons.append(AffairReason(AffairCode.NO_COUNTERPARTY, 10))
    return OwnAffair("charge", tuple(reasons)) if reasons else None
