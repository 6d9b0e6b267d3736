"""Families of scenarios at a desk, each drawn many times with moved edges and other lengths."""
