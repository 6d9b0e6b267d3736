"""What a running program costs, and the real desktops on which that is found out."""
