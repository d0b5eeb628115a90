"""A scenario changed: by interventions of its file, and from Python."""
