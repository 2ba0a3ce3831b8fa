"""Matching finds peers.

Owns: the index of offers, searches, proposals, reserved capacity, answers, track records of experts.
Hears: OrganisationRegistered, OfferPublished, OfferChanged, OfferClosed, ApplicationValidated, ApplicationWithdrawn,
ExchangeScheduled, ExchangePostponed, ExchangeCancelled, ExchangeCompleted, EvaluationSubmitted.
Announces: MatchProposed, MatchAccepted, MatchDeclined, ProposalReminded, MatchConfirmed, MatchExpired, MatchSuperseded,
BookingRefused, NoMatchFound, CallOpened.
"""
