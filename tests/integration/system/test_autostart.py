"""The files that start slowrise, checked with systemd-analyze and with GLib's launcher."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from slowrise.adapters.system import autostart, resources
from slowrise.cli.main import commands
from support.desktop_programs import wait_until

# Without %, which the entry writes as %%: GLib looks for the program before it unescapes that.
ODD = 'it\'s "mine" for $5 `now` \\ then'


@pytest.fixture
def no_systemd(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home on a machine without systemctl."""
    monkeypatch.setenv("PATH", str(private_home / "empty"))
    return private_home


def program(path: Path, mark: Path) -> Path:
    """Write a program that stores its arguments in `mark`, and return its path."""
    path.parent.mkdir(parents=True)
    path.write_text(f'#!/bin/sh\necho "$@" >"{mark}"\n', encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.mark.real("systemd-analyze")
def test_systemd_accepts_every_line_of_the_unit(private_home: Path) -> None:
    command = program(private_home / "100% $HOME of mine" / "slowrise", private_home / "mark")
    written = private_home / "slowrise.service"
    written.write_text(autostart.unit(command, private_home / "da ta", private_home / "our 100%"), encoding="utf-8")
    checked = subprocess.run(
        ["systemd-analyze", "--user", "verify", "--man=no", written], capture_output=True, text=True, check=False
    )
    ours = [line for line in checked.stderr.splitlines() if "slowrise" in line]
    assert not ours


def test_the_unit_has_no_placeholder_and_sets_no_display() -> None:
    text = autostart.unit(Path("/opt/slowrise"), Path("/data"))
    settings = re.findall(r"^[A-Z]\w+=.*$", text, re.MULTILINE)
    assert not re.search(r"@[A-Z]+@", text)
    assert not any("DISPLAY" in line or line.startswith("Environment") for line in settings)
    assert {"Type=notify", "NotifyAccess=main", "Restart=on-failure", "RestartPreventExitStatus=2"} <= set(settings)
    for line in ("PartOf", "After", "WantedBy"):
        assert f"{line}=graphical-session.target" in settings


def test_a_path_no_unit_can_name_is_refused() -> None:
    with pytest.raises(autostart.ServiceFailed, match="no quote"):
        autostart.unit(Path('/opt/"mine"/slowrise'), Path("/data"))


@pytest.mark.real("gio")
def test_without_systemd_the_desktop_starts_it(no_systemd: Path) -> None:
    gio = shutil.which("gio", path="/usr/bin:/bin")
    mark = no_systemd / "mark"
    command = program(no_systemd / ODD / "slowrise", mark)
    data = no_systemd / "da ta"
    assert "No systemd here" in autostart.install(command, data)[0]
    entry = no_systemd / ".config/autostart/slowrise.desktop"
    assert autostart.status() == [f"{entry}: starts with the desktop session"]
    assert gio
    subprocess.run([gio, "launch", entry], check=True, env={**os.environ, "PATH": "/usr/bin:/bin"})
    started = f"run --data-dir {data}\n"
    wait_until(lambda: mark.exists() and mark.read_text(encoding="utf-8") == started, "the entry starts `slowrise run`")


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"SWAYSOCK": "/run/sway"}, ["sway does not read it. Add this line to ~/.config/sway/config:", "  exec {run}"]),
        ({}, ["This desktop may not read it. Then add this to the programs that it starts:", "  {run}"]),
        ({"XDG_CURRENT_DESKTOP": "XFCE"}, ["slowrise starts with your next desktop session."]),
    ],
    ids=["sway", "unknown", "Xfce"],
)
def test_without_systemd_a_window_manager_gets_a_line_to_copy(
    no_systemd: Path, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], said: list[str]
) -> None:
    for name in ("XDG_CURRENT_DESKTOP", "SWAYSOCK", "I3SOCK"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"DISPLAY": ":0", **environ}.items():
        monkeypatch.setenv(name, value)
    printed = autostart.install(Path("/opt/slowrise"), no_systemd / "data")
    assert printed[1:] == [line.format(run="/opt/slowrise run") for line in said]


@pytest.mark.real("gio")
def test_the_menu_has_an_entry_that_starts_this_installation(no_systemd: Path) -> None:
    gio = shutil.which("gio", path="/usr/bin:/bin")
    mark = no_systemd / "mark"
    autostart.install(program(no_systemd / ODD / "slowrise", mark), no_systemd / "data")
    entry = no_systemd / ".local/share/applications/slowrise.desktop"
    icon = no_systemd / ".local/share/icons/hicolor/scalable/apps/slowrise.svg"
    assert "<svg" in icon.read_text(encoding="utf-8")
    assert gio
    subprocess.run([gio, "launch", entry], check=True, env={**os.environ, "PATH": "/usr/bin:/bin"})
    opened = "window\n"
    wait_until(lambda: mark.exists() and mark.read_text(encoding="utf-8") == opened, "the entry opens the window")


def test_uninstall_leaves_only_the_users_data(no_systemd: Path) -> None:
    data = no_systemd / "data"
    autostart.install(Path("/opt/slowrise"), data)
    (data / "ledger").touch()
    assert "still there" in autostart.uninstall()[-1]
    assert [path.name for path in no_systemd.rglob("*") if path.is_file()] == ["ledger"]
    assert autostart.uninstall() == ["It was not installed."]


def test_a_home_that_cannot_be_written_is_reported(no_systemd: Path) -> None:
    (no_systemd / ".config").touch()
    with pytest.raises(autostart.ServiceFailed, match=r"slowrise\.desktop could not be written: Not a directory"):
        autostart.install(Path("/opt/slowrise"), no_systemd / "data")


def test_a_shipped_file_is_found_by_its_name_in_the_repository() -> None:
    assert "[Service]" in resources.text("systemd/slowrise.service")
    assert "sit_soft" in resources.text("config/slowrise.toml")
    with pytest.raises(FileNotFoundError):
        resources.text("config/nonesuch.toml")


@pytest.mark.skipif(sys.platform != "linux", reason="nothing is installed elsewhere")
def test_a_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    data = tmp_path / "file" / "data"
    done = CliRunner().invoke(commands, ["service", "install", "--data-dir", str(data)])
    assert done.exit_code == 1
    assert f"{data} cannot be written" in done.output
