"""Tables of analyses as screens of a terminal: one module a command, named after it."""
