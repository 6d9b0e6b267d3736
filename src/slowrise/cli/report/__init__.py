"""The report: its numbers, charts, page and picture."""
