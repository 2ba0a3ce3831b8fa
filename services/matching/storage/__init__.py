"""SQL by intent, over matching's own database.

Locks are taken in one order: search, its proposals, then the offer, then bookings. Only news of an offer is stored
before it is brought to searches; where that meets somebody who goes the usual way, PostgreSQL ends one of the two, and
the consumer, or the API, tries again.
"""
