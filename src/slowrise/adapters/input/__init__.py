"""Input sources: each module is one way to see that the user uses keyboard or pointer."""
