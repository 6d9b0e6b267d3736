"""The monitor run over an event log: live, replayed, explained, day by day."""
