"""The program: `slowrise`, or `python -m slowrise`."""

import sys
import time

from slowrise.adapters.system.lean_imports import without


def main() -> None:
    """Run the command line, unless Python cannot count to the time of the clock: then it cannot even write a log."""
    try:
        time.time()
    except OverflowError:
        sys.exit("Error: the clock of this computer is set to a year after 2262. Set it right, then try again.")
    with without("typing_extensions"):  # msgspec would load it if it is installed: 2.5 MB, which it does without
        import msgspec  # noqa: F401

    from slowrise.cli.main import main as command_line

    command_line()


if __name__ == "__main__":
    if not sys.flags.safe_path:
        del sys.path[0]  # the current directory, where other users may have left modules
    main()
