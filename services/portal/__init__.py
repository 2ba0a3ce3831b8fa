"""The web gateway for people, and the signer of tokens for the other APIs.

Owns: its read model of cases, the machine clients and the signing of tokens; accounts come later.
Hears: everything that it shows: organisations, applications, offers, proposals, exchanges, surveys, practices.
Announces: nothing yet.
Asks: matching, what a text speaks of.
"""
