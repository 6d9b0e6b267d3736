"""docs/evidence.md has a row for each default time, and cites what the settings and the guidance cite."""

import re
import tomllib

import pytest

from slowrise.config.config import SETTINGS, Setting
from slowrise.core.model.policy import PROFILES
from support import PROJECT

PAGE = (PROJECT / "docs/evidence.md").read_text(encoding="utf-8")
COLUMNS = {"Notices": 3}
TIMED = [
    setting
    for setting in SETTINGS
    if setting.table == "limits" or setting.leaf in {"wait_for_pause", "snooze", "snooze_budget", "confirm_after"}
]


def tables() -> dict[str, list[list[str]]]:
    """Return the rows of each table below its heading, without its head."""
    found: dict[str, list[list[str]]] = {}
    heading = ""
    for line in PAGE.splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        elif line.startswith("|"):
            found.setdefault(heading, []).append([cell.strip() for cell in line.strip("|").split("|")])
    return {heading: rows[2:] for heading, rows in found.items()}


@pytest.mark.parametrize("setting", TIMED, ids=lambda setting: setting.name)
def test_each_default_has_a_row_with_its_value(setting: Setting) -> None:
    (standard, *others) = (setting.type.write(getattr(policy, setting.policy_field)) for policy in PROFILES.values())
    value = f"{standard} ({', '.join(map(str, others))})" if setting.by_profile else str(standard)
    assert re.search(rf"^\| `{setting.leaf}` {re.escape(value)}[ :|]", PAGE, re.MULTILINE), f"`{setting.leaf}` {value}"


def test_each_row_has_all_its_cells() -> None:
    for heading, rows in tables().items():
        for row in rows:
            assert len(row) == COLUMNS.get(heading, 5), row


def test_each_row_with_a_study_says_who_was_studied_and_what_was_found() -> None:
    for heading, rows in tables().items():
        for row in rows:
            if heading not in COLUMNS and re.search(r"\d{4}", row[1]):
                assert all(row[2:]), row


def test_the_settings_and_the_guidance_cite_no_study_that_the_page_leaves_out() -> None:
    sources = tomllib.loads((PROJECT / "config/guidance.en.toml").read_text(encoding="utf-8"))["sources"]
    texts = [setting.reason for setting in SETTINGS] + list(sources.values())
    cited = {study for text in texts for study in re.findall(r"([A-Z]\w+)(?:, \w+, \w+| et al\.) (\d{4})", text)}
    assert len(cited) > 8
    for author, year in cited:
        assert re.search(rf"{author} et al\. {year}", PAGE), f"{author} {year}"
