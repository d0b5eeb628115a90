"""The reference engine: the specification, in SimPy."""
