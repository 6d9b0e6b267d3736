"""Notices on a real gnome-shell, which shows the buttons while the pointer is on the banner."""

from __future__ import annotations

import asyncio

import pytest

from support.desktop_programs import EnterSession, session_bus
from support.gnome import GnomeShell, gnome_shell
from support.notices import FIRM, PROMPT, freedesktop, settled, until

pytestmark = pytest.mark.real("dbus-daemon", "gnome-shell", "gjs", "gdbus", "dbusmock")


@pytest.mark.seen("GNOME", "notice", "buttons")
def test_a_notice_is_replaced_answered_dismissed_and_withdrawn(enter_session: EnterSession) -> None:
    async def use(shell: GnomeShell) -> list[str]:
        answers: list[str] = []
        async with freedesktop() as notifier:
            await notifier.show(FIRM, answers.append)
            await notifier.show(PROMPT, answers.append)
            assert shell.titles() == [PROMPT.title]
            await asyncio.to_thread(shell.press, "5 more minutes")
            await until(lambda: answers, "the answer")
            await until(lambda: not shell.titles(), "the notice to go away")

            await notifier.show(FIRM, answers.append)
            await asyncio.to_thread(shell.dismiss)
            await until(lambda: len(answers) > 1, "the answer")

            await notifier.show(PROMPT, answers.append)
            await notifier.withdraw()
            await until(lambda: not shell.titles(), "the notice to go away")
            await settled(notifier)
        return answers

    with session_bus() as bus, gnome_shell(bus) as shell:
        enter_session(bus.environ)
        assert asyncio.run(use(shell)) == ["snooze", "dismissed"]
