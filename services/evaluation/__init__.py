"""Evaluation asks before, during and after an exchange, and turns what was learned into actions and practices.

Owns: surveys and their answers, actions, practices, results; a small copy of each exchange and of organisations' names.
Hears: OrganisationRegistered, and from exchange what is planned, agreed, scheduled, postponed, started, completed and
cancelled.
Announces: SurveyOpened, EvaluationSubmitted, SurveyWaived, AlertRaised, ActionAgreed, PracticeDrafted,
PracticeReturned, PracticePublished.
"""
