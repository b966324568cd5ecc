"""A short form of ``tests/prove/test_config_killed.py``."""

from __future__ import annotations

from pathlib import Path

from tests.integration.config_writers import Writers


def test_a_writer_that_is_killed_leaves_a_whole_file_and_loses_nothing(tmp_path: Path) -> None:
    with Writers(tmp_path) as writers:
        for name in writers.names:
            writers.let_write(seconds=0.05)
            writers.kill(name)
        writers.check()
    assert writers.written > 2
