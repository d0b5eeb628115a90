"""The language of scenario files: one module for each part of it.

Each module declares keys – their types, defaults and sentences, once – and decodes their values
into a final form: seconds, distributions, expression trees, references.
"""
