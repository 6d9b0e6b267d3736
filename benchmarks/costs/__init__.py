"""What the running daemon costs on real desktops: memory, wake-ups and CPU time."""
