"""What `slowrise replay` prints."""

from pathlib import Path

from click.testing import CliRunner

from slowrise.cli.main import commands

OVER_MIDNIGHT = """\
{"at": "2026-03-02T22:45:00+01:00", "event": "started"}
{"at": "2026-03-02T22:46:00+01:00", "event": "active"}
{"at": "2026-03-03T00:51:40+01:00", "event": "idle", "since": "2026-03-03T00:51:25+01:00"}
{"at": "2026-03-03T00:51:45+01:00", "event": "stopped"}
"""


def test_a_span_that_ends_on_another_day_shows_that_day(tmp_path: Path) -> None:
    trace = tmp_path / "trace.jsonl"
    trace.write_text(OVER_MIDNIGHT, encoding="utf-8")
    printed = CliRunner().invoke(commands, ["replay", str(trace)]).output.splitlines()
    assert printed[0].startswith("2026-03-02 22:45:00 22:46:00  ")
    assert printed[1].startswith("2026-03-02 22:46:00 2026-03-03 00:51:25  ")


def test_a_trace_with_a_byte_order_mark_is_read_from_a_file_and_from_the_input(tmp_path: Path) -> None:
    trace = tmp_path / "trace.jsonl"
    trace.write_text(OVER_MIDNIGHT, encoding="utf-8")
    usual = CliRunner().invoke(commands, ["replay", str(trace)])
    content = OVER_MIDNIGHT.replace("\n", "\r\n").encode("utf-8-sig")
    trace.write_bytes(content)
    assert CliRunner().invoke(commands, ["replay", str(trace)]).output == usual.output
    assert CliRunner().invoke(commands, ["replay", "-"], input=content).output == usual.output


def test_a_trace_in_utf_16_is_refused_in_one_sentence(tmp_path: Path) -> None:
    trace = tmp_path / "trace.jsonl"
    trace.write_text(OVER_MIDNIGHT, encoding="utf-16")
    done = CliRunner().invoke(commands, ["replay", str(trace)])
    assert done.exit_code == 2
    assert done.output == f"Error: {trace}: it is UTF-16 text, so save it as UTF-8\n"
