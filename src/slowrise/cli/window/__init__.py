"""The window: one process that lives only while it is open, and asks the daemon over its socket."""
