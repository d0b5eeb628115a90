"""run, compare, replay: the one room where scenario, engine and seeds meet."""
