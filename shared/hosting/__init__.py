"""What makes a process of a service: its settings, its roles, its schedule and its upkeep."""
