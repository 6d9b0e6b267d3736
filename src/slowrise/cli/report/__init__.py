"""The report: its figures, charts and page."""
