from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from real import desktop
from signals.stage import Stage, Told, watched
from slowrise.ports import Unavailable
from slowrise.signals.do_not_disturb import DoNotDisturb


@pytest.mark.real("dbus-daemon", "Xvfb", "dunst", "dunstctl")
def test_dunst_paused_is_told_and_its_return_too(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        desktop.session_bus() as bus,
        desktop.x_server(bus) as screen,
        desktop.dunst(bus, screen) as dunst,
    ):
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", screen.environ["DBUS_SESSION_BUS_ADDRESS"])
        dunst.ctl("set-paused", "true")

        async def story() -> None:
            told = Told()
            async with watched(DoNotDisturb(), told):
                await told.so_far("quieted")
                dunst.ctl("set-paused", "false")
                await told.so_far("quieted", "unquieted")
                dunst.ctl("set-paused", "true")
                await told.so_far("quieted", "unquieted", "quieted")

        asyncio.run(story())


@pytest.mark.real("dbus-daemon", "dbusmock", "gdbus")
def test_it_does_not_claim_to_see_that_of_gnome(session: Stage) -> None:
    DoNotDisturb()
    session.mock("org.gnome.Shell", "/org/gnome/Shell", "org.gnome.Shell", name="org.gnome.Shell")
    with pytest.raises(Unavailable, match="GNOME"):
        DoNotDisturb()
