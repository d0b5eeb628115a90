"""Decoding: from a source tree to declarations, driven by one table of keys for each thing.

A package of its own, because it does not depend on the scenario language: `sim.scenario.language`
declares the keys, each once, with the kind of its value and one sentence.
"""
