"""What lists and the case page have in common: places, titles with their language, the next step."""

from uuid import UUID

from services.portal.pages.views.shown import Following, Written
from services.portal.pages.words import states
from services.portal.pages.words.names import Names
from services.portal.queries import Organisation
from services.portal.rules.summary import NextStep
from shared.wording.speech import Speech


def place(spoken: Speech, organisation: Organisation | None) -> str | None:
    """An organisation with its country."""
    return f"{organisation.name}, {spoken.country(organisation.country)}" if organisation else None


def place_of(names: Names, organisation_id: UUID | None) -> str | None:
    """An organisation of the case with its country."""
    return place(names.speech, names.known.get(organisation_id)) if organisation_id else None


def written(spoken: Speech, text: str, tag: str | None) -> Written:
    """A text that a person wrote, with the mark of its language, unless that is the page's."""
    if tag is None or tag.partition("-")[0].lower() == spoken.language:
        return Written(text, None, None)
    return Written(text, tag, spoken.say("in %(language)s", language=spoken.tongue(tag)))


def title(spoken: Speech, text: str | None, tag: str | None) -> Written:
    """The title of a case, or words that hold its place."""
    return written(spoken, text, tag) if text else Written(spoken.say("The application is on its way"), None, None)


def following_in_words(names: Names, following: NextStep | None) -> Following | None:
    """What comes next, who acts, by when."""
    if following is None:
        return None
    return Following(states.step_name(names.speech, following), states.actors(names, following), following.by)
