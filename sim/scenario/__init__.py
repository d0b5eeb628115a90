"""How a crisis is written down: reading, checking and resolving scenario files."""
