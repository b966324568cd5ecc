"""Every name we make is read back as exactly what it is, whatever the titles hold."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import PurePosixPath

import pytest

from aniworld.config.schema import DEFAULT_NAMING
from library.names import read
from library.naming.layout import Layout, target_path
from library.naming.paths import to_stored
from library.naming.template import EpisodeName, parts_of, render
from library.naming.text import LONGEST_NAME
from library.naming.videos import ignored_directory, ignored_file, is_video
from library.services.numbering import Numbering
from tests.unit.library.conftest import Put, only_series, rescan
from tests.unit.library.fakes import FakeSite
from tests.unit.library.naming.corpus import PRESETS, SERIES, WORDS, titles

TITLES = 5000
SEED = 20260801
# Season and episode: the first ones, specials, over a hundred, over a thousand, a year.
PLACES = (
    (1, 5),
    (1, 1),
    (2, 12),
    (3, 7),
    (0, 3),
    (1, 99),
    (1, 100),
    (1, 150),
    (12, 1105),
    (2013, 4),
)
NEW = None
KEPT = (
    Layout("Show"),
    Layout("Some Other Name [kept]", ["Season 1", "Extras"]),
    Layout("Show (2013)", ["Staffel 01", "Specials"]),
    Layout("S02E03 [Group] 1080p", ["S1"]),
    Layout("[Group] Show - 01-12 [BD]", ["Filme", "Season 1"]),
    Layout("Show flat", is_flat=True),
    Layout("Movies", is_flat=True),
    Layout("Show Extras"),
    Layout("Special 3", ["Season 02"]),
    Layout("a]b \udce9", is_flat=True),  # a name that is not UTF-8, as `os` gives it
)


def episodes() -> Iterator[tuple[str, EpisodeName, Layout | None]]:
    """For each title the default template and another, for a new and for a kept folder."""
    chance = random.Random(SEED)
    presets = tuple(PRESETS)
    for number, title in enumerate(titles(TITLES, SEED)):
        name = SERIES[number % len(SERIES)] if number % 3 else "Frieren"
        for preset in ("default", chance.choice(presets)):
            for layout in (NEW, chance.choice(KEPT)):
                season, episode = chance.choice(PLACES)
                year, language = chance.choice((None, 2023)), chance.choice(("", "German Sub"))
                absolute = episode + 12 * (season - 1) if season else None
                named = EpisodeName(
                    name, season, episode, title, year, language, "the-key", absolute
                )
                yield preset, named, layout


def flaw(
    path: PurePosixPath, named: EpisodeName, layout: Layout | None, longest: int = LONGEST_NAME
) -> str:
    """What is wrong with a path; empty if nothing is."""
    reading = read(str(path))
    numbers = reading.season, reading.episodes, reading.absolute
    place, counted = (named.season, (named.episode,)), (named.absolute,)
    if numbers not in {(*place, ()), (*place, counted), (None, (), counted)}:
        return f"read as {numbers} by {reading.rule}"
    folder, *inner = path.parts[:-1]
    if layout and folder != layout.folder:
        return "not in the folder that is kept"
    if any(ignored_directory(part, depth=depth) for depth, part in enumerate((folder, *inner))):
        return "in a folder no scan looks into"
    if ignored_file(path.name) or not is_video(path.name):
        return "no episode to a scan"
    if any(len(part.encode(errors="surrogateescape")) > longest for part in path.parts):
        return "longer than a name may be"
    return ""


def test_every_name_we_make_is_read_back() -> None:
    wrong, seen = [], set()
    for preset, named, layout in episodes():
        path = target_path(PRESETS[preset], named, extension=".mp4", layout=layout)
        seen.add((preset, layout is NEW))
        if found := flaw(path, named, layout):
            wrong.append(f"{preset}: {path!s} {named}: {found}")
    assert len(seen) == 2 * len(PRESETS)
    assert not wrong, "\n".join([f"{len(wrong)} are wrong", *wrong[:20]])


@pytest.mark.parametrize("longest", [143, 60, 30])
def test_names_keep_to_a_file_system_of_shorter_ones(longest: int) -> None:
    """143 bytes are left of a name where eCryptfs keeps it."""
    wrong = []
    for preset, named, layout in islice(episodes(), 0, None, 5):
        path = target_path(PRESETS[preset], named, extension=".mp4", layout=layout, longest=longest)
        kept = layout is not None and len(os.fsencode(layout.folder)) > longest
        if not kept and (found := flaw(path, named, layout, longest)):
            wrong.append(f"{preset}: {path!s} {named}: {found}")
    assert not wrong, "\n".join([f"{len(wrong)} are wrong", *wrong[:20]])


def test_titles_seldom_cost_more_than_quotes() -> None:
    """Most of these titles read like a number, a season or a mark, and yet few names differ from
    the owner's template, and fewer have lost the series' name or the title."""
    asked = [(named, layout) for preset, named, layout in episodes() if preset == "default"][::4]
    part = parts_of(DEFAULT_NAMING).file
    as_wished = shorter = 0
    for named, layout in asked:
        stem = target_path(DEFAULT_NAMING, named, extension=".mp4", layout=layout).stem
        tagged = f"{part} ({{language}})" if named.language else part
        whole = render(tagged, named.values(), room=LONGEST_NAME - 4)
        as_wished += stem == whole
        shorter += len(stem) < len(whole)
    assert as_wished > 0.93 * len(asked)
    assert shorter < 0.05 * len(asked)


@pytest.mark.parametrize("preset", sorted(set(PRESETS) - {"folder of an episode"}))
@pytest.mark.parametrize("title", ["", "Der Tod", "葬送のフリーレン", "Was nun?", "Wer: Ende"])
def test_ordinary_titles_are_named_as_the_template_says(preset: str, title: str) -> None:
    named = EpisodeName("Frieren", 1, 5, title, 2023, "German Sub", "the-key", absolute=5)
    parts = parts_of(PRESETS[preset])
    path = target_path(PRESETS[preset], replace(named, language=""), extension=".mp4")
    assert path.stem == render(parts.file, replace(named, language="").values())
    assert path.parts[0] == render(parts.series, named.values())


def test_a_template_may_name_the_episode_only_in_its_folder() -> None:
    """Such a file alone says nothing: the reader takes the number from the episode's folder."""
    named = EpisodeName("Frieren", 1, 5, "Der Tod")
    path = target_path(PRESETS["folder of an episode"], named, extension=".mp4")
    assert str(path) == "Frieren/Season 1/E05 - Der Tod/Frieren.mp4"
    assert not flaw(path, named, NEW)


@pytest.mark.parametrize(
    ("template", "name", "title", "place", "stem"),
    [
        # As the template says: the reader knows better.
        (DEFAULT_NAMING, "Frieren", "E05", (1, 5), "Frieren - S01E05 - E05"),
        (DEFAULT_NAMING, "Frieren", "E13", (2, 1), "Frieren - S02E01 - E13"),
        (DEFAULT_NAMING, "Frieren", "12 Angry Men", (1, 5), "Frieren - S01E05 - 12 Angry Men"),
        (DEFAULT_NAMING, "24", "13:00 Uhr", (1, 5), "24 - S01E05 - 13-00 Uhr"),
        # Set in quotes: two files of two episodes are called so.
        (DEFAULT_NAMING, "Frieren", "E06", (1, 5), "Frieren - S01E05 - 'E06'"),
        (DEFAULT_NAMING, "Frieren", "006 - Es", (1, 5), "Frieren - S01E05 - '006 - Es'"),
        (DEFAULT_NAMING, "Frieren", "Es.part", (1, 5), "Frieren - S01E05 - 'Es.part'"),
        # In the surest form: 150 in the folder of season 1 is S01E50, and 05 - 12 is a range.
        (PRESETS["absolute"], "Frieren", "Es", (1, 5), "Frieren - 005 - Es"),
        (PRESETS["absolute"], "Frieren", "Es", (1, 150), "Frieren - S01E150 - Es"),
        (PRESETS["absolute, bare"], "Frieren", "Es", (1, 150), "Frieren - S01E150"),
        # So where there is no number over all seasons: a special.
        (PRESETS["over all seasons"], "Frieren", "Es", (0, 3), "Frieren - S00E03 - Es"),
        (PRESETS["kodi"], "Frieren", "Es", (12, 1105), "Frieren - S12E1105 - Es"),
        # Without what misleads, where nothing else helps.
        (DEFAULT_NAMING, "S02E03", "Es", (1, 5), "S01E05 - Es"),
        (DEFAULT_NAMING, "Frieren", "[1x05]", (1, 5), "Frieren - S01E05 - [1x05]"),
        (DEFAULT_NAMING, "Frieren", "Es.part-Frag2", (1, 5), "Frieren - S01E05"),
    ],
)
def test_what_gives_way(
    template: str, name: str, title: str, place: tuple[int, int], stem: str
) -> None:
    named = EpisodeName(name, *place, title)
    path = target_path(template, named, extension=".mp4")
    assert path.stem == stem
    assert not flaw(path, named, NEW)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "template", [DEFAULT_NAMING, PRESETS["absolute"], PRESETS["over all seasons"]]
)
def test_a_scan_finds_each_file_as_its_episode(site: FakeSite, put: Put, template: str) -> None:
    """The same on a disk: as many nasty titles as fit into one season."""
    named = [
        EpisodeName("Frieren", 1, number, title, 2023, absolute=number)
        for number, title in enumerate(titles(len(WORDS), SEED), start=1)
    ]
    site.add("frieren", "Frieren", {1: len(named)}, year=2023)
    paths = [str(target_path(template, one, extension=".mp4")) for one in named]
    put(*paths)
    rescan()
    found = only_series().episodes.order_by("episode_number").values_list("file_path", flat=True)
    assert list(found) == [to_stored(path) for path in paths]


@pytest.mark.django_db(transaction=True)
def test_a_scan_counts_absolute_numbers_over_the_seasons(site: FakeSite, put: Put) -> None:
    seasons = {0: 1, 1: 12, 2: 12}
    listed = [(season, one) for season, last in seasons.items() for one in range(1, last + 1)]
    numbering = Numbering.of(listed)
    paths = {
        place: target_path(
            PRESETS["over all seasons"],
            EpisodeName("Frieren", *place, absolute=numbering.absolute_number(*place)),
            extension=".mp4",
        )
        for place in listed
    }
    assert {paths[place].stem for place in ((0, 1), (1, 12), (2, 1), (2, 12))} == {
        "Frieren - S00E01",
        "Frieren - 012",
        "Frieren - 013",
        "Frieren - 024",
    }
    site.add("frieren", "Frieren", seasons)
    put(*map(str, paths.values()))
    rescan()
    found = only_series().episodes.values_list("season", "episode_number", "file_path")
    assert {(season, number): path for season, number, path in found} == {
        place: str(path) for place, path in paths.items()
    }


def test_season_folders_that_are_there_say_the_season() -> None:
    """Where a series has them, a number over all seasons in one of them would say two things."""
    named = EpisodeName("Frieren", 2, 1, "Es", absolute=13)
    layout = Layout("Frieren", ["Season 1"])
    path = target_path(PRESETS["over all seasons"], named, extension=".mp4", layout=layout)
    assert str(path) == "Frieren/Season 2/Frieren - S02E01 - Es.mp4"
