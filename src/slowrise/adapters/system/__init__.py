"""Shared helpers: clocks, D-Bus, files, paths, systemd, shipped resources."""
