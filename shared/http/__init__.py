"""HTTP: the app, commands and reads, problem documents, tokens, health, and a client for other services."""
