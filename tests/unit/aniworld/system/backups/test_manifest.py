"""What a stranger's backup may say of itself."""

from __future__ import annotations

from typing import Any

import pytest

from aniworld.system.backups.errors import BackupRefused
from tests.unit.aniworld.system.backups.made import manifest


@pytest.mark.parametrize(
    "changes",
    [
        {"made_at": "0001-01-01T00:00:00+14:00"},  # before any time that can be told in UTC
        {"made_at": "9999-12-31T23:59:59+00:00"},  # after it in the time zones of half the world
        {"made_at": "2026-03-01T04:00:00"},
        {"newest_event": -1},
        {"newest_event": 2**63},
        {"counts": []},
        {"parts": {"aniworld.db": 1}},
        {"version": "1\n2"},
    ],
)
def test_what_nothing_could_be_done_with_is_no_backup(changes: dict[str, Any]) -> None:
    with pytest.raises(BackupRefused, match="no backup"):
        manifest(**changes)
