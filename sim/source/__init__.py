"""From files to one tree with places: YAML, extends, include, remove, for_each.

The modules here know no keys except those that say how files and copies are put together.
`Diagnostics` collects errors and warnings, here and in the scenario package.
"""
