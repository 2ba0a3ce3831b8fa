"""The ground floor: terms, ids, the clock, actors and errors. It imports nothing of the project and no driver."""
