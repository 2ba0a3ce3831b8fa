"""What evaluation decides, on frozen values: no database, no clock, no messages."""

from services.evaluation.rules import actions, answers, exchanges, instruments, practices, results, surveys, views
from services.evaluation.rules.access import Deed, may
from services.evaluation.rules.codes import require_code

__all__ = [
    "Deed",
    "actions",
    "answers",
    "exchanges",
    "instruments",
    "may",
    "practices",
    "require_code",
    "results",
    "surveys",
    "views",
]
