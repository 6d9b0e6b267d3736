"""Starting with the desktop: the systemd user unit, or an XDG autostart entry where there is no systemd; and the menu.

Each function does its work and returns what it did, as lines to print. What is taken away again is only what was put
there: the ledger and the configuration stay.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from contextlib import suppress
from pathlib import Path

import platformdirs

from slowrise.adapters.system import resources

UNIT = "slowrise.service"
_PATIENCE = 60.0
"""Seconds for one systemctl: a start may take 30 (TimeoutStartSec), a stop 10."""

_EXITED = "1"
"""systemd's ExecMainCode of a process that ended by itself: CLD_EXITED of waitid(2), not a signal."""
_NEVER_RAN = ("0", "0")
_ENDED_WELL = (_EXITED, "0")
_NO_NAMESPACE = (_EXITED, "217")
"""What systemd makes of a PrivateUsers it cannot have (systemd.exec(5), EXIT_USER)."""
_NEEDS_NAMESPACE = ("PrivateUsers=yes\n", "CapabilityBoundingSet=\n")
"""The lines of the unit that keep it from starting where user namespaces are forbidden."""

_WHY = {
    (_EXITED, "2"): "the configuration is wrong: `slowrise config check` says where",
    (_EXITED, "4"): "nothing can be watched here: `slowrise doctor` says why",
    _NO_NAMESPACE: "user namespaces are forbidden here by now: run `slowrise service install` again",
}


class ServiceFailed(Exception):
    """It could not be done; the message says why, and what to do."""


def executable() -> Path:
    """Where this installation's `slowrise` command lies. Raises `ServiceFailed` when it was not installed."""
    beside = Path(sysconfig.get_path("scripts")) / "slowrise"
    found = beside if beside.exists() else shutil.which("slowrise")
    if not found:
        raise ServiceFailed("The command slowrise is not installed: `pip install` the project, then try again.")
    return Path(found).absolute()


def install(command: Path, data: Path, shared: Path | None = None) -> list[str]:
    """Start `command run` now and with each desktop session. It may write into `data` and `shared`, nowhere else."""
    if sys.platform != "linux":
        raise ServiceFailed(f"Nothing is built to start it with this desktop: let its login items run `{command} run`.")
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if shared is not None:
        with suppress(OSError):  # it may be away; only what is there can be permitted
            shared.mkdir(parents=True, exist_ok=True)
    for path, text in _for_the_menu(command).items():
        _write(path, text)
    if not _systemd_runs():
        _write(_autostart_path(), _autostart_entry(command, data))
        return [f"No systemd here: wrote {_autostart_path()}.", "slowrise starts with the next desktop session."]
    text = unit(command, data, shared)
    _write(_unit_path(), text)
    _systemctl("daemon-reload")
    _systemctl("enable", UNIT)
    # Else a unit that failed often in the last minutes (StartLimitBurst) would not be started.
    with suppress(ServiceFailed):
        _systemctl("reset-failed", UNIT)
    done = [f"Wrote {_unit_path()}; slowrise starts with each desktop session."]
    try:
        # Not `enable --now`: it would leave an older one running.
        _systemctl("restart", UNIT)
    except ServiceFailed as failed:
        if _end() != _NO_NAMESPACE:
            raise ServiceFailed("\n".join([*done, f"It does not run now: {_reason_of_end() or failed}"])) from None
        for line in _NEEDS_NAMESPACE:
            text = text.replace(line, "")
        _write(_unit_path(), text)
        _systemctl("daemon-reload")
        _systemctl("restart", UNIT)
        done.append("User namespaces are forbidden here, so the unit's lines about files are not in force.")
    return [*done, "It runs now: `slowrise status` shows what it sees."]


def uninstall() -> list[str]:
    """Stop it and take away what `install` wrote."""
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
        done.append(f"Removed {_autostart_path()}; a slowrise that runs now ends with this session.")
    for path in filter(Path.exists, (_menu_path(), _icon_path())):
        path.unlink()
        done.append(f"Removed {path}.")
    return [*done, "What it recorded and its configuration are still there."] if done else ["It was not installed."]


def status() -> list[str]:
    """How it is started, and whether it runs."""
    if _unit_path().exists():
        if not _systemd_runs():
            return [f"{_unit_path()} is there, but no systemd runs here."]
        now = _properties("ActiveState", "SubState", "UnitFileState", "MainPID", "NRestarts", "StatusText")
        lines = [f"{_unit_path()}: {now['UnitFileState']}, {now['ActiveState']} ({now['SubState']})"]
        if now["MainPID"] != "0":
            lines.append(f"Process {now['MainPID']}, restarted {now['NRestarts']} times. {now['StatusText']}".rstrip())
        elif reason := _reason_of_end():
            lines.append(f"It does not run: {reason}")
        return lines
    if _autostart_path().exists():
        return [f"{_autostart_path()}: starts with the desktop session"]
    return ["It is not installed: `slowrise service install` starts it now and with each desktop session."]


def files() -> tuple[Path, ...]:
    """Every place that `install` may write to."""
    return (_unit_path(), _autostart_path(), _menu_path(), _icon_path())


def unit(command: Path, data: Path, shared: Path | None = None) -> str:
    """The unit's text for this installation. Raises `ServiceFailed` for a path that no unit can name."""
    filled = resources.text("systemd/slowrise.service")
    if shared is not None:
        # With a dash, for it may not be there each time that a desktop begins.
        filled = filled.replace("ReadWritePaths=@DATA@", f"ReadWritePaths=@DATA@ {_quoted(shared, before='-')}")
    # Among the arguments of a command `$` begins a variable; in the command itself, and in a setting, it does not.
    filled = filled.replace("--data-dir @DATA@", f"--data-dir {_quoted(data)}".replace("$", "$$"))
    return filled.replace("@EXECUTABLE@", _quoted(command)).replace("@DATA@", _quoted(data))


def _quoted(path: Path, *, before: str = "") -> str:
    if set(str(path)) & set("\"'\\\n"):
        raise ServiceFailed(f"systemd takes no quote, backslash or line end in a path: move {path} elsewhere.")
    return f'"{before}' + str(path).replace("%", "%%") + '"'


def _autostart_entry(command: Path, data: Path) -> str:
    return (
        "[Desktop Entry]\nType=Application\nName=slowrise\n"
        "Comment=Estimates sitting, and says how to stand up slowly\n"
        f"Exec={_exec_key(command)} run --data-dir {_exec_key(data)}\nTerminal=false\nNoDisplay=true\n"
    )


def _for_the_menu(command: Path) -> dict[Path, str]:
    """The desktop's menu entry, which names this installation's command, and its icon."""
    entry = resources.text("config/slowrise.desktop").replace("Exec=slowrise ", f"Exec={_exec_key(command)} ")
    return {_menu_path(): entry, _icon_path(): resources.text("config/slowrise.svg")}


def _exec_key(path: Path) -> str:
    """One argument as the Desktop Entry Specification wants it quoted (its chapter on the Exec key)."""
    escaped = str(path).replace("%", "%%")
    for special in ("\\", '"', "`", "$"):
        escaped = escaped.replace(special, "\\" + special)
    # The value is unescaped once as a string before it is read as a command line.
    return '"' + escaped.replace("\\", "\\\\") + '"'


def _unit_path() -> Path:
    return platformdirs.user_config_path() / "systemd" / "user" / UNIT


def _autostart_path() -> Path:
    return platformdirs.user_config_path() / "autostart" / "slowrise.desktop"


def _menu_path() -> Path:
    return platformdirs.user_data_path() / "applications" / "slowrise.desktop"


def _icon_path() -> Path:
    return platformdirs.user_data_path() / "icons" / "hicolor" / "scalable" / "apps" / "slowrise.svg"


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ServiceFailed(f"{path} could not be written: {error.strerror}.") from None


def _systemd_runs() -> bool:
    """Whether systemd is this machine's init, as sd_booted(3) finds out."""
    return Path("/run/systemd/system").is_dir() and shutil.which("systemctl") is not None


def _systemctl(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["systemctl", "--user", *arguments], capture_output=True, text=True, check=False, timeout=_PATIENCE
        )
    except subprocess.TimeoutExpired:
        raise ServiceFailed(f"`systemctl --user {arguments[0]}` did not answer within {_PATIENCE:.0f} s.") from None
    if done.returncode:
        raise ServiceFailed(_advice(done.stderr.strip()))
    return done.stdout


def _advice(complaint: str) -> str:
    if "Failed to connect to bus" not in complaint:
        return complaint
    return (
        f"This user's systemd cannot be reached ({complaint}). Log in as the user, not by su or sudo, "
        "or set XDG_RUNTIME_DIR=/run/user/$(id -u), and try again."
    )


def _properties(*names: str) -> dict[str, str]:
    told = _systemctl("show", UNIT, *(f"--property={name}" for name in names))
    return dict(line.split("=", 1) for line in told.splitlines() if "=" in line)


def _end() -> tuple[str, str]:
    """How the daemon ended last: `_EXITED` or how else, and the exit code."""
    now = _properties("ExecMainCode", "ExecMainStatus")
    return now["ExecMainCode"], now["ExecMainStatus"]


def _reason_of_end() -> str:
    """Why the daemon ended, where that is more than having been stopped."""
    if (end := _end()) in {_NEVER_RAN, _ENDED_WELL}:
        return ""
    return _WHY.get(end, f"`journalctl --user --unit {UNIT}` shows its last words")
