"""Day and period figures: totals, bouts, breaks, ranges."""
