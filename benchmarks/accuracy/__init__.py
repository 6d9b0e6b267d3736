"""Accuracy on simulated days, compared with time-outs and other programs."""
