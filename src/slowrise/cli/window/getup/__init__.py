"""The page that shows how to get up slowly, and counts the break."""
