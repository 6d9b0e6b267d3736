"""The rules: events in, decisions out, time as an argument. No clock, no I/O, no thread."""
