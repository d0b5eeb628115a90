"""A small scenario to start from."""


def new(name: str) -> str:
    """The text of a small commented scenario that runs, under this name."""
    return ""
