"""Countries and territories: ISO 3166-1 alpha-2 codes with the UN's regions and the World Bank's income groups.

Codes: ISO 3166-1 as of 2026 (249), and XK, the code that is customary for Kosovo, which ISO has not assigned.
Regions: standard M49 of the UN Statistics Division, as the UN's humanitarian office (OCHA) published it in October
2026. M49 gives Antarctica no region; Kosovo and Taiwan, which it does not list, are put beside their neighbours.
Income: World Bank, country classification by income of 1 July 2025 (fiscal year 2026). It changes every July.
Names come from the Unicode CLDR through Babel and are not stored here.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from babel.core import get_global

from shared.vocabulary.income import IncomeGroup, income_of
from shared.vocabulary.lookup import INTERFACE_LANGUAGES, UnknownTerm, folded, nearest
from shared.vocabulary.names import territory_names

# Region, sub-region and, where M49 has one, intermediate region; then the countries in it.
_M49 = (
    ("002", "015", None, "DZ EG EH LY MA SD TN"),
    ("002", "202", "011", "BF BJ CI CV GH GM GN GW LR ML MR NE NG SH SL SN TG"),
    ("002", "202", "014", "BI DJ ER ET IO KE KM MG MU MW MZ RE RW SC SO SS TF TZ UG YT ZM ZW"),
    ("002", "202", "017", "AO CD CF CG CM GA GQ ST TD"),
    ("002", "202", "018", "BW LS NA SZ ZA"),
    ("009", "053", None, "AU CC CX HM NF NZ"),
    ("009", "054", None, "FJ NC PG SB VU"),
    ("009", "057", None, "FM GU KI MH MP NR PW UM"),
    ("009", "061", None, "AS CK NU PF PN TK TO TV WF WS"),
    ("019", "021", None, "BM CA GL PM US"),
    ("019", "419", "005", "AR BO BR BV CL CO EC FK GF GS GY PE PY SR UY VE"),
    ("019", "419", "013", "BZ CR GT HN MX NI PA SV"),
    ("019", "419", "029", "AG AI AW BB BL BQ BS CU CW DM DO GD GP HT JM KN KY LC MF MQ MS PR SX TC TT VC VG VI"),
    ("142", "030", None, "CN HK JP KP KR MN MO TW"),
    ("142", "034", None, "AF BD BT IN IR LK MV NP PK"),
    ("142", "035", None, "BN ID KH LA MM MY PH SG TH TL VN"),
    ("142", "143", None, "KG KZ TJ TM UZ"),
    ("142", "145", None, "AE AM AZ BH CY GE IL IQ JO KW LB OM PS QA SA SY TR YE"),
    ("150", "039", None, "AD AL BA ES GI GR HR IT ME MK MT PT RS SI SM VA XK"),
    ("150", "151", None, "BG BY CZ HU MD PL RO RU SK UA"),
    ("150", "154", None, "AX DK EE FI FO GB GG IE IM IS JE LT LV NO SE SJ"),
    ("150", "155", None, "AT BE CH DE FR LI LU MC NL"),
    (None, None, None, "AQ"),
)


# The European Union's code for Greece.
_CUSTOMARY = {"EL": "GR"}

SHORTEST_NAME = 4


class Region(StrEnum):
    """The five continents of M49, as its three-digit codes."""

    AFRICA = "002"
    OCEANIA = "009"
    AMERICAS = "019"
    ASIA = "142"
    EUROPE = "150"


@dataclass(frozen=True, slots=True)
class Country:
    """One country or territory. Regions are M49 codes; `income_note` says why there is no income group of its own.

    Only Antarctica has no region. `intermediate` is a finer region that M49 gives for Africa south of the Sahara and
    Latin America with the Caribbean; elsewhere the sub-region is the finest.
    """

    code: str
    region: Region | None
    subregion: str | None
    intermediate: str | None
    income: IncomeGroup | None
    income_note: str | None

    def name(self, language: str) -> str:
        """The country's short name in a language of the interface, such as "Países Bajos"."""
        return territory_name(self.code, language)


def _countries() -> dict[str, Country]:
    return {
        code: Country(code, Region(region) if region else None, subregion, intermediate, *income_of(code))
        for region, subregion, intermediate, codes in _M49
        for code in codes.split()
    }


COUNTRIES = MappingProxyType(_countries())


def country(code: str) -> Country:
    """The country of an alpha-2 code in capitals.

    Raises UnknownTerm; its suggestion understands alpha-3 and former codes, UK and EL, and names in es, en and fr.
    """
    if code not in COUNTRIES:
        raise UnknownTerm(code, "countries (ISO 3166-1 alpha-2)", _suggestion(code))
    return COUNTRIES[code]


def territory_name(code: str, language: str) -> str:
    """The name of a country or of an M49 region in a language of the interface; raises UnknownTerm for any other."""
    names = territory_names(language)
    if code not in names:
        raise UnknownTerm(code, "countries and regions")
    return names[code]


def by_name(language: str) -> tuple[Country, ...]:
    """All countries in the order of their names in that language, accents and case aside, for lists in forms."""
    return tuple(sorted(COUNTRIES.values(), key=lambda each: folded(each.name(language))))


def _suggestion(code: str) -> str | None:
    capital = code.strip().upper()
    former: list[str] = get_global("territory_aliases").get(capital, [])
    known = [each for each in (capital, _CUSTOMARY.get(capital), *former) if each in COUNTRIES]
    if known:
        return known[0]
    names = {each.name(language): each.code for each in COUNTRIES.values() for language in INTERFACE_LANGUAGES}
    return nearest(code, names) if len(code) >= SHORTEST_NAME else None
