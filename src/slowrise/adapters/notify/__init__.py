"""Notifiers: the desktop's notification server, plyer, a terminal, a user command."""
