"""Target paths: what media servers read, on any file system, in any script."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from aniworld.config.schema import DEFAULT_NAMING
from downloads.naming import EpisodeName, Layout, clean, cut, target_path


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
        ("{name}/{year}/S{season}/E{episode}", {"year": None, "name": "x"}, ValueError),
    ],
)
def test_other_templates(
    template: str, fields: dict[str, Any], expected: str | type[Exception]
) -> None:
    if isinstance(expected, str):
        assert path(template, **fields) == expected
    else:
        with pytest.raises(expected):
            path(template, **fields)


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


def test_cutting_never_tears_a_character() -> None:
    accented = "Z" + "a\u0323\u0307" * 3
    for size in range(len(accented.encode()) + 1):
        kept = cut(accented, size)
        assert len(kept.encode()) <= size
        rest = accented[len(kept) :]
        assert not rest or unicodedata.combining(rest[0]) == 0


def test_names_are_composed() -> None:
    assert clean("u\u0308ber") == "über"


@pytest.mark.parametrize("codepoint", [*range(0x20), 0x7F, 0x2028, 0xD800, 0x202E, ord("/")])
def test_no_character_escapes_its_part(codepoint: int) -> None:
    parts = path(name=f"a{chr(codepoint)}b").split("/")
    assert len(parts) == 3
    assert parts[0].isprintable()
