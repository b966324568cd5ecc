"""Names of series folders: by the template, told apart, and given by people."""

from __future__ import annotations

import pytest

from aniworld.config.schema import DEFAULT_NAMING
from library.errors import InvalidFolder
from library.naming.folders import folder_problem, series_folder, told_apart
from library.naming.layout import target_path
from library.naming.paths import to_stored
from library.naming.template import EpisodeName
from library.naming.text import LONGEST_NAME
from library.naming.titles import plain_title
from library.services.folders import checked_folder
from tests.unit.library.naming.corpus import PRESETS, SERIES


def folder(name: str, year: int | None = None, template: str = DEFAULT_NAMING) -> str:
    return series_folder(template, name=name, year=year, key="the-key")


@pytest.mark.parametrize(
    ("name", "year", "made"),
    [
        ("Attack on Titan", 2013, "Attack on Titan (2013)"),
        ("Fate/Zero: Part?", None, "Fate+Zero - Part!"),
        ("Re:Zero", 2016, "Re-Zero (2016)"),
        ("Re: Zero", 2016, "Re - Zero (2016)"),
        ("Show (2013)", 2013, "Show (2013)"),
        ("Show (2013)", 2014, "Show (2013) (2014)"),
        ("...", None, "the-key"),
        ("...", 2020, "the-key (2020)"),
        ("CON", None, "CON_"),
        ("Lost/Found", None, "Lost+Found_"),  # lost+found is a file system's own
        ("@eaDir", None, "@eaDir_"),
        ("葬送のフリーレン", 2023, "葬送のフリーレン (2023)"),
    ],
)
def test_folders_of_new_series(name: str, year: int | None, made: str) -> None:
    assert folder(name, year) == made


@pytest.mark.parametrize(
    ("template", "made"),
    [
        ("{name} [{year}]/S{season}E{episode}", "Re - Zero [2016]"),
        ("{name}/S{season}E{episode}", "Re - Zero"),
        ("{key}/S{season}E{episode}", "the-key"),
        ("{year} {name}/Season {season}/E{episode}", "2016 Re - Zero"),
        ("S{season}E{episode}", "Re - Zero (2016)"),
        ("Anime/{name}/S{season}E{episode}", "Re - Zero"),
        ("{name} S{season}/E{episode}", "Re - Zero (2016)"),
        ("{title}/S{season}E{episode}", "Re - Zero (2016)"),
        ("Anime/S{season}E{episode}", "Re - Zero (2016)"),
    ],
)
def test_the_template_names_the_folder(template: str, made: str) -> None:
    assert folder("Re: Zero", 2016, template) == made


@pytest.mark.parametrize("preset", PRESETS)
def test_folder_and_file_say_the_name_alike(preset: str) -> None:
    template = PRESETS[preset]
    for name in SERIES:
        made = folder(name, 2016, template)
        named = EpisodeName(name, 1, 5, "Der Tod", 2016, "", "the-key")
        assert target_path(template, named, extension=".mp4").parts[0] == made
        assert len(made.encode()) <= LONGEST_NAME
        assert folder_problem(to_stored(made)) == ""


@pytest.mark.parametrize("name", [name for name in SERIES if "a<b" not in name and len(name) < 99])
def test_the_words_of_a_name_stay(name: str) -> None:
    """A folder is matched by its words: those of the title, in whatever spelling."""
    words = plain_title(name.replace("\u202e", ""))
    assert plain_title(folder(name)) == words or plain_title(folder(name)) == "the key"


def test_long_names_keep_to_the_limit_of_file_systems() -> None:
    made = folder("葬" * 200, 2023)
    assert len(made.encode()) <= LONGEST_NAME
    assert made.endswith(" (2023)")


def test_a_taken_folder_is_told_apart_within_the_limit() -> None:
    assert told_apart("Show (2013)", "show-b") == "Show (2013) - show-b"
    apart = told_apart("葬" * 80, "k" * 200)
    assert apart.startswith("葬" * 60)
    assert apart.endswith(" - " + "k" * 60)
    assert len(apart.encode()) <= LONGEST_NAME


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("", "empty"),
        (" ", "empty"),
        ("a/b", "no_directory"),
        ("..", "no_directory"),
        (".", "no_directory"),
        ("a\0", "no_directory"),
        (".hidden", "skipped"),
        ("@eaDir", "skipped"),
        ("lost+found", "skipped"),
        ("abc\u202eexe", "unseen"),
        ("a\u200bb", "unseen"),
        ("a\nb", "unseen"),
        ("a\x7fb", "unseen"),
        ("a\x85b", "unseen"),
        ("a\u2028b", "unseen"),
        ("CON", "reserved"),
        ("con.old", "reserved"),
        ("COM¹", "reserved"),
        ("x" * 256, "too_long"),
        ("葬" * 86, "too_long"),
        ("a\\b", "backslash"),
        ("a\\x0a", "backslash"),  # no byte that a name which is text would be stored with
    ],
)
def test_folders_nobody_may_ask_for(given: str, why: str) -> None:
    assert folder_problem(given) == why
    with pytest.raises(InvalidFolder):
        checked_folder(given)


@pytest.mark.parametrize(
    "given",
    [
        *("Show", "Show: odd? <1>", "Console", "common", "x" * 255, "a\\\\b", "caf\\xe9", "Extras"),
        *("می\u200cخواهم", "👨\u200d👩\u200d👧", "Zo\u0308e", " Show ", "Show."),
    ],
)
def test_folders_people_may_have(given: str) -> None:
    assert checked_folder(given) == given
