"""The steps of a journey, in their order. Every mode takes the same ones; what differs is in its script."""

from deploy.journeys.journey import Step
from deploy.journeys.steps import agreeing, asking, holding, learning

ASKING = (
    Step("organisations", "intake", asking.register_organisations),
    Step("people", "intake", asking.register_people),
    Step("application", "intake", asking.write_application),
)
SUBMITTING = (
    Step("submission", "intake", asking.submit_application),
    Step("reviews", "intake", asking.review_application),
)
MATCHED = (
    *ASKING,
    Step("offer", "intake", asking.publish_offer),
    *SUBMITTING,
    Step("proposal", "matching", agreeing.find_proposal),
    Step("requester-accepts", "matching", agreeing.accept_as_requester),
    Step("offerer-accepts", "matching", agreeing.accept_as_offerer),
    Step("exchange", "exchange", agreeing.find_exchange),
    Step("terms", "exchange", agreeing.draft_terms),
    Step("agreement", "exchange", agreeing.agree_terms),
    Step("association-confirms", "exchange", agreeing.confirm_association),
    Step("schedule", "exchange", agreeing.schedule_exchange),
    Step("surveys-before", "evaluation", learning.answer_before),
    Step("checklist", "exchange", holding.arrange_everything),
    Step("readiness", "exchange", holding.declare_ready),
    Step("start", "exchange", holding.start_exchange),
    Step("daily-surveys", "evaluation", learning.answer_daily),
    Step("completion", "exchange", holding.complete_exchange),
    Step("report", "exchange", holding.report_exchange),
    Step("action", "evaluation", holding.agree_action),
    Step("follow-up", "exchange", holding.follow_up),
    Step("surveys-after", "evaluation", learning.answer_after),
    Step("practice", "evaluation", learning.draft_practice),
    Step("practice-published", "evaluation", learning.publish_practice),
    Step("closure", "exchange", holding.close_exchange),
    Step("case-closed", "intake", learning.find_case_closed),
    Step("evaluation-stored", "evaluation", learning.read_evaluation),
)
UNMATCHED = (
    *ASKING,
    *SUBMITTING,
    Step("nobody-found", "matching", agreeing.find_nobody),
    Step("call", "matching", agreeing.call_associations),
)


def steps_until(name: str | None, *, matched: bool = True) -> tuple[Step, ...]:
    """The steps up to the one of that name, or all. Raises ValueError for a name that is not among them."""
    steps = MATCHED if matched else UNMATCHED
    names = [step.name for step in steps]
    if name is not None and name not in names:
        raise ValueError(f"there is no step {name}: the steps are {', '.join(names)}")
    return steps if name is None else steps[: names.index(name) + 1]
