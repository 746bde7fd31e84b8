"""The cases that bank lines may be for: looked up for many lines at once, by what they say and who pays."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from billing.bank.matching.rules import Candidate, Expected, Incoming
from billing.bank.matching.said import read_texts
from billing.short.arrival import arrival
from billing.short.rules import ShortTerms
from billing.short.terms import terms_in
from cases.matching.names import folded, plain, read_name
from portal.errors import NotFound
from portal.people.actor import Actor
from portal.tenancy.database import sql

CHUNK: Final = 200
"""So many lines are looked up at once."""
OF_A_TEXT: Final = 12
"""So many cases are looked at of one name or reference that more have."""
OF_A_LINE: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A bank line to be matched. Minor units; money in is positive."""

    id: UUID
    bank_account_id: UUID
    account_name: str
    book: str
    position: int
    """Of its account, among those of its book and currency."""
    booked_on: date
    currency: str
    amount_minor: int
    counterparty_name: str
    counterparty_account: str
    on_behalf_of: str
    text: str
    creditor_reference: str
    end_to_end: str
    return_reason: str
    charges_minor: int
    instructed: str
    bank_reference: str
    code: str
    kind: str
    is_reversal: bool
    status: str

    @property
    def texts(self) -> tuple[str, ...]:
        """Where a reference may stand."""
        return (self.text, self.creditor_reference, self.end_to_end)

    @property
    def payer(self) -> str:
        """Who paid or was paid, as the bank names them."""
        return self.counterparty_name or self.on_behalf_of

    @property
    def went_back(self) -> bool:
        """Whether the bank says that it undoes a payment."""
        return self.is_reversal or bool(self.return_reason)

    @property
    def account_no(self) -> int:
        """1000 or 1100: the account of the ledger that it stands on."""
        return 1000 if self.book == "trust" else 1100

    @property
    def incoming(self) -> Incoming:
        """The line as the rules see it."""
        came = arrival(self.currency, self.instructed, self.charges_minor)
        return Incoming(
            amount_minor=self.amount_minor,
            currency=self.currency,
            on=self.booked_on,
            said=read_texts(self.texts),
            payers=tuple(name for name in (self.counterparty_name, self.on_behalf_of) if name),
            told_minor=came.told_minor,
            charges_minor=came.charges_minor,
        )


SELECT: Final = """
select l.id, l.bank_account_id, b.name as account_name, b.book, b.position, l.booked_on, l.currency, l.amount_minor,
       l.counterparty_name, l.counterparty_account, l.on_behalf_of, l.text, l.creditor_reference, l.end_to_end,
       l.return_reason, l.charges_minor, l.instructed, l.bank_reference, l.code, l.kind, l.is_reversal, l.status
from bank_lines l join bank_accounts b on b.agency_id = l.agency_id and b.id = l.bank_account_id
where l.agency_id = $1
"""
OPEN: Final = f"{SELECT} and l.status = 'open' and (l.booked_on, l.id) > ($2, $3) order by l.booked_on, l.id limit $4"
FIRST: Final = (date.min, UUID(int=0))

NUMBERED: Final = """
select given.place, c.id as case_id from unnest($2::int[], $3::text[]) as given (place, number)
join cases c on c.agency_id = $1 and c.number = given.number
"""
REFERRED: Final = "select place, case_id from cases_referred($1, $2)"
NAMING: Final = "select place, case_id from cases_naming($1, $2)"
PAID_FROM: Final = """
with near as (
    select given.place, given.line_id, given.line_id as near_id from unnest($2::int[], $3::uuid[]) as given (place, line_id)
    union
    select given.place, given.line_id, l.id from unnest($2::int[], $3::uuid[], $4::text[]) as given (place, line_id, account)
    cross join lateral (select l.id from bank_lines l where l.agency_id = $1 and l.counterparty_account = given.account
                        and l.counterparty_account <> '' and l.id <> given.line_id order by l.booked_on desc limit 24) l),
brought as (
    select near.place, near.near_id = near.line_id as own, m.journal_id from near
    join bank_matches m on m.agency_id = $1 and m.bank_line_id = near.near_id),
paid as (
    select b.place, b.own, p.id, p.case_id from brought b
    join payments p on p.agency_id = $1 and p.journal_id = b.journal_id and p.reverses is null
    union all
    select b.place, b.own, p.id, p.case_id from brought b
    join suspense s on s.agency_id = $1 and s.journal_id = b.journal_id
    join payments p on p.agency_id = $1 and p.suspense_id = s.id and p.reverses is null)
select paid.place, paid.case_id, bool_or(not own and r.id is null) as known, bool_or(own and r.id is not null) as undone
from paid left join payments r on r.agency_id = $1 and r.reverses = paid.id
group by paid.place, paid.case_id
"""
FACTS: Final = """
select c.id, c.number, c.reference, c.currency, c.principal_minor + c.interest_minor + c.costs_minor as balance_minor,
       c.debtor_name, c.debtor_kind, c.status <> 'closed' as is_open, k.name as client_name,
       (select array_agg(i.number || ' ' || i.amount_minor order by i.due_on, i.id) from invoices i
        where i.agency_id = c.agency_id and i.case_id = c.id) as invoices,
       promise.amount_minor as promise_minor, promise.due_on as promise_on,
       plan.next_due_minor, plan.next_due_on, short.bearer, short.percent, short.amounts,
       exists (select from disputes d
               where d.agency_id = c.agency_id and d.case_id = c.id and d.answered_at is null) as is_disputed
from cases c join clients k on k.agency_id = c.agency_id and k.id = c.client_id
left join lateral (select p.amount_minor - p.received_minor as amount_minor, p.due_on from promises p
                   where p.agency_id = c.agency_id and p.case_id = c.id and p.status = 'open'
                   order by p.created_at desc limit 1) promise on true
left join lateral (select t.bearer, t.percent, t.amounts from short_terms t
                   where t.agency_id = c.agency_id and t.client_id = c.client_id and t.since <= $3
                   order by t.id desc limit 1) short on true
left join plans plan on plan.agency_id = c.agency_id and plan.case_id = c.id and plan.status in ('active', 'grace')
where c.agency_id = $1 and c.id = any($2)
"""


async def load_lines(actor: Actor, ids: Sequence[UUID], *, lock: bool = False) -> list[Line]:
    """Lines by their ids, by day; ``lock`` holds them until the transaction ends. A case is locked before a line."""
    if lock:
        held = "select from bank_lines where agency_id = $1 and id = any($2) order by id for no key update"
        await sql(held, actor.agency_id, list(ids))
    rows = await sql(f"{SELECT} and l.id = any($2) order by l.booked_on, l.id", actor.agency_id, list(ids))
    return [Line(**row) for row in rows]


async def load_line(actor: Actor, line_id: UUID, *, lock: bool = False) -> Line:
    """One line.

    Raises:
        NotFound: there is none for the actor.
    """
    found = await load_lines(actor, [line_id], lock=lock)
    if not found:
        raise NotFound
    return found[0]


async def open_lines(actor: Actor, after: tuple[date, UUID] = FIRST, limit: int = CHUNK) -> list[Line]:
    """The next lines that nobody has said yet what they are, the oldest day first."""
    return [Line(**row) for row in await sql(OPEN, actor.agency_id, *after, limit)]


async def candidates_for(actor: Actor, lines: Sequence[Line]) -> dict[UUID, list[Candidate]]:
    """By line, the cases that it may be for. A few queries, however many lines there are."""
    hits = await _hits(actor, lines)
    known, undone = await _paid_from(actor, lines, hits)
    latest = max((line.booked_on for line in lines), default=date.min)
    found = (actor.agency_id, list({one for of in hits for one in of}), latest)
    facts = {row["id"]: row for row in await sql(FACTS, *found)}
    return {
        line.id: [
            _candidate(facts[case_id], paid_from_here=(place, case_id) in known, undone=(place, case_id) in undone)
            for case_id in list(hits[place])[:OF_A_LINE]
            if case_id in facts
        ]
        for place, line in enumerate(lines)
    }


async def _hits(actor: Actor, lines: Sequence[Line]) -> list[dict[UUID, None]]:
    """By line, the ids of cases that it names, in the order of how they were found."""
    found: list[dict[UUID, None]] = [{} for _ in lines]
    said = [line.incoming.said for line in lines]
    numbers = [(place, number) for place, one in enumerate(said) for number in sorted(one.case_numbers)]
    words = [(place, way) for place, one in enumerate(said) for word in sorted(one.words) for way in _spelled(word)]
    for row in await sql(NUMBERED, actor.agency_id, *_columns(numbers)):
        found[row["place"]][row["case_id"]] = None
    for row in await sql(REFERRED, [word for _, word in words], OF_A_TEXT):
        found[words[row["place"] - 1][0]][row["case_id"]] = None
    named: dict[str, list[int]] = {}
    for place, line in enumerate(lines):
        for name in _names(line):
            named.setdefault(name, []).append(place)
    texts = list(named)
    for row in await sql(NAMING, texts, OF_A_TEXT):
        for place in named[texts[row["place"] - 1]]:
            found[place][row["case_id"]] = None
    return found


def _spelled(word: str) -> set[str]:
    """How a number may be written whose signs the bank lost."""
    return {word, *(word.replace(" ", sign) for sign in ("", "-", "/"))} if " " in word else {word}


def _columns(pairs: Iterable[tuple[int, str]]) -> tuple[list[int], list[str]]:
    kept = list(pairs)
    return [place for place, _ in kept], [text for _, text in kept]


def _names(line: Line) -> Iterator[str]:
    """What of a payer's name is looked for: its two first words, and the longest alone, however their letters are spelled."""
    for name in dict.fromkeys((line.counterparty_name, line.on_behalf_of)):
        taken = read_name(name)
        if not taken.tokens:
            continue
        longest = max(taken.tokens, key=len)
        texts = {" ".join(taken.tokens[:2]), longest, plain(longest), " ".join(folded(name).split()[:2])}
        yield from sorted(text for text in texts if text)


async def _paid_from(
    actor: Actor, lines: Sequence[Line], hits: list[dict[UUID, None]]
) -> tuple[set[tuple[int, UUID]], set[tuple[int, UUID]]]:
    """The pairs of a line's place and a case that its account has paid before, and those that somebody took back. What
    was paid before is a candidate by that."""
    given = [(place, line.id, line.counterparty_account) for place, line in enumerate(lines)]
    known: set[tuple[int, UUID]] = set()
    undone: set[tuple[int, UUID]] = set()
    rows = (
        await sql(PAID_FROM, actor.agency_id, *(list(column) for column in zip(*given, strict=True))) if given else []
    )
    for row in rows:
        pair = (row["place"], row["case_id"])
        if row["known"]:
            known.add(pair)
        if row["undone"]:
            undone.add(pair)
        hits[row["place"]].setdefault(row["case_id"])
    return known, undone


def _candidate(row: asyncpg.Record, *, paid_from_here: bool, undone: bool) -> Candidate:
    invoices = [text.rpartition(" ") for text in row["invoices"] or ()]
    return Candidate(
        case_id=row["id"],
        number=row["number"],
        reference=row["reference"],
        currency=row["currency"],
        balance_minor=row["balance_minor"],
        debtor_name=row["debtor_name"],
        client_name=row["client_name"],
        debtor_kind=row["debtor_kind"],
        is_open=row["is_open"],
        invoices=tuple((number, int(minor)) for number, _, minor in invoices),
        promise=Expected(row["promise_minor"], row["promise_on"]) if row["promise_on"] else None,
        instalment=Expected(row["next_due_minor"], row["next_due_on"]) if row["next_due_on"] else None,
        is_disputed=row["is_disputed"],
        paid_from_here=paid_from_here,
        undone_before=undone,
        short_terms=ShortTerms(**terms_in(row)) if row["bearer"] else ShortTerms(),
    )
