"""The settings: TOML text in, a frozen value or every mistake out."""
