"""Numberings of many series from a file: ours, and the XML of Anime-Lists."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from aniworld.journal.models import Entry
from library.errors import MappingFileInvalid
from library.models import AnimeSeries
from library.services.numbering import MappingRange
from library.services.numbering_files import MAX_BYTES
from library.services.numbering_import import looked_through, take_over
from library.services.series import set_mapping
from tests.factories import make_episodes, make_file, make_root, make_series

pytestmark = pytest.mark.django_db

SPLIT = {
    "library_season": 1,
    "library_first": 13,
    "library_last": 24,
    "provider_season": 2,
    "provider_first": 1,
}
XML = """<?xml version="1.0" encoding="utf-8"?>
<anime-list>
  <anime anidbid="100" tvdbid="700" defaulttvdbseason="2" episodeoffset="1">
    <name>Show</name>
    <mapping-list>
      <mapping anidbseason="0" tvdbseason="0">;1-5;2-0;</mapping>
      <mapping anidbseason="1" tvdbseason="3" start="4" end="6" offset="-3"/>
    </mapping-list>
  </anime>
  <anime anidbid="101" tvdbid="movie" defaulttvdbseason="1"/>
  <anime anidbid="x" tvdbid="1" defaulttvdbseason="1"/>
  <anime anidbid="102" tvdbid="702" defaulttvdbseason="a" episodeoffset="12"/>
  <anime anidbid="103" tvdbid="703" defaulttvdbseason="1">
    <mapping-list><mapping anidbseason="1" tvdbseason="1" start="1" end="900000"/></mapping-list>
  </anime>
</anime-list>"""


def show(key: str = "show", *, ids: dict[str, str] | None = None, count: int = 12) -> AnimeSeries:
    root = make_root()
    return make_series(key.title(), key=key, missing=count, root=root, ids=ids or {})


def document(*entries: Any) -> bytes:
    return json.dumps(list(entries)).encode()


def run(tmp_path: Path, content: bytes, *options: str) -> list[str]:
    file, out = tmp_path / "numberings", StringIO()
    file.write_bytes(content)
    call_command("importnumberings", str(file), *options, stdout=out)
    return out.getvalue().splitlines()


def mapping_of(series: AnimeSeries) -> list[Any]:
    return list(AnimeSeries.objects.get(pk=series.pk).mapping)


def test_it_is_shown_first_and_taken_over_by_word(tmp_path: Path) -> None:
    series = make_series("Show", key="show", missing=12, seasons=2, root=make_root())
    make_file(series, "Show/S01E13.mkv", season=1, episodes=[13])
    content = document(
        {"site": "aniworld", "key": "show", "mapping": [SPLIT]},
        {"site": "aniworld", "key": "nobody", "mapping": [SPLIT]},
    )
    assert run(tmp_path, content) == [
        "+ Show (show): season 1, 13 to 24 → season 2 from 1",
        "series=1 elsewhere=1",
        "Nothing was changed. Call it again with --apply.",
    ]
    assert mapping_of(series) == []
    assert run(tmp_path, content, "--apply")[-1] == "changed=1 elsewhere=1"
    assert mapping_of(series) == [SPLIT]
    assert series.episodes.get(season=2, episode_number=1).state == "PRESENT"
    assert Entry.objects.get(action="series.renumbered").actor_kind == "COMMAND"
    assert run(tmp_path, content, "--apply") == ["changed=0 elsewhere=1"]


def test_a_wrong_entry_does_not_stop_the_rest(tmp_path: Path) -> None:
    series = make_series("Show", key="show", missing=12, seasons=2)
    far = show("far")
    content = document(
        3,
        {"site": "aniworld", "key": "show", "mapping": "none"},
        {"site": "aniworld", "key": "far", "mapping": [SPLIT]},
        {"ids": {"tvdb": [1]}, "mapping": []},
        {"site": "aniworld", "key": "show", "mapping": [SPLIT]},
        {"site": "aniworld", "key": "show", "mapping": []},
    )
    told = run(tmp_path, content, "--apply")
    assert told == [
        "- Entry 1 is of another shape.",
        "- Entry 2 is of another shape.",
        "- Far (far): Entry 3 leads to what the catalogue does not list: season 1, 13 to 24 → "
        "season 2 from 1.",
        "- Entry 4 is of another shape.",
        "- Show (show): Entry 6 is one more about Show; the first one counts.",
        "+ Show (show): season 1, 13 to 24 → season 2 from 1",
        "changed=1 elsewhere=0",
    ]
    assert (mapping_of(series), mapping_of(far)) == ([SPLIT], [])
    twice = document({"site": "aniworld", "key": "far", "mapping": [SPLIT, SPLIT]})
    assert "Two ranges hold the same episodes" in run(tmp_path, twice, "--apply")[0]


def test_own_ranges_stay_unless_they_are_to_be_replaced(tmp_path: Path) -> None:
    series = make_series("Show", key="show", missing=12, seasons=2)
    own = {**SPLIT, "library_last": 20}
    set_mapping(series, [own])
    content = document({"site": "aniworld", "key": "show", "mapping": [SPLIT]})
    assert "has ranges of its own, which stay" in run(tmp_path, content, "--apply")[0]
    assert mapping_of(series) == [own]
    run(tmp_path, content, "--apply", "--replace")
    assert mapping_of(series) == [SPLIT]


def test_ids_name_a_series_where_they_agree_and_it_is_one(tmp_path: Path) -> None:
    series = show(ids={"tvdb": "700", "anidb": "1"}, count=24)
    entry = {**SPLIT, "provider_season": 1}
    said = {"mapping": [entry]}
    assert run(tmp_path, document({"ids": {"tvdb": 700, "anidb": 2}, **said}))[0].startswith(
        "series=0 elsewhere=1"
    )
    other = show("other", ids={"tvdb": "700"}, count=24)
    assert run(tmp_path, document({"ids": {"tvdb": 700}, **said}))[0] == (
        "- Entry 1 may be about several series: Other, Show."
    )
    run(tmp_path, document({"ids": {"tvdb": 700, "anidb": 1}, **said}), "--apply")
    assert mapping_of(series) == []  # the other one says nothing of AniDB
    other.delete()
    run(tmp_path, document({"ids": {"tvdb": 700, "anidb": 1}, **said}), "--apply")
    assert mapping_of(series) == [entry]


def told(one: Any) -> list[int | None]:
    """The numbers of a range; a database may have its names in another order."""
    return [one[name] for name in MappingRange.__annotations__]


def test_the_xml_of_anime_lists_is_read_for_series_of_anidb(tmp_path: Path) -> None:
    series = show(ids={"anidb": "100", "tvdb": "700"}, count=6)
    make_episodes([(series, 0, 1, "MISSING")])
    later = show("later", ids={"anidb": "102"}, count=3)
    show("tvdb", ids={"tvdb": "700"}, count=6)  # which of its parts this is nobody says
    show("contradicts", ids={"anidb": "102", "tvdb": "1"}, count=3)
    found = looked_through(XML.encode())
    said = {one.series.key: one for one in found.found if one.series}
    assert [str(one.problem) for one in found.found if one.problem] == [
        "Entry 3 is of another shape.",
        "Entry 5 is of another shape.",
    ]
    assert set(said) == {"show", "later"}
    run(tmp_path, XML.encode(), "--apply")
    assert [told(one) for one in mapping_of(series)] == [
        [0, 5, 5, 0, 1],
        [2, 2, 4, 1, 1],
        [3, 1, 3, 1, 4],
    ]
    assert [told(one) for one in mapping_of(later)] == [[None, 13, 15, 1, 1]]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no_json"),
        (b"\xff\xfe", "no_json"),
        (b"[" * 100_000, "no_json"),
        (b"{}", "no_list"),
        (b"3", "no_list"),
        (b"[" + b"0," * 50_000 + b"0]", "too_many"),
        (b" " * (MAX_BYTES + 1), "too_large"),
        (b"<anime-list><anime>", "no_xml"),
        (b"<html></html>", "other_xml"),
        (b"<a>" * 10_000 + b"</a>" * 10_000, "no_xml"),
        (b"<anime-list>" + b"<anime/>" * 50_001 + b"</anime-list>", "too_many"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><anime-list/>', "entities"),
        ('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a>'.encode("utf-16"), "no_json"),
    ],
)
def test_a_file_that_is_none_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(MappingFileInvalid) as refused:
        looked_through(content)
    assert refused.value.params["why"] == why


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("importnumberings", str(tmp_path / "none"))


@pytest.mark.parametrize("replace", [False, True])
def test_ranges_that_were_set_since_it_was_looked_through_stay(replace: bool) -> None:
    series = make_series("Show", key="show", missing=12, seasons=2)
    content = document({"site": "aniworld", "key": "show", "mapping": [SPLIT]})
    imports = looked_through(content, replace=replace)
    own = {**SPLIT, "library_last": 20}
    set_mapping(AnimeSeries.objects.get(pk=series.pk), [own])
    (done,) = take_over(imports)
    assert done.problem is not None
    assert str(done.problem) == "Show has ranges of its own, which stay."
    assert mapping_of(series) == [own]
    (done,) = take_over(looked_through(content, replace=True))
    assert done.problem is None
    assert mapping_of(series) == [SPLIT]
