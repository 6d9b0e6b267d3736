"""The page of today: how much you sat, and when the next reminder comes."""

from __future__ import annotations

from slowrise.cli.views.i18n import _
from slowrise.cli.window import style
from slowrise.cli.window.context import Context
from slowrise.cli.window.page import Page


class TodayPage(Page):
    """Today."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        layout = style.column(self, around=style.LARGE)
        layout.addWidget(style.heading(_("Today")))
        layout.addStretch()
