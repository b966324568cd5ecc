"""Commands whose output nobody reads do their work all the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.product import PROJECT, Product

MANAGE = f"{sys.executable} manage.py"


@pytest.fixture
def product(tmp_path: Path) -> Product:
    (tmp_path / "data").mkdir()
    for number in range(1, 13):
        folder = tmp_path / "library" / f"Series {number}"
        folder.mkdir(parents=True)
        (folder / "S01E01.mkv").write_bytes(b"video")
    product = Product(tmp_path / "data", tmp_path / "library")
    product.migrate()
    return product


def shell(product: Product, command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        cwd=PROJECT,
        env=product.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    "end", ["| true", "--json 2>&1 | true", "--json >/dev/full", "<&- >&- 2>&-"]
)
def test_scan_that_nobody_listens_to_is_done(product: Product, end: str) -> None:
    done = shell(product, f"{MANAGE} rescan --no-provider {end}")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    again = shell(product, f"{MANAGE} rescan --no-provider --json")
    result = json.loads(again.stdout.splitlines()[-1])["result"]
    assert (result["files"], result["new"]) == (12, 0)


def test_scan_that_fails_says_so_by_its_code_alone(product: Product, tmp_path: Path) -> None:
    (tmp_path / "library").rename(tmp_path / "elsewhere")
    done = shell(product, f"{MANAGE} rescan --no-provider >&- 2>&-")
    assert done.returncode == 1


def test_names_go_on_until_their_reader_has_gone(product: Product) -> None:
    done = shell(product, f"yes 'Show/S01E02.mkv' | head -n 100000 | {MANAGE} parsenames | head -1")
    assert json.loads(done.stdout)["episodes"] == [2]
    assert "Traceback" not in done.stderr
