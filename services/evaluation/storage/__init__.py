"""SQL by intent. Every function takes a connection and works in the transaction that is open there."""

from services.evaluation.storage.actions import actions_of, insert_action
from services.evaluation.storage.exchanges import (
    find_exchange,
    insert_exchange,
    lock_exchange,
    names_of,
    save_exchange,
    save_organisation,
)
from services.evaluation.storage.practices import (
    find_practice,
    insert_practice,
    lock_practice,
    practices_of,
    save_practice,
)
from services.evaluation.storage.results import confidence, item_figures, returns
from services.evaluation.storage.surveys import (
    find_answers,
    find_survey,
    insert_answers,
    insert_surveys,
    lock_survey,
    lock_surveys_of,
    lock_surveys_to_analyse,
    lock_surveys_to_close,
    lock_surveys_to_remind,
    save_surveys,
    surveys_of,
)

__all__ = [
    "actions_of",
    "confidence",
    "find_answers",
    "find_exchange",
    "find_practice",
    "find_survey",
    "insert_action",
    "insert_answers",
    "insert_exchange",
    "insert_practice",
    "insert_surveys",
    "item_figures",
    "lock_exchange",
    "lock_practice",
    "lock_survey",
    "lock_surveys_of",
    "lock_surveys_to_analyse",
    "lock_surveys_to_close",
    "lock_surveys_to_remind",
    "names_of",
    "practices_of",
    "returns",
    "save_exchange",
    "save_organisation",
    "save_practice",
    "save_surveys",
    "surveys_of",
]
