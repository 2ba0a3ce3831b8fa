"""Matching finds peers.

Owns: the index of offers, searches, proposals, reserved capacity, track records of experts.
Hears: OrganisationRegistered, OfferPublished, OfferChanged, OfferClosed, ApplicationValidated, ApplicationWithdrawn,
ExchangeCancelled, ExchangeCompleted, EvaluationSubmitted.
Announces: MatchProposed, MatchAccepted, MatchDeclined, ProposalReminded, MatchConfirmed, MatchExpired, MatchSuperseded,
NoMatchFound, CallOpened.
"""
