"""A sample library on disk for the sample catalogue, and the truth about what is in it.

Every folder is named in another of the ways people's libraries are. Files are real, short films;
times are fixed in the past, so that a scan takes nothing for "still being written".
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.site import shows
from tests.site.catalogue import Show
from tests.site.media import ensure_media

Place = tuple[int, int]  # (season, episode)
_LONG_AGO = 1_704_100_000  # 2024-01-01, seconds


@dataclass(frozen=True, slots=True)
class FolderTruth:
    """What one series folder holds. ``key`` is None where nobody can tell which series it is."""

    folder: str
    key: str | None
    files: Mapping[str, tuple[Place, ...]]  # path within the folder → the episodes in that file
    candidates: tuple[str, ...] = ()  # keys the owner can choose from
    unreadable: tuple[str, ...] = ()  # videos whose name says nothing
    noise: tuple[str, ...] = ()  # what must not count

    @property
    def present(self) -> frozenset[Place]:
        return frozenset(place for places in self.files.values() for place in places)


@dataclass(frozen=True, slots=True)
class LibraryTruth:
    root: Path
    folders: tuple[FolderTruth, ...]

    @property
    def matched(self) -> dict[str, FolderTruth]:
        """The folders whose series is clear, by series key."""
        return {truth.key: truth for truth in self.folders if truth.key}

    @property
    def unmatched(self) -> tuple[FolderTruth, ...]:
        return tuple(truth for truth in self.folders if truth.key is None)

    def present(self, key: str) -> frozenset[Place]:
        return self.matched[key].present

    def missing(self, key: str, available: Iterable[Place] | None = None) -> dict[int, list[int]]:
        """Season → numbers that the catalogue has sources for and the disk lacks.

        ``available`` is what the catalogue says now, where a test has changed it.
        """
        known = shows.by_key(key).available() if available is None else set(available)
        seasons: dict[int, list[int]] = {}
        for season, number in sorted(known - self.present(key)):
            seasons.setdefault(season, []).append(number)
        return seasons

    def all_missing(self) -> dict[str, dict[int, list[int]]]:
        """``missing`` of every matched series that lacks something."""
        lists = {key: self.missing(key) for key in self.matched}
        return {key: seasons for key, seasons in lists.items() if seasons}


def build_library(root: Path, *, data: Path) -> LibraryTruth:
    """Write the sample library into ``root`` (made if need be); ``data`` holds the clips."""
    clips = ensure_media(data) / "small"
    truth = LibraryTruth(root, tuple(_folders()))
    for folder in truth.folders:
        _write_folder(root / folder.folder, folder, clips)
    _write_side_files(root)
    _set_times(root)
    return truth


def _folders() -> list[FolderTruth]:
    return [
        _mondlaterne(),
        _crosses(shows.HOERNUM, "Die Klinge von Hörnum"),
        _staffel(shows.KUPFERFUCHS, "Kupferfuchs"),
        _numbers_in_season(shows.TEA, "Tea & Thunder's Edge (2016)"),
        _group_release(),
        _absolute(shows.STERNWARTE, "Sternwarte Nord"),
        _language_label(shows.KAZEKIRI, "Kazekiri", {2: range(1, 13), 4: range(1, 6)}),
        _multi(shows.PAPIERDRACHEN, "Papierdrachen"),
        _ambiguous(),
        _season_folders(shows.GLASGARTEN_2022, "Glasgarten (2022)", {1: range(1, 6)}),
        _season_folders(shows.FROST, "Frost Feuer Zero", {1: (1, 2, 3, 5, 8)}),
        _numbers_in_season(shows.TREPPEN, "Treppen"),
        _season_folders(shows.TSUBAKI, "Tsubaki no Fude (2018)", {1: range(1, 12)}),
        _films_beside(),
        _season_folders(shows.UHRWERK, "Uhrwerk 2199 (2022) [imdbid-tt9000018]", {1: range(3, 13)}),
        _holiday(),
    ]


def _title(show: Show, season: int, number: int) -> str:
    episode = show.episode(season, number)
    return (episode.title or episode.original_title) if episode else ""


def _season_folders(show: Show, folder: str, seasons: Mapping[int, Iterable[int]]) -> FolderTruth:
    """``Season 01/Name - S01E05 - Title.mp4``"""
    name = folder.split(" (", maxsplit=1)[0]
    files = {
        f"Season {s:02}/{name} - S{s:02}E{n:02} - {_title(show, s, n)}.mp4": ((s, n),)
        for s, numbers in seasons.items()
        for n in numbers
    }
    return FolderTruth(folder, show.key, files)


def _mondlaterne() -> FolderTruth:
    show, folder = shows.MONDLATERNE, "Mondlaterne (2013)"
    second = [n for n in range(1, 9) if n != 5]
    plain = _season_folders(show, folder, {1: range(1, 13), 2: second, 0: (1,)})
    noise = (
        "Thumbs.db",
        "@eaDir/Mondlaterne - S03E01.mp4",
        "Season 01/._Mondlaterne - S03E02.mp4",
        "Extras/Making of S03E03.mp4",
        "Sample/mondlaterne-s03e04-sample.mkv",
        "Season 02/Mondlaterne - S02E09.mp4.part",
        "Season 01/Mondlaterne - S01E01 - Der erste Morgen.de.srt",
    )
    return FolderTruth(folder, show.key, plain.files, noise=noise)


def _crosses(show: Show, folder: str) -> FolderTruth:
    """``Name 1x05.mkv``, all in one folder."""
    places = [(1, n) for n in range(1, 13) if n not in {3, 7}] + [(2, n) for n in range(1, 5)]
    files = {f"{show.title} {s}x{n:02}.mkv": ((s, n),) for s, n in places}
    return FolderTruth(folder, show.key, files)


def _staffel(show: Show, folder: str) -> FolderTruth:
    """``Staffel 1/Folge 5.mp4``, and one file whose name says nothing."""
    places = [(1, n) for n in range(1, 13)] + [(2, n) for n in range(1, 4)]
    files = {f"Staffel {s}/Folge {n}.mp4": ((s, n),) for s, n in places}
    return FolderTruth(folder, show.key, files, unreadable=("Letzte Aufnahme.mkv",))


def _numbers_in_season(show: Show, folder: str) -> FolderTruth:
    """``Season 1/05 - Title.mkv``"""
    files = {f"Season 1/{n:02} - {_title(show, 1, n)}.mkv": ((1, n),) for n in range(1, 10)}
    return FolderTruth(folder, show.key, files)


def _group_release() -> FolderTruth:
    """``[Group] 93 - 05 [1080p][ABCD1234].mkv``, the title itself a number; a film aside."""
    files: dict[str, tuple[Place, ...]] = {
        f"[Kranich] 93 - {n:02} [1080p][{0xA1B2C300 + n:08X}].mkv": ((1, n),) for n in range(1, 8)
    }
    files["Filme/93 - Movie 001 (German Dub).mp4"] = ((0, 1),)
    return FolderTruth("93", shows.NINETY_THREE.key, files)


def _absolute(show: Show, folder: str) -> FolderTruth:
    """``[Group] Name - 30v2 [720p].mkv``, counted through both seasons."""
    first = len(show.season(1))
    files: dict[str, tuple[Place, ...]] = {}
    for n in range(1, 41):
        place = (1, n) if n <= first else (2, n - first)
        version = "v2" if n % 10 == 0 else ""
        if n not in {13, 33}:
            files[f"[Polar] {show.title} - {n:02}{version} [720p].mkv"] = (place,)
    return FolderTruth(folder, show.key, files)


def _language_label(show: Show, folder: str, seasons: Mapping[int, Iterable[int]]) -> FolderTruth:
    """``Name - S01E001 - (German Sub).mp4``, as one known tool writes them."""
    files = {
        f"{show.title} - S{s:02}E{n:03} - (German Sub).mp4": ((s, n),)
        for s, numbers in seasons.items()
        for n in numbers
    }
    return FolderTruth(folder, show.key, files)


def _multi(show: Show, folder: str) -> FolderTruth:
    """Two episodes in one file, in two spellings, then single ones."""
    files: dict[str, tuple[Place, ...]] = {
        f"{show.title} S01E01E02.mkv": ((1, 1), (1, 2)),
        f"{show.title} S01E03-E04.mkv": ((1, 3), (1, 4)),
    }
    files |= {f"{show.title} S01E{n:02}.mkv": ((1, n),) for n in range(5, 11)}
    return FolderTruth(folder, show.key, files)


def _ambiguous() -> FolderTruth:
    """Two series of this title, and nothing that says which."""
    keys = (shows.GLASGARTEN_2008.key, shows.GLASGARTEN_2022.key)
    files = {f"Glasgarten - S01E{n:02}.mp4": ((1, n),) for n in range(1, 7)}
    return FolderTruth("Glasgarten", None, files, candidates=keys)


def _films_beside() -> FolderTruth:
    show, folder = shows.SIEGEL, "Wächter der 12 Siegel"
    series = _language_label(show, folder, {1: range(1, 25), 2: range(1, 7)})
    films = {f"Filme/{show.title} - Movie {n:03} (German Dub).mp4": ((0, n),) for n in (1, 2)}
    return FolderTruth(folder, show.key, {**series.files, **films})


def _holiday() -> FolderTruth:
    return FolderTruth("Urlaub am Meer", None, {}, unreadable=("Strand.mp4", "Hafen.mp4"))


def _write_folder(folder: Path, truth: FolderTruth, clips: Path) -> None:
    for name in (*truth.files, *truth.unreadable, *truth.noise):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix in {".mp4", ".mkv"}:
            clip = clips / ("small.mkv" if path.suffix == ".mkv" else "mp4/v480.mp4")
            shutil.copyfile(clip, path)
        else:
            path.write_bytes(b"not a film\n")


def _write_side_files(root: Path) -> None:
    """What earlier tools left behind: a ``data`` file and a ``key`` file."""
    frost = shows.FROST
    data = {
        "key": frost.key,
        "name": frost.title,
        "site": "aniworld.to",
        "folder": "Frost Feuer Zero",
        "episodeDict": {"1": [4, 6, 7, 9, 10]},
    }
    (root / "Frost Feuer Zero/data").write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    (root / "Treppen/key").write_text(f"{shows.TREPPEN.key}\n", "utf-8")


def _set_times(root: Path) -> None:
    """Files first, their folders after them, deepest first: writing has changed those."""
    for path in sorted(root.rglob("*"), key=lambda p: len(p.parts), reverse=True):
        os.utime(path, (_LONG_AGO, _LONG_AGO))
    os.utime(root, (_LONG_AGO, _LONG_AGO))
