"""Adapters: each module wraps one thing outside the program. `system/` holds what several kinds of adapter share."""
