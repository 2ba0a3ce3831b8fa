"""Themes, SDGs and DAC codes that a text speaks of, with the words that say so. Pure, without network, usable alone.

`suggest.suggest` is the only door. The lexicon beside it is data, in a file for each language; `lexicon/topics.toml`
says for what each of its topics counts.
"""
