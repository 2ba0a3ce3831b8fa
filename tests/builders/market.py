"""Many offers and requests as the world would bring them: few themes, languages and countries have most of them."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from uuid import UUID

from services.matching.engine.values import Candidate, Days, Place, Request
from services.matching.rules.reading import place_of
from shared.primitives.terms import Level, Mode, Position
from shared.vocabulary.countries import COUNTRIES
from shared.vocabulary.dac import PURPOSES
from shared.vocabulary.themes import THEMES, Theme

FIRST_DAY = date(2026, 1, 1)
LANGUAGES = ("en", "fr", "es", "pt", "ar", "nl", "de", "it", "sw", "ru", "pl", "tr", "id", "uk", "km", "is")
MODES = tuple(Mode)
LEVELS = tuple(Level)


class Skewed:
    """Draws from things of which the first come most often: the n-th in proportion to 1/n (Zipf's law)."""

    def __init__(self, things: Sequence[object]) -> None:
        self.things = list(things)
        self._weights = list(accumulate(1 / place for place in range(1, len(self.things) + 1)))

    def draw(self, random: Random, number: int) -> list[object]:
        """So many different ones, or as many as there are."""
        drawn: dict[object, None] = {}
        while len(drawn) < min(number, len(self.things)):
            drawn[random.choices(self.things, cum_weights=self._weights)[0]] = None
        return list(drawn)


class Market:
    """Offers and requests of one seed. `places` are (country, population); without them any country has some sizes."""

    def __init__(self, seed: int, places: Sequence[tuple[str, int | None]] = ()) -> None:
        self.random = Random(seed)
        countries = sorted(COUNTRIES)
        self.random.shuffle(countries)
        sizes = (800, 9_000, 45_000, 210_000, 2_000_000, None)
        self._places = places or [(code, size) for size in sizes for code in countries]
        self._themes, self._languages = Skewed(list(THEMES)), Skewed(LANGUAGES)
        self._purposes = Skewed([purpose.code for purpose in PURPOSES])

    def offers(self, number: int, *, organisations: int | None = None) -> Iterator[Candidate]:
        """So many offers, by about a third as many organisations."""
        for _ in range(number):
            yield self.offer(self._id(1), organisations or max(1, number // 3))

    def offer(self, offer_id: UUID, organisations: int = 1000, **changes: object) -> Candidate:
        """One offer."""
        random = self.random
        themes = self._some_themes(random.choice((1, 1, 2, 3)))
        capacity, organisation = random.choice((0, 1, 1, 2, 3, 5)), random.randrange(organisations)
        answered = random.choice((0, 0, 0, 1, 3, 8))
        ratings = random.choice((0, 0, 1, 2, 7))
        facts: dict[str, object] = {
            "offer_id": offer_id,
            "organisation_id": UUID(int=(2 << 96) + organisation),
            "member_id": UUID(int=(3 << 96) + organisation),
            "place": self._place(),
            "active": random.random() < 0.9,
            "answers": UUID(int=(4 << 96) + random.randrange(50)) if random.random() < 0.02 else None,
            "themes": frozenset(theme.code for theme in themes),
            "sdgs": frozenset(goal for theme in themes for goal in theme.goals[:2]),
            "dac": self._codes(themes),
            "modes": tuple(sorted(random.sample(MODES, random.randint(0, 4)))),
            "position": random.choice(tuple(Position)),
            "years_in_role": random.randint(0, 30),
            "languages": self._spoken(random.choice((1, 2, 2, 3))),
            "windows": self._windows(),
            "days_a_year": random.choice((None, 1, 3, 10, 20, 40)),
            "capacity": capacity,
            "reserved": random.randint(0, capacity),
            "booked": tuple(self._days(400, 8) for _ in range(random.choice((0, 0, 0, 1, 2)))),
            "ratings": ratings,
            "rating": random.randint(ratings, 5 * ratings) / ratings if ratings else 0.0,
            "answered": answered,
            "accepted": random.randint(0, answered),
        }
        return Candidate(**(facts | changes))  # type: ignore[arg-type]

    def request(self, organisations: int = 1000) -> Request:
        """One request."""
        random = self.random
        number = random.choice((1, 1, 2, 3))
        themes = self._some_themes(number)
        return Request(
            application_id=UUID(int=(4 << 96) + random.randrange(80)),
            organisation_id=UUID(int=(2 << 96) + random.randrange(organisations)),
            place=self._place(),
            themes=frozenset(theme.code for theme in themes),
            sdgs=frozenset(goal for theme in themes for goal in theme.goals[:number]),
            dac=self._codes(themes) if random.random() < 0.8 else frozenset(),
            mode=random.choice((None, *MODES)),
            window=self._days(300, 90) if random.random() < 0.98 else Days(FIRST_DAY, date(2036, 1, 1)),
            participants=random.choice((1, 2, 4, 20)),
            position=random.choice(tuple(Position)),
            languages=self._spoken(random.choice((1, 2, 2))),
            interpretation=random.random() < 0.2,
            same_country=random.random() < 0.2,
            preferred=self._organisations(organisations, 0.2),
            excluded=self._organisations(organisations, 0.3),
        )

    def _id(self, kind: int) -> UUID:
        return UUID(int=(kind << 120) + self.random.getrandbits(100))

    def _place(self) -> Place:
        return place_of(*self._places[int(len(self._places) * self.random.random() ** 2)])

    def _some_themes(self, number: int) -> list[Theme]:
        return [theme for theme in self._themes.draw(self.random, number) if isinstance(theme, Theme)]

    def _codes(self, themes: Sequence[Theme]) -> frozenset[str]:
        others = self._purposes.draw(self.random, self.random.choice((0, 0, 1)))
        return frozenset([code for theme in themes for code in theme.purposes[:2]] + [str(code) for code in others])

    def _spoken(self, number: int) -> dict[str, Level]:
        levels = self.random.choices(LEVELS, weights=(1, 1, 2, 5, 6, 6), k=number)
        return dict(zip(map(str, self._languages.draw(self.random, number)), levels, strict=True))

    def _windows(self) -> tuple[Days, ...]:
        if self.random.random() < 0.02:
            return (Days(FIRST_DAY, date(9999, 12, 31)),)
        return tuple(self._days(400, 120) for _ in range(self.random.choice((0, 1, 1, 1, 2, 3))))

    def _days(self, within: int, at_most: int) -> Days:
        first = FIRST_DAY + timedelta(days=self.random.randrange(within))
        return Days.starting(first, self.random.randint(1, at_most))

    def _organisations(self, number: int, often: float) -> frozenset[UUID]:
        some = self.random.randint(1, 3) if self.random.random() < often else 0
        return frozenset(UUID(int=(2 << 96) + self.random.randrange(number)) for _ in range(some))
