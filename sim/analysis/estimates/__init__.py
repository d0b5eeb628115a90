"""Counts of one run become estimates: probability, both layers, words, and times."""
