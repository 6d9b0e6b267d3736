"""The report on the real programs: a missing program never goes unnoticed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support import TESTS
from support.programs import PACKAGE_LIST, Program, listed_packages, program_named, versions

SAMPLE = """
import os, pytest
from support import programs

@pytest.mark.real("sh", "env")
def test_with_programs_that_exist():
    assert "DISPLAY" not in os.environ

@pytest.mark.real("sh", "nonesuch")
def test_with_a_missing_program():
    raise AssertionError("never run")

@pytest.mark.real("env")
def test_that_skips_itself():
    pytest.skip("cannot run here")

programs.RELEASES = ("past", *programs.RELEASES, "future")

@pytest.mark.until("past")
@pytest.mark.real("nonesuch")
def test_of_an_older_release():
    raise AssertionError("never run")

@pytest.mark.since("future")
@pytest.mark.real("nonesuch")
def test_of_a_newer_release():
    raise AssertionError("never run")
"""


def run_sample(tmp_path: Path, **environ: str) -> str:
    """Return the output of pytest on the sample, with this project's conftest."""
    shutil.copy(TESTS / "conftest.py", tmp_path)
    shutil.copytree(TESTS / "support", tmp_path / "support")
    (tmp_path / "test_sample.py").write_text(SAMPLE, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-ra", "-o", "pythonpath=.", "test_sample.py"]
    clean = {name: value for name, value in os.environ.items() if name != "CI"}
    done = subprocess.run(
        command, cwd=tmp_path, env={**clean, "DISPLAY": ":77", **environ}, capture_output=True, text=True, check=False
    )
    return done.stdout


def test_a_missing_program_is_reported(tmp_path: Path) -> None:
    printed = run_sample(tmp_path)
    assert "1 passed, 4 skipped" in printed
    lines = printed.partition("real programs")[2].splitlines()
    assert next(line for line in lines if line.startswith("sh ")).split()[-6:-2] == ["ran", "in", "1", "test,"]
    missing = next(line for line in lines if line.startswith("nonesuch"))
    assert "SKIPPED: nonesuch is not on PATH: `make test-deps` installs the Debian package nonesuch" in missing


def test_on_ci_no_program_may_be_skipped(tmp_path: Path) -> None:
    printed = run_sample(tmp_path, CI="true")
    assert "1 failed, 1 passed, 2 skipped, 1 error" in printed
    assert "knows the programs up to past" in printed
    assert "needs the programs of a newer Debian: make test-desktops RELEASE=future" in printed
    assert "skipped, which CI=true does not allow: cannot run here" in printed


def test_a_missing_program_names_its_package() -> None:
    assert program_named("sh").missing() is None
    assert "installs the Debian package odd" in str(Program("here", "odd", "/nonesuch").missing())


@pytest.mark.skipif(not shutil.which("dpkg-query"), reason="asks Debian's package manager")
def test_a_version_is_that_of_the_package() -> None:
    found = versions([Program("bash", "bash"), Program("nonesuch", "nonesuch")])
    assert found.keys() == {"bash"}
    assert found["bash"][0].isdigit()


def test_make_test_deps_installs_every_program_that_a_test_names(request: pytest.FixtureRequest) -> None:
    listed = set(listed_packages(PACKAGE_LIST.read_text(encoding="utf-8"))) | {"util-linux", "mount", "bsdutils"}
    markers = (marker for item in request.session.items for marker in item.iter_markers("real"))
    packages = {name: program_named(name).package for marker in markers for name in marker.args}
    unlisted = {name: package for name, package in packages.items() if package not in listed}
    assert not unlisted, f"add them to {PACKAGE_LIST.name}, or their packages to programs.py"


def test_the_list_of_packages_is_read_without_comments_and_repetition() -> None:
    assert listed_packages("# why\ngcc   # builds\n\nxvfb\ngcc # again\n") == ["gcc", "xvfb"]


@pytest.mark.parametrize(
    ("release", "packages"), [("bookworm", ["a", "old"]), ("trixie", ["a", "new"]), ("forky", ["a", "new"])]
)
def test_a_package_may_belong_to_newer_or_older_releases(release: str, packages: list[str]) -> None:
    assert listed_packages("a\nold <trixie\nnew >=trixie # why\n", release) == packages


def test_one_worker_runs_all_tests_of_a_file(request: pytest.FixtureRequest) -> None:
    """Tests share terminals, machines and screens with their file only. xdist writes the group into the name."""
    if not getattr(request.config.option, "loadgroup", False):
        pytest.skip("not run in groups")
    assert request.node.nodeid.endswith(f"@{request.node.path}")
