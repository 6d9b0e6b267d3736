"""What every page of the window needs: the files, the settings, the words and the daemon."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from slowrise.adapters.system.paths import Paths
from slowrise.adapters.system.resources import read_config, read_guidance
from slowrise.cli.window.link import DaemonLink
from slowrise.config.config import Config
from slowrise.config.parse import ConfigError
from slowrise.messages.guidance import Guidance


class _Signals(QObject):
    page_wanted = Signal(str)
    red_flags_wanted = Signal()
    flare_up_wanted = Signal()
    config_changed = Signal()


@dataclass
class Context:
    """Shared by all pages of one window."""

    paths: Paths
    link: DaemonLink
    config: Config = field(default_factory=Config)
    config_mistakes: str = ""
    """Every mistake in the configuration file; empty if it has none. `config` then keeps the last good settings."""
    guidance: Guidance = field(default_factory=read_guidance)
    signals: _Signals = field(default_factory=_Signals)

    def read_config(self) -> None:
        """Read the configuration file, and tell the pages."""
        try:
            self.config, self.config_mistakes = read_config(self.paths.config), ""
        except ConfigError as error:
            self.config_mistakes = str(error)
        else:
            self.guidance = read_guidance(self.config.guidance)
        self.signals.config_changed.emit()

    def show(self, page: str) -> None:
        """Show another page of the window."""
        self.signals.page_wanted.emit(page)

    def show_red_flags(self) -> None:
        """Show the page of the back with the red flags in full."""
        self.show("back")
        self.signals.red_flags_wanted.emit()
