"""A round: all open applications against all offers with capacities. Pure, without IO, usable alone.

`solve.solve_round` is the only door. It finds the set of proposals with the highest

    sum of scores  -  sum over experts, over q = 1 .. n, of fairness x 100 points x (load + q)

where n proposals of this round fall on an expert who has taken on `load` exchanges before. An application gets at most
so many proposals as the options say, each of another expert; an offer gets at most its capacity; an application without
a proposal counts 0. The steps of an expert grow, so the whole is a flow of least cost through applications, offers and
experts (Ahuja, Magnanti, Orlin: Network Flows, 1993, section 14.4), whose optimum is found exactly and is integral.

Scores are whole hundredths of a point, and so is a step of the fairness term: everything is counted in integers.
"""
