"""Two computers, each with a ledger, that share a folder."""

from __future__ import annotations

import json
import os
import shutil
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from slowrise.adapters.storage import shared_folder
from slowrise.adapters.storage.sqlite import SqliteLedger
from slowrise.cli.main import commands
from slowrise.config.parse import parse
from slowrise.core.model import events as e
from slowrise.daemon.share_publisher import SharePublisher

DAY = datetime(2026, 3, 2, 9).astimezone()


class Machine:
    """A computer with a ledger and a publisher."""

    def __init__(self, root: Path, name: str) -> None:
        self.name = name
        self.data = root / name
        self.folder = root / "folder"
        self.settings = root / f"{name}.toml"
        self.settings.write_text(f'[share]\nfolder = "{self.folder}"\nname = "{name}"\n')
        self.ledger = SqliteLedger(self.data / "ledger.sqlite3")
        self.now = DAY
        self.running = True
        self.publisher = SharePublisher(
            self.ledger, parse(self.settings.read_text()), lambda: self.now, lambda: self.running
        )

    def live(self, *stays: tuple[float, float], day: int = 0, stops: bool = True) -> None:
        """Record input between these minutes after nine, and a locked screen in between."""
        begin = DAY + timedelta(days=day)
        self.ledger.append(e.Started(at=begin))
        self.ledger.append(e.Locked(at=begin))
        for start, end in stays:
            self.ledger.append(e.Unlocked(at=begin + timedelta(minutes=start)))
            self.ledger.append(e.Active(at=begin + timedelta(minutes=start)))
            last = begin + timedelta(minutes=end)
            self.ledger.append(e.Idle(at=last + timedelta(seconds=15), since=last))
            self.ledger.append(e.Locked(at=last + timedelta(seconds=20)))
        self.now = begin + timedelta(hours=8)
        if stops:
            self.ledger.append(e.Stopped(at=self.now))

    def publish(self) -> None:
        self.publisher.look()
        self.publisher.close()

    def said(self, *words: object) -> Result:
        self.ledger.close()
        told = CliRunner().invoke(
            commands, [str(word) for word in (*words, "--data-dir", self.data, "--config", self.settings)]
        )
        self.ledger = self.publisher._archive = SqliteLedger(self.data / "ledger.sqlite3")
        assert told.exit_code == 0, told.output
        return told

    def summary(self, day: int = 0) -> tuple[dict[str, float], str]:
        told = self.said("summary", "--json", (DAY + timedelta(days=day)).date())
        return json.loads(told.stdout), told.stderr

    @property
    def files(self) -> list[Path]:
        return sorted(self.folder.glob(f"{self.name}-*/*"))


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Machine, Machine]]:
    desk, laptop = Machine(tmp_path, "desk"), Machine(tmp_path, "laptop")
    yield desk, laptop
    desk.ledger.close()
    laptop.ledger.close()


def test_sitting_at_two_at_once_is_counted_once_on_both(two: tuple[Machine, Machine]) -> None:
    desk, laptop = two
    desk.live((0, 60))
    laptop.live((30, 90))
    alone, _ = desk.summary()
    assert alone["sitting_seconds"] == pytest.approx(3600, abs=30)
    desk.publish()
    laptop.publish()
    for machine in two:
        together, _ = machine.summary()
        assert together["sitting_seconds"] == pytest.approx(5400, abs=30)
        assert together["bouts"] == 1
    assert "desk" not in json.dumps(alone)


def test_the_week_and_the_report_join_them_too(two: tuple[Machine, Machine], tmp_path: Path) -> None:
    desk, laptop = two
    desk.live((0, 60))
    laptop.live((30, 90))
    laptop.publish()
    desk.said("report", "--from", "2026-03-02", "--to", "2026-03-02", "--html", tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text()
    assert "Computers: this computer, laptop." in page
    numbers = json.loads(page.partition('id="numbers">')[2].partition("</script>")[0])
    assert numbers["together"]["sitting_seconds"] == pytest.approx(5400, abs=30)
    assert "laptop was last heard of on" in page


def test_nothing_but_states_and_prompts_leaves_the_computer(two: tuple[Machine, Machine]) -> None:
    desk, _ = two
    desk.live((0, 60), stops=False)
    desk.ledger.append(e.Symptom(at=desk.now, kind="pain", side="left", level=7))
    desk.publish()
    (file,) = desk.files
    assert file.name == "2026-03-02.json"
    shared = json.loads(file.read_text().splitlines()[0])
    assert set(shared) == {
        *("version", "computer", "day", "made", "finished"),
        *("break_rule_seconds", "spans", "prompts", "answers"),
    }
    assert "pain" not in file.read_text()
    assert not list(desk.folder.rglob("*.sqlite3*"))


def test_a_torn_file_is_left_out_and_named(two: tuple[Machine, Machine]) -> None:
    desk, laptop = two
    desk.live((0, 60))
    laptop.live((30, 90))
    laptop.publish()
    (file,) = laptop.files
    whole = file.read_bytes()
    for torn in (whole[: len(whole) // 2], b"", whole.replace(b"sitting", b"sittinG", 1), b"[1]\n00000000\n"):
        file.write_bytes(torn)
        found, said = desk.summary()
        assert found["sitting_seconds"] == pytest.approx(3600, abs=30)
        assert "The record of laptop for 2026-03-02 was left out" in said


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_file_with_the_line_ends_of_windows_is_read(two: tuple[Machine, Machine], mark: bytes) -> None:
    desk, laptop = two
    desk.live((0, 60))
    laptop.live((30, 90))
    laptop.publish()
    (file,) = laptop.files
    file.write_bytes(mark + file.read_bytes().replace(b"\n", b"\r\n"))
    together, said = desk.summary()
    assert together["sitting_seconds"] == pytest.approx(5400, abs=30)
    assert "left out" not in said


@pytest.mark.parametrize("odd", ["a pipe", "without end", "a directory", "deep", "at the end of time"])
@pytest.mark.timeout(60)
def test_whatever_another_computer_puts_there_is_left_out_and_named(two: tuple[Machine, Machine], odd: str) -> None:
    """Other programs write into the folder too, so a file may be anything that a synchroniser carries."""
    desk, laptop = two
    for machine in two:
        machine.live((0, 60))
        machine.publish()
    (file,) = laptop.files
    whole = file.read_bytes()
    file.unlink()
    match odd:
        case "a pipe":
            os.mkfifo(file)
        case "without end":
            file.symlink_to("/dev/zero")
        case "a directory":
            file.mkdir()
        case _:
            body, _, _ = whole.partition(b"\n")
            if odd == "deep":
                body = body[:-1] + b',"more":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
            else:
                shared = json.loads(body)
                shared["spans"][0][1] = "0001-01-01T00:00:00.000+14:00"
                shared["spans"][-1][2] = "9999-12-31T23:59:59.000-12:00"
                body = json.dumps(shared).encode()
            file.write_bytes(body + f"\n{zlib.crc32(body):08x}\n".encode())
    found, said = desk.summary()
    assert found["sitting_seconds"] == pytest.approx(3600, abs=30)
    assert "The record of laptop for 2026-03-02 was left out" in said


@pytest.mark.parametrize("name", ["2026-13-45.json", "0000-00-00.json", "0001-01-01.json", "9999-12-31.json"])
def test_a_file_that_names_no_day_is_left_out_and_named(two: tuple[Machine, Machine], name: str) -> None:
    desk, laptop = two
    for machine in two:
        machine.live((0, 60))
        machine.publish()
    laptop.files[0].with_name(name).write_bytes(laptop.files[0].read_bytes())
    found, said = desk.summary()
    assert found["sitting_seconds"] == pytest.approx(3600, abs=30)
    assert f"The file {name} of laptop names no day and was left out." in said
    for words in (["report", "--from", "2026-03-02", "--to", "2026-03-02", "--html", "-"], ["export", "days"]):
        result = CliRunner().invoke(
            commands, [*words, "--data-dir", str(desk.data), "--config", str(desk.settings)], catch_exceptions=False
        )
        assert result.exit_code == 0, result.output


def test_a_computer_that_was_not_heard_of_for_long_is_named(two: tuple[Machine, Machine]) -> None:
    desk, laptop = two
    laptop.live((30, 90))
    laptop.publish()
    desk.live((0, 60), day=1)
    _, said = desk.summary(day=1)
    assert f"laptop was last heard of on {laptop.now:%-d %B %Y, %H:%M}" in said


def test_a_day_that_has_not_come_is_named(two: tuple[Machine, Machine]) -> None:
    desk, laptop = two
    for day in range(3):
        laptop.live((30, 90), day=day)
    laptop.publish()
    laptop.files[1].unlink()
    desk.live((0, 60), day=1)
    assert "No record has come from laptop for 2026-03-03." in desk.summary(day=1)[1]


def test_copies_that_a_synchroniser_makes_of_conflicts_are_passed_over(two: tuple[Machine, Machine]) -> None:
    desk, laptop = two
    desk.live((0, 60))
    laptop.live((30, 90))
    laptop.publish()
    (file,) = laptop.files
    shutil.copy(file, file.with_name("2026-03-02.sync-conflict-20260302-101010-ABCDEFG.json"))
    (laptop.folder / "notes").mkdir()
    (laptop.folder / ".stfolder").touch()
    found, said = desk.summary()
    assert found["sitting_seconds"] == pytest.approx(5400, abs=30)
    assert "conflict" not in said


def test_without_the_folder_this_computer_is_counted(two: tuple[Machine, Machine]) -> None:
    desk, _ = two
    desk.live((0, 60))
    found, said = desk.summary()
    assert found["sitting_seconds"] == pytest.approx(3600, abs=30)
    assert "Only this computer is counted." in said


def test_two_computers_of_one_name_have_a_directory_each(tmp_path: Path) -> None:
    for number in range(2):
        (tmp_path / str(number)).mkdir()
        machine = Machine(tmp_path / str(number), "host")
        machine.publisher._folder = tmp_path / "folder"
        machine.live((0, 60))
        machine.publish()
        machine.ledger.close()
    assert len(shared_folder.computers(tmp_path / "folder")) == 2


def test_a_finished_day_is_written_once_and_anew_when_it_is_corrected(two: tuple[Machine, Machine]) -> None:
    desk, _ = two
    desk.live((0, 60))
    desk.live((0, 60), day=1, stops=False)
    desk.publish()
    monday, tuesday = desk.files
    before = monday.stat().st_ino, tuesday.stat().st_ino
    desk.now += timedelta(hours=1)
    desk.ledger.append(e.Unlocked(at=desk.now))
    desk.publish()
    assert (monday.stat().st_ino == before[0], tuesday.stat().st_ino == before[1]) == (True, False)
    desk.ledger.append(e.Answered(at=desk.now, from_=DAY, to=DAY + timedelta(minutes=30), was="away"))
    desk.now += timedelta(hours=1)
    desk.publish()
    assert monday.stat().st_ino != before[0]


def test_a_folder_that_cannot_be_written_costs_nothing(
    two: tuple[Machine, Machine], caplog: pytest.LogCaptureFixture
) -> None:
    desk, _ = two
    desk.live((0, 60))
    desk.folder.write_text("no directory")
    desk.publish()
    assert f"{desk.folder}: nothing was shared (Not a directory). slowrise tries again later." in caplog.text
    desk.folder.unlink()
    desk.now += timedelta(hours=1)
    desk.ledger.append(e.Started(at=desk.now))
    desk.publish()
    assert len(desk.files) == 1


def test_forgetting_all_takes_back_what_was_shared(two: tuple[Machine, Machine]) -> None:
    desk, laptop = two
    for machine in two:
        machine.live((0, 60))
        machine.publish()
    desk.said("forget", "--all", "--yes")
    assert desk.files == []
    assert len(laptop.files) == 1


def test_forgetting_all_deletes_nothing_but_days(two: tuple[Machine, Machine], tmp_path: Path) -> None:
    """A link in place of the directory may lead anywhere, and another program may have put a file there."""
    desk, laptop = two
    for machine in two:
        machine.live((0, 60))
        machine.publish()
    letter = desk.files[0].with_name("letter")
    letter.write_text("dear")
    desk.said("forget", "--all", "--yes")
    assert desk.files == [letter]

    documents = tmp_path / "documents"
    directory = laptop.files[0].parent
    directory.rename(documents)
    directory.symlink_to(documents)
    laptop.said("forget", "--all", "--yes")
    assert list(documents.iterdir())
