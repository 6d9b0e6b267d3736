"""The Debian package, from apt to purge, in a Debian 13 with nothing else. The tests build on each other."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import slowrise
from support.debian_desk import PACKAGES, DebianDesk, debian_desk, words
from support.debian_package import CannotBuild, build, in_workshop
from support.desktop_programs import wait_until

pytestmark = [
    pytest.mark.real("mmdebstrap", "systemd-nspawn", "nsenter", "Xvfb", "xdotool", "import", "convert"),
    pytest.mark.timeout(1200),
    # A retry would begin in the middle of the story.
    pytest.mark.flaky(reruns=0),
]

OLDER = "0.0.1"
VERSION = slowrise.__version__
RECORD = "/home/alice/.local/share/slowrise/ledger.sqlite3"
HOME_UNIT = "/home/alice/.config/systemd/user/slowrise.service"
WARNS = ("Warning:", "Traceback")


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the package of this checkout, and the same one as an older version."""
    folder = tmp_path_factory.mktemp("packages")
    folder.chmod(0o755)
    try:
        package = build(folder)
    except CannotBuild as reason:
        pytest.skip(str(reason).strip().splitlines()[-1])
    unpacked = folder / "unpacked"
    subprocess.run(["dpkg-deb", "--raw-extract", package, unpacked], check=True)
    control = unpacked / "DEBIAN/control"
    text = control.read_text(encoding="utf-8")
    control.write_text(text.replace(f"Version: {VERSION}", f"Version: {OLDER}"), encoding="utf-8")
    repack: list[str | Path] = [
        "dpkg-deb",
        "--root-owner-group",
        "-Znone",
        "--build",
        unpacked,
        folder / f"slowrise_{OLDER}_all.deb",
    ]
    subprocess.run(repack, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def desk(packages: Path) -> Iterator[DebianDesk]:
    """Yield the machine with the older version installed, without any package that is only recommended."""
    with debian_desk(packages) as desk:
        desk.apt("install", "--no-install-recommends", f"{PACKAGES}/slowrise_{OLDER}_all.deb")
        yield desk


def one_daemon(desk: DebianDesk) -> bool:
    """Return whether the unit's process is the only `slowrise run`."""
    (pid,) = desk.unit("MainPID")
    ours = "tr '\\0' ' ' <$p/cmdline 2>/dev/null | grep -q '[/]slowrise run' && echo ${p#/proc/}"
    look = f"for p in /proc/[0-9]*; do {ours}; done"
    return desk.machine.root("sh", "-c", look, check=False).split() == [pid]


def test_lintian_finds_no_fault(packages: Path) -> None:
    checked = in_workshop(packages, "lintian", "--allow-root", f"/mnt/slowrise_{VERSION}_all.deb")
    assert [line for line in checked.stdout.splitlines() if line[:2] in {"E:", "W:"}] == []
    assert checked.returncode == 0


def test_it_runs_after_the_next_login(desk: DebianDesk) -> None:
    desk.begins_a_settled_session()
    wait_until(lambda: desk.unit("ActiveState") == ("active",), "slowrise runs")
    desk.sits()
    assert desk.status()["source"] == "x11_idle"
    assert "No such file" in desk.machine.alice("ls", HOME_UNIT, check=False), "the package needs nothing in the home"
    assert desk.machine.alice("stat", "--format=%a %U", str(Path(RECORD).parent)).strip() == "700 alice"
    assert "starts with each desktop session, active" in desk.machine.alice("slowrise", "service", "status")
    assert desk.unit("RestrictAddressFamilies", "NoNewPrivileges", "ProtectSystem") == ("AF_UNIX", "yes", "strict")
    assert one_daemon(desk)


def test_debians_python_and_libraries_cause_no_warning(desk: DebianDesk) -> None:
    assert desk.machine.alice("python3", "--version").startswith("Python 3.13")
    for command in ("status", "summary", "why", "doctor", "stand-up", "red-flags", "symptom list", "config show"):
        printed = desk.in_session("python3", "-W", "error", "-m", "slowrise", *command.split(), check=False)
        assert not [each for each in WARNS if each in printed], printed
    journal = desk.machine.root("journalctl", "--no-pager", "--output=cat", "_SYSTEMD_USER_UNIT=slowrise.service")
    assert not [each for each in WARNS if each in journal], journal


def test_the_menu_entry_opens_the_window(desk: DebianDesk, tmp_path: Path) -> None:
    entry = desk.machine.alice("cat", "/usr/share/applications/slowrise.desktop")
    (command, *pages) = (line.partition("=")[2] for line in entry.splitlines() if line.startswith("Exec="))
    desk.starts(*words(command))
    wait_until(lambda: desk.windows("slowrise"), "the window")

    def colours() -> int:
        picture = desk.picture(tmp_path / "window.png")
        return int(desk.screen.run("convert", str(picture), "-format", "%k", "info:"))

    wait_until(lambda: colours() > 20, "the window shows something")
    for page in pages:
        assert page.startswith("slowrise window ")
        desk.starts(*words(page))
    assert len(desk.windows("slowrise")) >= 1
    desk.machine.alice("pkill", "-f", "slowrise window", check=False)


def test_she_can_stop_the_start_at_login_and_want_it_again(desk: DebianDesk) -> None:
    def logs_in_again() -> None:
        desk.logs_out()
        desk.begins_a_settled_session()

    assert "starts no more" in desk.machine.alice("slowrise", "service", "uninstall")
    assert desk.unit("ActiveState") == ("inactive",)
    logs_in_again()
    assert desk.unit("ActiveState") == ("inactive",)
    assert "does not start with your desktop" in desk.machine.alice("slowrise", "service", "status")
    assert "It runs now" in desk.machine.alice("slowrise", "service", "install")
    assert one_daemon(desk)
    logs_in_again()
    wait_until(lambda: desk.unit("ActiveState") == ("active",), "slowrise runs again")
    assert one_daemon(desk)
    assert "No such file" in desk.machine.alice("ls", HOME_UNIT, check=False)


def test_a_unit_of_an_older_installation_in_the_home_starts_no_second_daemon(desk: DebianDesk) -> None:
    unit = desk.machine.root("cat", "/usr/lib/systemd/user/slowrise.service")
    desk.machine.write(HOME_UNIT, unit.replace("ExecStart=/usr/bin/slowrise", "ExecStart=/usr/bin/env slowrise"))
    desk.machine.alice("systemctl", "--user", "daemon-reload")
    desk.machine.alice("systemctl", "--user", "enable", "slowrise.service")
    desk.logs_out()
    desk.begins_a_settled_session()
    wait_until(lambda: desk.unit("ActiveState") == ("active",), "slowrise runs")
    assert desk.unit("FragmentPath") == (HOME_UNIT,)
    assert one_daemon(desk)
    assert "It runs now" in desk.machine.alice("slowrise", "service", "install")
    assert desk.unit("FragmentPath") == ("/usr/lib/systemd/user/slowrise.service",)
    assert one_daemon(desk)


def test_an_upgrade_starts_the_new_version_and_keeps_the_sit(desk: DebianDesk) -> None:
    desk.sits()
    since, before = desk.status()["since"], desk.unit("MainPID")
    desk.apt("install", "--no-install-recommends", f"{PACKAGES}/slowrise_{VERSION}_all.deb")
    wait_until(lambda: desk.unit("ActiveState") == ("active",), "the new version runs")
    assert desk.unit("MainPID") != before
    desk.sits()
    assert desk.status()["since"] == since
    assert one_daemon(desk)


def test_removed_and_purged_it_leaves_the_record_alone(desk: DebianDesk) -> None:
    desk.apt("remove", "slowrise")
    assert desk.unit("ActiveState") == ("inactive",)
    assert desk.machine.alice("ls", RECORD).strip() == RECORD
    desk.apt("purge", "slowrise")
    assert desk.machine.alice("ls", RECORD).strip() == RECORD
    left = desk.machine.root("find", "/usr", "/etc", "-name", "*slowrise*", check=False).split()
    assert left == []
