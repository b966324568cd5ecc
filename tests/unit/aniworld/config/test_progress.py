"""How sparingly progress is told is the owner's choice, and no reason to fail."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings

from aniworld.config import store
from aniworld.config.progress import limits
from aniworld.events.reading import Limits


def test_what_the_owner_has_set() -> None:
    assert limits() == Limits(per_second=4, min_percent=1, kept=50)

    def change(data: dict[str, dict[str, object]]) -> None:
        data["downloads"].update(progress_per_second=2, progress_min_percent=0.5)
        data["advanced"].update(progress_history=7)

    store.update(change)
    assert limits() == Limits(per_second=2, min_percent=0.5, kept=7)


def test_the_usual_ones_where_nobody_can_read_it() -> None:
    shutil.rmtree(Path(settings.DATA_DIR) / "config_backups", ignore_errors=True)
    store.path().write_text("{")

    assert limits() == Limits()
