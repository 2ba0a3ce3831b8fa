"""The one error that an operator sees."""


class OperatorError(Exception):
    """Something that an operator can put right. Its text is one sentence that names the remedy."""
