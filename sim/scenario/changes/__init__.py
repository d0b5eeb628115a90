"""A scenario changed: by interventions, from Python, and with stipulated numbers multiplied."""
