"""Codes of reasons in words, and sensible words for codes that this release does not know."""

from shared.wording import reasons
from shared.wording.speech import speech


def test_codes_of_reasons_become_words_and_unknown_ones_keep_their_letters() -> None:
    said = {code: reasons.reason(speech("en"), code) for code in ("theme:waste", "language:fr", "days:1", "years:7")}
    assert said == {
        "theme:waste": "Waste and recycling",
        "language:fr": "French",
        "days:1": "1 common day",
        "years:7": "7 years in the role",
    }
    assert reasons.reason(speech("en"), "rating:4.6") == "rated 4.6 of 5"
    assert reasons.reason(speech("es"), "rating:4.6") == "valoración de 4,6 sobre 5"
    for odd in ("brand-new:some-thing", "theme:unheard-of", "sdg:99", "sdg:x", "years:x", "rating:x", "dac:1", "", ":"):
        assert isinstance(reasons.reason(speech("fr"), odd), str)
    assert reasons.filter_name(speech("en"), "brand-new") == "brand new"
    assert reasons.factor_name(speech("en"), "brand-new") == "brand new"
