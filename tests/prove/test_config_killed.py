"""Two processes write the configuration and are killed at any moment: it can always be read, and
nothing that was said to be written is lost."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.integration.config_writers import Writers

WRITES = 200


@pytest.mark.parametrize("seed", range(3))
def test_kills_in_the_midst_of_writing_lose_nothing(tmp_path: Path, seed: int) -> None:
    chance = Random(seed)
    with Writers(tmp_path) as writers:
        while writers.written < WRITES:
            writers.let_write(seconds=chance.uniform(0, 0.4))
            writers.kill(chance.choice(writers.names))
            writers.check()
        writers.check()
    assert writers.kills > 20
