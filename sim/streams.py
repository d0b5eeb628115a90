"""A random draw found by (seed, name, draw, path, nth), not by turn."""
