"""Matching finds peers.

Owns: the index of offers (also in the memory of each process), searches, proposals, rounds, policies of programmes,
reserved capacity, answers, track records of experts, vectors of titles.
Suggests themes, SDGs and DAC codes for a text, which it does not keep.
Hears: OrganisationRegistered, OfferPublished, OfferChanged, OfferClosed, ApplicationValidated, ApplicationWithdrawn,
ExchangeScheduled, ExchangePostponed, ExchangeCancelled, ExchangeCompleted, EvaluationSubmitted.
Announces: CandidatesFound, MatchProposed, MatchAccepted, MatchDeclined, ProposalReminded, MatchConfirmed, MatchExpired,
MatchSuperseded, BookingRefused, NoMatchFound, SearchRelaxed, CallOpened.
"""
