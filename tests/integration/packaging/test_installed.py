"""The wheel, installed into a fresh environment with an empty home, and uninstalled again."""

import os
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

import slowrise
from support import PROJECT


class Installation(NamedTuple):
    """A fresh environment, and an empty home in `environ`."""

    prefix: Path
    environ: Mapping[str, str]

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run `slowrise`, check its exit code, and return its output and errors."""
        done = subprocess.run(
            [self.prefix / "bin/slowrise", *arguments],
            cwd=self.environ["HOME"],
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def files(self) -> set[str]:
        """Return the paths of all files in the home."""
        home = Path(self.environ["HOME"])
        return {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    dist = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "--directory", str(dist)]
    subprocess.run(build, cwd=PROJECT, check=True, capture_output=True)
    (wheel,) = dist.glob("*.whl")
    return wheel


@pytest.fixture
def installation(wheel: Path, private_home: Path, tmp_path: Path) -> Iterator[Installation]:
    """Install the wheel. Its dependencies come from the environment of the tests."""
    prefix = tmp_path / "environment"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(prefix / "bin/python")]
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", prefix], check=True)
    library = sysconfig.get_path("purelib", vars={"base": str(prefix), "platbase": str(prefix)})
    (Path(library) / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    elsewhere = {**os.environ, "HOME": str(tmp_path)}  # pip runs other programs, which write files to the home
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)], check=True, env=elsewhere)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    # PATH has no systemctl, which would control the systemd of the developer who runs the tests.
    yield Installation(prefix, {**clean, "PATH": str(prefix / "bin")})
    removed = subprocess.run([*pip, "uninstall", "--quiet", "--yes", "slowrise"], check=False, env=elsewhere)
    assert removed.returncode == 0
    assert not [path for path in prefix.rglob("*slowrise*") if path.is_file()], "pip uninstall left files"


def test_it_works_in_an_empty_home(installation: Installation) -> None:
    assert installation.run("--version") == f"slowrise, version {slowrise.__version__}\n"
    assert "sit_soft" in installation.run("config", "show", "--default")
    assert "not running" in installation.run("status", code=3)
    (day,) = installation.prefix.glob("lib/python*/site-packages/slowrise/data/config/demo-day.jsonl")
    assert "sit" in installation.run("replay", str(day))
    assert installation.files() == set(), "a command that only reads wrote files"


def test_the_service_is_installed_and_uninstalled(installation: Installation) -> None:
    assert "No systemd here" in installation.run("service", "install")
    assert installation.files() == {
        ".config/autostart/slowrise.desktop",
        ".local/share/applications/slowrise.desktop",
        ".local/share/icons/hicolor/scalable/apps/slowrise.svg",
    }
    entry = Path(installation.environ["HOME"]) / ".config/autostart/slowrise.desktop"
    assert str(installation.prefix / "bin/slowrise") in entry.read_text(encoding="utf-8")
    installation.run("service", "uninstall")
    assert installation.files() == set()


def test_the_manual_page_and_the_menu_entry_are_installed(installation: Installation) -> None:
    share = installation.prefix / "share"
    assert {str(path.relative_to(share)) for path in share.rglob("*") if path.is_file()} == {
        "man/man1/slowrise.1",
        "metainfo/io.slowrise.slowrise.metainfo.xml",
        "applications/slowrise.desktop",
        "icons/hicolor/scalable/apps/slowrise.svg",
    }


def test_the_source_archive_contains_everything_to_build_and_test(wheel: Path) -> None:
    (archive,) = wheel.parent.glob("*.tar.gz")
    with tarfile.open(archive) as inside:
        names = {name.partition("/")[2] for name in inside.getnames()}
    for wanted in ("LICENSE", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile", "pyproject.toml"):
        assert wanted in names
    for folder in ("src", "config", "systemd", "tests", "benchmarks"):
        ours = subprocess.run(
            ["git", "-C", PROJECT, "ls-files", folder], capture_output=True, text=True, check=False
        ).stdout.split("\n")[:-1]
        assert set(filter(lambda name: (PROJECT / name).exists(), ours)) <= names


def test_the_shell_completes_commands_and_options(installation: Installation) -> None:
    script = """
        eval "$(_SLOWRISE_COMPLETE=bash_source slowrise)"
        complete -p slowrise
        COMP_WORDS=(slowrise su) COMP_CWORD=1; _slowrise_completion slowrise; echo "${COMPREPLY[@]}"
        COMPREPLY=() COMP_WORDS=(slowrise summary --c) COMP_CWORD=2
        _slowrise_completion slowrise; echo "${COMPREPLY[@]}"
    """
    path = f"{installation.environ['PATH']}:/usr/bin:/bin"
    done = subprocess.run(
        ["bash", "-c", script], env={**installation.environ, "PATH": path}, capture_output=True, text=True, check=True
    )
    registered, commands, options = done.stdout.splitlines()
    assert registered.endswith(" slowrise")
    assert commands == "summary"
    assert set(options.split()) == {"--csv", "--config"}
