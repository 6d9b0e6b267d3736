"""Other evidence: screen lock, suspend, calls, idle inhibitors, the desk."""
