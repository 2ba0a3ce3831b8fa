"""Intake's SQL, by intent."""
