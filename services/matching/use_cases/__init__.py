"""What matching does, each as load, decide, save, announce."""

from services.matching.use_cases.answers import (
    AcceptProposal,
    DeclineProposal,
    accept_proposal,
    decline_proposal,
    keep_past_answers,
)
from services.matching.use_cases.calls import OpenCall, close_calls, open_call
from services.matching.use_cases.desk import Publish, Shortlist, TakeOff, publish_choice, shortlist, take_off
from services.matching.use_cases.endings import expire_proposals, supersede_lost_proposals, withdraw_search
from services.matching.use_cases.exchanges import move_booking, record_completion, record_evaluation, release_capacity
from services.matching.use_cases.offers import change_offer, close_offer, index_offer, retry_unmatched
from services.matching.use_cases.organisations import register_organisation
from services.matching.use_cases.policies import SetTerms, set_terms
from services.matching.use_cases.relaxing import Relax, relax_search
from services.matching.use_cases.reminders import remind_of_proposals
from services.matching.use_cases.rounds import (
    AdjustRound,
    OrderRound,
    adjust_round,
    cancel_round,
    order_round,
    publish_next,
    publish_round,
)
from services.matching.use_cases.searching import propose_matches
from services.matching.use_cases.suggesting import WrittenText, suggest_from_texts
from services.matching.use_cases.upkeep import forget_changes

__all__ = [
    "AcceptProposal",
    "AdjustRound",
    "DeclineProposal",
    "OpenCall",
    "OrderRound",
    "Publish",
    "Relax",
    "SetTerms",
    "Shortlist",
    "TakeOff",
    "WrittenText",
    "accept_proposal",
    "adjust_round",
    "cancel_round",
    "change_offer",
    "close_calls",
    "close_offer",
    "decline_proposal",
    "expire_proposals",
    "forget_changes",
    "index_offer",
    "keep_past_answers",
    "move_booking",
    "open_call",
    "order_round",
    "propose_matches",
    "publish_choice",
    "publish_next",
    "publish_round",
    "record_completion",
    "record_evaluation",
    "register_organisation",
    "relax_search",
    "release_capacity",
    "remind_of_proposals",
    "retry_unmatched",
    "set_terms",
    "shortlist",
    "suggest_from_texts",
    "supersede_lost_proposals",
    "take_off",
    "withdraw_search",
]
