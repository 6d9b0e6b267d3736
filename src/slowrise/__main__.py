"""`python -m slowrise`."""

from slowrise.cli import main

main()
