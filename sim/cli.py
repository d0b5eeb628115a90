"""Arguments in, calls out, text on the screen, an exit code."""
