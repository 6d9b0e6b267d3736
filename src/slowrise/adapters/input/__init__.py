"""Input sources: each module is one way to see that keyboard or pointer is used."""
