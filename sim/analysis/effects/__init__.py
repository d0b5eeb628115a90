"""Two runs beside each other: paired differences, shares of a joint effect, what moved."""
