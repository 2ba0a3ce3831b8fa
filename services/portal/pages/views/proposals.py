"""Proposals with their reasons."""

from collections.abc import Mapping

from services.portal.pages.views.common import place_of, written
from services.portal.pages.views.shown import Factor, ProposalView
from services.portal.pages.words import terms
from services.portal.pages.words.names import Names
from services.portal.pages.words.states import Tone
from services.portal.queries import CaseDetail
from services.portal.rules.parts import Proposal, ProposalState
from shared.events.matching import Contribution
from shared.primitives.terms import Side
from shared.wording import reasons
from shared.wording.raising import raised
from shared.wording.speech import sentence

GREATEST_GAINS = 3  # the least of them hardly change a score

_TONES: Mapping[ProposalState, Tone] = {
    ProposalState.OPEN: Tone.WORKING,
    ProposalState.CONFIRMED: Tone.WELL,
    ProposalState.DECLINED: Tone.STOPPED,
    ProposalState.EXPIRED: Tone.STOPPED,
    ProposalState.SUPERSEDED: Tone.STOPPED,
}


def proposal_view(names: Names, case: CaseDetail, proposal: Proposal) -> ProposalView:
    """A proposal, in words."""
    spoken = names.speech
    offer = case.offers.get(proposal.offer_id) if proposal.offer_id else None
    is_open = proposal.state == ProposalState.OPEN
    return ProposalView(
        key=str(proposal.proposal_id),
        peer=place_of(names, proposal.offerer_id) or names.of(proposal.offerer_id),
        offer=written(spoken, offer.title, offer.language) if offer else None,
        score=proposal.score,
        state=terms.proposal_state(spoken, proposal.state),
        tone=_TONES[proposal.state],
        respond_by=proposal.respond_by if is_open else None,
        accepted=_accepted(names, proposal) if is_open and proposal.accepted else None,
        reminder=terms.reminder_text(spoken, proposal.unheeded) if proposal.unheeded else None,
        factors=tuple(_factor(names, contribution) for contribution in proposal.contributions),
        raises=tuple(raised(spoken, gain) for gain in proposal.raises[:GREATEST_GAINS]),
    )


def _accepted(names: Names, proposal: Proposal) -> str:
    sides = ((Side.REQUESTER, names.requester), (Side.OFFERER, names.of(proposal.offerer_id)))
    who = names.speech.listing([name for side, name in sides if side in proposal.accepted])
    return sentence(names.speech.say("accepted by %(who)s", who=who))


def _factor(names: Names, contribution: Contribution) -> Factor:
    spoken = names.speech
    why = [reasons.reason(spoken, code) for code in contribution.because]
    return Factor(
        name=reasons.factor_name(spoken, contribution.factor),
        points=contribution.points,
        out_of=contribution.out_of,
        because=sentence(spoken.listing(why)) if why else "",
    )
