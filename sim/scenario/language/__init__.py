"""What can be written: one file a thing of the language.

Each file declares what a key means – its type, its default and its sentence, once – and how its
value is decoded into something final: seconds, distributions, expression trees, names.
"""
