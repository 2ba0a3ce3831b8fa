"""What matching found, in the reader's language: its codes and numbers as sentences, for pages and for APIs.

Everything here is a pure function of a `Speech` and codes, numbers or values of events. A code that this release does
not know keeps its letters, so that a newer matching never breaks an older reader.
"""
