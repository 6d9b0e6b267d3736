"""The wheel, unpacked in another folder, finds every file it ships."""

import subprocess
import sys
import zipfile
from pathlib import Path

from support import PROJECT

READ_EVERY_FILE = """
import sys
sys.path.insert(0, sys.argv[1])
from slowrise.adapters.system import resources
assert resources.__file__.startswith(sys.argv[1]), resources.__file__
for name in sys.argv[2:]:
    assert resources.path(name).read_bytes()
"""


def test_the_wheel_finds_every_file_it_ships(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=PROJECT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "unpacked")
        inside = archive.namelist()
    files = [path for folder in ("config", "systemd") for path in (PROJECT / folder).rglob("*") if path.is_file()]
    names = [str(path.relative_to(PROJECT)) for path in files]
    assert "config/slowrise.toml" in names
    command = [sys.executable, "-I", "-c", READ_EVERY_FILE, str(tmp_path / "unpacked"), *names]
    subprocess.run(command, cwd=tmp_path, check=True)
    assert any(name.endswith("licenses/LICENSE") for name in inside)
    assert not [name for name in inside if "test" in name.lower()]
