"""Words that mean little, or much, in a name. Folded as `names.plain` folds: no accents, ä as a.

House lists of what is frequent in creditors' files; a word that is missing here only makes a name look rarer.
"""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


JOINING: Final = _words("& + und and et the")

COMMON: Final = _words("""
    muller schmidt schmitt schneider fischer weber meyer meier maier mayer wagner becker schulz hoffmann koch bauer
    richter klein wolf schroder neumann schwarz zimmermann braun kruger hofmann hartmann lange krause lehmann
    smith jones williams brown taylor davies evans wilson johnson thomas roberts walker wright white miller davis
    garcia rodriguez martinez lopez gonzalez martin bernard dubois dupont durand rossi russo ferrari bianchi
    jansen de vries van den berg hansen jensen nielsen andersson johansson nowak kowalski nagy kovacs novak
    hans peter anna maria thomas michael john james mary david paul klaus stefan
    bau auto handel handels service services transport transporte technik elektro immobilien consulting trading
    group gruppe international global general first united national american european best star
    golden silver star sun royal new great premier prime express
    garage construction building engineering solutions systems media design food foods export import
    pizzeria restaurant hotel cafe apotheke backerei
    construcciones transportes talleres servicios comercial panaderia restaurante inmobiliaria
    batiment travaux boulangerie constructions immobilier costruzioni trasporti impresa servizi
    uslugi budownictwo budowlane hurtownia
""")
"""Family names and words of trade that alone, or together, tell nobody apart."""

COMMON_HAN: Final = _words(
    "宏达 华联 兴隆 永盛 恒通 鑫源 东方 长城 新世纪 金泰 万达 华泰 大众 顺达 鸿运 中天 华夏 天成"
)

TRADES_HAN: Final = (
    "国际贸易", "进出口", "供应链管理", "供应链", "电子商务", "信息技术", "网络科技", "生物科技", "建筑工程", "房地产开发",
    "物业管理", "投资管理", "实业", "贸易", "商贸", "科技", "机械", "电子", "建材", "物流", "食品", "服饰", "化工", "五金制品",
    "五金", "阀门", "工贸", "餐饮管理", "制造", "发展", "设备", "制品",
)  # fmt: skip
"""Trades as they follow the brand in a Chinese company's name; longer ones first where one begins another."""

SISTERS: Final = _words("""
    holding holdings verwaltungs verwaltung beteiligungs beteiligungen besitz betriebs grundstucks service services
    international immobilien vertriebs vertrieb sales leasing capital finance financial properties estates
    investments logistics logistik produktions management mobility
""")
"""A company with such a word beside one without it is often its sister, at the same address and telephone."""

SISTERS_HAN: Final = ("集团", "控股", "投资", "实业", "科技", "物流", "国际")

BRANCHES: Final = _words(
    "niederlassung zweigniederlassung filiale zweigstelle branch succursale filial oddzial sucursal"
)
BRANCHES_HAN: Final = ("分公司", "办事处", "营业部", "分店", "分厂", "分行", "支行")

TITLES: Final = _words("herr frau mr mrs ms miss mme dr prof ing dipl mag sir madame monsieur sig signor dott")
TITLES_HAN: Final = ("先生", "女士", "小姐")
GENERATIONS: Final = _words("jr jun junior sr sen senior ii iii iv")
"""What tells a father from a son of the same name."""

PLACES: Final = _words("""
    berlin hamburg munchen munich koln cologne frankfurt stuttgart dusseldorf dortmund essen leipzig bremen dresden
    hannover nurnberg duisburg bochum munster mannheim augsburg kiel lubeck rostock wien vienna graz linz salzburg
    zurich basel bern geneva genf london manchester birmingham leeds glasgow edinburgh bristol liverpool dublin
    paris lyon marseille toulouse nantes lille bordeaux milano milan roma rome torino napoli bologna madrid barcelona
    valencia sevilla lisboa porto amsterdam rotterdam utrecht antwerpen brussel bruxelles kobenhavn aarhus stockholm
    goteborg malmo oslo bergen helsinki warszawa krakow wroclaw gdansk poznan praha brno budapest bratislava
    boston chicago houston dallas austin denver seattle phoenix atlanta miami detroit cleveland texas ohio florida
    california nevada georgia virginia nord sud north south east west northern southern eastern western
    germany deutschland austria osterreich schweiz switzerland france italia italy espana polska poland usa uk europe
    europa china asia beijing shanghai shenzhen guangzhou hangzhou ningbo qingdao hongkong
""")
"""Cities, states and quarters of the sky that tell sister companies apart."""

_HAN = _words("""
    中国 北京 上海 天津 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州
    云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门 石家庄 太原 沈阳 大连 长春 哈尔滨 南京 苏州 无锡 常州
    南通 扬州 徐州 杭州 宁波 温州 嘉兴 绍兴 金华 义乌 台州 合肥 福州 厦门 泉州 南昌 济南 青岛 烟台 潍坊 郑州 洛阳 武汉 长沙
    广州 深圳 珠海 东莞 佛山 中山 惠州 汕头 南宁 海口 成都 贵阳 昆明 西安 兰州 昆山 深圳市 浦东
""")
PLACES_HAN: Final = tuple(sorted(_HAN, key=lambda place: (-len(place), place)))
"""The same of Chinese names, longer ones first."""

FREE_MAIL: Final = _words("""
    gmail.com googlemail.com outlook.com outlook.de hotmail.com hotmail.de hotmail.co.uk hotmail.fr live.com msn.com
    yahoo.com yahoo.de yahoo.co.uk yahoo.fr yahoo.it ymail.com icloud.com me.com mac.com aol.com aol.de gmx.de gmx.net
    gmx.at gmx.ch gmx.com web.de t-online.de freenet.de arcor.de online.de proton.me protonmail.com mail.com
    btinternet.com sky.com comcast.net verizon.net att.net sbcglobal.net cox.net orange.fr wanadoo.fr free.fr sfr.fr
    laposte.net libero.it virgilio.it tiscali.it alice.it telefonica.net terra.es wp.pl o2.pl onet.pl interia.pl
    seznam.cz centrum.cz freemail.hu citromail.hu mail.ru yandex.ru bluewin.ch telia.com ziggo.nl kpnmail.nl
    qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com 139.com 189.cn aliyun.com tom.com 21cn.com
""")
"""Providers whose domain is nobody's own: an address with them says nothing beyond itself."""
