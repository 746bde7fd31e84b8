"""Where the invented debtors are: towns, streets, people's names, and telephone numbers that ring nowhere.

Numbers come from ranges that are kept free for fiction where a country has one (Germany, France, Sweden, the United
Kingdom, North America), elsewhere from a "555" that reads like one. Addresses end in ``.example``.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Town:
    """A town, how its postal codes begin, and the numbers of its telephones: ``#`` stands for a digit."""

    name: str
    postal_code: str
    phone: str
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """How companies, streets and people are called in a country.

    ``companies`` are patterns over ``{stem}``, ``{trade}`` and ``{town}``; every stem is used with every trade.
    """

    code: str
    companies: tuple[str, ...]
    stems: tuple[str, ...]
    trades: tuple[str, ...]
    towns: tuple[Town, ...]
    streets: tuple[str, ...]
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    family_name_first: bool = False
    years_of_limitation: int = 3


_WORKS = [
    "Fördertechnik",
    "Kältetechnik",
    "Anlagenbau",
    "Metallbau",
    "Hydraulik",
    "Werkzeugbau",
    "Stahlhandel",
    "Pumpen",
    "Gebäudetechnik",
    "Klimaservice",
    "Prüftechnik",
]

COUNTRIES: dict[str, Country] = {
    country.code: country
    for country in (
        Country(
            code="DE",
            companies=("{stem} {trade} GmbH", "{stem} {trade} GmbH & Co. KG", "{stem} & Sohn {trade} KG", "{trade} {stem} AG"),
            stems=(
                "Altmeier", "Brennecke", "Dornbusch", "Eickhoff", "Falkenstein", "Grünewald", "Hohmann", "Kesselring",
                "Lüdemann", "Overbeck", "Rothacker", "Stübinger", "Thiemann", "Wiesental",
            ),
            trades=tuple(_WORKS),
            towns=(
                Town("Berlin", "10###", "030 23125###"), Town("Hamburg", "22###", "040 66969###"),
                Town("München", "80###", "089 99998###"), Town("Frankfurt am Main", "60###", "069 90009###"),
                Town("Köln", "50###", "0221 4710###"),
            ),
            streets=("Industriestraße {n}", "Am Kanal {n}", "Werftweg {n}", "Gewerbering {n}", "Bahnhofstraße {n}", "Lange Reihe {n}"),
            first_names=("Sabine", "Jens", "Katja", "Uwe", "Miriam", "Holger", "Petra", "Stefan", "Anke", "Ralf", "Birgit"),
            last_names=("Wegner", "Pohl", "Reimann", "Schuster", "Kranz", "Ebert", "Lorenz", "Nowotny", "Harms", "Seidel"),
        ),
        Country(
            code="AT",
            companies=("{stem} {trade} GmbH", "{stem} {trade} KG"),
            stems=("Obermoser", "Hinterleitner", "Stockinger", "Zauner", "Gruberbauer", "Pichelmann"),
            trades=("Armaturen", "Maschinenbau", "Haustechnik", "Stahlbau", "Seilbahntechnik"),
            towns=(Town("Wien", "11#0", "01 5550###"), Town("Linz", "40#0", "0732 555###")),
            streets=("Hauptstraße {n}", "Lagerhausgasse {n}", "Donaulände {n}"),
            first_names=("Johanna", "Florian", "Elisabeth", "Markus"),
            last_names=("Huber", "Leitner", "Aigner", "Winkler"),
        ),
        Country(
            code="NL",
            companies=("{stem} {trade} B.V.", "{trade} {stem} B.V."),
            stems=("Van Rossum", "Hoekstra", "De Wilde", "Brouwershaven", "Ter Horst", "Zuidema"),
            trades=("Techniek", "Metaal", "Installaties", "Pompen", "Staalbouw"),
            towns=(Town("Eindhoven", "56## KD", "040 555 ####"), Town("Amsterdam", "10## AB", "020 555 ####")),
            streets=("Havenweg {n}", "Ambachtsstraat {n}", "Kanaaldijk {n}"),
            first_names=("Marieke", "Joost", "Anouk", "Sander"),
            last_names=("de Boer", "Visser", "Kuipers", "van Dam"),
        ),
        Country(
            code="FR",
            companies=("{stem} {trade} SARL", "{trade} {stem} SAS", "Établissements {stem} SAS"),
            stems=("Castelnau", "Beaurivage", "Fontvielle", "Lamartine", "Rochebrune", "Valmont", "Delacour"),
            trades=("Fluides", "Mécanique", "Équipements", "Génie Climatique", "Robinetterie"),
            towns=(
                Town("Lyon", "6900#", "04 65 71 ## ##"), Town("Lille", "59#00", "03 53 01 ## ##"),
                Town("Paris", "7501#", "01 99 00 ## ##"), Town("Nantes", "44#00", "02 61 91 ## ##"),
            ),
            streets=("{n} rue des Ateliers", "{n} quai du Port", "{n} avenue de l’Industrie", "{n} chemin Vert"),
            first_names=("Claire", "Julien", "Sophie", "Antoine", "Nathalie"),
            last_names=("Perrin", "Garnier", "Roussel", "Blanchet", "Marchand"),
            years_of_limitation=5,
        ),
        Country(
            code="IT",
            companies=("{stem} {trade} S.r.l.", "{trade} {stem} S.p.A."),
            stems=("Bellandi", "Ferrarin", "Guidotti", "Montagner", "Rovelli", "Zanardi", "Castiglia"),
            trades=("Meccanica", "Pompe", "Impianti", "Termoidraulica", "Officine"),
            towns=(Town("Milano", "201##", "02 555 ####"), Town("Brescia", "251##", "030 555 ####")),
            streets=("Via dell’Artigianato {n}", "Via Roma {n}", "Viale della Stazione {n}"),
            first_names=("Chiara", "Marco", "Elena", "Davide"),
            last_names=("Colombo", "Rinaldi", "Fontana", "Moretti"),
            years_of_limitation=10,
        ),
        Country(
            code="ES",
            companies=("{stem} {trade} S.L.", "{trade} {stem} S.A."),
            stems=("Almodóvar", "Peñaranda", "Santillana", "Villaseca", "Montcada"),
            trades=("Térmica", "Suministros", "Válvulas", "Maquinaria", "Climatización"),
            towns=(Town("Madrid", "280##", "915 55 ## ##"), Town("Barcelona", "080##", "935 55 ## ##"),
                   Town("Alicante", "030##", "965 55 ## ##")),
            streets=("Calle del Comercio {n}", "Polígono Industrial Sur {n}", "Avenida del Puerto {n}"),
            first_names=("Lucía", "Javier", "Carmen", "Íñigo"),
            last_names=("Ortega", "Serrano", "Vidal", "Navarro"),
            years_of_limitation=5,
        ),
        Country(
            code="PL",
            companies=("{stem} {trade} Sp. z o.o.", "{trade} {stem} S.A."),
            stems=("Jaworski", "Kaczmarek", "Lewandów", "Sokołowska", "Wrzosek"),
            trades=("Instalacje", "Hydraulika", "Stal", "Technika Grzewcza"),
            towns=(Town("Warszawa", "0#-###", "22 555 ## ##"), Town("Poznań", "61-###", "61 555 ## ##")),
            streets=("ul. Fabryczna {n}", "ul. Portowa {n}", "ul. Składowa {n}"),
            first_names=("Agnieszka", "Paweł", "Ewa", "Marcin"),
            last_names=("Zielińska", "Mazur", "Król", "Dudek"),
        ),
        Country(
            code="SE",
            companies=("{stem} {trade} AB",),
            stems=("Ekdahl", "Lundmark", "Söderfors", "Åkerblad", "Norrvik"),
            trades=("Rör", "Mekanik", "Verkstad", "Kylteknik"),
            towns=(Town("Stockholm", "11# ##", "08-465 004 ##"), Town("Göteborg", "41# ##", "031-390 06 ##")),
            streets=("Hamngatan {n}", "Verkstadsvägen {n}", "Industrigatan {n}"),
            first_names=("Ingrid", "Mattias", "Karin", "Oskar"),
            last_names=("Bergström", "Sandell", "Holm", "Ekman"),
            years_of_limitation=10,
        ),
        Country(
            code="GB",
            companies=("{stem} {trade} Ltd", "{stem} & Lyle {trade} Ltd", "{trade} of {town} Ltd"),
            stems=(
                "Ashdown", "Brightwater", "Carrick", "Fellgate", "Harrowby", "Kingsmere", "Oakhanger", "Penhallow",
                "Redcliffe", "Thornbury", "Wharfdale",
            ),
            trades=("Fabrication", "Catering Supplies", "Joinery", "Process Plant", "Interiors", "Tooling", "Motor Factors"),
            towns=(
                Town("Leeds", "LS1 #AB", "0113 496 0###"), Town("Manchester", "M1 #QD", "0161 496 0###"),
                Town("London", "EC2A #PX", "020 7946 0###"), Town("Birmingham", "B3 #JR", "0121 496 0###"),
            ),
            streets=("{n} Canal Street", "Unit {n}, Mill Lane", "{n} Station Road", "{n} Foundry Row"),
            first_names=("Helen", "Graham", "Priya", "Owen", "Fiona", "Callum"),
            last_names=("Whitaker", "Dunn", "Chaudhry", "Prosser", "Ellwood", "Marsh"),
            years_of_limitation=6,
        ),
        Country(
            code="IE",
            companies=("{stem} {trade} Ltd",),
            stems=("Kilbride", "Ballinacor", "Slievemore"),
            trades=("Engineering", "Hardware", "Refrigeration"),
            towns=(Town("Dublin", "D02 XY#7", "01 555 ####"),),
            streets=("{n} Quay Road", "Unit {n}, Harbour Park"),
            first_names=("Aoife", "Declan", "Niamh"),
            last_names=("Byrne", "Gallagher", "Keane"),
            years_of_limitation=6,
        ),
        Country(
            code="US",
            companies=("{stem} {trade} Inc.", "{stem} {trade} LLC", "{stem} & Sons {trade} Co."),
            stems=(
                "Blue Mesa", "Cedar Fork", "Delta Ridge", "Eagle Bend", "Granite Peak", "Harbor Point", "Iron Creek",
                "Lakeshore", "Prairie View", "Riverbend", "Stonegate", "Timberline",
            ),
            trades=("Tooling", "HVAC Supply", "Pumps", "Farm Equipment", "Fleet Services", "Machine Works", "Welding Supply"),
            towns=(
                Town("Cleveland", "441##", "(216) 555-01##", "OH"), Town("Chicago", "606##", "(312) 555-01##", "IL"),
                Town("Houston", "770##", "(713) 555-01##", "TX"), Town("Portland", "972##", "(503) 555-01##", "OR"),
                Town("Phoenix", "850##", "(602) 555-01##", "AZ"), Town("Atlanta", "303##", "(404) 555-01##", "GA"),
            ),
            streets=("{n}00 Industrial Pkwy", "{n}10 W Main St", "{n}25 Depot Ave", "{n}40 County Road 9"),
            first_names=("Dana", "Marcus", "Kelly", "Luis", "Brenda", "Tyler"),
            last_names=("Whitfield", "Ramirez", "Olson", "Jefferson", "Pruitt", "Kowalczyk"),
            years_of_limitation=4,
        ),
        Country(
            code="CA",
            companies=("{stem} {trade} Inc.", "{stem} {trade} Ltd."),
            stems=("Maple Narrows", "Northern Shield", "Lakehead"),
            trades=("Equipment", "Hydraulics", "Industrial Supply"),
            towns=(Town("Toronto", "M5V #K4", "(416) 555-01##", "ON"), Town("Vancouver", "V6B #P2", "(604) 555-01##", "BC")),
            streets=("{n}20 Front St W", "{n}5 Wellington Ave"),
            first_names=("Heather", "Étienne", "Colin"),
            last_names=("MacLeod", "Tremblay", "Singh"),
        ),
        Country(
            code="BR",
            companies=("{stem} {trade} Ltda.", "{trade} {stem} S.A."),
            stems=("Araucária", "Boa Vista", "Paranoá", "Serra Azul"),
            trades=("Plásticos", "Máquinas", "Importadora", "Ferramentas"),
            towns=(Town("São Paulo", "013##-000", "(11) 5555-01##", "SP"), Town("Curitiba", "800##-000", "(41) 5555-01##", "PR")),
            streets=("Rua das Oficinas, {n}", "Avenida Industrial, {n}"),
            first_names=("Fernanda", "Rafael", "Beatriz"),
            last_names=("Rocha", "Carvalho", "Teixeira"),
            years_of_limitation=5,
        ),
        Country(
            code="VN",
            companies=("{stem} {trade} Co., Ltd", "{stem} {trade} JSC"),
            stems=("Hoang Long", "Tan Phu", "Minh Duc", "Song Hong"),
            trades=("Trading", "Mechanical", "Import Export"),
            towns=(Town("Ho Chi Minh City", "7000##", "028 555 001##"), Town("Hanoi", "1000##", "024 555 001##")),
            streets=("{n} Nguyen Van Linh", "{n} Tran Hung Dao"),
            first_names=("Thi Lan", "Van Hai", "Quang"),
            last_names=("Nguyen", "Tran", "Pham"),
            family_name_first=True,
        ),
        Country(
            code="AE",
            companies=("{stem} {trade} LLC", "{stem} {trade} FZE"),
            stems=("Al Noor Bay", "Desert Pearl", "Gulf Crescent"),
            trades=("General Trading", "Building Materials"),
            towns=(Town("Dubai", "", "04 555 01##"), Town("Abu Dhabi", "", "02 555 01##")),
            streets=("Warehouse {n}, Al Quoz 3", "Office {n}, Port Road"),
            first_names=("Omar", "Fatima", "Rashid"),
            last_names=("Haddad", "Mansour", "Qureshi"),
        ),
        Country(
            code="CN",
            companies=("{town}{stem}{trade}有限公司", "{town}市{stem}{trade}有限公司", "{town}{stem}{trade}股份有限公司"),
            stems=(
                "瑞恒", "海川泽", "锦程达", "远航泰", "华阳润", "鼎新源", "博睿拓", "宏泽丰", "嘉禾信", "金凯腾", "盛邦汇", "天工匠",
                "永昌隆", "中岳联",
            ),
            trades=("五金制品", "机械设备", "阀门", "塑胶制品", "贸易", "轴承", "电气", "包装材料"),
            towns=(
                Town("宁波", "3150##", "0574 5550 01##"), Town("上海", "2001##", "021 5550 01##"),
                Town("苏州", "2150##", "0512 5550 01##"), Town("杭州", "3100##", "0571 5550 01##"),
                Town("青岛", "2660##", "0532 5550 01##"), Town("东莞", "5230##", "0769 5550 01##"),
                Town("深圳", "5180##", "0755 5550 01##"), Town("广州", "5100##", "020 5550 01##"),
            ),
            streets=("工业园区创业路{n}号", "经济开发区兴业街{n}号", "临港大道{n}号", "人民中路{n}号"),
            first_names=("晓梅", "建国", "丽华", "志强", "文静", "海涛", "雪琴", "俊杰"),
            last_names=("陈", "周", "吴", "徐", "孙", "林", "沈", "郑", "何", "梁"),
            family_name_first=True,
        ),
    )
}  # fmt: skip
