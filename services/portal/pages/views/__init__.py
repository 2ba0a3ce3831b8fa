"""From what queries found to what templates show."""
