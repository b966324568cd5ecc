"""Two processes write the configuration and are killed at any moment: it can always be read, and
nothing that was said to be written is lost."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.integration.config_writers import Writers
from tests.prove.conftest import Prove

WRITES, KILLS = 200, 40


@pytest.mark.timeout(1800)
def test_kills_in_the_midst_of_writing_lose_nothing(tmp_path: Path, proved: Prove) -> None:
    chance = Random(1)
    with Writers(tmp_path) as writers:
        while writers.written < WRITES or writers.kills < KILLS:
            writers.let_write(seconds=chance.uniform(0, 0.05))
            writers.kill(chance.choice(writers.names))
        writers.check()
    proved(f"{writers.kills} kills within {writers.written} writes of the configuration: none lost")
