"""The series' own numbering: shown, changed, exported and imported."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bs4 import Tag
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from library.models import AnimeSeries, LibraryRoot
from tests.factories import make_file, make_series
from tests.unit.reading import get, soup, swap, texts, toasts

OWN = {
    "library_season": None,
    "library_first": 101,
    "library_last": 112,
    "provider_season": 2,
    "provider_first": 1,
}
OTHER = OWN | {"library_season": 3, "library_first": 1, "library_last": 2, "provider_season": 0}


@pytest.fixture
def series(library: LibraryRoot) -> AnimeSeries:
    """Its file counts season 2 from 101 on."""
    series = make_series("Mushishi", missing=12, seasons=2, root=library)
    make_file(series, "Mushishi/Mushishi - 105.mkv", absolute=[105])
    return series


def mapping_of(series: AnimeSeries) -> list[dict[str, Any]]:
    series.refresh_from_db()
    mapping: list[dict[str, Any]] = series.mapping
    return mapping


def fields(*entries: dict[str, Any]) -> dict[str, Any]:
    """What a browser sends of the table, with its empty row."""
    found: dict[str, Any] = {"rows-TOTAL_FORMS": len(entries) + 1, "rows-INITIAL_FORMS": 0}
    for row, entry in enumerate((*entries, dict.fromkeys(OWN))):
        for name, value in entry.items():
            found[f"rows-{row}-{name}"] = "" if value is None else value
    return found


def values(page: Tag) -> list[list[str]]:
    """What the fields of the table hold, row by row."""
    rows = page.select(".ranges--edited tbody tr")
    return [[str(one.get("value", "")) for one in row.select("input")] for row in rows]


def test_a_range_is_added_changed_and_removed(visitor: Client, series: AnimeSeries) -> None:
    address = f"/series/{series.key}/mapping"
    assert values(get(visitor, address)) == [[""] * 5]
    answer = swap(visitor, "post", address, "live", **fields(OWN))
    assert toasts(answer)[0]["text"] == "The numbering is saved: 1 of 24 on disk."
    assert mapping_of(series) == [OWN]
    visitor.post(address, fields(OWN, OTHER))
    page = get(visitor, address)
    own, other, empty = values(page)
    assert (own, other) == (["", "101", "112", "2", "1"], ["3", "1", "2", "0", "1"])
    assert empty == [""] * 5
    visitor.post(address, fields(OWN | {"library_last": 110}, OTHER))
    assert mapping_of(series) == [OWN | {"library_last": 110}, OTHER]
    (remove, _) = page.select(".ranges button")
    assert remove["aria-label"] == "Remove absolute 101 to 112 → season 2 from 1"
    for _time in range(2):
        visitor.post(address, fields(OWN, OTHER) | {"remove": str(remove["value"])})
        assert mapping_of(series) == [OTHER]
    visitor.post(address, fields(dict.fromkeys(OWN)))
    assert mapping_of(series) == []


def test_a_range_without_a_season_of_the_catalogue_sets_aside(
    visitor: Client, series: AnimeSeries
) -> None:
    aside = OWN | {"provider_season": None, "provider_first": None}
    visitor.post(f"/series/{series.key}/mapping", fields(aside))
    assert mapping_of(series) == [aside | {"provider_first": 0}]
    assert values(get(visitor, f"/series/{series.key}/mapping"))[0] == ["", "101", "112", "", "0"]


def test_a_preview_tells_what_files_would_be_and_changes_nothing(
    visitor: Client, series: AnimeSeries
) -> None:
    make_file(series, "Mushishi/Mushishi - S01E02.mkv", season=1, episodes=[2])
    address = f"/series/{series.key}/mapping"
    page = soup(visitor.get(address, fields(OWN)))
    assert values(page)[0] == ["", "101", "112", "2", "1"]
    assert texts(page, ".preview tbody tr") == ["Mushishi - 105.mkv no episode S02E05"]
    assert "1 file would be another episode." in texts(page, "#mapping-preview")[0]
    away = OWN | {"library_season": 1, "library_first": 2, "library_last": 2, "provider_season": 9}
    part = soup(swap(visitor, "get", address, "mapping-preview", **fields(away)))
    assert not part.select("form")
    assert texts(part, ".preview tbody tr") == ["Mushishi - S01E02.mkv S01E02 S09E01 not listed"]
    assert "1 of them is a listed episode now, and would be none." in part.text
    same = soup(swap(visitor, "get", address, "mapping-preview", **fields()))
    assert "No file would be another episode." in same.text
    wrong = soup(swap(visitor, "get", address, "mapping-preview", **fields(OWN, OWN)))
    assert "when each row makes sense" in wrong.text
    assert mapping_of(series) == []


def test_the_button_for_a_preview_brings_nothing_into_the_address(
    visitor: Client, series: AnimeSeries
) -> None:
    address = f"/series/{series.key}/mapping"
    button = get(visitor, address).select_one("#preview-ranges")
    assert button is not None
    assert not button.has_attr("formmethod"), "what guards the form would stand in the address"
    shown = visitor.post(address, fields(OWN) | {str(button["name"]): "yes"})
    assert shown.status_code == 200
    assert texts(soup(shown), ".preview tbody tr") == ["Mushishi - 105.mkv no episode S02E05"]
    assert mapping_of(series) == []


def test_a_preview_of_many_files_shows_the_first(visitor: Client, series: AnimeSeries) -> None:
    for number in range(1, 61):
        make_file(series, f"Mushishi/S05E{number:02}.mkv", season=5, episodes=[number])
    typed = OWN | {"library_season": 5, "library_first": 1, "library_last": 60}
    page = soup(visitor.get(f"/series/{series.key}/mapping", fields(typed)))
    assert len(page.select(".preview tbody tr")) == 50
    assert "and 10 more" in texts(page, "#mapping-preview")[0]


def test_too_many_ranges_for_a_table_are_listed(visitor: Client, series: AnimeSeries) -> None:
    many = [OTHER | {"library_first": n, "library_last": n, "provider_first": n} for n in range(60)]
    AnimeSeries.objects.update(mapping=many)
    page = get(visitor, f"/series/{series.key}/mapping")
    assert not page.select(".ranges--edited")
    assert len(page.select(".ranges tbody tr")) == 60
    assert "too many for a table" in texts(page, ".mapping")[0]
    visitor.post(f"/series/{series.key}/mapping", {"remove": "3-7"})
    assert len(mapping_of(series)) == 59
    refused = visitor.post(f"/series/{series.key}/mapping", fields(*many, OWN))
    assert refused.status_code == 422
    assert len(mapping_of(series)) == 59


def test_what_is_exported_is_taken_back(visitor: Client, series: AnimeSeries) -> None:
    address = f"/series/{series.key}/mapping"
    AnimeSeries.objects.update(mapping=[OWN, OTHER])
    exported = visitor.get(f"{address}/export")
    assert exported["Content-Disposition"] == f'attachment; filename="{series.key}-mapping.json"'
    assert json.loads(exported.content) == visitor.get(f"/api/v1/anime/{series.key}/mapping").json()
    AnimeSeries.objects.update(mapping=[])
    file = SimpleUploadedFile("mapping.json", b"\xef\xbb\xbf" + exported.content)
    assert visitor.post(address, {"action": "import", "import-file": file}).status_code == 302
    assert mapping_of(series) == [OWN, OTHER]
    visitor.post(address, {"action": "import", "import-text": json.dumps([OTHER])})
    assert mapping_of(series) == [OTHER]
    visitor.post(address, {"action": "import", "import-text": "[]"})
    assert mapping_of(series) == []


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (OWN | {"library_last": 100}, "The last episode comes before the first. Swap them."),
        (OWN | {"library_first": "x"}, "Enter a whole number."),
        (OWN | {"provider_first": ""}, "This field is required."),
        (OWN | {"provider_season": -1}, "greater than or equal to 0"),
        (OTHER | {"library_last": 200}, "Remove or shorten one of them."),
        (OTHER | {"library_first": ""}, "This field is required."),
    ],
)
def test_a_wrong_range_is_explained_at_its_form(
    visitor: Client, series: AnimeSeries, entry: dict[str, Any], words: str
) -> None:
    AnimeSeries.objects.update(mapping=[OTHER])
    answer = swap(visitor, "post", f"/series/{series.key}/mapping", "live", **fields(OTHER, entry))
    assert answer.status_code == 422
    page = soup(answer)
    assert words in " ".join(texts(page, "form:has(#save-ranges) .field-error"))
    kept = page.select_one("[name=rows-1-library_last]")
    assert kept
    assert kept["value"] == str(entry["library_last"])
    assert mapping_of(series) == [OTHER]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Choose a JSON file or paste its text."),
        ("[{]", "This is no JSON: line 1, column 3 cannot be read."),
        ("[" * 100_000, "This JSON is no numbering."),
        ('{"ranges": []}', "it must be a list of ranges"),
        ("3", "it must be a list of ranges"),
        ('{"mapping": 3}', "A mapping is a list"),
        ("[{}]", "Range 1 must have exactly library_season"),
        (json.dumps([OWN, OWN]), "Two ranges hold the same episodes of the library"),
        (
            json.dumps([OTHER, OWN | {"library_last": "9"}]),
            "Range 2: library_last must be a number",
        ),
    ],
)
def test_a_wrong_import_is_explained_at_its_form(
    visitor: Client, series: AnimeSeries, text: str, words: str
) -> None:
    AnimeSeries.objects.update(mapping=[OTHER])
    address = f"/series/{series.key}/mapping"
    answer = visitor.post(address, {"action": "import", "import-text": text})
    assert answer.status_code == 422
    assert words in texts(soup(answer), "form:has(#import-mapping) [role=alert]")[0]
    assert mapping_of(series) == [OTHER]


def test_a_file_that_is_no_text_is_refused(visitor: Client, series: AnimeSeries) -> None:
    for content in (b"\xff\xfe\x00", b"x" * 1_000_001):
        file = SimpleUploadedFile("mapping.json", content)
        answer = visitor.post(
            f"/series/{series.key}/mapping", {"action": "import", "import-file": file}
        )
        assert answer.status_code == 422
        assert texts(soup(answer), "#id_import-file_error .field-error")


def test_problems_of_numbers_lead_there(visitor: Client, series: AnimeSeries) -> None:
    series.episodes.filter(season=1, episode_number=1).update(listed=False)
    page = get(visitor, f"/series/{series.key}")
    address = f"/series/{series.key}/mapping"
    for place in ("[data-episode='1-1']", ".series-actions"):
        assert page.select_one(f"{place} a[href='{address}']"), place
    problems = get(visitor, f"/series/{series.key}?tab=problems")
    assert problems.select_one(f".alert:has(#unread-files) a[href='{address}']")
    assert "season 2: 1–12" in texts(get(visitor, address), ".mapping")[0]


def test_no_series_no_numbering(visitor: Client, library: LibraryRoot) -> None:
    get(visitor, "/series/nobody/mapping", status=404)
    get(visitor, "/series/nobody/mapping/export", status=404)
