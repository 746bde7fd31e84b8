"""Words that synthetic debtors are named with: enough of them that a fragment finds some cases and never all."""


def _words(text: str, between: str | None = None) -> list[str]:
    return text.split(between)


FAMILIES = _words(
    "Abel Adler Albrecht Arndt Bachmann Baumgärtner Becker Beckmann Berger Bergström Bianchi Böhm Böttcher Brandt Braun"
    " Brückner Busch Carlsson Castelli Chevalier Clausen Conrad Dietrich Döring Dupont Eberhardt Eckert Engel Ernst"
    " Fabre Färber Ferrari Fiedler Fischer Fontaine Förster Frank Freitag Friedrich Fuchs Gallo Gärtner Geiger Girard"
    " Göbel Graf Groß Günther Haas Hagen Hahn Hansen Hartmann Haubner Heinrich Held Herrmann Hirsch Hofmann Holm"
    " Horváth Huber Jäger Jansen Janssen Johansson Jørgensen Jung Kaiser Karlsson Kaufmann Keller Kessler Klein Köhler"
    " König Kowalski Krämer Kraus Kühn Kuhlmann Lambert Lang Larsen Lehmann Lindqvist Lorenz Ludwig Maier Martinelli"
    " Mayer Meißner Moreau Müller Nowak Olsen Otto Peters Pfeiffer Richter Rossi Roth Sauer Schäfer Schmitt Schneider"
    " Schröder Schulte Seidel Simon Sjöberg Sommer Stein Thomsen Ulrich Vogel Voß Wagner Walter Weber Weiß Winkler"
    " Winter Wolff Zeller Ziegler Zimmermann"
)

TRADES = _words(
    "Anlagenbau Antriebe Armaturen Bäckerei Bau Bauelemente Beschläge Blechtechnik Catering Dachtechnik Druckerei"
    " Elektro Energietechnik Fahrzeugteile Feinkost Fenster Folien Garten Gebäudetechnik Getränke Gießerei Glas"
    " Haustechnik Hebetechnik Holz Hydraulik Kälte Keramik Klima Kunststoffe Lacke Lebensmittel Logistik Maschinenbau"
    " Medizintechnik Metallbau Möbel Mühle Netzwerke Oberflächen Papier Pumpen Reinigung Sanitär Schrauben Spedition"
    " Stahlbau Steuerungen Textil Tiefbau Transporte Treppen Verpackung Werkzeuge Zäune Bearings Castings Components"
    " Freight Packaging Plastics Steel Textiles Trading"
)

FORMS = ["GmbH", "GmbH & Co. KG", "AG", "e.K.", "Ltd", "BV", "SARL", "KG"]

CITIES = _words("Hamburg Bremen Kiel Lübeck Hannover Kassel Essen Köln Bonn Mainz Stuttgart Ulm München Leipzig Berlin")

CHINESE_CITIES = _words("上海 北京 深圳 广州 杭州 苏州 宁波 佛山 东莞 青岛 厦门 武汉 成都 无锡 天津 常州")

# A company's own name is two characters, one of each line.
CHINESE_FIRST = list("华宏鸿恒嘉佳金锦晶聚凯利联隆美明铭南鹏启强荣瑞润盛顺泰腾天通万伟祥新信兴旭雅亿永远云泽")
CHINESE_SECOND = list("为昌诚达德丰福富光广贵海和汇辉惠康乐力龙茂能宁平普琪群仁森升胜舒硕松威维欣鑫业裕源展智中洲")

CHINESE_TRADES = _words("贸易 机械 电子 纺织 包装 物流 建材 五金 化工 食品 轴承 模具 塑胶 家具 照明 科技")

PEOPLE = _words("Anna Weber,Jonas Keller,Marie Dupont,Lars Jensen,Sofia Rossi,Eva Lindqvist,王敏,李强,张伟,陈静", ",")
