"""The controlled words of the project: themes, goals, purpose codes, countries, languages, places and sizes.

Each vocabulary is a frozen table with a lookup that either returns the term or raises `UnknownTerm`, which names the
nearest known one. Labels are in the three interface languages, Spanish, English and French.
"""
