"""The demonstration, as somebody meets it who has nothing yet: a day to its end, its summary, its report."""

from pathlib import Path

import pytest

from e2e.running import User

AS_FAST_AS_IT_GOES = ("--speed", "6000")


@pytest.fixture
def user(tmp_path: Path) -> User:
    """Somebody without a desktop."""
    return User(tmp_path / "home", {"PATH": "/usr/bin:/bin", "MPLCONFIGDIR": str(tmp_path)})


def test_it_plays_a_day_to_its_summary_and_stores_nothing(user: User) -> None:
    told = user.run("demo", *AS_FAST_AS_IT_GOES)
    assert told.code == 0, told
    assert "  sit-" in told.err  # which of them, and when, hangs on how busy the machine is
    assert "push with hands" in told.err
    assert "Estimated desk sitting" in told.out
    assert "--html" in told.err, "it does not say how to have the report"
    assert not [path for path in user.home.rglob("*") if path.is_file()]


def test_its_report_goes_where_it_is_asked_for(user: User, tmp_path: Path) -> None:
    page = tmp_path / "day.html"
    told = user.run("demo", *AS_FAST_AS_IT_GOES, "--html", str(page))
    assert told.code == 0, told
    text = page.read_text(encoding="utf-8")
    assert "<svg" in text
    assert "6 March 2026" in text
    assert not user.data.exists()


def test_faster_than_it_can_be_told_it_refuses(user: User) -> None:
    told = user.run("demo", "--speed", "100000")
    assert told.code == 2
    assert "6000" in told.err
