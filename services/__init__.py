"""The six services. They never import each other; they talk by events and by small HTTP APIs."""
