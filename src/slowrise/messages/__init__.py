"""Every sentence the user reads, and the language it is in."""
