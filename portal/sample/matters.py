"""What the first client of an agency brings about besides its lists: rules, a system's placement, papers, a draft.

Nothing of it depends on chance: each matter can be seen in every world that is loaded.
"""

import io
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from cases.acceptance.requirements import answer
from cases.acceptance.rulebook import change
from cases.acceptance.rules import DocumentRule, Rules
from cases.documents.evidence import send_through
from cases.documents.folder.batch import Batch, load_file, open_batch
from cases.documents.folder.deciding import Decision, decide
from cases.documents.folder.offering import Offered, offer
from cases.documents.folder.sending import arrive
from cases.documents.holding import hold
from cases.documents.words import Kind
from cases.intake.by_hand.drafts import save_draft
from cases.intake.receive import arrival, receive
from cases.intake.written import Written
from portal.identity import new_id
from portal.money import decimal_string, exponent
from portal.people.permissions import Role
from portal.sample.acts import Account
from portal.sample.debtors import Debtor
from portal.sample.founding import Office
from portal.sample.hours import local_day, moment, working_day
from portal.sample.papers import NAMES, paper
from portal.sample.words import words_of
from portal.storage import store
from portal.tenancy.database import sql, transaction

Step = Callable[[], Awaitable[object]]

LEAST, CONTRACT_FROM = 5, 250
"""Of a client's typical claim, in per cent: the least that is accepted, and from where on a contract is wanted."""


@dataclass
class Matters:
    """Everything of it in one agency. ``accounts`` are those of its lists, in the order of time."""

    office: Office
    now: datetime
    accounts: Sequence[Account]

    def __post_init__(self) -> None:
        self.client = self.office.plan.clients[0]
        self.market = self.client.markets[0]
        self.words = words_of(self.office.plan.language)
        self.admin = self.office.of(self.client, Role.ADMIN)
        self.submitter = self.office.of(self.client, Role.SUBMITTER)
        self.today = local_day(self.now, self.office.plan.time_zone)

    def steps(self) -> Iterator[tuple[datetime, Step]]:
        """When each of it happens."""
        yield self._at(-6, time(10)), self.agree_on_rules
        yield self._at(-4, time(11, 10)), self.place_by_system
        yield self._at(-3, time(14, 5)), self.look_after_papers
        yield self._at(-2, time(15, 20)), self.answer_what_is_asked
        yield self._at(-1, time(16, 45)), self.send_scans
        yield self.now - timedelta(minutes=35), self.begin_a_case_by_hand

    def _at(self, days: int, at: time) -> datetime:
        plan = self.office.plan
        return moment(working_day(self.today, days, self.client.country, plan.country), at, plan.time_zone)

    def _minor(self, percent: int) -> int:
        """So many per cent of a typical claim."""
        unit: int = 10 ** exponent(self.market.currency)
        return self.market.typical * percent * unit // 100

    # Acceptance

    async def agree_on_rules(self) -> None:
        """The manager writes down what is accepted from the client."""
        manager, currency = self.office.one(Role.MANAGER), self.market.currency
        rules = Rules(
            minimums={currency: self._minor(LEAST)},
            longest_days=3 * 365,
            documents=(DocumentRule(Kind.CONTRACT, currency, self._minor(CONTRACT_FROM)),),
        )
        async with transaction(manager.scope):
            await change(manager, self.office.clients[self.client.key], rules, None)

    async def answer_what_is_asked(self) -> None:
        """The client says why the agency should take a claim that is too small."""
        asked = (
            "select r.id from case_requirements r join cases c on c.agency_id = r.agency_id and c.id = r.case_id"
            " where r.agency_id = $1 and r.client_id = $2 and r.code = 'below_minimum' and r.answered_at is null"
            " order by c.number limit 1"
        )
        async with transaction(self.admin.scope):
            for row in await sql(asked, self.admin.agency_id, self.admin.client_id):
                await answer(self.admin, row["id"], self.words.too_small)

    # Placing

    async def place_by_system(self) -> None:
        """The client's ERP hands cases over: two that fall short, a whole claim, and debtors that others know."""
        moved, misspelt, large, small, whole = self._debtors()
        cases = [
            self._case(1, self._moved(moved), 90),
            self._case(2, replace(misspelt, name=misspell(misspelt.name), street="", phone="", email=""), 120),
            self._case(3, large, 310),
            self._case(4, small, 3),
            {**self._case(5, whole, 140), **self._beside(whole)},
        ]
        reference = f"ERP-{self.today:%Y-%m}"
        content = json.dumps({"reference": reference, "cases": cases}, ensure_ascii=False).encode()
        arriving = await arrival(io.BytesIO(content), "json", "api", "", reference)
        async with transaction(self.submitter.scope):
            await receive(self.submitter, arriving)

    def _debtors(self) -> list[Debtor]:
        """Two debtors of other clients, the first of them whose names can be misspelt, then three of the client's own."""
        others = {a.debtor.name: a.debtor for a in self.accounts if a.client is not self.client}
        known = [debtor for name, debtor in others.items() if misspell(name) != name and debtor.phone]
        own = {a.debtor.name: a.debtor for a in self.accounts if a.client is self.client}
        return [*known[:2], *list(own.values())[:3]]

    def _moved(self, debtor: Debtor) -> Debtor:
        """The same company at another address: its name and numbers stay."""
        digit = debtor.postal_code[-1:]
        other = str((int(digit) + 1) % 10) if digit.isdigit() else "A"
        return replace(debtor, postal_code=debtor.postal_code[:-1] + other, street="")

    def _case(self, number: int, debtor: Debtor, percent: int) -> dict[str, object]:
        due = self.today - timedelta(days=60 + 11 * number)
        given = {"name": debtor.name, "kind": "company", "email": debtor.email, "phone": debtor.phone}
        address = {
            "street": debtor.street,
            "postal_code": debtor.postal_code,
            "city": debtor.city,
            "region": debtor.region,
            "country": debtor.country,
        }
        return {
            "reference": f"{self.client.prefix.rstrip('-')}-9{number:04}",
            "currency": self.market.currency,
            "description": self.words.goods[0],
            "debtor": {**{key: text for key, text in given.items() if text},
                       "address": {key: text for key, text in address.items() if text}},
            "invoices": [self._invoice(f"9{number:04}-1", due, self._minor(percent))],
        }  # fmt: skip

    def _invoice(self, number: str, due: date, amount_minor: int) -> dict[str, str]:
        return {
            "number": f"{self.client.prefix.rstrip('-')}{number}",
            "issued_on": (due - timedelta(days=self.client.terms_days)).isoformat(),
            "due_on": due.isoformat(),
            "amount": decimal_string(amount_minor, self.market.currency),
        }

    def _beside(self, debtor: Debtor) -> Mapping[str, object]:
        """What a claim has besides an invoice: another one, interest, costs, a credit, and people to speak to."""
        first, second = (self._invoice(f"90005-{place}", self.today - timedelta(days=days), self._minor(percent))
                         for place, days, percent in ((1, 120, 140), (2, 95, 60)))  # fmt: skip

        def amount(percent: int) -> str:
            return decimal_string(self._minor(percent), self.market.currency)

        return {
            "description": self.words.goods[1],
            "invoices": [first, second],
            "interest": amount(4),
            "costs": amount(1),
            "credits": [
                {"kind": "credit_note", "number": "GS-118", "on": second["due_on"], "invoice": first["number"],
                 "amount": amount(15)},
                {"kind": "payment", "on": second["due_on"], "amount": amount(25)},
            ],
            "contacts": [{"name": debtor.contact, "position": self.words.positions[0], "email": debtor.email}],
        }  # fmt: skip

    async def begin_a_case_by_hand(self) -> None:
        """Somebody began to type a case and was called away."""
        due = self.today - timedelta(days=40)
        debtor = self._debtors()[2]
        typed = {
            "reference": f"{self.client.prefix.rstrip('-')}-90006",
            "currency": self.market.currency,
            "kind": "company",
            "name": debtor.name,
            "city": debtor.city,
            "country": debtor.country,
            "invoices.0.number": f"{self.client.prefix.rstrip('-')}90006-1",
            "invoices.0.due_on": due.isoformat(),
            "invoices.0.amount": decimal_string(self._minor(70), self.market.currency),
            "invoices.1.number": f"{self.client.prefix.rstrip('-')}90006-2",
        }
        written = Written.from_texts(typed, {"invoices": 2, "credits": 0, "contacts": 0})
        async with transaction(self.submitter.scope):
            await save_draft(self.submitter, new_id(), written, 0)

    # Papers

    async def look_after_papers(self) -> None:
        """An invoice is replaced by its corrected version; another one must be kept for the court."""
        papers = (
            "select d.id, d.case_id from documents d join cases c on c.agency_id = d.agency_id and c.id = d.case_id"
            " where d.agency_id = $1 and d.client_id = $2 and d.state = 'released' and d.kind = 'invoice'"
            " and c.status <> 'closed' order by c.number, d.file_name limit 2"
        )
        manager = self.office.one(Role.MANAGER)
        async with transaction(self.submitter.scope, read_only=True):
            first, second = await sql(papers, self.submitter.agency_id, self.submitter.client_id)
        account = next(each for each in self.accounts if each.case_id == first["case_id"])
        name = f"{NAMES[self.submitter.language][Kind.INVOICE]} {account.reference} {self.words.corrected}.pdf"
        content = io.BytesIO(paper(replace(account, due_on=account.due_on + timedelta(days=14)), Kind.INVOICE))
        async with transaction(self.submitter.scope):
            await send_through(self.submitter, first["case_id"], name, content, Kind.INVOICE, first["id"])
        async with transaction(manager.scope):
            await hold(manager, second["id"], self.words.hold)

    async def send_scans(self) -> None:
        """A folder of scans: most name their case, of the others one was told its case and one waits for it."""
        chosen = await self._open_accounts(4)
        folder, scan = self.words.scans
        called = [
            f"{NAMES[self.submitter.language][Kind.DELIVERY_PROOF]} {account.reference}" for account in chosen[:3]
        ]
        names = [*called, f"{scan} 0007", f"{scan} 0008"]
        papers = [paper(account, Kind.DELIVERY_PROOF) for account in [*chosen, chosen[0]]]
        offered = [
            Offered(f"{folder}/{name}.pdf", len(content), "") for name, content in zip(names, papers, strict=True)
        ]
        async with transaction(self.submitter.scope):
            batch = await open_batch(self.submitter)
            files = [one.id for one in await offer(self.submitter, batch, offered)]
        for file_id, content in zip(files, papers, strict=True):
            await self._send(batch, file_id, content)
        said = {files[3]: Decision(chosen[3].reference, Kind.DELIVERY_PROOF)}
        async with transaction(self.submitter.scope):
            await decide(self.submitter, batch, said)

    async def _send(self, batch: Batch, file_id: UUID, content: bytes) -> None:
        async with transaction(self.submitter.scope, read_only=True):
            file = await load_file(self.submitter, batch.id, file_id)
        await store.put(file.key, io.BytesIO(content), file.content_type, size_bytes=len(content))
        async with transaction(self.submitter.scope):
            await arrive(self.submitter, file)

    async def _open_accounts(self, number: int) -> list[Account]:
        """The client's newest accounts that are still open."""
        newest = (
            "select id from cases where agency_id = $1 and client_id = $2 and status <> 'closed'"
            " and id = any($3) order by number desc limit $4"
        )
        known = {account.case_id: account for account in self.accounts if account.case_id is not None}
        async with transaction(self.submitter.scope, read_only=True):
            rows = await sql(newest, self.submitter.agency_id, self.submitter.client_id, list(known), number)
        return [known[row["id"]] for row in rows]


def misspell(name: str) -> str:
    """As it is typed in a hurry: two letters of a long word change places, a Chinese name lacks its town."""
    if not name.isascii() and not any(letter.isascii() and letter.isalpha() for letter in name):
        return name[2:].removeprefix("市")
    word = max(name.split(), key=len)
    return name.replace(word, f"{word[:2]}{word[3]}{word[2]}{word[4:]}") if len(word) > 5 else name
