"""Who is in the sample world: two agencies, their clients, and everybody who signs in. All of it is invented."""

from collections.abc import Iterator
from dataclasses import dataclass

from billing.bank_details.account import Account
from billing.fees.terms import Basis
from cases.clients import VatTreatment
from cases.remittance_terms import RemittanceMethod
from portal.people.permissions import Role

PASSWORD = "seven quiet harbours"  # noqa: S105 - printed for everybody to use
"""Everybody's, in the sample."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs in. ``shown``: among the logins that are printed."""

    role: Role
    name: str
    email: str
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Fees:
    """One version of a fee agreement, in force from the first of the month so many months ago.

    ``tiers`` are bounds in days and rates; a flat agreement has one without a bound.
    """

    months_ago: int
    tiers: tuple[tuple[int | None, str], ...]
    basis: Basis = Basis.FLAT


@dataclass(frozen=True, slots=True)
class Market:
    """Where a client's debtors are: a country, the currency of its invoices, how many of a hundred, and the sizes."""

    country: str
    currency: str
    share: int
    typical: int
    """An amount in major units around which the claims lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientPlan:
    """A creditor company: its terms, its agreement, what it places, and its people."""

    key: str
    name: str
    country: str
    language: str
    time_zone: str
    address: str
    vat_number: str = ""
    vat_treatment: VatTreatment = VatTreatment.OUTSIDE
    vat_rate: str = "0"
    terms_days: int = 30
    accounts: tuple[Account, ...] = ()
    """Where it is paid; a client without one is paid by hand."""
    moved_to: Account | None = None
    """Where it banks since a payout came back from the account that it had before."""
    method: RemittanceMethod = RemittanceMethod.NET
    short_up_to: str = ""
    """Up to which part of a payment the agency bears what banks kept of it."""
    paid_in: str = ""
    """What it is paid out in another currency than was collected: ``USD>EUR``."""
    prefix: str
    """What its invoice numbers begin with."""
    goods: tuple[str, ...]
    """What it sells, for its papers."""
    cases: int
    place_day: int
    """Near which day of the month it hands its overdue invoices over."""
    markets: tuple[Market, ...]
    fees: tuple[Fees, ...]
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyPlan:
    """A collection agency with its people and clients."""

    slug: str
    name: str
    language: str
    country: str
    time_zone: str
    base_currency: str
    licence: str
    address: str
    vat_number: str
    queue: str
    accounts: tuple[Account, ...]
    """Where debtors pay."""
    own_accounts: tuple[Account, ...]
    """Of its own money, the one in its base currency first."""
    people: tuple[Person, ...]
    clients: tuple[ClientPlan, ...]

    def with_role(self, role: Role) -> list[Person]:
        """Its own people of one role."""
        return [person for person in self.people if person.role is role]


ELBTOR = AgencyPlan(
    slug="elbtor",
    name="Elbtor Inkasso",
    language="en",
    country="DE",
    time_zone="Europe/Berlin",
    base_currency="EUR",
    licence="Registered debt collector, no. 3712 E 00-00 (sample), supervised by the Federal Office of Justice",
    address="Elbtor Inkasso GmbH\nAm Sandtor 14\n20457 Hamburg\nGermany",
    vat_number="DE000000000",
    queue="Cross-border B2B",
    accounts=(
        Account(currency="EUR", holder="Elbtor Inkasso Treuhand", iban="DE02120300000000202051", bank_name="Musterbank"),
        Account(currency="GBP", holder="Elbtor Inkasso Treuhand", iban="GB33BUKB20201555555555", bank_name="Sample Bank"),
        Account(currency="USD", holder="Elbtor Inkasso Treuhand", iban="DE02300209000106531065", bank_name="Musterbank"),
    ),
    own_accounts=(
        Account(currency="EUR", holder="Elbtor Inkasso GmbH", iban="DE75512108001245126199", bank_name="Kontor Bank"),
        Account(currency="GBP", holder="Elbtor Inkasso GmbH", iban="GB94BARC10201530093459", bank_name="Sample Bank"),
    ),
    people=(
        Person(Role.OWNER, "Henrike Falck", "henrike@elbtor.example", shown=True),
        Person(Role.MANAGER, "Jonas Reuter", "jonas@elbtor.example", shown=True),
        Person(Role.NEGOTIATOR, "Mara Lindholm", "mara@elbtor.example", shown=True),
        Person(Role.NEGOTIATOR, "Tomasz Wrona", "tomasz@elbtor.example"),
        Person(Role.NEGOTIATOR, "Amélie Roussin", "amelie@elbtor.example"),
        Person(Role.FINANCE, "Ilse Petersen", "ilse@elbtor.example", shown=True),
        Person(Role.FINANCE, "Deniz Aydın", "deniz@elbtor.example", shown=True),
        Person(Role.AUDITOR, "Ruth Cornelius", "ruth@elbtor.example", shown=True),
    ),
    clients=(
        ClientPlan(
            key="falkenried",
            name="Falkenried Armaturen GmbH",
            country="DE",
            language="en",
            time_zone="Europe/Berlin",
            address="Falkenried 88\n20251 Hamburg\nGermany",
            vat_number="DE111111125",
            vat_treatment=VatTreatment.STANDARD,
            vat_rate="0.19",
            accounts=(
                Account(currency="EUR", holder="Falkenried Armaturen GmbH", iban="DE89370400440532013000", bic="COBADEFFXXX"),
            ),
            paid_in="USD>EUR",
            short_up_to="0.01",
            prefix="RE",
            goods=("Butterfly valves DN 80", "Ball valves PN 40", "Actuators, electric", "Gaskets, mixed", "Spare part kits"),
            cases=78,
            place_day=3,
            markets=(
                Market("DE", "EUR", 38, 6200), Market("AT", "EUR", 9, 5400), Market("NL", "EUR", 9, 5800),
                Market("FR", "EUR", 12, 7100), Market("IT", "EUR", 12, 8300), Market("ES", "EUR", 7, 4600),
                Market("PL", "EUR", 6, 3900), Market("SE", "EUR", 4, 6100), Market("CN", "EUR", 3, 21000), Market("US", "USD", 9, 5700),
            ),
            fees=(
                Fees(9, ((None, "0.22"),)),
                Fees(4, ((120, "0.20"), (180, "0.25"), (730, "0.30"), (None, "0.35")), Basis.AGE_AT_PLACEMENT),
            ),
            people=(
                Person(Role.ADMIN, "Katharina Vogel", "vogel@falkenried.example", shown=True),
                Person(Role.SUBMITTER, "Lukas Behrmann", "behrmann@falkenried.example", shown=True),
                Person(Role.VIEWER, "Dr. Ute Sommerfeld", "sommerfeld@falkenried.example", shown=True),
            ),
        ),
        ClientPlan(
            key="cascade",
            name="Cascade Fork & Hydraulics Inc.",
            country="US",
            language="en",
            time_zone="America/New_York",
            address="2100 Harbor Loop\nBaltimore, MD 21230\nUSA",
            terms_days=45,
            prefix="CFH-",
            goods=("Hydraulic cylinders", "Fork extensions", "Pump rebuild kits", "Hoses and fittings", "Mast rollers"),
            cases=52,
            place_day=8,
            markets=(
                Market("US", "USD", 74, 5200), Market("CA", "USD", 10, 4800), Market("BR", "USD", 9, 7600),
                Market("DE", "USD", 7, 6900),
            ),
            fees=(Fees(9, ((None, "0.25"),)),),
            people=(
                Person(Role.ADMIN, "Laurel Hastings", "laurel@cascadefork.example"),
                Person(Role.SUBMITTER, "Ben Ortiz", "ben@cascadefork.example"),
                Person(Role.VIEWER, "Grace Whitcomb", "grace@cascadefork.example"),
            ),
        ),
        ClientPlan(
            key="harrow",
            name="Harrow & Dene Trade Supplies Ltd",
            country="GB",
            language="en",
            time_zone="Europe/London",
            address="Dene Wharf, Canal Road\nLeeds LS12 4AB\nUnited Kingdom",
            vat_number="GB000000000",
            vat_treatment=VatTreatment.REVERSE_CHARGE,
            accounts=(
                Account(currency="GBP", holder="Harrow & Dene Trade Supplies Ltd", iban="GB29NWBK60161331926819"),
                Account(currency="EUR", holder="Harrow & Dene Trade Supplies Ltd", iban="IE29AIBK93115212345678"),
            ),
            moved_to=Account(currency="GBP", holder="Harrow & Dene Trade Supplies Ltd", iban="GB82WEST12345698765432"),
            method=RemittanceMethod.GROSS,
            prefix="HD",
            goods=("Catering disposables", "Cleaning supplies", "Kitchen equipment", "Workwear", "Packaging film"),
            cases=46,
            place_day=12,
            markets=(Market("GB", "GBP", 78, 1900), Market("IE", "EUR", 12, 1700), Market("NL", "EUR", 10, 2600)),
            fees=(Fees(9, ((None, "0.18"),)),),
            people=(
                Person(Role.ADMIN, "Oliver Dene", "oliver@harrowdene.example", shown=True),
                Person(Role.SUBMITTER, "Shabnam Iqbal", "shabnam@harrowdene.example"),
                Person(Role.VIEWER, "Peter Gale", "peter@harrowdene.example"),
            ),
        ),
    ),
)  # fmt: skip

HUAHENG = AgencyPlan(
    slug="huaheng",
    name="华衡商账管理",
    language="zh-Hans",
    country="CN",
    time_zone="Asia/Shanghai",
    base_currency="CNY",
    licence="企业应收账款管理服务（示例数据，无许可证号）",
    address="华衡商账管理有限公司\n浦东新区张扬路 500 号 12 楼\n200122 上海\n中国",
    vat_number="91310000000000000X",
    queue="企业账款",
    accounts=(
        Account(
            currency="CNY", holder="华衡商账管理有限公司", account_number="6222000000000000018", bank_name="示例银行",
            branch="上海浦东支行", bank_code="100000000018",
        ),
        Account(currency="USD", holder="Huaheng Receivables Management Co., Ltd.", account_number="110000000000018",
                bank_name="Sample Bank, Shanghai Branch"),
    ),
    own_accounts=(
        Account(currency="CNY", holder="华衡商账管理有限公司", account_number="6222000000000000034", bank_name="示例银行"),
    ),
    people=(
        Person(Role.OWNER, "罗静怡", "luo@huaheng.example", shown=True),
        Person(Role.MANAGER, "高铭", "gao@huaheng.example"),
        Person(Role.NEGOTIATOR, "蒋雨桐", "jiang@huaheng.example", shown=True),
        Person(Role.NEGOTIATOR, "邓家豪", "deng@huaheng.example"),
        Person(Role.FINANCE, "范思敏", "fan@huaheng.example", shown=True),
        Person(Role.FINANCE, "陆志远", "lu@huaheng.example", shown=True),
        Person(Role.AUDITOR, "秦书云", "qin@huaheng.example", shown=True),
    ),
    clients=(
        ClientPlan(
            key="jinchuan",
            name="无锡锦川轴承有限公司",
            country="CN",
            language="zh-Hans",
            time_zone="Asia/Shanghai",
            address="无锡市新吴区梅村工业园锦川路 18 号\n214112 无锡\n中国",
            vat_number="913202000000000001",
            vat_treatment=VatTreatment.STANDARD,
            vat_rate="0.06",
            accounts=(
                Account(
                    currency="CNY", holder="无锡锦川轴承有限公司", account_number="6222000000000000026", bank_name="示例银行",
                    branch="无锡滨湖支行", bank_code="102302000018",
                ),
            ),
            moved_to=Account(
                currency="CNY", holder="无锡锦川轴承有限公司", account_number="6222000000000000042", bank_name="示例银行",
                branch="无锡梅村支行", bank_code="102302000026",
            ),
            short_up_to="0.01",
            prefix="JC",
            goods=("深沟球轴承 6204", "圆锥滚子轴承 30206", "推力轴承 51105", "轴承座 UCP205", "密封圈"),
            cases=58,
            place_day=4,
            markets=(
                Market("CN", "CNY", 72, 58000), Market("US", "USD", 12, 9800), Market("DE", "USD", 8, 11200),
                Market("VN", "USD", 8, 6400),
            ),
            fees=(Fees(9, ((None, "0.20"),)),),
            people=(
                Person(Role.ADMIN, "顾晓峰", "gu@jinchuan.example", shown=True),
                Person(Role.SUBMITTER, "沈佳", "shen@jinchuan.example", shown=True),
                Person(Role.VIEWER, "唐国华", "tang@jinchuan.example", shown=True),
            ),
        ),
        ClientPlan(
            key="haoyuan",
            name="佛山皓源五金有限公司",
            country="CN",
            language="zh-Hans",
            time_zone="Asia/Shanghai",
            address="佛山市顺德区皓源路 6 号\n528300 佛山\n中国",
            vat_number="914406000000000002",
            vat_treatment=VatTreatment.STANDARD,
            vat_rate="0.06",
            method=RemittanceMethod.GROSS,
            prefix="HY",
            goods=("不锈钢铰链", "抽屉导轨", "门锁五金套件", "压铸拉手", "紧固件"),
            cases=44,
            place_day=9,
            markets=(Market("CN", "CNY", 100, 36000),),
            fees=(Fees(9, ((120, "0.18"), (365, "0.25"), (None, "0.32")), Basis.AGE_AT_PLACEMENT),),
            people=(
                Person(Role.ADMIN, "黎婉仪", "li@haoyuan.example"),
                Person(Role.SUBMITTER, "欧阳俊", "ouyang@haoyuan.example"),
                Person(Role.VIEWER, "谭伟明", "tan@haoyuan.example"),
            ),
        ),
        ClientPlan(
            key="zeyuan",
            name="宁波泽远进出口有限公司",
            country="CN",
            language="zh-Hans",
            time_zone="Asia/Shanghai",
            address="宁波市北仑区泽远大道 201 号\n315800 宁波\n中国",
            vat_number="913302000000000003",
            vat_treatment=VatTreatment.STANDARD,
            vat_rate="0.06",
            terms_days=60,
            accounts=(
                Account(
                    currency="CNY", holder="宁波泽远进出口有限公司", account_number="6222000000000000059", bank_name="示例银行",
                    branch="宁波北仑支行", bank_code="103332000018",
                ),
            ),
            paid_in="USD>CNY",
            prefix="ZY",
            goods=("户外家具", "不锈钢厨具", "LED 灯具", "手动工具套装", "园艺用品"),
            cases=32,
            place_day=14,
            markets=(
                Market("US", "USD", 40, 13500), Market("AE", "USD", 15, 9200), Market("BR", "USD", 15, 10800),
                Market("CN", "CNY", 30, 47000),
            ),
            fees=(Fees(9, ((None, "0.25"),)),),
            people=(
                Person(Role.ADMIN, "陶文博", "tao@zeyuan.example"),
                Person(Role.SUBMITTER, "施琳", "shi@zeyuan.example"),
                Person(Role.VIEWER, "邵建平", "shao@zeyuan.example"),
            ),
        ),
    ),
)  # fmt: skip

AGENCIES = (ELBTOR, HUAHENG)


def _shown() -> Iterator[tuple[str, str, str, str, str]]:
    for agency in AGENCIES:
        for person in agency.people:
            if person.shown:
                yield agency.name, person.role.value, person.name, person.email, PASSWORD
        for client in agency.clients:
            for person in client.people:
                if person.shown:
                    yield agency.name, f"client {person.role.value}", person.name, person.email, PASSWORD


LOGINS = tuple(_shown())
"""The most useful logins: agency, role, name, e-mail and password."""
