"""The first start says how far it is, and what went wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

PIP = """\
import sys, time
print("Ignoring colorama: markers 'sys_platform == \\"win32\\"' don't match your environment")
print("Collecting django==5.2 (from -r requirements.lock (line 1))")
print("  Using cached django-5.2.whl")
print("Requirement already satisfied: channels==4.3 in .venv", flush=True)
assert "--require-hashes" in sys.argv
{end}
"""
WELL = 'print("Installing collected packages: django")'
BADLY = 'print("ERROR: hashes are missing", file=sys.stderr); sys.exit(3)'
LOCK = """\
colorama==0.4 ; sys_platform == 'win32' \\
    --hash=sha256:aa
django==5.2 \\
    --hash=sha256:bb
channels==4.3 \\
    --hash=sha256:cc
    # via daphne==1
"""


def install(
    folder: Path, *, end: str, lines_every: float = 0.0
) -> subprocess.CompletedProcess[str]:
    """Run the script with a pip that only says what pip says."""
    (folder / "pip").mkdir()
    (folder / "pip/__init__.py").touch()
    (folder / "pip/__main__.py").write_text(PIP.format(end=end))
    lock = folder / "requirements.lock"
    lock.write_text(LOCK)
    source = (Path(settings.PROJECT_DIR) / ".ci/install.py").read_text()
    script = folder / "install.py"
    script.write_text(source.replace("EVERY_SECONDS = 10.0", f"EVERY_SECONDS = {lines_every}"))
    return subprocess.run(
        [sys.executable, str(script), str(lock)],
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_each_package_moves_it_on(tmp_path: Path) -> None:
    done = install(tmp_path, end=WELL)
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert said[0].startswith("Installing 3 packages of requirements.lock")
    assert said[1:4] == ["  1 of 3: colorama", "  2 of 3: django", "  3 of 3: channels"]
    assert said[4].startswith("  All are here")
    assert said[5].startswith("  Installed in ")


def test_a_log_gets_a_line_now_and_then(tmp_path: Path) -> None:
    assert " of 3: " not in install(tmp_path, end=WELL, lines_every=60.0).stdout


def test_what_pip_says_is_shown_where_it_fails(tmp_path: Path) -> None:
    done = install(tmp_path, end=BADLY)
    assert done.returncode == 3
    assert "ERROR: hashes are missing" in done.stdout
    assert "Installed in" not in done.stdout
