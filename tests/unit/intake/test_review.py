"""Two reviewers make a verdict, or three where they differ."""

from uuid import uuid4

import pytest

from services.intake.rules.review import WEIGHTS, Criterion, Eligibility, Review, Scores, reviewer_of, verdict
from shared.primitives.actor import Actor

ELIGIBLE = Eligibility(
    public_body=True,
    participants_elected_or_staff=True,
    non_commercial=True,
    association_informed=True,
    no_safety_block=True,
)


def scores(all_of_them: int, **changes: int) -> Scores:
    return Scores.model_validate({criterion.value: all_of_them for criterion in Criterion} | changes)


def review(number: int, score: Scores | None, eligibility: Eligibility | None = ELIGIBLE) -> Review:
    return Review(f"reviewer-{number}", eligibility if score else None, score)


def test_the_weights_add_up_to_a_hundred_percent() -> None:
    assert sum(WEIGHTS.values()) == 100


def test_one_reviewer_is_no_verdict() -> None:
    assert verdict([review(1, scores(5))]) is None


def test_a_recused_reviewer_does_not_count() -> None:
    assert verdict([review(1, scores(5)), review(2, None)]) is None


def test_two_good_reviews_validate() -> None:
    reached = verdict([review(1, scores(4)), review(2, scores(3))])
    assert reached is not None
    assert reached.validated
    assert reached.score == pytest.approx(3.5)


@pytest.mark.parametrize(("second", "passes"), [(3, True), (2, False)])
def test_the_threshold_is_three(second: int, passes: bool) -> None:
    reached = verdict([review(1, scores(3)), review(2, scores(second))])
    assert reached is not None
    assert reached.validated is passes
    assert reached.codes == (() if passes else ("below-threshold",))


def test_a_criterion_below_two_refuses_however_good_the_rest() -> None:
    reached = verdict([review(1, scores(5, dissemination=1)), review(2, scores(5, dissemination=2))])
    assert reached is not None
    assert reached.codes == ("weak-dissemination",)


def test_a_spread_of_two_calls_a_third_reviewer() -> None:
    pair = [review(1, scores(5)), review(2, scores(3))]
    assert verdict(pair) is None
    assert verdict([*pair, review(3, scores(4))]) is not None


def test_a_spread_just_below_two_does_not() -> None:
    assert verdict([review(1, scores(5, dissemination=4)), review(2, scores(3))]) is not None


def test_disagreement_about_eligibility_calls_a_third_and_the_majority_decides() -> None:
    commercial = ELIGIBLE.model_copy(update={"non_commercial": False})
    pair = [review(1, scores(4)), review(2, scores(4), commercial)]
    assert verdict(pair) is None
    refused = verdict([*pair, review(3, scores(4), commercial)])
    assert refused is not None
    assert refused.codes == ("not-non-commercial",)
    kept = verdict([*pair, review(3, scores(4))])
    assert kept is not None
    assert kept.validated


def test_two_people_who_judge_through_one_program_are_two_reviewers() -> None:
    one, another = Actor("client:desk", member_id=uuid4()), Actor("client:desk", member_id=uuid4())
    assert reviewer_of(one) != reviewer_of(another)
    assert reviewer_of(Actor("account:1")) != reviewer_of(Actor("account:2"))
