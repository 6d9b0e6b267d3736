"""pytest imports each test file by its bare name, so two of one name break the whole run."""

from __future__ import annotations

from collections import Counter

from support import PROJECT


def test_every_test_file_has_a_name_of_its_own() -> None:
    found = Counter(path.name for path in (PROJECT / "tests").rglob("test_*.py"))
    assert [name for name, times in found.items() if times > 1] == []
