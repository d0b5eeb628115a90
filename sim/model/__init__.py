"""What an engine needs: frozen data for state, expressions, delays and transitions.

No YAML, no randomness. Engines and the scenario floor meet here and nowhere else.
"""
