"""What else is evidence: lock, suspend, calls, inhibitors. Each module knows one thing outside."""
