"""The running service: the loop and everything attached to it."""
