"""What the Debian package repeats from elsewhere agrees with it."""

import re
import subprocess

import pytest

import slowrise
from support import PROJECT

METAINFO = PROJECT / "config/io.slowrise.slowrise.metainfo.xml"


def test_the_changelog_and_the_metainfo_have_our_version() -> None:
    changelog = (PROJECT / "debian/changelog").read_text(encoding="utf-8")
    assert changelog.startswith(f"slowrise ({slowrise.__version__}) ")
    released = re.search(r'<release version="([^"]+)"', METAINFO.read_text(encoding="utf-8"))
    assert released
    assert released[1] == slowrise.__version__


@pytest.mark.real("appstreamcli")
def test_software_centres_accept_the_metainfo() -> None:
    done = subprocess.run(
        ["appstreamcli", "validate", "--no-net", str(METAINFO)], capture_output=True, text=True, check=False
    )
    problems = re.findall(r"^[EW]: .*", done.stdout, re.MULTILINE)
    assert [each for each in problems if "url-homepage-missing" not in each] == []


def test_the_korean_menu_entry_says_what_the_english_one_does() -> None:
    entry = (PROJECT / "config/slowrise.desktop").read_text(encoding="utf-8")
    english = re.findall(r"^(Name|GenericName|Comment|Keywords)=", entry, re.MULTILINE)
    korean = re.findall(r"^(Name|GenericName|Comment|Keywords)\[ko\]=", entry, re.MULTILINE)
    assert english == korean
