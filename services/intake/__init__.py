"""Owns organisations, members, applications, offers and their validation.

Hears CandidatesFound, MatchProposed, MatchConfirmed, NoMatchFound and the exchange's progress, for the state of a case.
Announces OrganisationRegistered, MemberRegistered, the application's events and the offer's events.
"""
