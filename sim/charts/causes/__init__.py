"""How one path went, and through what an outcome comes."""
