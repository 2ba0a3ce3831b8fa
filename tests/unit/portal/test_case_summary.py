"""Where a case stands, from its facts alone."""

import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.portal.rules.heard import Fact, parts_of
from services.portal.rules.states import MILESTONE_OF, STAGE_OF, State
from services.portal.rules.summary import NextStep, Party, Step, Summary, summarise
from services.portal.rules.timeline import told_in_order
from shared.events.evaluation import SurveyKind
from shared.events.exchange import ExchangeCancelled, ExchangeConverted, ExchangePostponed
from shared.events.intake import (
    ApplicationClosed,
    ApplicationRejected,
    ApplicationWithdrawn,
    InformationRequested,
)
from shared.events.matching import MatchDeclined, MatchExpired, MatchSuperseded
from shared.primitives.ids import new_id
from shared.primitives.terms import Side
from tests.builders.portal import GAINS, Story, Town


def facts(story: Story) -> list[Fact]:
    """The story as it is stored when everything arrives in order."""
    heard = [event for event in story.events if event.case_id]
    return [
        Fact(place, event.id, event.entry.topic, event.subject, event.sequence, event.time, event.data)
        for place, event in enumerate(heard)
    ]


def summary(story: Story) -> Summary:
    return summarise(parts_of(facts(story)))


def started() -> Story:
    return Story().submitted().validated().proposed()


def exchange_ids(story: Story) -> dict[str, object]:
    return {"exchange_id": story.exchange_id, "application_id": story.case_id}


@pytest.mark.parametrize(
    ("story", "state", "following"),
    [
        (Story(), State.HEARD_OF, NextStep(Step.ARRIVE, (Party.CONNECT,))),
        (Story().submitted(), State.SUBMITTED, NextStep(Step.CHECK, (Party.CONNECT,))),
        (Story().submitted().validated(), State.SEARCHING, NextStep(Step.SEARCH, (Party.CONNECT,))),
        (
            started(),
            State.PROPOSED,
            NextStep(Step.ANSWER, (Party.REQUESTER, Party.OFFERER), date(2026, 3, 16)),
        ),
        (
            started().accepted(Side.OFFERER),
            State.PROPOSED,
            NextStep(Step.ANSWER, (Party.REQUESTER,), date(2026, 3, 16)),
        ),
        (
            Story().submitted().validated().no_match(),
            State.NO_MATCH,
            NextStep(Step.CALL, (Party.COORDINATOR,)),
        ),
        (
            Story().submitted().validated().no_match().relaxed().candidates_found(),
            State.SEARCHING,
            NextStep(Step.SEARCH, (Party.CONNECT,)),
        ),
        (
            Story().submitted().validated().no_match().called(),
            State.CALL_OPEN,
            NextStep(Step.OFFER, (Party.ASSOCIATIONS,), date(2026, 4, 1)),
        ),
        (started().confirmed(), State.MATCHED, NextStep(Step.PLAN, (Party.CONNECT,))),
        (
            started().confirmed().planned(),
            State.PLANNED,
            NextStep(Step.AGREE, (Party.REQUESTER, Party.OFFERER), date(2026, 9, 7)),
        ),
        (
            started().confirmed().planned().prepared(),
            State.READY,
            NextStep(Step.START, (Party.REQUESTER, Party.OFFERER), date(2026, 9, 7)),
        ),
        (
            started().confirmed().planned().prepared().held().survey(SurveyKind.AFTER, answered=False),
            State.COMPLETED,
            NextStep(Step.REPORT, (Party.REQUESTER,), date(2026, 9, 18)),
        ),
        (started().confirmed().planned().prepared().held().closed(), State.CLOSED, None),
    ],
)
def test_a_case_says_where_it_stands_and_who_acts_next(story: Story, state: State, following: NextStep | None) -> None:
    found = summary(story)
    assert (found.state, found.next_step) == (state, following)


def test_who_lacks_something_in_the_application_acts_next() -> None:
    story = Story().submitted()
    story.tell(InformationRequested(application_id=story.case_id, codes=("dates",)), service="intake")
    assert summary(story).next_step == NextStep(Step.COMPLETE, (Party.REQUESTER,))


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (lambda story: ApplicationRejected(application_id=story.case_id, codes=("commercial",)), State.REJECTED),
        (lambda story: ApplicationWithdrawn(application_id=story.case_id, reason="x"), State.WITHDRAWN),
        (lambda story: ApplicationClosed(application_id=story.case_id, outcome="no-match"), State.CLOSED_UNMATCHED),
        (lambda story: ApplicationClosed(application_id=story.case_id, outcome="cancelled"), State.CANCELLED),
    ],
)
def test_a_case_that_has_ended_stays_ended_whatever_is_still_open(end: object, state: State) -> None:
    story = started()
    assert callable(end)
    assert summary(story.tell(end(story), service="intake")).state == state
    assert summary(story).next_step is None


@pytest.mark.parametrize(
    "end",
    [
        lambda ids: MatchDeclined(**ids, side=Side.OFFERER, reason="dates"),
        lambda ids: MatchExpired(**ids),
        lambda ids: MatchSuperseded(**ids, reason="another-confirmed"),
    ],
)
def test_when_the_only_proposal_comes_to_nothing_the_search_is_on_again(end: object) -> None:
    story = started()
    assert callable(end)
    story.tell(end({"proposal_id": story.proposal_id, "application_id": story.case_id}), service="matching")
    assert summary(story).state == State.SEARCHING


def test_a_reminder_is_unheeded_until_everybody_who_got_it_has_answered() -> None:
    def unheeded(story: Story) -> int | None:
        (proposal,) = parts_of(facts(story)).proposals
        return proposal.unheeded.days_left if proposal.unheeded else None

    story = started().reminded(*Side, days_left=5)
    assert unheeded(story) == 5
    assert unheeded(story.accepted(Side.REQUESTER)) == 5
    assert unheeded(story.reminded(Side.OFFERER, days_left=2)) == 2
    assert unheeded(story.accepted(Side.OFFERER)) is None


def test_a_reminder_of_a_proposal_that_is_over_is_no_longer_shown() -> None:
    story = started().reminded(*Side, days_left=5)
    story.tell(MatchExpired(proposal_id=story.proposal_id, application_id=story.case_id), service="matching")
    assert parts_of(facts(story)).proposals[0].unheeded is None


def test_what_would_raise_a_score_is_kept_with_its_proposal() -> None:
    (proposal,) = parts_of(facts(started().accepted(Side.OFFERER))).proposals
    assert proposal.raises == GAINS


def test_of_several_proposals_the_one_that_is_furthest_decides_who_acts() -> None:
    story = started().accepted(Side.REQUESTER).proposed(Town("Almere", "NL", 2759879), new_id(), rank=2)
    following = summary(story).next_step
    assert following is not None
    assert following.who == (Party.OFFERER,)


def test_the_peer_is_named_before_the_match_only_while_one_proposal_stands_out() -> None:
    story = started()
    assert (summary(story).peer_id, summary(story).offerer_id) == (story.offerer.id, None)
    story.proposed(Town("Almere", "NL", 2759879), new_id(), rank=2)
    assert summary(story).peer_id is None
    assert summary(story.accepted(Side.REQUESTER)).peer_id == story.offerer.id
    assert summary(story.confirmed()).offerer_id == story.offerer.id


def test_an_exchange_can_be_moved_and_go_online_and_keeps_both() -> None:
    story = started().confirmed().planned().prepared()
    days = {"first": date(2026, 11, 2), "last": date(2026, 11, 6)}
    story.tell(ExchangePostponed(**exchange_ids(story), **days, reason="visa"), service="exchange")
    story.tell(ExchangeConverted(**exchange_ids(story), reason="visa"), service="exchange")
    found = summary(story)
    assert (found.state, found.first, found.last) == (State.POSTPONED, date(2026, 11, 2), date(2026, 11, 6))
    assert parts_of(facts(story)).exchanges[0].online


def test_an_exchange_that_is_cancelled_stops_the_case() -> None:
    story = started().confirmed().planned()
    story.tell(ExchangeCancelled(**exchange_ids(story), proposal_id=story.proposal_id, reason="x"), service="exchange")
    assert (summary(story).state, summary(story).next_step) == (State.CANCELLED, None)


@given(st.randoms(use_true_random=False), st.integers(1, 30))
def test_the_order_of_arrival_never_changes_what_a_case_is(chance: random.Random, length: int) -> None:
    in_order = facts(started().confirmed().planned().prepared().held().closed())[:length]
    shuffled = [replace(fact, position=place) for place, fact in enumerate(chance.sample(in_order, len(in_order)))]
    assert parts_of(shuffled) == parts_of(in_order)
    assert [fact.event_id for fact in told_in_order(shuffled)] == [fact.event_id for fact in in_order]


@given(st.randoms(use_true_random=False))
def test_clocks_that_differ_never_tell_an_aggregate_out_of_order_or_an_effect_before_its_cause(
    chance: random.Random,
) -> None:
    story = started().accepted(Side.OFFERER).accepted(Side.REQUESTER).confirmed().planned().prepared().held().closed()
    in_order = facts(story)
    skewed = [replace(fact, time=chance.choice(in_order).time) for fact in in_order]
    told = told_in_order(skewed)
    assert sorted(fact.event_id for fact in told) == sorted(fact.event_id for fact in skewed)
    for topic in {fact.topic for fact in told}:
        for subject in {fact.subject for fact in told if fact.topic == topic}:
            sequence = [fact.sequence for fact in told if (fact.topic, fact.subject) == (topic, subject)]
            assert sequence == sorted(sequence)
    order = [type(fact.event).__name__ for fact in told]
    assert order.index("ApplicationValidated") < order.index("MatchProposed")
    assert order.index("MatchConfirmed") < order.index("ExchangePlanned")
    assert order.index("ExchangeClosed") < order.index("ApplicationClosed")


@given(st.randoms(use_true_random=False))
def test_that_nobody_was_found_is_told_before_the_case_is_closed_for_it(chance: random.Random) -> None:
    story = started().no_match().called().no_match(final=True)
    story.tell(ApplicationClosed(application_id=story.case_id, outcome="no-match"), service="intake")
    in_order = facts(story)
    told = told_in_order([replace(fact, time=chance.choice(in_order).time) for fact in in_order])
    order = [type(fact.event).__name__ for fact in told]
    assert "NoMatchFound" not in order[order.index("ApplicationClosed") :]
    assert summary(story).state == State.CLOSED_UNMATCHED


def test_every_state_belongs_to_a_stage_and_to_a_step_of_the_journey() -> None:
    assert set(STAGE_OF) == set(State)
    assert set(MILESTONE_OF) == set(State)
