"""The historical record beside the estimates, and draws reweighted by it."""
