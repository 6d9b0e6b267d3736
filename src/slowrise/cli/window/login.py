"""The switch that starts slowrise when the user logs in, for the settings and the welcome page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from slowrise.adapters.system import autostart
from slowrise.cli.views.i18n import _
from slowrise.cli.window.background import Background
from slowrise.cli.window.context import Context
from slowrise.cli.window.settings.fields import Row, Switch


class StartAtLogin(Row):
    """The switch. It asks systemd or the desktop in the background; a daemon that runs goes on either way."""

    def __init__(self, context: Context, background: Background, changed: Callable[[bool], None]) -> None:
        """`changed` is called with the new state once it is in force."""
        label = _("Start when I log in")
        super().__init__(label, _("slowrise then runs in the background, from your next login on."), Switch(label))
        self._context = context
        self._background = background
        self._changed = changed
        self.field.chosen.connect(self._choose)

    def read(self) -> None:
        """Show how it is now."""
        self._background.run(autostart.starts_at_login, self.field.show_value, self.say)

    def _choose(self, wanted: bool) -> None:
        self.field.setEnabled(False)
        self._background.run(partial(self._set, wanted), partial(self._done, wanted), partial(self._failed, wanted))

    def _set(self, wanted: bool) -> None:
        if not wanted:
            autostart.do_not_start_at_login()
            return
        folder = self._context.config.share.folder
        shared = Path(folder).expanduser() if folder else None
        autostart.start_at_login(autostart.executable(), self._context.paths.data, shared)

    def _done(self, wanted: bool, _result: None) -> None:
        self.field.setEnabled(True)
        self.say("")
        self._changed(wanted)

    def _failed(self, wanted: bool, reason: str) -> None:
        self.field.setEnabled(True)
        self.field.show_value(not wanted)
        self.say(_("This could not be changed: {reason}").format(reason=reason))
