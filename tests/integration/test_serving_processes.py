"""Who examines an installation from a shell is told that no web server runs."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.product import Product


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    with Product(tmp_path) as found:
        found.migrate()
        yield found


def _found(product: Product) -> set[str]:
    done = product.manage("doctor", "--json")
    assert done.returncode in {0, 1, 2}, done.stderr
    return {one["code"] for one in json.loads(done.stdout)["repairs"]}


def test_a_web_server_that_was_killed_is_missed_until_it_runs_again(product: Product) -> None:
    assert "web_dead" not in _found(product)  # nobody has ever started one here
    product.start_web()
    assert "web_dead" not in _found(product)
    product.stop("web", by=signal.SIGKILL)
    assert "web_dead" in _found(product)
    assert product.manage("doctor").returncode == 2
    product.start_web()
    assert "web_dead" not in _found(product)
    product.stop("web")
    assert "web_dead" in _found(product)
