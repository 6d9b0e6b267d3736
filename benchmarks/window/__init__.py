"""How fast the window opens, and what the icon in the panel costs: `python benchmarks/window`."""
