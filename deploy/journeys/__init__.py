"""Cases that walk through the public APIs as people would take them: the check that an operator runs, the demo cases.

A script (TOML) says what a case is about: organisations, people, texts, days. `steps` says in which order which request
is sent; a journey plays a script step by step. The people of all scripts are invented.
"""
