"""The event log on disk, and the folder shared between computers."""
