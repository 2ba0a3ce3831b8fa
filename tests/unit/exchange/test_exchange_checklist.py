"""What must be arranged for a plan, and how the list is kept."""

from datetime import date

import pytest

from services.exchange import rules
from services.exchange.rules import ChecklistEntry, Item, Part, Participant, State
from shared.primitives.errors import Invalid
from shared.primitives.terms import Mode
from tests.builders.exchange import ASSOCIATION, OFFERER, REQUESTER, THIRD, a_plan, an_exchange

TODAY = date(2030, 4, 1)
TOMORROW = date(2030, 4, 2)
PER_TRAVELLER = [Item.VISA_LETTER, Item.TRAVEL, Item.LODGING, Item.INSURANCE, Item.PER_DIEM]
FOR_ALL = [Item.INTERPRETATION, Item.ACCESSIBILITY, Item.SAFETY]


def travellers(entries: tuple[ChecklistEntry, ...]) -> list[int]:
    return sorted({entry.participant for entry in entries if entry.participant is not None})


def test_everybody_who_comes_from_elsewhere_needs_arrangements() -> None:
    people = (
        Participant(REQUESTER, Part.GOVERNMENT),
        Participant(OFFERER, Part.GOVERNMENT),
        Participant(THIRD, Part.GOVERNMENT),
        Participant(ASSOCIATION, Part.MODERATOR),
        Participant(ASSOCIATION, Part.HOST),
    )
    entries = rules.checklist_for(a_plan(Mode.ROUND_TABLE, participants=people), REQUESTER)
    assert [entry.item for entry in entries if entry.participant is None] == FOR_ALL
    assert travellers(entries) == [2, 3, 4]
    assert [entry.item for entry in entries if entry.participant == 3] == PER_TRAVELLER


def test_nobody_travels_to_an_exchange_online() -> None:
    assert [entry.item for entry in rules.checklist_for(a_plan(online=True), REQUESTER)] == FOR_ALL


def test_an_item_is_done_for_one_participant_or_for_all() -> None:
    exchange = an_exchange(State.PREPARING, Mode.STUDY_VISIT)
    one = rules.ticked(exchange, Item.TRAVEL, 2, True, TODAY)
    assert [e.participant for e in one.checklist if e.item is Item.TRAVEL and e.done_on == TODAY] == [2]
    everybody = rules.ticked(one, Item.TRAVEL, None, True, TOMORROW)
    assert [e.done_on for e in everybody.checklist if e.item is Item.TRAVEL] == [TOMORROW, TODAY, TOMORROW]


def test_an_item_can_be_opened_again() -> None:
    exchange = rules.ticked(an_exchange(State.PREPARING), Item.LODGING, None, True, TODAY)
    again = rules.ticked(exchange, Item.LODGING, None, False, TOMORROW)
    assert again == an_exchange(State.PREPARING)


@pytest.mark.parametrize(
    ("item", "participant", "pointer"),
    [(Item.TRAVEL, 9, "/participant"), (Item.SAFETY, 1, "/participant"), (Item.TRAVEL, 2, "/participant")],
)
def test_what_is_not_on_the_list_is_refused(item: Item, participant: int, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.ticked(an_exchange(State.PREPARING), item, participant, True, TODAY)
    assert [(problem.pointer, problem.code) for problem in refused.value.fields] == [(pointer, "not-on-checklist")]


def test_travel_is_not_on_the_list_of_an_exchange_online() -> None:
    online = rules.converted(an_exchange(State.PREPARING), TODAY)
    with pytest.raises(Invalid) as refused:
        rules.ticked(online, Item.TRAVEL, None, True, TODAY)
    assert [problem.pointer for problem in refused.value.fields] == ["/item"]


def test_what_was_done_stays_done_when_an_exchange_goes_online() -> None:
    online = rules.converted(an_exchange(State.READY), TODAY)
    assert [entry.item for entry in online.checklist if entry.done_on] == [Item.SAFETY]
