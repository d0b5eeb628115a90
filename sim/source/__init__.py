"""From files to one tree with places: YAML, extends, include, remove, for_each.

Nothing here knows what a key means, but for the few that say how files and copies come together.
`Diagnostics` collects what is wrong with a tree, here and further up.
"""
