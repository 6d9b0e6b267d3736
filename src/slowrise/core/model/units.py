"""Units and limits of engine time. Seconds."""

MINUTE = 60.0
HOUR = 3600.0
DAY = 86400.0
NEVER = float("inf")
"""Later than every instant."""
LONG_AGO = float("-inf")
"""Earlier than every instant."""
