"""Decoding: from a source tree to declarations, driven by one table of keys for each thing.

A room of its own because it knows no word of the scenario language: `sim.scenario.language`
declares these, each key once, with the kind of its value and one sentence.
"""
