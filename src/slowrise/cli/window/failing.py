"""What keeps the window from opening, said where the user sees it: on the terminal, or else as a notification."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec

from slowrise.adapters.system.paths import WINDOW_NEEDS
from slowrise.cli.common import Failure, how_to_install
from slowrise.cli.views.i18n import _, translate
from slowrise.daemon.exit_codes import ExitCode


@contextmanager
def seen() -> Iterator[None]:
    """Show a failure as a notification too, where nobody sees what the command prints, as from a menu."""
    try:
        yield
    except Failure as failure:
        tell(translate(failure.message))
        raise
    except OSError as error:  # of a file or directory that nobody has thought of
        sentence = _("The window cannot be opened: {why}").format(why=translate(str(error)))
        tell(sentence)
        raise Failure(sentence) from error
    except Exception as error:  # a bug: the terminal gets where it is
        tell(_("The window cannot be opened: {why}").format(why=f"{type(error).__name__}: {error}"))
        raise


def report(title: str, sentence: str) -> None:
    """Say what went wrong after the window was closed."""
    print(f"{title}: {sentence}", file=sys.stderr)
    tell(sentence, title)


def tell(sentence: str, title: str = "") -> None:
    """Show the sentence as a notification, unless a terminal shows it. By default, the window cannot be opened."""
    if sys.stderr is not None and sys.stderr.isatty():
        return
    title = title or _("slowrise cannot open its window")
    import asyncio

    from slowrise.adapters.notify.freedesktop import FreedesktopNotifier
    from slowrise.ports.notifier import Notice, NotifierFailed

    async def show() -> None:
        notifier = FreedesktopNotifier()
        with suppress(NotifierFailed):
            await notifier.show(Notice("welcome", title, sentence), lambda _key: None)
        await notifier.close()

    with suppress(Exception):  # The sentence is printed in any case; without a desktop there is nowhere to show it.
        asyncio.run(show())


@contextmanager
def missing_libraries() -> Iterator[None]:
    """Import Qt in this block. Raises `Failure` if a library of the window is not installed."""
    if missing := [name for name in WINDOW_NEEDS if find_spec(name) is None]:
        how = how_to_install("window")
        sentence = _("The window needs {what}, which is not installed. To install: {how}")
        raise Failure(sentence.format(what=", ".join(missing), how=how))
    try:
        yield
    except ImportError as error:  # A library of the system that Qt loads, such as libEGL.so.1.
        raise Failure(_("The window cannot be opened: {why}").format(why=translate(str(error)))) from None


def reason_of(messages: list[str]) -> str:
    """Return in a sentence why Qt found no screen, from what it has said."""
    said = "\n".join(messages)
    if "could not connect to display" in said or "Failed to create wl_display" in said or not said:
        return _("There is no screen to open a window on. Start it on your desktop; slowrise status works here.")
    if "xcb-cursor" in said:
        how = "sudo apt install libxcb-cursor0"
        sentence = _("The window needs the library libxcb-cursor, which is not installed. On Debian or Ubuntu: {how}")
        return sentence.format(how=how)
    return _("The window cannot be opened: {why}").format(why=messages[-1].splitlines()[0])


def end(messages: list[str]) -> int:
    """Say why Qt gave up. Returns the exit code."""
    sentence = reason_of(messages)
    print(f"Error: {sentence}", file=sys.stderr)
    tell(sentence)
    return int(ExitCode.ERROR)
