"""How alike titles are, across languages, by the vectors of a multilingual model. Pure, usable alone.

`model` makes vectors, and alone needs the optional package that brings the model; `titles` keeps vectors, removes the
mean of each language and finds the nearest ones exactly.
"""
