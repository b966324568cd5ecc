"""Fifty megabytes of log lines of three processes at once: none is lost or torn."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.test_logs_shared import check, write

LINES, LENGTH = 17_000, 1000


@pytest.mark.timeout(1800)  # each line takes the lock of three files
def test_fifty_megabytes_at_once(tmp_path: Path) -> None:
    data = tmp_path / "data"
    write(data, lines=LINES, length=LENGTH, most=10_000_000)
    size = sum(file.stat().st_size for file in (data / "logs").glob("app.log*"))
    assert size > 50_000_000
    assert check(data, "app.log", lines=LINES) >= 5
    check(data, "download.log", lines=LINES)
