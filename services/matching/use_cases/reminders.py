"""Those who have not answered a proposal are reminded of it."""

from services.matching.rules import reminders
from services.matching.rules.proposals import Proposal
from services.matching.storage import proposals
from services.matching.use_cases.case import lock_case
from shared.events.matching import ProposalReminded
from shared.postgres.unit_of_work import UnitOfWork


async def remind_of_proposals(work: UnitOfWork) -> int:
    """Remind of the proposals of one application for which the day has come; returns how many.

    Who comes late, because no schedule ran for days, reminds once and not twice.
    """
    application_id = await proposals.application_to_remind(work.connection, work.today)
    case = application_id and await lock_case(work, application_id)
    if not case:
        return 0
    due = [one for one in case.open_proposals if reminders.is_due(one, work.today)]
    for one in due:
        await _remind(work, one)
    return len(due)


async def _remind(work: UnitOfWork, proposal: Proposal) -> None:
    await proposals.save_proposal(work.connection, reminders.reminded(proposal, work.today))
    work.announce(
        ProposalReminded(
            proposal_id=proposal.proposal_id,
            application_id=proposal.application_id,
            sides=reminders.silent_sides(proposal),
            reminded_on=work.today,
            respond_by=proposal.respond_by,
            days_left=reminders.days_left(proposal, work.today),
        ),
        case=proposal.application_id,
    )
