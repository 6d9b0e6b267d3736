"""Is a prompt due? The sitting load, the schedule, and what was already shown."""
