"""The page on how the back is: symptoms, the red flags, flare-ups, the log."""
