"""No event says who somebody is: every field that could is known here, with the reason why it does not."""

import re

import pytest

from shared.events.catalogue import CATALOGUE, Entry
from shared.events.schemas.golden import example
from tests.contracts.schema_walk import Place, every_place, places

PERSONAL = """
name names surname firstname lastname forename email mail phone telephone mobile fax address street postcode birth
birthday birthdate age gender sex nationality passport photo portrait cv signature salutation contact person people
username login password iban ip health disability religion ethnicity diet salary
"""
NOT_ABOUT_A_PERSON = {
    "OrganisationRegistered.name": "the name of a public body is public",
}

# Sentences that people write. What is listed here is published or read by operators only, and its form says so.
FREE_TEXT = {
    "OrganisationRegistered.name": "the name of a public body",
    "ApplicationSubmitted.title": "written to be public; the form asks for no names",
    "ApplicationValidated.title": "the application's title",
    "OfferPublished.title": "written to be public; the form asks for no names",
    "MatchConfirmed.title": "the application's title",
    "ExchangePlanned.title": "the application's title",
    "PracticePublished.title": "published, and checked by an association before",
    "EventDeadLettered.detail": "our own words about a message's shape, without its values",
    "EventDeadLettered.origin_key": "an aggregate's id, or whatever a message that is not ours had as key",
    "EventDeadLettered.event_id": "an event's id, as text since it may be malformed",
    "DeadLetterSettled.why": "an operator's remark about a message, for operators",
}

# Plain texts that hold one of few agreed words. `test_codes_look_like_codes` looks at what they hold in the examples.
CODES = {
    "vocabularies": {"country", "language", "languages", "title_language", "themes", "dac"},
    "what matching explains": {"because", "code"},
    "references and versions": {"reference", "rules_version"},
    "places in Kafka": {"origin_topic", "event_type", "service"},
    "accounts": {"by"},
}
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:/-]*")

CODE_FIELDS = frozenset().union(*CODES.values())


def plain_texts() -> list[Place]:
    return [place for place in every_place() if place.is_plain_text]


def where(place: Place) -> str:
    return f"{place.event}.{place.path}"


def looks_personal(field: str) -> bool:
    return not set(PERSONAL.split()).isdisjoint(field.lower().split("_"))


def test_no_field_is_named_after_a_person_s_data() -> None:
    found = {where(place) for place in every_place() if looks_personal(place.field)}
    assert found == NOT_ABOUT_A_PERSON.keys()


def test_every_plain_text_is_a_known_code_or_has_a_reason_to_be_free() -> None:
    unknown = [
        where(place) for place in plain_texts() if place.field not in CODE_FIELDS and where(place) not in FREE_TEXT
    ]
    assert not unknown, "Give it a closed list of values, or say here why it can't tell who somebody is."


def test_no_reason_outlives_its_field() -> None:
    there = {where(place) for place in plain_texts()}
    assert FREE_TEXT.keys() <= there
    assert {place.field for place in plain_texts()} >= CODE_FIELDS


def _texts(field: str, value: object) -> list[tuple[str, str]]:
    if isinstance(value, str):
        return [(field, value)]
    if isinstance(value, list):
        return [text for part in value for text in _texts(field, part)]
    if isinstance(value, dict):
        return [text for name, part in value.items() for text in _texts(name, part)]
    return []


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.event.__name__)
def test_codes_look_like_codes(entry: Entry) -> None:
    texts = [(field, text) for field, text in _texts("", example(entry)) if field in CODE_FIELDS]
    assert not [(field, text) for field, text in texts if not CODE.fullmatch(text)]


@pytest.mark.parametrize(
    ("field", "personal"),
    [
        ("email", True),
        ("contact_email", True),
        ("first_name", True),
        ("phone", True),
        ("organisation_id", False),
        ("stage", False),
        ("shipping_mode", False),
    ],
)
def test_names_of_fields_are_judged_word_by_word(field: str, personal: bool) -> None:
    assert looks_personal(field) is personal


def test_the_walk_sees_parts_lists_and_choices() -> None:
    schema = {
        "properties": {"contact": {"anyOf": [{"$ref": "#/$defs/Contact"}, {"type": "null"}]}},
        "$defs": {"Contact": {"properties": {"mails": {"type": "array", "items": {"type": "string"}}}}},
    }
    seen = {place.path: place.is_plain_text for place in places("Example", schema, schema)}
    assert seen == {"contact": False, "contact.mails": False, "contact.mails[]": True}
