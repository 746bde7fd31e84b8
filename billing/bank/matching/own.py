"""Lines of the agency's own making on a trust account: charges, interest, what makes charges good, runs that were paid."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

import asyncpg

from billing.bank.matching.affairs import AffairCode, AffairReason, OwnAffair, says
from billing.bank.matching.candidates import Line
from portal.people.actor import Actor
from portal.tenancy.database import sql

CHARGE_CODES: Final = ("CHRG", "COMM", "NCHG", "NCOM", "FEES")
_CHARGE_WORDS: Final = re.compile(
    r"\b(bank (charges?|fees?)|charges?|fees?|entgelt\w*|gebühr\w*|gebuehr\w*|kontoführung\w*|provision|frais|kosten)\b"
    r"|手续费|服务费|账户管理费",
    re.IGNORECASE,
)
INTEREST_CODES: Final = ("INTR", "NINT")
_INTEREST_WORDS: Final = re.compile(
    r"\b((credit |debit |negative )?interest|\w*zins(en|gutschrift|abschluss)?|verwahrentgelt|intérêts?|interets?|intereses)\b"
    r"|利息|结息",
    re.IGNORECASE,
)


OWED: Final = """
select currency, sum(amount_minor)::bigint as owed_minor from journal_lines
where agency_id = $1 and account = 1090 and account < 9000 group by currency
"""
# What of approved runs has not left yet, by currency.
RUNS: Final = """
select r.id, r.number, leaving.currency, sum(leaving.paid)::bigint as paid_minor,
       case when r.drawn_on is null then sum(leaving.drawn)::bigint
           + case leaving.currency when r.currency then r.interest_minor else 0 end else 0 end as drawn_minor,
       coalesce(array_agg(s.id order by s.id) filter (where leaving.paid > 0), '{}') as statement_ids
from remittance_runs r join statements s on s.agency_id = r.agency_id and s.run_id = r.id and not s.deferred
left join exchange_parts x on x.agency_id = s.agency_id and x.statement_id = s.id
-- What leaves in the run's currency, and what in another that it was exchanged into.
cross join lateral (values
    (s.currency, case when s.payout_currency is null and s.status = 'approved' then s.net_minor else 0 end,
     s.collected_minor - s.direct_minor + s.brought_minor - s.net_minor),
    (s.payout_currency, case when s.status = 'approved' then x.paid_minor else 0 end, x.drawn_minor)) as leaving (currency, paid, drawn)
where r.agency_id = $1 and r.status = 'approved' and leaving.currency is not null
  and not exists (select from statements w where w.agency_id = r.agency_id and w.run_id = r.id and w.payout_currency is not null
                  and not exists (select from exchange_parts y where y.agency_id = w.agency_id and y.statement_id = w.id))
group by r.id, r.number, r.currency, r.interest_minor, r.drawn_on, leaving.currency
"""


async def trust_affairs(
    actor: Actor, lines: Sequence[Line], own_accounts: frozenset[str], limit: int
) -> dict[UUID, OwnAffair]:
    """By line on a trust account, what of the agency's own making it is, where that is likely. ``limit`` is the confidence
    from which it is certain.
    """
    trust = [line for line in lines if line.book == "trust" and not (line.amount_minor > 0 and line.went_back)]
    if not trust:
        return {}
    owed = await owed_to_trust(actor)
    runs = await sql(RUNS, actor.agency_id)
    found: dict[UUID, OwnAffair] = {}
    for line in trust:
        affair: OwnAffair | None = None
        if line.amount_minor > 0:
            affair = _top_up(line, owed.get(line.currency, 0), own_accounts) or interest(line)
        elif not line.went_back:
            paid = [_run(line, run, own_accounts, limit) for run in runs if run["currency"] == line.currency]
            affair = next((one for one in paid if one is not None), None) or charge(line)
        if affair is not None:
            found[line.id] = affair
    return found


async def owed_to_trust(actor: Actor) -> dict[str, int]:
    """By currency, what the agency owes its clients' money (T1090), in minor units."""
    return {row["currency"]: row["owed_minor"] for row in await sql(OWED, actor.agency_id)}


def _top_up(line: Line, owed_minor: int, own_accounts: frozenset[str]) -> OwnAffair | None:
    """What the agency owes the trust account is paid in from its own."""
    if line.counterparty_account not in own_accounts or line.amount_minor > owed_minor:
        return None
    return OwnAffair(
        "top_up", (AffairReason(AffairCode.FROM_OWN_ACCOUNT, 50), AffairReason(AffairCode.OWED_TO_TRUST, 30))
    )


def _run(line: Line, run: asyncpg.Record, own_accounts: frozenset[str], limit: int) -> OwnAffair | None:
    """An approved run whose sum, or what is left of it, went in one debit: what clients get, what the agency draws, or both.

    What the agency draws goes to itself, so that it may be certain.
    """
    paid, drawn = run["paid_minor"], run["drawn_minor"]
    is_ours = line.counterparty_account in own_accounts
    kinds = _kinds(-line.amount_minor, paid, drawn, is_ours=is_ours)
    if not kinds:
        return None
    reasons = [AffairReason(AffairCode.RUN_SUM, 50)]
    if says(line, run["number"]):
        reasons.append(AffairReason(AffairCode.RUN_NAMED, 40))
    if is_ours and kinds == ("draw",):
        reasons.append(AffairReason(AffairCode.OWN_SIDE, 15))
    affair = OwnAffair("run", tuple(reasons), run["id"], run["number"], kinds)
    return replace(
        affair, part_ids=tuple(run["statement_ids"]) if "paid" in kinds else (),
        is_certain=kinds == ("draw",) and paid != drawn and affair.confidence >= limit,
    )  # fmt: skip


def _kinds(minor: int, paid: int, drawn: int, *, is_ours: bool) -> tuple[str, ...]:
    """Which of a run's parts an amount is."""
    if paid and drawn and minor == paid + drawn:
        return ("paid", "draw")
    if minor == drawn and (is_ours or minor != paid):
        return ("draw",)
    return ("paid",) if minor == paid else ()


def charge(line: Line) -> OwnAffair | None:
    """What the bank takes for itself, interest on our account among it."""
    reasons = []
    if any(code in line.code.upper() for code in CHARGE_CODES):
        reasons.append(AffairReason(AffairCode.CHARGE_CODE, 60))
    if _CHARGE_WORDS.search(f"{line.kind} {line.text}"):
        reasons.append(AffairReason(AffairCode.CHARGE_WORD, 30))
    if not line.counterparty_account:
        reasons += _of_interest(line)
        if reasons:
            reasons.append(AffairReason(AffairCode.NO_COUNTERPARTY, 10))
    return OwnAffair("charge", tuple(reasons)) if reasons else None


def interest(line: Line) -> OwnAffair | None:
    """What the bank pays for money that stands with it. Whoever has an account pays no bank's interest."""
    reasons = [] if line.counterparty_account else _of_interest(line)
    if not reasons:
        return None
    return OwnAffair("interest", (*reasons, AffairReason(AffairCode.NO_COUNTERPARTY, 10)))


def _of_interest(line: Line) -> list[AffairReason]:
    found = []
    if any(code in line.code.upper() for code in INTEREST_CODES):
        found.append(AffairReason(AffairCode.INTEREST_CODE, 60))
    if (found or not line.counterparty_name) and _INTEREST_WORDS.search(f"{line.kind} {line.text}"):
        found.append(AffairReason(AffairCode.INTEREST_WORD, 30))
    return found
