"""Notifiers: the desktop's notification service, plyer, a terminal, a user command."""
