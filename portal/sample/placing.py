"""What clients hand over, month by month: accounts, and the files that carry them in the simple B2B form."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

import phonenumbers

from portal.money import decimal_string, exponent
from portal.sample.acts import Account
from portal.sample.cast import AgencyPlan, ClientPlan, Market
from portal.sample.debtors import Debtor, companies
from portal.sample.hours import desk_time, local_day, moment, months_back, working_day
from portal.sample.places import COUNTRIES

MONTHS = 7
HEADER = (
    "InvoiceNumber", "DebtorName", "Address", "PostalCode", "City", "State", "Country", "Email", "PhoneNumber",
    "InvoiceDate", "DueDate", "PrincipalAmount", "CurrencyCode", "DebtorContactPerson",
)  # fmt: skip
OLD = 3
"""So many accounts of an agency are so old that limitation is near."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A file that a client hands over at a moment. ``spoilt`` rows are wrong; then it is only checked."""

    client: ClientPlan
    at: datetime
    name: str
    accounts: tuple[Account, ...]
    spoilt: bool = False

    @property
    def content(self) -> bytes:
        """The file."""
        lines = [row(account) for account in self.accounts]
        return as_csv(spoil(lines, self.client.language) if self.spoilt else lines)


def row(account: Account) -> list[str]:
    """An account as a line of the file."""
    debtor = account.debtor
    return [
        account.reference, debtor.name, debtor.street, debtor.postal_code, debtor.city, debtor.region, debtor.country,
        debtor.email, debtor.phone, account.issued_on.isoformat(), account.due_on.isoformat(),
        decimal_string(account.amount_minor, account.market.currency), account.market.currency, debtor.contact,
    ]  # fmt: skip


def as_csv(lines: Sequence[Sequence[str]]) -> bytes:
    """Lines under the header of the simple form."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    writer.writerows(lines)
    return out.getvalue().encode("utf-8-sig")


IN_WORDS = {
    "en": {"IT": "Italien", "FR": "France", "DE": "Deutschland", "NL": "Holland", "AT": "Österreich", "ES": "España"},
    "zh-Hans": {"CN": "中国", "US": "美国", "DE": "德国", "VN": "越南"},
}
"""Countries as people write them where a code is asked for."""


def spoil(lines: list[list[str]], language: str) -> list[list[str]]:
    """The mistakes of everyday: a country in words, a missing amount, dates turned round, a number twice."""
    country, amount, currency = HEADER.index("Country"), HEADER.index("PrincipalAmount"), HEADER.index("CurrencyCode")
    issued, due = HEADER.index("InvoiceDate"), HEADER.index("DueDate")
    words = IN_WORDS[language]
    named = next(line for line in lines if line[country] in words)
    named[country] = words[named[country]]
    others = [line for line in lines if line is not named]
    others[2][amount] = ""
    others[4][issued], others[4][due] = others[4][due], others[4][issued]
    others[7][currency] = "RMB" if language.startswith("zh") else "Euro"
    others[9][0] = others[3][0]
    others[11][HEADER.index("Address")] = ""
    others[14][amount] = "1.280,50"
    return lines


def batches(random: Random, agency: AgencyPlan, now: datetime) -> list[Batch]:
    """Everything that the clients of an agency place up to now, in the order of time."""
    made: list[Batch] = []
    for place, client in enumerate(agency.clients):
        firms = {market.country: _repeating(random, companies(random, market.country)) for market in client.markets}
        numbers = _numbers(random, client, now)
        moments = _moments(random, agency, client, now, fresh=place == 0)
        shares = _shares(client.cases, len(moments), fresh=place == 0)
        for number, (at, cases) in enumerate(zip(moments, shares, strict=True)):
            accounts = [_account(random, agency, client, firms, numbers, at) for _ in range(cases)]
            if place == 0 and number == len(moments) - 4:
                accounts += [_old(random, agency, client, firms, numbers, at, now) for _ in range(OLD)]
            made.append(
                Batch(client, at, f"{client.key}-overdue-{local_day(at, client.time_zone)}.csv", tuple(accounts))
            )
        if place == 0:
            made.append(_unfinished(random, agency, client, firms, numbers, now))
    return sorted(made, key=lambda batch: (batch.at, batch.client.key))


def _repeating(random: Random, firms: Iterator[Debtor]) -> Iterator[Debtor]:
    """Now and then a company owes a second time."""
    known: list[Debtor] = []
    for firm in firms:
        while known and random.random() < 0.13:
            yield random.choice(known)
        known.append(firm)
        yield firm
    while True:
        yield random.choice(known)


def _numbers(random: Random, client: ClientPlan, now: datetime) -> Iterator[str]:
    number = random.randint(20100, 20900)
    while True:
        number += random.randint(1, 23)
        yield f"{client.prefix}{'' if client.prefix.endswith('-') else '-'}{number}"


def _moments(random: Random, agency: AgencyPlan, client: ClientPlan, now: datetime, *, fresh: bool) -> list[datetime]:
    """When a client places: near its day of each month, and a fresh one on the last working day."""
    today = local_day(now, agency.time_zone)
    days = [
        working_day(months_back(today, back) + timedelta(days=client.place_day - 1), 0, client.country, agency.country)
        for back in range(MONTHS, -1, -1)
    ]
    newest = working_day(today, -1, client.country, agency.country)
    days = [day for day in days if day < newest - timedelta(days=2)]
    if fresh:
        days.append(newest)
    return [desk_time(random, day, client.time_zone, 9, 16) for day in days]


def _shares(cases: int, times: int, *, fresh: bool) -> list[int]:
    """How many cases each time: about the same, a little more of late; the fresh one is small."""
    last = 9 if fresh else 0
    regular = times - 1 if fresh else times
    weights = [10 + (place * 7) % 5 for place in range(regular)]
    whole = [(cases - last) * weight // sum(weights) for weight in weights]
    whole[0] += cases - last - sum(whole)
    return [*whole, last] if fresh else whole


def _account(
    random: Random,
    agency: AgencyPlan,
    client: ClientPlan,
    firms: dict[str, Iterator[Debtor]],
    numbers: Iterator[str],
    at: datetime,
) -> Account:
    market = random.choices(client.markets, [each.share for each in client.markets])[0]
    age = random.choice((35, 48, 60, 75, 90, 110, 130, 150, 190, 260))
    due = local_day(at, client.time_zone) - timedelta(days=age + random.randint(-9, 9))
    return _made(random, agency, client, market, next(firms[market.country]), next(numbers), due)


def _old(
    random: Random,
    agency: AgencyPlan,
    client: ClientPlan,
    firms: dict[str, Iterator[Debtor]],
    numbers: Iterator[str],
    at: datetime,
    now: datetime,
) -> Account:
    """An account whose limitation period ends in the next weeks."""
    short = [market for market in client.markets if COUNTRIES[market.country].years_of_limitation < 6]
    market = random.choice(short)
    years = COUNTRIES[market.country].years_of_limitation
    ends = local_day(now, agency.time_zone) + timedelta(days=random.randint(14, 55))
    ends = ends.replace(day=min(ends.day, 28))
    account = _made(random, agency, client, market, next(firms[market.country]), next(numbers),
                    ends.replace(year=ends.year - years))  # fmt: skip
    account.story = "runs_out"
    return account


def _made(
    random: Random,
    agency: AgencyPlan,
    client: ClientPlan,
    market: Market,
    debtor: Debtor,
    reference: str,
    due: date,
) -> Account:
    unit = 10 ** exponent(market.currency)
    major = min(max(random.lognormvariate(0, 0.75), 0.06), 9.0) * market.typical
    number = phonenumbers.format_number(
        phonenumbers.parse(debtor.phone, debtor.country), phonenumbers.PhoneNumberFormat.E164
    )
    return Account(
        agency=agency,
        client=client,
        market=market,
        debtor=debtor,
        number=number,
        reference=reference,
        amount_minor=int(major) * unit + random.choice((0, 0, 0, 50, 20, 95, 38, 74)) * unit // 100,
        issued_on=due - timedelta(days=client.terms_days),
        due_on=due,
        paper=random.random() < 0.4,
    )


def _unfinished(
    random: Random,
    agency: AgencyPlan,
    client: ClientPlan,
    firms: dict[str, Iterator[Debtor]],
    numbers: Iterator[str],
    now: datetime,
) -> Batch:
    """A file that came this morning and waits to be corrected and handed over."""
    at = min(moment(local_day(now, client.time_zone), time(9, 20), client.time_zone), now - timedelta(minutes=10))
    accounts = tuple(_account(random, agency, client, firms, numbers, at) for _ in range(24))
    return Batch(client, at, f"{client.key}-{local_day(at, client.time_zone)}.csv", accounts, spoilt=True)
