"""slowrise: estimates sitting from keyboard and mouse input, and reminds you to stand up slowly."""

__version__ = "0.3.0"
