"""Where prompts go: the desktop's notification service, plyer, or a terminal."""
