"""Exchange: organises what a confirmed match has promised, from the plan to the close.

Owns exchanges with their terms of reference, plan, participants, logistics checklist and report.
Hears OrganisationRegistered, MemberRegistered, MatchConfirmed, EvaluationSubmitted, SurveyWaived and ActionAgreed.
Announces ExchangePlanned, ExchangeAgreed, ExchangeScheduled, ExchangeReady, ExchangeStarted, ExchangeCompleted,
ExchangeReported, ExchangeFollowedUp, ExchangeClosed, ExchangePostponed, ExchangeConverted and ExchangeCancelled.
"""
