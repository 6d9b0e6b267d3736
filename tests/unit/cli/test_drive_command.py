"""`slowrise drive` without a running daemon."""

from __future__ import annotations

from click.testing import CliRunner, Result

from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.adapters.system.paths import paths
from slowrise.cli.main import commands
from slowrise.core.model.events import Drive


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands, list(arguments), catch_exceptions=False)


def test_a_long_drive_is_noted_as_a_health_note() -> None:
    done = run("drive", "2h")
    assert (done.exit_code, done.output) == (
        0,
        "A long drive is noted. You are reminded sooner in this sit, or in the next one.\n",
    )
    ledger = SqliteLedger.open_read_only(paths().ledger)
    (noted,) = ledger.health()
    ledger.close()
    assert isinstance(noted, Drive)
    assert noted.seconds == 7200
    assert "drive" not in run("export", "trace").output
    assert '"event":"drive"' in run("export", "trace", "--with-health").output.replace(" ", "")


def test_a_short_drive_is_not() -> None:
    done = run("drive", "59m")
    assert done.output == "A drive of less than an hour changes nothing here. Nothing was noted.\n"
    assert not paths().ledger.exists()


def test_a_length_is_needed() -> None:
    assert run("drive").exit_code == 2
    assert run("drive", "far").exit_code == 2
