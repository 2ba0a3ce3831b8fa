"""A text goes in, suggestions come out: which words count, where they stand, and what odd texts are answered."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.engine.text.language import SUPPORTED
from services.matching.engine.text.scoring import LEAST_CONFIDENCE, Kind
from services.matching.engine.text.suggest import LONGEST, suggest
from services.matching.engine.text.values import Phrase, Suggestions
from shared.vocabulary.dac import PURPOSES
from shared.vocabulary.themes import THEMES


def themes(text: str, language: str | None = None) -> list[str]:
    return [one.code for one in suggest(text, language).themes]


def words_for(theme: str, text: str) -> list[str]:
    """The words that led to a theme, as they stand in the text."""
    (found,) = [one for one in suggest(text).themes if one.code == theme]
    return [text[phrase.start : phrase.end] for phrase in found.because]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Queremos mejorar el abastecimiento de agua potable de nuestros barrios.", {"water", 6, "14031"}),
        ("We would like to reduce litter and to close our landfill.", {"waste", 11, 12, "14050"}),
        ("Nous voulons former les sages-femmes du centre de santé.", {"health", 3, "12220"}),
        ("Queremos combater a violência doméstica contra as mulheres.", {"gender", 5, "15170"}),
        ("Wij zoeken ervaring met schuldhulpverlening en armoede.", {"social-services", 1, 10, "16010"}),
    ],
)
def test_a_plain_need_gets_its_theme_goals_and_purpose_in_its_language(text: str, expected: set[str | int]) -> None:
    found = suggest(text)
    assert expected <= {one.code for kind in (found.themes, found.sdgs, found.dac) for one in kind}


@pytest.mark.parametrize(
    "text",
    [
        "La gestión de los residuos orgánicos y su reciclaje",
        "LA GESTION DE LOS RESIDUOS ORGANICOS Y SU RECICLAJE",
        "la gestio\u0301n de los residuos orga\u0301nicos y su reciclaje",
        "gestiones del residuo orgánico, y de los reciclajes",
    ],
    ids=["as written", "capitals without accents", "accents as marks of their own", "other forms"],
)
def test_capitals_accents_and_numbers_of_a_word_make_no_difference(text: str) -> None:
    assert themes(text, "es") == ["waste"]


def test_the_words_that_led_to_a_theme_are_told_by_their_place_in_the_text() -> None:
    text = "🌍 Notre commune souhaite organiser le tri sélectif et fermer la décharge."
    assert words_for("waste", text) == ["tri sélectif", "décharge"]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Wij willen onze afvalverwerkingsinstallatie vervangen.", "afvalverwerkingsinstallatie"),
        ("Wij zoeken een goede huisvuilophaaldienst.", "huisvuilophaaldienst"),
    ],
)
def test_a_dutch_compound_counts_for_the_part_that_is_known(text: str, part: str) -> None:
    assert part in words_for("waste", text)


@pytest.mark.parametrize(
    ("text", "meant", "not_meant"),
    [
        ("Assainissement des finances de la commune et réduction de la dette", "finance", "sanitation"),
        ("Saneamiento financiero del ayuntamiento y control del gasto", "finance", "sanitation"),
        ("It was a waste of time. We want to hold citizens' assemblies.", "participation", "waste"),
        ("El mercado laboral y el paro juvenil", "economic-development", "food"),
        ("La passation des marchés publics et le budget de la commune", "finance", "food"),
        ("Het verkeerde beeld van onze bibliotheek en ons museum", "culture", "mobility"),
    ],
)
def test_words_that_mean_something_else_here_are_not_taken_for_it(text: str, meant: str, not_meant: str) -> None:
    found = themes(text)
    assert meant in found
    assert not_meant not in found


def test_an_institution_that_is_only_mentioned_makes_no_theme() -> None:
    text = "We are a town with two schools, a hospital and a police station. We want to start kerbside recycling."
    assert themes(text) == ["waste"]


@pytest.mark.parametrize(("title", "language"), [("Alcantarillado", None), ("Sewerage", None), ("Riolering", "nl")])
def test_a_title_of_one_word_is_understood_though_its_language_may_not_be_told(
    title: str, language: str | None
) -> None:
    assert themes(title, language) == ["sanitation"]


def test_a_list_of_keywords_without_small_words_is_understood() -> None:
    found = suggest(
        "alcantarillado, letrinas, fosas sépticas, lodos fecales, aguas residuales, depuradora, saneamiento, higiene"
    )
    assert (found.language, [one.code for one in found.themes]) == ("es", ["sanitation"])


def test_the_caller_may_say_the_language_but_a_plain_text_is_believed_rather() -> None:
    assert suggest("Transparencia", "es").language == "es"
    assert suggest("We want to know how the others have done it and what it was worth to them.", "fr").language == "en"


@pytest.mark.parametrize(
    "text",
    [
        "Unsere Stadt möchte die Abfallsammlung neu organisieren und sucht eine Gemeinde, die Müll trennt.",
        "Il nostro comune vuole migliorare la raccolta dei rifiuti e cerca una città che abbia già esperienza.",
        "El nostre municipi vol millorar la recollida de residus i busca una ciutat que ja ho hagi fet amb èxit.",
        "O noso concello quere mellorar a recollida do lixo e busca unha cidade que xa o fixera con éxito.",
        "Vår kommun vill förbättra avfallshanteringen och söker en stad som redan har gjort det med små medel.",
        "Primăria noastră dorește să îmbunătățească colectarea deșeurilor și caută un oraș care a făcut-o deja.",
        "Наш город хочет улучшить сбор отходов и ищет город, который это уже сделал.",
        "تريد بلديتنا تحسين جمع النفايات وتبحث عن مدينة لها خبرة",
        "A városunk szeretné javítani a hulladékgyűjtést, és olyan várost keres, amely ezt már megtette.",
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore.",
    ],
)
def test_a_text_in_no_known_language_gets_no_suggestions_and_says_so(text: str) -> None:
    assert suggest(text) == Suggestions(language=None, read=len(text))


@pytest.mark.parametrize("text", ["", " \n\t", "\x00\x00", "🙂🙂", "--- ... !!!", "12 345 678", "a" * 5000])
def test_a_text_without_words_gets_no_suggestions(text: str) -> None:
    assert suggest(text) == Suggestions(language=None, read=len(text))


def test_nul_and_pictures_between_words_are_no_words() -> None:
    text = "Agua potable\x00y grifos 🚰 para el barrio de la estación"
    assert words_for("water", text) == ["Agua potable", "grifos"]


def test_only_the_beginning_of_a_text_that_is_too_long_is_read() -> None:
    need = "Queremos mejorar el abastecimiento de agua potable en el barrio. "
    text = need + "x " * 500_000
    assert suggest(text).read == LONGEST
    assert suggest(text) == suggest(text[:LONGEST])
    assert themes("y " * LONGEST + need) == []


def test_nothing_is_suggested_for_a_letter_that_names_no_matter() -> None:
    assert themes("Thank you for the invitation. We will arrive on Monday and look forward to meeting you all.") == []


SOME_WORDS = [
    "agua potable",
    "the landfill",
    "élèves",
    "riolering",
    "de la",
    "waste of time",
    "\x00",
    "🙂",
    "A.B",
    "1e3",
]


@given(st.lists(st.sampled_from(SOME_WORDS) | st.text(max_size=30), max_size=40), st.sampled_from([None, *SUPPORTED]))
def test_whatever_is_written_the_answer_keeps_its_promises(pieces: list[str], language: str | None) -> None:
    text = " ".join(pieces)
    found = suggest(text, language)
    assert found == suggest(text, language)
    assert {one.code for one in found.themes} <= {one.code for one in THEMES}
    assert {one.code for one in found.dac} <= {one.code for one in PURPOSES}
    assert {one.code for one in found.sdgs} <= set(range(1, 18))
    for kind in get_args(Kind):
        suggested = getattr(found, kind)
        assert len(suggested) <= 3
        assert [one.confidence for one in suggested] == sorted((one.confidence for one in suggested), reverse=True)
        for one in suggested:
            assert LEAST_CONFIDENCE <= one.confidence <= 1
            assert one.because
            assert all(_is_words_of(text, phrase) for phrase in one.because)


def _is_words_of(text: str, phrase: Phrase) -> bool:
    return 0 <= phrase.start < phrase.end <= len(text) and text[phrase.start : phrase.end].strip() != ""
