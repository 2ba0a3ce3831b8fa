"""Pure decisions: what a case is from what was heard of it, what comes next, and who may have a token."""
