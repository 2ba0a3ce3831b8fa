"""Names of countries, regions and languages from the Unicode CLDR, through Babel, in the languages of the interface.

Babel keeps every language that it has loaded (0.7 MB each, 100 MB for all that are listed here), so only those are
asked for and a stranger's wish cannot fill the memory.
"""

from functools import cache

from babel import Locale

from shared.vocabulary.lookup import require_interface_language


@cache
def territory_names(language: str) -> dict[str, str]:
    """Names of countries (alpha-2) and M49 regions; raises UnknownTerm for a language that has no pages."""
    return dict(Locale(require_interface_language(language)).territories)


@cache
def language_names(language: str) -> dict[str, str]:
    """Names of languages by their codes; raises UnknownTerm for a language that has no pages."""
    return dict(Locale(require_interface_language(language)).languages)
