"""What to relax, and what comes of it before anybody chooses."""

from datetime import date

import pytest

from services.matching.engine.filters import obstacles
from services.matching.engine.index import OfferIndex
from services.matching.engine.index.offers import Hits
from services.matching.engine.relaxing import Effect, Relaxation, effects, relaxable, relaxed
from services.matching.engine.search import search
from services.matching.engine.values import Candidate, Days, Place, Request, Scale
from services.matching.engine.verdicts import judge
from shared.primitives.ids import new_id
from shared.primitives.terms import Level, Mode
from tests.builders.market import Market
from tests.builders.matching import a_candidate, a_request

R = Relaxation
SPEAKS_KHMER = {"languages": {"km": Level.C2}}
OF_GHANA = {"place": Place("GH", 90_000, 1, "002", "011")}
TEACHES_AT_HOME = {"modes": (Mode.INTERNSHIP,)}
IN_AUTUMN = {"windows": (Days(date(2026, 8, 1), date(2026, 8, 31)),)}
ON_WATER = {"themes": frozenset({"water"}), "dac": frozenset({"14031"})}


def found_by(*offers: Candidate, request: Request) -> tuple[Effect, ...]:
    index = OfferIndex()
    for one in offers:
        index.put(one)

    def look(changed: Request) -> Hits:
        return index.search(changed, Scale(), top=1)

    return effects(request, look)


@pytest.mark.parametrize(
    ("changes", "relaxation"),
    [
        (SPEAKS_KHMER, R.INTERPRETATION),
        (OF_GHANA, R.SAME_COUNTRY),
        (TEACHES_AT_HOME, R.MODE),
        (IN_AUTUMN, R.WINDOW),
        (ON_WATER, R.KNOWLEDGE),
    ],
)
def test_each_relaxation_lets_in_what_its_filter_ruled_out(changes: dict[str, object], relaxation: Relaxation) -> None:
    request, offer = a_request(participants=2), a_candidate(**changes)
    verdict = judge(request, offer, Scale())
    assert verdict.obstacles
    assert (verdict.ranked, verdict.lets_in) == (None, (relaxation,))
    best, *others = found_by(offer, request=request)
    assert (best.relax, best.passed) == ((relaxation,), 1)
    (let_in,) = search(relaxed(request, {relaxation}), [offer], Scale(), top=1).ranked
    assert best.best == let_in.score
    assert not any(one.passed for one in others)


def test_who_did_not_agree_can_be_asked_again() -> None:
    offer = a_candidate()
    request = a_request(refused=frozenset({offer.offer_id}))
    assert judge(request, offer, Scale()).lets_in == (R.EARLIER_PROPOSAL,)


def test_where_nothing_helps_alone_two_together_are_tried() -> None:
    request, offer = a_request(), a_candidate(**(SPEAKS_KHMER | OF_GHANA))
    found = found_by(offer, request=request)
    assert found[0] == Effect((R.INTERPRETATION, R.SAME_COUNTRY), 1, found[0].best)
    assert sum(one.passed for one in found) == 1
    assert judge(request, offer, Scale()).lets_in == ()


def test_what_is_relaxed_already_is_not_offered_again() -> None:
    request = a_request(interpretation=True, same_country=True, mode=None, related=True)
    assert relaxable(request) == (R.WINDOW,)
    assert relaxable(request, already={R.WINDOW}) == ()
    assert relaxed(request, {R.INTERPRETATION}) == request


def test_an_exclusion_is_never_relaxed() -> None:
    offer = a_candidate()
    request = a_request(excluded=frozenset({offer.organisation_id}))
    assert obstacles(relaxed(request, set(Relaxation)), offer) == ("excluded",)
    assert judge(request, offer, Scale()).lets_in == ()


def test_the_counts_are_those_of_the_plain_search() -> None:
    market = Market(seed=9)
    offers = list(market.offers(300))
    for _ in range(20):
        request = market.request()
        for effect in found_by(*offers, request=request):
            changed = relaxed(request, effect.relax)
            assert effect.passed == sum(not obstacles(changed, one) for one in offers)


def test_a_verdict_says_the_same_as_the_search() -> None:
    request, offer = a_request(themes=frozenset({"sanitation", "waste"})), a_candidate()
    (ranked,) = search(request, [offer], Scale(), top=1).ranked
    verdict = judge(request, offer, Scale())
    assert verdict.ranked is not None
    assert (verdict.obstacles, verdict.ranked.score) == ((), ranked.score)
    assert verdict.ranked.contributions == ranked.contributions
    assert verdict.ranked.raises[0].code == "theme:waste"


def test_own_offers_have_no_remedy() -> None:
    own = new_id()
    verdict = judge(a_request(organisation_id=own), a_candidate(organisation_id=own), Scale())
    assert (verdict.obstacles, verdict.lets_in) == (("own-organisation",), ())
