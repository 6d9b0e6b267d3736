"""Start slowrise with the desktop: a systemd user unit, or an XDG autostart entry without systemd; and the menu entry.

Xfce and other desktops do not tell systemd of their session (`graphical-session.target`). For them an autostart entry
starts the unit, and the desktops that do skip it. A plain window manager, such as sway or i3, reads no such entry
either: `default.target` starts the unit at the login, and the daemon waits for the screen. There is one daemon in any
case.

The Debian package brings unit, autostart entry and menu entry for every user. Then the home has only the user's wish
not to start it, unless the unit must differ. A unit of the same name in the home takes the place of the package's.

`install`, `uninstall` and `status` return lines to print. `uninstall` removes what `install` wrote, never the ledger or
the configuration.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from contextlib import suppress
from pathlib import Path

import slowrise
from slowrise.adapters.system import resources
from slowrise.adapters.system.desktop_start import Desktop, Start, desktop_of
from slowrise.adapters.system.paths import autostart_entry, user_config, user_data

UNIT = "slowrise.service"
PACKAGE = Path("/usr/lib/python3/dist-packages")
"""Where the Debian package has its library."""
_PACKAGE_COMMAND = Path("/usr/bin/slowrise")
_PACKAGE_UNIT = Path("/usr/lib/systemd/user") / UNIT
_PATIENCE = 60.0
"""Seconds for one systemctl. A start may take 30 (TimeoutStartSec), a stop 10."""

SCREEN = ("DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE")
"""Variables that name the screen of a session. The autostart entry passes the same."""

_EXITED = "1"
"""systemd's ExecMainCode of a process that no signal ended: CLD_EXITED of waitid(2)."""
_NEVER_RAN = ("0", "0")
_SUCCEEDED = (_EXITED, "0")
_NO_NAMESPACE = (_EXITED, "217")
"""systemd could not apply PrivateUsers (systemd.exec(5), EXIT_USER)."""
_NEEDS_NAMESPACE = ("PrivateUsers=yes\n", "CapabilityBoundingSet=\n")
"""The unit cannot start with these lines where user namespaces are forbidden."""

_WHY = {
    _NO_NAMESPACE: "user namespaces are forbidden now: run `slowrise service install` again",
}


_HIDDEN = "[Desktop Entry]\nType=Application\nName=slowrise\nHidden=true\n"
"""Takes the place of the package's autostart entry, and means that there is none."""


class ServiceFailed(Exception):
    """The work failed. The message has the reason and what to do next."""


def packaged() -> bool:
    """Return whether this is the Debian package, which brings its unit and menu entry for every user."""
    return Path(slowrise.__file__).is_relative_to(PACKAGE) and _PACKAGE_UNIT.exists()


def executable() -> Path:
    """Return the path of the `slowrise` command of this installation. Raises `ServiceFailed` if there is none."""
    if packaged():
        return _PACKAGE_COMMAND
    beside = Path(sysconfig.get_path("scripts")) / "slowrise"
    found = beside if beside.exists() else shutil.which("slowrise")
    if not found:
        raise ServiceFailed("The command slowrise is not installed. Install it with pip, then try again.")
    return Path(found).absolute()


def install(command: Path, data: Path, shared: Path | None = None) -> list[str]:
    """Start `command run` now and with each desktop session. It may write to `data` and `shared` only."""
    desktop = start_at_login(command, data, shared)
    if not _systemd_runs():
        wrote = f"No systemd here. Wrote {_autostart_path()}."
        if desktop.start is not Start.LOGIN:
            return [wrote, "slowrise starts with your next desktop session."]
        file, line = desktop.line(f"{command} run")
        name = desktop.name or "This desktop"
        if not file:
            return [wrote, f"{name} may not read it. Then add this to the programs that it starts:", f"  {command} run"]
        return [wrote, f"{name} does not read it. Add this line to {file}:", f"  {line}"]
    # Otherwise systemd refuses to start a unit that failed often in the last minutes (StartLimitBurst).
    with suppress(ServiceFailed):
        _systemctl("reset-failed", UNIT)
    if desktop.start is not Start.TARGET:
        _pass_the_screen()
    wrote = f"Wrote {_unit_path()}. " if _unit_path().exists() else ""
    done = [f"{wrote}{_how_it_starts(desktop)}"]
    try:
        # Not `enable --now`, which would leave an older daemon running.
        _systemctl("restart", UNIT)
    except ServiceFailed as failed:
        if _last_exit() != _NO_NAMESPACE:
            raise ServiceFailed("\n".join([*done, f"It does not run: {_reason_of_exit() or failed}"])) from None
        text = unit(command, data, shared)
        for line in _NEEDS_NAMESPACE:
            text = text.replace(line, "")
        _write(_unit_path(), text)
        _systemctl("daemon-reload")
        _systemctl("restart", UNIT)
        done.append("User namespaces are forbidden here, so slowrise runs without the limits on its files.")
    return [*done, "It runs now. `slowrise status` shows what it sees."]


def _pass_the_screen() -> None:
    """Tell the user's systemd the screen of this session, as the autostart entry does."""
    if here := [name for name in SCREEN if os.environ.get(name)]:
        _systemctl("import-environment", *here)


def _how_it_starts(desktop: Desktop) -> str:
    name = desktop.name or "this desktop"
    match desktop.start:
        case Start.TARGET:
            return "slowrise starts with each desktop session."
        case Start.ENTRY:
            return f"slowrise starts with each desktop session: {name} reads its autostart entry."
        case Start.LOGIN:
            return f"slowrise starts when you log in, because {name} starts no services. It waits for your screen."
    return (
        "slowrise starts with each desktop session. No desktop was found here. "
        "If slowrise does not start with yours, run this command again on it."
    )


def start_at_login(command: Path, data: Path, shared: Path | None = None) -> Desktop:
    """Let `command run` start with each desktop session; see `install`. A daemon that runs goes on as it is.

    Returns the desktop that was found here.
    """
    if sys.platform != "linux":
        raise ServiceFailed(f"slowrise cannot add itself to this desktop. Add `{command} run` to your login items.")
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if shared is not None:
        with suppress(OSError):  # the folder may be away; the unit can only permit an existing one
            shared.mkdir(parents=True, exist_ok=True)
    desktop = _desktop()
    if packaged() and _systemd_runs():
        _undo_wish()
        if shared is None and data == user_data("slowrise"):
            _unit_path().unlink(missing_ok=True)
        else:
            _write(_unit_path(), unit(command, data, shared))
        _systemctl("daemon-reload")
        _start_with_the_login(desktop)
        return desktop
    for path, text in _menu_files(command).items():
        _write(path, text)
    if not _systemd_runs():
        _write(_autostart_path(), _autostart_entry(command, data))
        return desktop
    _write(_unit_path(), unit(command, data, shared))
    _write(_autostart_path(), _autostart_of_unit(command))
    _systemctl("daemon-reload")
    _systemctl("enable", UNIT)
    _start_with_the_login(desktop)
    return desktop


def _desktop() -> Desktop:
    """Return the desktop of this session; of the one that systemd knows, where this is no session with a screen."""
    if not _systemd_runs():
        return desktop_of(os.environ, target_runs=False)
    environ = dict(os.environ)
    if not environ.get("DISPLAY") and not environ.get("WAYLAND_DISPLAY"):
        environ |= dict(line.split("=", 1) for line in _systemctl("show-environment").splitlines() if "=" in line)
    shown = _systemctl("show", "graphical-session.target", "--property=ActiveState", "--value")
    return desktop_of(environ, target_runs=shown.strip() == "active")


def _start_with_the_login(desktop: Desktop) -> None:
    """Start the unit at the login where nothing else does, and nowhere else. Without a desktop, leave it as it is."""
    if desktop.start is Start.LOGIN:
        _systemctl("add-wants", "default.target", UNIT)
    elif desktop.start is not Start.UNKNOWN and _login_path().is_symlink():
        _login_path().unlink()
        _systemctl("daemon-reload")


def do_not_start_at_login() -> None:
    """Let no desktop session start slowrise any more. A daemon that runs goes on as it is."""
    if not _systemd_runs():
        _autostart_path().unlink(missing_ok=True)
        return
    if _unit_path().exists():
        _systemctl("disable", UNIT)
    if not packaged():
        _autostart_path().unlink(missing_ok=True)
        return
    # The package enables its unit for every user. systemd ignores that link if the user has one to nothing of the same
    # name, and the unit can still be started by hand, unlike a masked one.
    _write(_autostart_path(), _HIDDEN)
    try:
        _login_path().unlink(missing_ok=True)
        _wish_path().parent.mkdir(parents=True, exist_ok=True)
        _wish_path().unlink(missing_ok=True)
        _wish_path().symlink_to("/dev/null")
    except OSError as error:
        raise ServiceFailed(f"{_wish_path()} could not be written: {error.strerror}.") from None
    _systemctl("daemon-reload")


def starts_at_login() -> bool:
    """Return whether each desktop session starts slowrise."""
    if not _systemd_runs():
        return _autostart_path().exists()
    if packaged():
        return not _is_nothing(_wish_path())
    return _unit_path().exists() and _properties("UnitFileState")["UnitFileState"] == "enabled"


def uninstall() -> list[str]:
    """Stop the daemon and remove what `install` wrote."""
    if packaged() and _systemd_runs():
        do_not_start_at_login()
        _systemctl("stop", UNIT)
        _unit_path().unlink(missing_ok=True)
        _systemctl("daemon-reload")
        stopped = "Stopped slowrise. It starts no more with your desktop; the package is still there."
        return [stopped, "Your record and your configuration are still there."]
    done = []
    if _unit_path().exists():
        if _systemd_runs():
            _systemctl("disable", "--now", UNIT)
        _unit_path().unlink()
        if _systemd_runs():
            _systemctl("daemon-reload")
        done.append(f"Stopped slowrise and removed {_unit_path()}.")
    if _autostart_path().exists():
        _autostart_path().unlink()
        ends = "" if _systemd_runs() else " A running slowrise ends with this session."
        done.append(f"Removed {_autostart_path()}.{ends}")
    for path in filter(Path.exists, (_menu_path(), _icon_path())):
        path.unlink()
        done.append(f"Removed {path}.")
    return [*done, "Your record and your configuration are still there."] if done else ["It was not installed."]


def status() -> list[str]:
    """Return how slowrise is started, and whether it runs."""
    if _has_unit():
        path = _unit_path() if _unit_path().exists() else _PACKAGE_UNIT
        if not _systemd_runs():
            return [f"{path} exists, but systemd does not run here."]
        now = _properties("ActiveState", "SubState", "MainPID", "NRestarts", "StatusText")
        lines = [f"{path}: {when()}, {now['ActiveState']} ({now['SubState']})"]
        if now["MainPID"] != "0":
            lines.append(f"Process {now['MainPID']}, restarted {now['NRestarts']} times. {now['StatusText']}".rstrip())
        elif reason := _reason_of_exit():
            lines.append(f"It does not run: {reason}")
        if starts_at_login() and _desktop().start is Start.LOGIN and not _login_path().is_symlink():
            lines.append("This desktop does not start it. Run `slowrise service install` again here.")
        return lines
    if _autostart_path().exists():
        return [f"{_autostart_path()}: starts with the desktop session"]
    return ["It is not installed. `slowrise service install` starts it now and with each desktop session."]


def _has_unit() -> bool:
    return packaged() or _unit_path().exists()


def when() -> str:
    """Return when slowrise starts by itself. Raises `ServiceFailed` if systemd does not answer."""
    if not starts_at_login():
        return "does not start with your desktop"
    return "starts when you log in" if _login_path().is_symlink() else "starts with each desktop session"


def files() -> tuple[Path, ...]:
    """Return every path that `install` may write."""
    return (_unit_path(), _autostart_path(), _menu_path(), _icon_path(), _wish_path(), _login_path())


def unit(command: Path, data: Path, shared: Path | None = None) -> str:
    """Return the unit's text. Raises `ServiceFailed` for a path that a unit cannot contain."""
    filled = resources.text("systemd/slowrise.service")
    if shared is not None:
        # With a dash: the folder may be missing when a session starts.
        filled = filled.replace("ReadWritePaths=-@DATA@", f"ReadWritePaths=-@DATA@ {_quoted(shared, before='-')}")
    # `$` begins a variable in the arguments of a command, but not in the command itself or in a setting.
    filled = filled.replace(" @DATA@\n", f" {_quoted(data)}\n".replace("$", "$$"))
    filled = filled.replace("-@DATA@", _quoted(data, before="-"))
    return filled.replace("@EXECUTABLE@", _quoted(command))


def _quoted(path: Path, *, before: str = "") -> str:
    if set(str(path)) & set("\"'\\\n"):
        raise ServiceFailed(f"systemd allows no quote, backslash or line end in a path. Move {path} elsewhere.")
    return f'"{before}' + str(path).replace("%", "%%") + '"'


def _autostart_entry(command: Path, data: Path) -> str:
    return (
        "[Desktop Entry]\nType=Application\nName=slowrise\n"
        "Comment=Estimates sitting, and reminds you to stand up slowly\n"
        f"Exec={_exec_key(command)} run --data-dir {_exec_key(data)}\nTerminal=false\nNoDisplay=true\n"
    )


def _autostart_of_unit(command: Path) -> str:
    """Return the entry that starts the unit where the desktop does not."""
    entry = resources.text("systemd/slowrise-autostart.desktop")
    return entry.replace("TryExec=slowrise", f"TryExec={_string(command)}")


def _undo_wish() -> None:
    """Remove what `do_not_start_at_login` wrote for the package, and the entry of an installation by pip."""
    if _is_nothing(_wish_path()):
        _wish_path().unlink()
    _autostart_path().unlink(missing_ok=True)


def _is_nothing(path: Path) -> bool:
    return path.is_symlink() and path.readlink() == Path("/dev/null")


def _menu_files(command: Path) -> dict[Path, str]:
    """Return the menu entry, which runs this installation's command, and its icon: texts by path."""
    entry = resources.text("config/slowrise.desktop").replace("Exec=slowrise ", f"Exec={_exec_key(command)} ")
    return {_menu_path(): entry, _icon_path(): resources.text("config/slowrise.svg")}


def _exec_key(path: Path) -> str:
    """Quote one argument for the Exec key of the Desktop Entry Specification."""
    escaped = str(path).replace("%", "%%")
    for special in ("\\", '"', "`", "$"):
        escaped = escaped.replace(special, "\\" + special)
    # The desktop unescapes the value once as a string, then reads it as a command line.
    return '"' + escaped.replace("\\", "\\\\") + '"'


def _string(path: Path) -> str:
    """Escape a value of type string for a desktop entry."""
    return str(path).replace("\\", "\\\\")


def _wish_path() -> Path:
    """The link that says the user wants no start at login, where the package starts it for every user."""
    return _unit_path().parent / "graphical-session.target.wants" / UNIT


def _login_path() -> Path:
    """The link that starts the unit at the login."""
    return _unit_path().parent / "default.target.wants" / UNIT


def _unit_path() -> Path:
    return user_config() / "systemd" / "user" / UNIT


def _autostart_path() -> Path:
    return autostart_entry()


def _menu_path() -> Path:
    return user_data() / "applications" / "slowrise.desktop"


def _icon_path() -> Path:
    return user_data() / "icons" / "hicolor" / "scalable" / "apps" / "slowrise.svg"


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ServiceFailed(f"{path} could not be written: {error.strerror}.") from None


def _systemd_runs() -> bool:
    """Return whether systemd is this machine's init, by the test of sd_booted(3)."""
    return Path("/run/systemd/system").is_dir() and shutil.which("systemctl") is not None


def _systemctl(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["systemctl", "--user", *arguments], capture_output=True, text=True, check=False, timeout=_PATIENCE
        )
    except subprocess.TimeoutExpired:
        raise ServiceFailed(f"`systemctl --user {arguments[0]}` did not answer within {_PATIENCE:.0f} s.") from None
    if done.returncode:
        raise ServiceFailed(_with_advice(done.stderr.strip()))
    return done.stdout


def _with_advice(error: str) -> str:
    if "Failed to connect to bus" not in error:
        return error
    return (
        f"Your systemd cannot be reached ({error}). Log in as this user, without su or sudo, "
        "or set XDG_RUNTIME_DIR=/run/user/$(id -u). Then try again."
    )


def _properties(*names: str) -> dict[str, str]:
    shown = _systemctl("show", UNIT, *(f"--property={name}" for name in names))
    return dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)


def _last_exit() -> tuple[str, str]:
    """Return how the daemon ended last, `_EXITED` or another ExecMainCode, and its exit code."""
    now = _properties("ExecMainCode", "ExecMainStatus")
    return now["ExecMainCode"], now["ExecMainStatus"]


def _reason_of_exit() -> str:
    """Return why the daemon ended; empty if it was stopped or never ran."""
    if (last := _last_exit()) in {_NEVER_RAN, _SUCCEEDED}:
        return ""
    return _WHY.get(last, f"`journalctl --user --unit {UNIT}` shows its last messages")
