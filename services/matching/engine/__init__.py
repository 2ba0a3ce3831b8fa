"""Finding peers: candidates in, ranked and explained candidates out. Pure, without IO, usable alone.

`search` is the only door: what is behind it (plain loops today) can be replaced as long as the same request and the
same candidates give the same answer.
"""
