"""Monitor is the operators' console: what flows, what waits, and what went wrong.

Owns: the identities of all events in the order of each case, the dead letters of every service, statistics of the
streams, and what it last saw of lags and services. It keeps no payloads.
Hears: everything.
Announces: nothing but its own dead letters.
"""
