"""What services tell each other: typed facts in CloudEvents envelopes, listed in one catalogue."""
