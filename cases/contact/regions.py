"""Which zones a state, a province or a postal region keeps, where a country has several.

A state that two zones share counts in both. What is missing here falls back to all zones of the country, which is
narrower for the negotiator and never wrong for the debtor. Zones from the IANA database, tz 2026.
"""

from collections.abc import Mapping

_EAST, _CENTRAL, _MOUNTAIN, _PACIFIC = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"
_SAO_PAULO, _MANAUS, _ACRE = "America/Sao_Paulo", "America/Manaus", "America/Rio_Branco"


def _each(states: str, *zones: str) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(states.split(), zones)


REGION_ZONES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "US": {
        **_each("CT DE DC GA ME MD MA NH NJ NY NC OH PA RI SC VT VA WV", _EAST),
        **_each("FL IN KY MI TN", _EAST, _CENTRAL),
        **_each("AL AR IL IA LA MN MS MO OK WI", _CENTRAL),
        **_each("KS NE ND SD TX", _CENTRAL, _MOUNTAIN),
        **_each("CO MT NM UT WY", _MOUNTAIN),
        **_each("AZ", "America/Phoenix", _MOUNTAIN),  # the Navajo Nation keeps summer time, the rest of Arizona not
        **_each("ID OR", _MOUNTAIN, _PACIFIC),
        **_each("CA NV WA", _PACIFIC),
        **_each("AK", "America/Anchorage", "America/Adak"),
        **_each("HI", "Pacific/Honolulu"),
    },
    "CA": {
        **_each("NL", "America/St_Johns", "America/Halifax"),
        **_each("NS PE NB", "America/Halifax"),
        **_each("QC", "America/Toronto", "America/Blanc-Sablon"),
        **_each("ON", "America/Toronto", "America/Winnipeg"),
        **_each("MB", "America/Winnipeg"),
        **_each("SK", "America/Regina", "America/Edmonton"),
        **_each("AB", "America/Edmonton"),
        **_each("BC", "America/Vancouver", "America/Edmonton"),
        **_each("YT", "America/Whitehorse"),
    },
    "AU": {
        **_each("ACT VIC", "Australia/Sydney"),
        **_each("NSW", "Australia/Sydney", "Australia/Broken_Hill"),
        **_each("QLD", "Australia/Brisbane"),
        **_each("SA", "Australia/Adelaide"),
        **_each("WA", "Australia/Perth"),
        **_each("TAS", "Australia/Hobart"),
        **_each("NT", "Australia/Darwin"),
    },
    "BR": {
        **_each("AL AP BA CE DF ES GO MA MG PA PB PE PI PR RJ RN RS SC SE SP TO", _SAO_PAULO),
        **_each("MS MT RO RR", _MANAUS),
        **_each("AM", _MANAUS, _ACRE),
        **_each("AC", _ACRE),
    },
}

POSTAL_ZONES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "CN": {"83": ("Asia/Shanghai", "Asia/Urumqi"), "84": ("Asia/Shanghai", "Asia/Urumqi"), "": ("Asia/Shanghai",)},
    "ES": {"35": ("Atlantic/Canary",), "38": ("Atlantic/Canary",), "": ("Europe/Madrid",)},
    "PT": {"90": ("Atlantic/Madeira",), "91": ("Atlantic/Madeira",), "92": ("Atlantic/Madeira",),
           "93": ("Atlantic/Madeira",), "94": ("Atlantic/Madeira",), "95": ("Atlantic/Azores",),
           "96": ("Atlantic/Azores",), "97": ("Atlantic/Azores",), "98": ("Atlantic/Azores",),
           "99": ("Atlantic/Azores",), "": ("Europe/Lisbon",)},
    "CA": {"A": REGION_ZONES["CA"]["NL"], **dict.fromkeys("BCE", REGION_ZONES["CA"]["NS"]),
           **dict.fromkeys("GHJ", REGION_ZONES["CA"]["QC"]), **dict.fromkeys("KLMNP", REGION_ZONES["CA"]["ON"]),
           "R": REGION_ZONES["CA"]["MB"], "S": REGION_ZONES["CA"]["SK"], "T": REGION_ZONES["CA"]["AB"],
           "V": REGION_ZONES["CA"]["BC"], "Y": REGION_ZONES["CA"]["YT"]},
    "AU": {"0": ("Australia/Darwin", "Australia/Sydney"), "2": REGION_ZONES["AU"]["NSW"],
           "3": REGION_ZONES["AU"]["VIC"], "4": REGION_ZONES["AU"]["QLD"], "5": REGION_ZONES["AU"]["SA"],
           "6": REGION_ZONES["AU"]["WA"], "7": REGION_ZONES["AU"]["TAS"]},
    "BR": {**dict.fromkeys("01234589", (_SAO_PAULO,)),
           **dict.fromkeys(("60", "61", "62", "63", "64", "65", "66", "67", "68"), (_SAO_PAULO,)),
           **dict.fromkeys(("70", "71", "72", "73", "74", "75", "76", "77"), (_SAO_PAULO,)),
           **dict.fromkeys(("690", "691", "692", "693", "768", "769", "78", "79"), (_MANAUS,)),
           **dict.fromkeys(("694", "695", "696", "697", "698"), (_MANAUS, _ACRE)), "699": (_ACRE,)},
}  # fmt: skip

# China keeps one legal time, whatever the zone database says of its west; Kosovo it does not list.
MAIN_ZONES: Mapping[str, tuple[str, ...]] = {"CN": ("Asia/Shanghai",), "XK": ("Europe/Belgrade",)}

# The first three digits of a ZIP code, from each bound up to the next; army post and the islands belong to no state.
_ZIP_BOUNDS = (
    (5, "NY"), (6, ""), (10, "MA"), (28, "RI"), (30, "NH"), (39, "ME"), (50, "VT"), (55, "MA"), (56, "VT"), (60, "CT"), (70, "NJ"), (90, ""), (100, "NY"), (150, "PA"), (197, "DE"), (200, "DC"), (201, "VA"),
    (202, "DC"), (206, "MD"), (220, "VA"), (247, "WV"), (270, "NC"), (290, "SC"), (300, "GA"), (320, "FL"), (340, ""),
    (341, "FL"), (350, "AL"), (370, "TN"), (386, "MS"), (398, "GA"), (400, "KY"), (430, "OH"), (460, "IN"), (480, "MI"),
    (500, "IA"), (530, "WI"), (550, "MN"), (569, "DC"), (570, "SD"), (580, "ND"), (590, "MT"), (600, "IL"), (630, "MO"),
    (660, "KS"), (680, "NE"), (700, "LA"), (716, "AR"), (730, "OK"), (733, "TX"), (734, "OK"), (750, "TX"), (800, "CO"),
    (820, "WY"), (832, "ID"), (840, "UT"), (850, "AZ"), (870, "NM"), (885, "TX"), (889, "NV"), (900, "CA"), (962, ""),
    (967, "HI"), (969, ""), (970, "OR"), (980, "WA"), (995, "AK"),
)  # fmt: skip


def state_of_zip(code: str) -> str:
    """The state of a US ZIP code, by its first three digits; empty when it names none."""
    head = code[:3]
    if len(head) < 3 or not (head.isascii() and head.isdigit()):
        return ""
    return next((state for bound, state in reversed(_ZIP_BOUNDS) if bound <= int(head)), "")
