"""Simulated workdays with their truth. Deterministic by seed; the daemon uses nothing of this."""
