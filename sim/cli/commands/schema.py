"""The command `schema`."""

from sim.cli.answers import put


def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from sim.scenario import schema as shapes

    put(shapes())
