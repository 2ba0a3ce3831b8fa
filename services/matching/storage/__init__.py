"""SQL by intent, over matching's own database.

Locks are taken in one order: search, its proposals, then the offer, then bookings.
"""
