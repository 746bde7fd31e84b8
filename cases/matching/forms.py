"""Legal forms, each in one spelling, however it is written.

Müller GmbH and Müller AG are two companies, so that the form is part of who somebody is; but "Müller G.m.b.H." is
Müller GmbH. Spellings are given folded (see `names.folded`): small letters, no dots, blanks between words.
"""

from collections.abc import Mapping
from typing import Final

FORMS: Final[Mapping[str, tuple[str, ...]]] = {
    # German-speaking countries
    "gmbh": ("gmbh", "gesellschaft mit beschränkter haftung", "gesellschaft mbh", "gesmbh", "ges mbh"),
    "gmbh co kg": ("gmbh & co kg", "gmbh und co kg", "gmbh co kg", "gmbh & co", "gmbh + co kg", "gmbh u co kg"),
    "ag": ("ag", "aktiengesellschaft"),
    "ag co kg": ("ag & co kg", "ag und co kg"),
    "kg": ("kg", "kommanditgesellschaft", "& co kg"),
    "kgaa": ("kgaa", "gmbh & co kgaa", "se & co kgaa"),
    "ohg": ("ohg", "offene handelsgesellschaft"),
    "ug": ("ug haftungsbeschränkt", "ug"),
    "ek": ("e k", "ek", "e kfm", "e kfr", "eingetragener kaufmann", "eingetragene kauffrau"),
    "ev": ("e v", "ev"),
    "eg": ("e g", "eg", "eingetragene genossenschaft"),
    "gbr": ("gbr", "gesellschaft bürgerlichen rechts"),
    "partg": ("partg mbb", "partg"),
    "se": ("se",),
    # English-speaking countries
    "ltd": ("ltd", "limited"),
    "plc": ("plc", "public limited company"),
    "llp": ("llp", "limited liability partnership"),
    "llc": ("llc", "l l c", "limited liability company"),
    "lp": ("lp", "l p"),
    "inc": ("inc", "incorporated"),
    "corp": ("corp", "corporation"),
    "co": ("co", "company"),
    "co ltd": ("co ltd", "company limited", "co limited", "company ltd"),
    "pty ltd": ("pty ltd", "pty limited", "proprietary limited"),
    "pte ltd": ("pte ltd", "private limited", "pvt ltd"),
    "sdn bhd": ("sdn bhd",),
    # French, Italian, Spanish, Portuguese
    "sa": ("s a", "sa", "société anonyme"),
    "sas": ("s a s", "sas", "sasu"),
    "sarl": ("s a r l", "sarl", "s à r l", "sàrl", "eurl"),
    "sci": ("sci",),
    "snc": ("snc", "s n c"),
    "spa": ("s p a", "spa", "società per azioni"),
    "srl": ("s r l", "srl", "srls", "società a responsabilità limitata"),
    "sl": ("s l", "sl", "slu", "sociedad limitada"),
    "lda": ("lda", "ltda"),
    # Benelux and the North
    "bv": ("b v", "bv"),
    "nv": ("n v", "nv"),
    "vof": ("v o f", "vof"),
    "ab": ("ab", "aktiebolag"),
    "as": ("a s", "as", "aktieselskab", "aksjeselskap"),
    "aps": ("aps", "anpartsselskab"),
    "oy": ("oy", "osakeyhtiö"),
    "oyj": ("oyj",),
    # Middle and eastern Europe
    "spzoo": ("sp z o o", "sp zoo", "sp z oo", "spzoo", "spółka z ograniczoną odpowiedzialnością"),
    "spk": ("sp k", "spółka komandytowa"),
    "sro": ("s r o", "sro", "spol s r o"),
    "kft": ("kft", "korlátolt felelősségű társaság"),
    "zrt": ("zrt",),
    "nyrt": ("nyrt",),
    "doo": ("d o o", "doo"),
    "uab": ("uab",),
    "ooo": ("ооо", "общество с ограниченной ответственностью"),
    "ao": ("ао", "оао", "зао", "пао"),
    # China, Hong Kong, Taiwan, Japan, Korea
    "有限公司": ("有限公司", "有限责任公司", "有限責任公司"),
    "公司": ("公司",),
    "股份有限公司": ("股份有限公司", "股份公司"),
    "合伙企业": ("合伙企业有限合伙", "合伙企业", "有限合伙"),
    "株式会社": ("株式会社",),
    "有限会社": ("有限会社",),
    "合同会社": ("合同会社",),
    "주식회사": ("주식회사",),
}

IN_FRONT: Final = frozenset(
    {"sarl", "sas", "sa", "sci", "ooo", "ao", "uab", "株式会社", "有限会社", "合同会社", "주식회사"}
)
"""Forms that may stand before the name: SARL Dupont, ООО Ромашка."""

ALIKE: Final = (
    frozenset({"inc", "corp"}),
    frozenset({"ltd", "co ltd"}),
    frozenset({"inc", "co"}),
    frozenset({"corp", "co"}),
    frozenset({"有限公司", "公司"}),
    frozenset({"股份有限公司", "公司"}),
)
"""Forms that people confuse in lists, although they are two: a doubt rather than a conflict."""
