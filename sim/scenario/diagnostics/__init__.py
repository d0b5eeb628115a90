"""What is wrong, doubtful or worth a note in a scenario that could be read."""
