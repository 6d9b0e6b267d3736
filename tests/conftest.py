"""A private home, runtime directory and environment for every test, and a report on the real programs at the end."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from support import ledgers
from support.programs import Program, is_since, program_named, release_here, versions

pytest_plugins = ["support.container", "support.window"]

# No deadline and no check of speed: the time of an example depends on what else runs on the machine. `make test` always
# draws the same examples, so only the code decides whether it passes. `make fuzz` explores.
_ANY_SPEED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("test", _ANY_SPEED, derandomize=True, database=None)
settings.register_profile("fuzz", _ANY_SPEED, max_examples=int(os.environ.get("EXAMPLES", "500")), print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))

# Tests compare English sentences, and some modules read the language as they are imported.
for _name in [name for name in os.environ if name == "LANGUAGE" or name.startswith("LC_")]:
    del os.environ[_name]
os.environ["LANG"] = "C.UTF-8"

_REAL = "real"
_SINCE, _UNTIL = "since", "until"
_SEEN = "seen"
_PURE = Path(__file__).parent / "unit"
"""These tests wait for no other program."""
_OF_A_RELEASE = [Path(__file__).parent / name for name in ("unit", "contract", "system/privacy")]
"""These tests are for the release's own Python and desktops."""
_ON_CI = os.environ.get("CI") == "true"

_UNSET = (
    *("DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"),
    *("DBUS_SESSION_BUS_ADDRESS", "PULSE_SERVER", "PULSE_RUNTIME_PATH", "PIPEWIRE_REMOTE"),
    *("XDG_SESSION_ID", "XDG_SESSION_TYPE", "XDG_SESSION_CLASS", "XDG_CURRENT_DESKTOP", "XDG_SEAT", "XDG_VTNR"),
    *("DESKTOP_SESSION", "GNOME_SETUP_DISPLAY", "KDE_FULL_SESSION", "SWAYSOCK", "SSH_CONNECTION", "SSH_TTY"),
    *("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "INVOCATION_ID", "JOURNAL_STREAM"),
)
"""Variables that would connect a test to the desktop of the developer who runs it."""


def _make_private(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    runtime = home / "run"
    runtime.mkdir(mode=0o700)
    for name in _UNSET:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / ".local/share"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / ".local/state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    # A compositor would compile its shaders into each home, and random bytes contain any letter.
    monkeypatch.setenv("MESA_SHADER_CACHE_DISABLE", "true")
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={runtime}/no-system-bus")


@pytest.fixture(scope="session", autouse=True)
def private_session(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep session fixtures away from the real home and desktop too."""
    home = Path(tempfile.mkdtemp(prefix="sr-"))
    with pytest.MonkeyPatch.context() as monkeypatch:
        _make_private(monkeypatch, home)
        # Rebuilding matplotlib's font cache for each home would cost every chart test seconds.
        monkeypatch.setenv("MPLCONFIGDIR", str(request.config.cache.mkdir("matplotlib")))
        yield
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(autouse=True)
def closed_ledgers() -> Iterator[None]:
    """Close the ledgers in memory that the test has made."""
    yield
    ledgers.close_all()


@pytest.fixture(autouse=True)
def private_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the test its own home. It is not in `tmp_path`, because a socket path may have at most 107 bytes."""
    home = Path(tempfile.mkdtemp(prefix="sr-"))
    _make_private(monkeypatch, home)
    yield home
    shutil.rmtree(home, ignore_errors=True)


def _programs_of(item: pytest.Item) -> list[Program]:
    return [program_named(name) for marker in item.iter_markers(_REAL) for name in marker.args]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the choice of `make test-desktops`."""
    what = "unit tests, the contracts with other programs, privacy, and what is marked `seen`"
    parser.addoption("--desktops", action="store_true", help=f"run only what may differ in another Debian: {what}")


def _is_of_a_release(item: pytest.Item) -> bool:
    return any(folder in item.path.parents for folder in _OF_A_RELEASE) or item.get_closest_marker(_SEEN) is not None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Prepare every test: its programs for the report, one retry, and its xdist group.

    Real programs on a loaded machine fail about once in a thousand tests for reasons of their own. So a test that
    waits for other programs gets one retry, and the summary shows the failure.

    With several worker processes, one worker runs all tests of a file, and one runs all tests in the container.
    """
    if config.getoption("--desktops"):
        config.hook.pytest_deselected(items=[item for item in items if not _is_of_a_release(item)])
        items[:] = [item for item in items if _is_of_a_release(item)]
    for item in items:
        programs = _programs_of(item)
        if not _other_release(item):
            item.user_properties.extend((_REAL, each.name) for each in programs)
        if (programs or _PURE not in item.path.parents) and not item.get_closest_marker("flaky"):
            item.add_marker(pytest.mark.flaky(reruns=1))
        wants_machine = "systemd_machine" in getattr(item, "fixturenames", ())
        item.add_marker(pytest.mark.xdist_group("machine" if wants_machine else str(item.path)))


def _other_release(item: pytest.Item) -> str:
    """Return why this test belongs to another Debian, or nothing."""
    here = release_here()
    since, until = item.get_closest_marker(_SINCE), item.get_closest_marker(_UNTIL)
    if since and not is_since(since.args[0], here):
        return f"needs the programs of a newer Debian: make test-desktops RELEASE={since.args[0]}"
    if until and not is_since(here, until.args[0]):
        return f"knows the programs up to {until.args[0]}"
    return ""


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test if one of its programs is missing, or too old or too new."""
    if elsewhere := _other_release(item):
        pytest.skip(elsewhere)
    if reasons := [reason for each in _programs_of(item) if (reason := each.missing())]:
        pytest.skip("; ".join(dict.fromkeys(reasons)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """On CI, make a skipped test with real programs fail."""
    report = yield
    may_skip = not _programs_of(item) or _other_release(item) or hasattr(report, "wasxfail")
    if _ON_CI and report.skipped and not may_skip:
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI=true does not allow: {_reason(report)}"
    return report


def _reason(report: pytest.TestReport) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")


class _ProgramReport:
    """Which real programs ran, for how long, and which were skipped."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.tests: dict[str, int] = {}
        self.skipped: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add one phase of a test to each of its programs."""
        for name in (str(value) for key, value in report.user_properties if key == _REAL):
            if report.when == "call" and report.outcome not in {"skipped", "rerun"}:
                self.tests[name] = self.tests.get(name, 0) + 1
            if missing := program_named(name).missing():
                self.skipped[name] = missing
            elif report.skipped:
                self.skipped.setdefault(name, _reason(report))
            self.seconds[name] = self.seconds.get(name, 0.0) + report.duration

    def lines(self) -> Iterator[str]:
        """Yield one line for each program: its version and the seconds its tests ran, or why it was skipped."""
        known = versions(program_named(name) for name in self.seconds)
        for name in sorted(self.seconds, key=str.lower):
            if ran := self.tests.get(name):
                version = known.get(name, "version unknown")
                yield f"{name:<20} {version:<32} ran in {ran} test{'s' * (ran > 1)}, {self.seconds[name]:.1f} s"
            else:
                yield f"{name:<20} {'':<32} SKIPPED: {self.skipped.get(name, 'its tests broke before it was used')}"


_program_report = _ProgramReport()


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker and the report."""
    config.addinivalue_line(
        "markers", "real(*programs): runs against these real programs; see tests/support/programs.py"
    )
    config.addinivalue_line("markers", "seen(desktop, *what): docs/desktops.md names this test for it")
    config.addinivalue_line("markers", "since(release): needs the programs of this Debian release or a newer one")
    config.addinivalue_line("markers", "until(release): needs the programs of this Debian release or an older one")
    config.pluginmanager.register(_program_report, "real-programs")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print each failure that was retried, and the report on the real programs."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"RERUN {report.nodeid}")
        terminalreporter.line(report.longreprtext)
    if lines := list(_program_report.lines()):
        terminalreporter.section("real programs")
        for line in lines:
            terminalreporter.line(line, red="SKIPPED" in line)
