"""Target paths: what media servers read, on any file system, in any script."""

from __future__ import annotations

from typing import Any

import pytest

from aniworld.config.schema import DEFAULT_NAMING
from library.naming.layout import Layout, target_path
from library.naming.template import EpisodeName


def name(**fields: Any) -> EpisodeName:
    values: dict[str, Any] = {
        "name": "Frieren",
        "season": 1,
        "episode": 5,
        "title": "Der Tod",
        "year": 2023,
    }
    return EpisodeName(**{**values, **fields})


def path(template: str = DEFAULT_NAMING, layout: Layout | None = None, **fields: Any) -> str:
    return str(target_path(template, name(**fields), extension=".mp4", layout=layout))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "Frieren (2023)/Season 01/Frieren - S01E05 - Der Tod.mp4"),
        ({"title": ""}, "Frieren (2023)/Season 01/Frieren - S01E05.mp4"),
        ({"year": None}, "Frieren/Season 01/Frieren - S01E05 - Der Tod.mp4"),
        ({"season": 0, "episode": 1}, "Frieren (2023)/Season 00/Frieren - S00E01 - Der Tod.mp4"),
        (
            {"season": 12, "episode": 1105},
            "Frieren (2023)/Season 12/Frieren - S12E1105 - Der Tod.mp4",
        ),
        (
            {"language": "German Sub"},
            "Frieren (2023)/Season 01/Frieren - S01E05 - Der Tod (German Sub).mp4",
        ),
        (
            {"name": "Fate/stay night: UBW", "title": "Wer? *Ich*"},
            "Fate+stay night - UBW (2023)/Season 01/"
            "Fate+stay night - UBW - S01E05 - Wer! -Ich-.mp4",
        ),
        (
            {"name": "葬送のフリーレン", "title": "冒険の終わり"},
            "葬送のフリーレン (2023)/Season 01/葬送のフリーレン - S01E05 - 冒険の終わり.mp4",
        ),
        (
            {"name": ".hack//SIGN", "title": "..."},
            "hack++SIGN (2023)/Season 01/hack++SIGN - S01E05.mp4",
        ),
        (
            {"name": "../../etc", "title": "a/../b"},
            "+..+etc (2023)/Season 01/+..+etc - S01E05 - a+..+b.mp4",
        ),
        ({"name": "a\nb\tc\x00d\x1b"}, "a b cd (2023)/Season 01/a b cd - S01E05 - Der Tod.mp4"),
        ({"name": "abc\u202eexe"}, "abcexe (2023)/Season 01/abcexe - S01E05 - Der Tod.mp4"),
        ({"title": "Ende ... "}, "Frieren (2023)/Season 01/Frieren - S01E05 - Ende.mp4"),
    ],
)
def test_the_default_template(fields: dict[str, Any], expected: str) -> None:
    assert path(**fields) == expected


@pytest.mark.parametrize(
    ("template", "fields", "expected"),
    [
        ("{name}/{name} {season}x{episode:03} [{language}]", {}, "Frieren/Frieren 1x005.mp4"),
        (
            "{name}/{name} {season}x{episode:03} [{language}]",
            {"language": "German Sub"},
            "Frieren/Frieren 1x005 [German Sub].mp4",
        ),
        ("{name}/{title} - S{season}E{episode}", {"title": ""}, "Frieren/S1E5.mp4"),
        ("{name}/{name}.{title}.S{season}E{episode}", {"title": ""}, "Frieren/Frieren.S1E5.mp4"),
        (
            "{name}/{name} ({year}) - S{season}E{episode}",
            {"year": None},
            "Frieren/Frieren - S1E5.mp4",
        ),
        ("{name}/([{year}]) S{season}E{episode}", {"year": None}, "Frieren/S1E5.mp4"),
        ("S{season}E{episode}", {}, "Frieren (2023)/S1E5.mp4"),
        ("{key}/S{season}E{episode}", {"key": "frieren"}, "frieren/S1E5.mp4"),
        ("{name}/{year}/S{season}/E{episode}", {"year": None, "name": "x"}, "x/S1/E5.mp4"),
        ("{key}/S{season}E{episode}", {"key": ""}, "Frieren (2023)/S1E5.mp4"),
        # What lies above the series' folder would be one for all series: the library folder is.
        ("Anime/{name}/S{season}E{episode}", {}, "Frieren/S1E5.mp4"),
        ("{year}/{name}/S{season}E{episode}", {}, "Frieren/S1E5.mp4"),
        # What names a season or an episode is not the series' folder, but lies in it.
        ("{name} S{season}/S{season}E{episode}", {}, "Frieren (2023)/Frieren S1/S1E5.mp4"),
        ("{title}/{name}/S{season}E{episode}", {}, "Frieren (2023)/Der Tod/Frieren/S1E5.mp4"),
        ("{name}/{title}/S{season}E{episode}", {"title": "Extras"}, "Frieren/Extras_/S1E5.mp4"),
        ("{name} ({year})/S{season}E{episode}", {"name": "A (2023)"}, "A (2023)/S1E5.mp4"),
        ("{key} ({year})/S{season}E{episode}", {"key": "a"}, "a (2023)/S1E5.mp4"),
    ],
)
def test_other_templates(template: str, fields: dict[str, Any], expected: str) -> None:
    assert path(template, **fields) == expected


def test_nothing_of_a_title_can_fail_a_name() -> None:
    nameless = path("{title}/{name}/S{season}/{title} {episode}", name="...", title="?", key="k")
    assert nameless == "k (2023)/!/k/S1/! 5.mp4"
    assert path("{name}/S{season}/E{episode}", name="...", title="", year=None) == "_/S1/E5.mp4"


@pytest.mark.parametrize("reserved", ["CON", "nul", "Aux", "COM1", "lpt9", "com¹", "CON.txt"])
def test_names_windows_keeps_for_itself(reserved: str) -> None:
    stem = reserved.split(".", maxsplit=1)[0]
    folder = path("{name}/S{season}E{episode}", name=reserved).split("/", maxsplit=1)[0]
    assert folder.startswith(f"{stem}_")


@pytest.mark.parametrize(
    ("layout", "season", "expected"),
    [
        (Layout("Frieren [kept]", ["Season 1", "Season 2"]), 2, "Frieren [kept]/Season 2"),
        (Layout("Frieren", ["Staffel 1"]), 2, "Frieren/Staffel 2"),
        (Layout("Frieren", ["S01"]), 3, "Frieren/S03"),
        (Layout("Frieren", ["Season 1", "Specials"]), 0, "Frieren/Specials"),
        (Layout("Frieren", ["Filme", "Staffel 1"]), 0, "Frieren/Filme"),
        (Layout("Frieren", [], is_flat=True), 1, "Frieren"),
        (Layout("Frieren", ["Extras"]), 1, "Frieren/Season 01"),
        (Layout("Fate: odd?", []), 1, "Fate: odd?/Season 01"),
    ],
)
def test_what_is_on_disk_is_kept(layout: Layout, season: int, expected: str) -> None:
    assert path(layout=layout, season=season).rsplit("/", maxsplit=1)[0] == expected


@pytest.mark.parametrize("text", ["x", "ü", "葬", "🎬", "e\u0301\u0302", "👨‍👩‍👧", "क्षि"])
def test_long_names_fit_and_keep_the_numbers(text: str) -> None:
    long = text * 400
    cases: list[dict[str, Any]] = [{"title": long}, {"name": long}, {"name": long, "title": long}]
    for fields in cases:
        parts = path(**fields).split("/")
        assert all(len(part.encode()) <= 255 for part in parts)
        assert "S01E05" in parts[-1]
        assert parts[-1].endswith(".mp4")
        assert "\ufffd" not in parts[-1]


@pytest.mark.parametrize("codepoint", [*range(0x20), 0x7F, 0x2028, 0xD800, 0x202E, ord("/")])
def test_no_character_escapes_its_part(codepoint: int) -> None:
    parts = path(name=f"a{chr(codepoint)}b").split("/")
    assert len(parts) == 3
    assert parts[0].isprintable()
