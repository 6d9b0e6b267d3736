"""Walk through the user's story on Xfce, from the Debian package, with a picture of each step: python -m support.story.

The desktop is a real one: Debian 13 with xfce4-session, its panel and its notifications, in a container (see
`debian_desk`). What is on the screen is found by its accessible name, as a screen reader finds it, and clicked with a
real pointer.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import slowrise
from support import demo_record
from support.debian_desk import PACKAGES, XFCE, DebianDesk, debian_desk
from support.debian_package import build
from support.desktop_programs import Xfce4Notifyd, wait_until

CONFIG = "/home/alice/.config/slowrise/slowrise.toml"
RECORD = "/home/alice/.local/share/slowrise/ledger.sqlite3"
EVENING = timedelta(minutes=12)
"""From the start until the summary of the day: by then she is back from her break."""
SESSION = """
busctl --user set-property org.a11y.Bus /org/a11y/bus org.a11y.Status IsEnabled b true
exec startxfce4
"""
"""Xfce, with what it does for a screen reader."""
FINDER = "/srv/finder.py"
FIND = """
import json
import gi
gi.require_version("Atspi", "2.0")
from gi.repository import Atspi

def walk(node, program, depth=0):
    if node is None or depth > 40:
        return
    try:
        states = node.get_state_set()
        name = node.get_name() or node.get_description() or ""
        if name and states.contains(Atspi.StateType.SHOWING):
            box = node.get_extents(Atspi.CoordType.SCREEN)
            if box.width > 0 and box.height > 0:
                enabled = states.contains(Atspi.StateType.ENABLED)
                print(json.dumps([program, node.get_role_name(), name, box.x, box.y, box.width, box.height, enabled]))
        for index in range(node.get_child_count()):
            walk(node.get_child_at_index(index), program, depth + 1)
    except Exception:
        pass

desktop = Atspi.get_desktop(0)
for index in range(desktop.get_child_count()):
    program = desktop.get_child_at_index(index)
    walk(program, program.get_name() or "")
"""


class Thing(NamedTuple):
    """Something on the screen with an accessible name."""

    program: str
    role: str
    name: str
    x: int
    y: int
    width: int
    height: int
    enabled: bool


class Story:
    """Alice on her Xfce. Each `picture` is numbered."""

    def __init__(self, desk: DebianDesk, pictures: Path) -> None:
        self.desk = desk
        self._pictures = pictures
        self._taken = 0
        self._notices = Xfce4Notifyd(desk.screen, 0)

    def picture(self, what: str, *, settled: float = 1.5) -> Path:
        """Take a picture of the whole screen, once nothing moves any more."""
        time.sleep(settled)
        self._taken += 1
        path = self.desk.picture(self._pictures / f"{self._taken:02d}-{what}.png")
        print(path, flush=True)
        return path

    def things(self, name: str = "", role: str = "") -> list[Thing]:
        """Return what is shown with a name and a role like these regular expressions."""
        printed = self.desk.machine.alice("python3", FINDER, check=False)
        found = [Thing(*json.loads(line)) for line in printed.splitlines() if line.startswith("[")]
        return [each for each in found if re.search(name, each.name) and re.search(role, each.role)]

    def click(self, name: str, role: str = "", *, button: int = 1) -> None:
        """Click the middle of the last thing with this name, when it is there."""
        wait_until(lambda: self.things(name, role), f"{role or 'something'} named {name} on the screen", patience=40)
        self.click_at(self.things(name, role)[-1], button=button)

    def click_at(self, thing: Thing, *, button: int = 1) -> None:
        """Click the middle of the thing."""
        place = (str(thing.x + thing.width // 2), str(thing.y + thing.height // 2))
        self.desk.screen.run("xdotool", "mousemove", "--sync", *place, "click", str(button))

    def opens_the_tray_menu(self) -> None:
        """Press the right button on slowrise's icon. The panel gives it no name; it is left of the clock."""
        (clock,) = self.things(r"^\d{4}-\d\d-\d\d$", "toggle button")
        self.click_at(clock._replace(x=clock.x - 36, width=24), button=3)

    def keys(self, *names: str) -> None:
        """Press keys, one after the other."""
        time.sleep(0.5)
        self.desk.screen.run("xdotool", "key", *names)

    def is_shown(self, kind: str) -> bool:
        """Move the mouse, as she works. Return whether a notice of this kind is on the screen."""
        self.desk.moves_the_mouse()
        return self.desk.status()["showing"] == kind and bool(self._notices.windows())

    def press_in_notice(self, label: str, among: Sequence[str]) -> None:
        """Press one of the buttons of the notice, which has no accessible name."""
        self._notices.press_one_of(among, among.index(label))

    def slowrise(self, *arguments: str) -> str:
        """Run a command in a terminal of hers."""
        return self.desk.in_session("slowrise", *arguments, check=False)


@contextmanager
def xfce_story(pictures: Path, config: str = "") -> Iterator[Story]:
    """Yield alice after she installed the package and logged in to Xfce. `config`: her configuration file.

    She has used slowrise for some days: it is about 15:40 on the demo day in the time zone of her session.
    """
    now = datetime.now(UTC)
    zone = demo_record.zone_name(now)
    with tempfile.TemporaryDirectory(prefix="slowrise-story-") as name:
        packages = Path(name)
        packages.chmod(0o755)
        build(packages)
        demo_record.fill(packages / "record", now)
        (packages / "record").chmod(0o755)
        (packages / "record/ledger.sqlite3").chmod(0o644)
        with debian_desk(packages, XFCE, size="1440x900x24") as desk:
            desk.machine.root("tee", FINDER, stdin=FIND)
            desk.apt("install", "--no-install-recommends", f"{PACKAGES}/slowrise_{slowrise.__version__}_all.deb")
            if config:
                desk.machine.write(CONFIG, config)
            desk.machine.write("/home/alice/.config/environment.d/zone.conf", f"TZ={zone}\n")
            desk.machine.alice("install", "-D", "-m", "600", f"{PACKAGES}/record/ledger.sqlite3", RECORD)
            desk.machine.alice("chmod", "700", str(Path(RECORD).parent))
            desk.logs_in("sh", "-c", f"export TZ={zone}\n{SESSION}")
            wait_until(lambda: desk.windows("xfce4-panel"), "the panel", patience=120)
            wait_until(lambda: desk.unit("ActiveState") == ("active",), "slowrise runs", patience=120)
            yield Story(desk, pictures)


def main(pictures: Path) -> None:
    """Walk through the story and take the pictures. The first reminder comes after some minutes."""
    now = datetime.now(UTC)
    evening = f"{now + demo_record.offset(now) + EVENING:%H:%M}"
    with xfce_story(pictures, f'[limits]\nsit_soft = "2m"\nday_budget = "10h"\n[summary]\nat = "{evening}"\n') as story:
        story.picture("first-login", settled=6)
        story.click("^Applications$")
        story.click("Accessories")
        story.picture("menu")
        story.click("^slowrise$", "menu item")
        wait_until(lambda: story.things("^Done$", "button"), "the welcome")
        story.picture("welcome")
        story.click("^Done$", "button")
        story.picture("today")
        log_a_symptom(story)
        story.click("^Today$", "check box")
        wait_until(lambda: story.is_shown("sit-soft"), "the first reminder", patience=400)
        story.picture("prompt")
        story.press_in_notice("I'm getting up", ["I'm getting up", "5 more minutes", "Show me how"])
        get_up(story)
        story.click("^Settings$", "check box")
        story.click("^As the profile: 30 min$", "button")
        story.picture("setting-changed")
        story.click("^Today$", "check box")
        wait_until(lambda: story.is_shown("summary"), "the summary of the day", patience=900)
        story.picture("summary")
        story.click("^Pause for 45 min$", "button")
        story.picture("paused", settled=3)
        story.opens_the_tray_menu()
        story.picture("tray-menu")
        story.keys("Up", "Return")  # the last entry quits
        story.picture("quit", settled=4)


def log_a_symptom(story: Story) -> None:
    """Say that the back hurts, read when to get help, and look at the log."""
    story.click("^How is my back", "check box")
    story.picture("back")
    for choice in ("^Low back$", "^In the middle$", "^Low back pain$", "^3 of 10$"):
        story.click(choice, "radio button")
    story.click("^Save$", "button")
    story.picture("red-flags")
    story.click("^I have read this$", "button")
    story.click("^My log$", "page tab")
    story.picture("symptom")


def get_up(story: Story) -> None:
    """Follow the guide that the reminder opened, to the break."""
    wait_until(lambda: story.things("^Step 1 of 10"), "the guide")
    story.picture("guide")
    story.click("^Next$", "button")
    story.picture("guide-next")
    story.click("^I.m up$", "button")
    story.picture("standing")
    wait_until(lambda: not story.things("^Step "), "the break", patience=120)
    story.picture("break")


if __name__ == "__main__":
    main(Path(sys.argv[1] if sys.argv[1:] else "build/story"))
