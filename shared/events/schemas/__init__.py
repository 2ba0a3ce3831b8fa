"""The golden JSON Schemas, one file per event, and what keeps code and files together.

The files are the contract that other services read. `generated` draws a schema from an event's class, `golden` reads
and writes the files, `compatibility` says whether a change may stay within its version.
"""
