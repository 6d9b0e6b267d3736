"""The command line. Empty on purpose: views must import without click."""
