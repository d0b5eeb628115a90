"""The command `schema`."""

from sim.cli.printing import print_json


def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from sim.export import schema as shapes

    print_json(shapes())
