"""Accuracy on simulated days, beside time-outs and other programs."""
