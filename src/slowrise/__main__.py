"""`python -m slowrise`."""

from slowrise.cli.main import main

main()
