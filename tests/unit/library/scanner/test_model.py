"""Some short lives of a library, by chance; ``make prove`` lives two hundred longer ones."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.unit.library.model")

from tests.unit.library import model  # noqa: E402 - rewritten first
from tests.unit.library.fakes import FakeSite  # noqa: E402

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_known_is_what_was_done(seed: int, tmp_path: Path, site: FakeSite) -> None:
    model.run(seed, tmp_path / "world", site, steps=5)
