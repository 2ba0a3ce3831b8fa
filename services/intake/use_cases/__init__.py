"""What intake does: load, decide, save, announce."""
