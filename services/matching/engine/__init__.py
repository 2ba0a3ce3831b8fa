"""Finding peers: candidates in, ranked and explained candidates out. Pure, without IO, usable alone.

`search` says in plain code what the best candidates are and why: the definition. `index` finds the same ones among a
million, as their ids and scores; `search` then explains these few.
"""
