"""What a restore would change, in words."""

from __future__ import annotations

from typing import Any, cast

from aniworld.system.backups import words
from aniworld.system.backups.comparing import Difference


def test_settings_are_called_as_their_pages_call_them() -> None:
    found: dict[str, Any] = {
        "settings_here": {
            "downloads.overwrite": True,
            "scheduler.jobs.rescan.when": "every 6 hours",
        },
        "settings_backup": {"downloads.overwrite": False, "scheduler.jobs": {}},
    }
    assert [
        (one.what, one.here, one.backup) for one in words.settings(cast(Difference, found))
    ] == [
        ("Downloads › Overwrite", "on", "off"),
        ("Schedule › Jobs › rescan › When", "every 6 hours", "–"),
    ]
