"""The vocabulary: events, thresholds, instants and spans."""
