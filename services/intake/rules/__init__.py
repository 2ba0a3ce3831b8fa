"""Pure decisions of intake: what an application and an offer need, who may do what, how a review ends."""
