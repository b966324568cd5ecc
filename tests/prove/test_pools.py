"""Real pools of mergerfs, one disk of which is away, by the real command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.prove.mounting import needs_root, pooled
from tests.prove.owner import Owner, put, settle

pytestmark = needs_root

SHOWS, EPISODES = 8, 12


def furnish(parts: list[Path], *roots: str) -> int:
    """Series whose episodes lie on the parts in turn; their key files on the first, as the last is
    to go. Returns how many files the last one has."""
    place = on_last = 0
    for show in range(SHOWS):
        folder = f"{roots[show % len(roots)]}/Show {show}"
        put(parts[0] / folder / "key")
        (parts[0] / folder / "key").write_text(f"show-{show}")
        for part in parts:  # as pools are: the folder is on each
            put(part / folder / "Season 1/readme.txt")
        for number in range(1, EPISODES + 1):
            place += 1
            part = parts[place % len(parts)]
            put(part / folder / f"Season 1/S01E{number:02}.mkv")
            on_last += part == parts[-1]
    settle(*parts)
    return on_last


def owner_of(roots: list[Path], data: Path) -> Owner:
    owner = Owner(data, tuple(roots))
    names = [str(root) for root in roots]
    (data / "config.json").write_text(json.dumps({"library": {"directories": names}}))
    if len(roots) > 1:
        owner.environment["ANIME_DIRECTORY"] = ""  # else it is the only one
    return owner


@pytest.mark.parametrize("disks", [2, 3, 4, 8])
@pytest.mark.parametrize("roots", [("anime",), ("anime", "films")], ids=["one root", "two roots"])
def test_disk_of_a_pool_is_away(tmp_path: Path, disks: int, roots: tuple[str, ...]) -> None:
    parts = [tmp_path / f"branch{number}" for number in range(disks)]
    away = furnish(parts, *roots)
    pool = tmp_path / "pool"
    everything = SHOWS * EPISODES
    with pooled(pool, tuple(parts)):
        owner = owner_of([pool / root for root in roots], tmp_path / "data")
        assert owner.rescan().counts == (everything, 0, 0)
    with pooled(pool, tuple(parts[:-1])):
        # Whoever asks for one series first believes no more than who asks for all.
        assert owner.rescan("--series", "show-0").answer["error"]["code"] == "mass_removal"
        for _ in range(2):
            scanned = owner.rescan()
            assert (scanned.code, scanned.answer["error"]["code"]) == (1, "mass_removal")
            assert len(scanned.answer["error"]["params"]["roots"]) == len(roots)
            assert owner.episodes("UNAVAILABLE") == away
            assert owner.episodes("PRESENT") == everything - away
    with pooled(pool, tuple(parts)):
        assert owner.rescan().code == 0
        assert owner.episodes("PRESENT") == everything
    with pooled(pool, tuple(parts[:-1])):
        assert owner.rescan("--accept-removals").code == 0
        assert owner.episodes("UNAVAILABLE") == 0
        assert owner.rescan().code == 0
