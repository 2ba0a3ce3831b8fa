"""Everything that a case page says, in the reader's language: states, next steps, events."""
