"""Workdays made by rule, with the truth beside them. Deterministic by seed; nothing here is used by the daemon."""
