"""Statistics that know no scenario: intervals, mixtures, counting laws, boxes and trees."""
