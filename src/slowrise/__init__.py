"""slowrise: watches that a keyboard or mouse is used, estimates sitting, and says how to stand up slowly."""

__version__ = "0.2.0"
