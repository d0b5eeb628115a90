"""How likely, how soon, how it ends: estimates of one run."""
