"""Prompts: their kinds, the sitting load that leads to them, when one is due, and what was shown before."""
