"""Was the user at the desk? Silences, the evidence for each, and the verdicts."""
