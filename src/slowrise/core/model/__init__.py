"""The data types: events, thresholds, times and spans."""
