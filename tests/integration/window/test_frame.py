from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QToolButton

from slowrise.adapters.system.paths import Paths
from support.window import cut, name_of, named, opened, words

pytestmark = pytest.mark.real("Xvfb")


def test_page_opens_in_the_window(qt: QApplication, own_paths: Paths) -> None:
    with opened(qt, own_paths, "today") as window:
        assert window.windowTitle() == "slowrise"
        assert "Today" in words(window)
        assert named(window, "Settings", QToolButton).isVisible()
        assert name_of(named(window, "Settings", QToolButton)) == "Settings"
        assert not cut(window)
