"""`python -m slowrise`."""

import sys

if not sys.flags.safe_path:
    del sys.path[0]  # the current directory, where other users may have left modules

from slowrise.cli.main import main

main()
