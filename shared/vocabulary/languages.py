"""Languages that people and organisations work in, as BCP 47 codes; names come from the Unicode CLDR through Babel.

The list holds the official languages of states and the regional ones that municipalities work in. Regions and scripts
of a tag do not matter here: who works in pt-BR understands a colleague who works in pt-PT.
"""

import re
from dataclasses import dataclass
from types import MappingProxyType

from babel.core import get_global

from shared.vocabulary.lookup import INTERFACE_LANGUAGES, UnknownTerm, folded, nearest
from shared.vocabulary.names import language_names

_BY_AREA = (
    "es en fr ca eu gl oc pt nl fy de it lb rm mt el tr",  # western and southern Europe
    "da fi fo is kl no se sv cy ga gd et lt lv pl cs sk hu sl hr bs sr mk sq bg ro uk be ru",  # the rest of Europe
    "hy az ka ar he fa ps ku ckb ur kk ky tg tk uz mn",  # Caucasus, Middle East, Central Asia
    "hi bn pa gu mr or ta te kn ml ne si dz dv my km lo th vi id jv ms ceb fil tet zh ja ko",  # South and East Asia
    "sw am ti om so rw rn lg ny sn nd zu xh st nso tn ts ss ve af mg",  # eastern and southern Africa
    "ha yo ig ak ee wo ff bm mos ln kg sg",  # western and central Africa
    "qu ay gn ht pap srn mi sm to fj bi tpi",  # Americas and the Pacific
)

_BCP_47 = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*")

# Norwegian has two written forms and one spoken language, so both count as `no`.
_SAME_LANGUAGE = {"nb": "no", "nn": "no"}


@dataclass(frozen=True, slots=True)
class Language:
    """One language by its code, without region or script."""

    code: str

    @property
    def interface(self) -> bool:
        """Whether the pages are available in it."""
        return self.code in INTERFACE_LANGUAGES

    def name(self, language: str) -> str:
        """Its name in a language of the interface, written as in running text: "neerlandés"."""
        return language_names(language)[self.code]


LANGUAGES = MappingProxyType({code: Language(code) for area in _BY_AREA for code in area.split()})


def language(tag: str) -> Language:
    """The language of a BCP 47 tag, whatever its region, script and case: `pt-BR` and `PT` are `pt`.

    Former codes are understood (`mo` is `ro`, `tl` is `fil`). Raises UnknownTerm for everything else.
    """
    parsed = _BCP_47.fullmatch(tag)
    code = parsed[1].lower() if parsed else tag
    current = str(get_global("language_aliases").get(code, code)).partition("_")[0]
    code = _SAME_LANGUAGE.get(current, current)
    if code not in LANGUAGES:
        names = {each.name(known): each.code for each in LANGUAGES.values() for known in INTERFACE_LANGUAGES}
        raise UnknownTerm(tag, "languages (BCP 47)", nearest(tag, names))
    return LANGUAGES[code]


def by_name(in_language: str) -> tuple[Language, ...]:
    """All languages, those of the interface first, then by their names in that language, for lists in forms."""
    return tuple(sorted(LANGUAGES.values(), key=lambda each: (not each.interface, folded(each.name(in_language)))))
